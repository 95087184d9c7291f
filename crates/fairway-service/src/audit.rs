//! The verbs of the log: verify it, read it.

use fairway_governance::{Object, Verb};
use fairway_store::{AuditEntry, AuditReport, verify_directory};

use crate::{DataDir, Service, VerbResult};

/// Verifies the log's chain, even where the ledger is too damaged to be opened for anything else.
///
/// # Errors
/// Refused when the folder is not a data directory.
pub async fn verify_audit(dir: &DataDir) -> VerbResult<AuditReport> {
    Ok(verify_directory(dir.store()).await?)
}

impl Service {
    /// The last `limit` entries, newest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn audit_entries(&self, limit: u32) -> VerbResult<Vec<AuditEntry>> {
        self.authorise(Verb::AuditRead, Object::Centre).await?;
        Ok(self.store.audit_entries(limit).await?)
    }
}
