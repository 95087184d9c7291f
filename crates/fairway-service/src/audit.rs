//! The verbs of the log: verify it, read it.

use fairway_governance::{Object, Verb};
use fairway_store::{AuditEntry, AuditEvent, AuditReport, verify_directory};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::{DataDir, Service, TwoPeople, VerbError, VerbResult};

/// Verifies the log and its tree, even where the ledger is too damaged to be opened for anything else.
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

    /// Destroys figures and reasons of the entries written before a day, or of those about one object (`release:0192…`),
    /// or of both together. The entries and every proof stay. Gives how many were destroyed.
    ///
    /// # Errors
    /// Refused when neither a day that is past nor an object is named.
    pub async fn forget_payloads(
        &self,
        before: Option<Date>,
        object: Option<&str>,
        people: &TwoPeople,
    ) -> VerbResult<u64> {
        self.authorise(Verb::AuditForget, Object::Centre).await?;
        if (before.is_none() && object.is_none()) || before.is_some_and(|day| day > self.clock.today()) {
            return Err(VerbError::refused(
                "Nothing is forgotten",
                "Neither a day that is past nor an object is named",
                "Say which entries: --before DAY, --object OBJECT or both",
            ));
        }
        let until = before.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|day| day.timestamp());
        let last = self.store.last_entry_before(until.unwrap_or_else(|| self.clock.now())).await?;
        let mut tx = self.store.tx("audit.forget", self.clock.now()).await?;
        let forgotten = tx.forget_payloads(last, object).await?;
        if forgotten == 0 {
            tx.roll_back().await?;
            return Ok(0);
        }
        let detail = json!({
            "about": object, "before": before.map(|day| day.to_string()), "last_entry": last, "count": forgotten,
            "approved_by": people.approved_by(), "reason": people.reason(),
        });
        let (actor, object) = (people.asked_by().to_owned(), "audit".to_owned());
        tx.audit(AuditEvent { actor, verb: "PayloadsForgotten", object, detail }).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}
