//! Which person a record is about: normalise, block, compare, decide; batch-trace files.
