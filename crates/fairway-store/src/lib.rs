//! The control database, sealed files, the job queue and the audit log.
