//! The verb `vacuum`: files of the warehouse that no version of a table refers to are taken away, recorded first.

use fairway_domain::port::Unreferenced;
use fairway_governance::{Object, Verb};
use fairway_store::AuditEvent;
use jiff::SignedDuration;
use serde_json::json;

use crate::{Service, VerbError, VerbResult};

/// Fewer days would reach files whose import may still be under way.
const FEWEST_DAYS: u32 = 1;

impl Service {
    /// Finds files older than so many days that no version refers to, and takes them away unless `dry_run`. What a release
    /// was made from stays: its version, like every other, refers to its files.
    ///
    /// # Errors
    /// Refused for less than a day.
    pub async fn vacuum(&self, actor: &str, keep_days: u32, dry_run: bool) -> VerbResult<Unreferenced> {
        self.authorise(Verb::WarehouseVacuum, Object::Centre).await?;
        if keep_days < FEWEST_DAYS {
            return Err(VerbError::refused(
                "Nothing is taken away",
                "Files of less than a day may belong to an import that is under way",
                "Keep them for at least 1d",
            ));
        }
        let now = self.clock.now();
        let before = now.checked_sub(SignedDuration::from_hours(24 * i64::from(keep_days))).unwrap_or(now);
        let found = self.warehouse.vacuum(before, false).await?;
        if dry_run || found.files == 0 {
            return Ok(found);
        }
        let mut tx = self.store.tx("warehouse.vacuum", now).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "WarehouseVacuumed",
            object: "warehouse".into(),
            detail: json!({ "files": found.files, "bytes": found.bytes, "keep_days": keep_days }),
        })
        .await?;
        tx.commit().await?;
        Ok(self.warehouse.vacuum(before, true).await?)
    }
}
