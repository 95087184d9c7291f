//! One function per verb: authorise, read, decide, write, record.
