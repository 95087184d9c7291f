//! The log for others: signed checkpoints, their witnesses, bundles to be verified elsewhere.

mod export;
mod subject;
mod witness;

use std::time::{Duration, Instant};

use fairway_domain::Refusal;
use fairway_governance::{Object, Verb};
use fairway_log::TreeHead;
use fairway_store::{Checkpoint, Witness, Witnessed};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use export::LogExport;
pub use subject::{SubjectAct, SubjectRelease, SubjectReport, SubjectSubmission};
pub use witness::{NewWitness, WitnessSigned, witness_init, witness_sign};

use crate::{Service, VerbResult};

/// The worker signs the log at least so often.
pub(crate) const CHECKPOINT_EVERY: SignedDuration = SignedDuration::from_mins(15);
/// An intent that nothing closes for so long is an alarm.
pub(crate) const INTENT_ALARM: SignedDuration = SignedDuration::from_hours(1);
/// How often what the witnesses have signed is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// What a release's manifest says of the log: where it stood, and who else has seen it.
#[derive(Debug, Clone, Serialize)]
pub struct LogStanding {
    /// The log's name.
    pub origin: String,
    /// Entries; the intent to release is among them.
    pub entries: u64,
    /// The hash of their tree, in hexadecimal digits.
    pub root: String,
    /// Who has co-signed as many entries or more, and when.
    pub witnesses: Vec<WitnessedBy>,
    /// Said where nobody else keeps the log's checkpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<&'static str>,
}

/// A witness of a log.
#[derive(Debug, Clone, Serialize)]
pub struct WitnessedBy {
    /// Its name.
    pub name: String,
    /// When it signed last, in universal time.
    pub at: String,
}

const NO_WITNESS: &str =
    "NO WITNESS IS CONFIGURED: whoever holds the processing centre's machine could rewrite its log unseen";

impl Service {
    /// Signs the log as it is now.
    ///
    /// # Errors
    /// When the log is not the one that was signed before, or the disk refuses.
    pub async fn checkpoint(&self) -> VerbResult<Checkpoint> {
        self.authorise(Verb::AuditCheckpoint, Object::Centre).await?;
        Ok(self.store.checkpoint().await?)
    }

    /// Signs the log and waits for its witnesses: nothing is delivered of which they have not seen the intent. Where none
    /// is configured the answer says so.
    ///
    /// # Errors
    /// Refused when a witness does not sign in time.
    pub(crate) async fn checkpoint_for_delivery(&self) -> VerbResult<LogStanding> {
        let checkpoint = self.store.checkpoint().await?;
        let witnesses = self.store.witnesses()?;
        let until = Instant::now() + Duration::from_secs(witnesses.patience_seconds.into());
        loop {
            let missing = self.behind(&witnesses.all, checkpoint.head)?;
            if missing.is_empty() {
                return self.log_standing();
            }
            if Instant::now() >= until {
                return Err(unseen(&missing, checkpoint.head, witnesses.patience_seconds).into());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Where the log's last checkpoint stands with its witnesses.
    pub(crate) fn log_standing(&self) -> VerbResult<LogStanding> {
        let Some(Checkpoint { head, key, .. }) = self.store.last_checkpoint()? else {
            return Err(fairway_domain::Fault::new("log has no checkpoint").into());
        };
        let all = self.store.witnesses()?.all;
        let mut witnesses = Vec::new();
        for witness in &all {
            witnesses.extend(self.store.witnessed_by(witness)?.filter(|seen| seen.head.size >= head.size).map(named));
        }
        Ok(LogStanding {
            origin: key.name().to_owned(),
            entries: head.size,
            root: fairway_domain::Digest(head.root.0).to_string(),
            witnesses,
            warning: all.is_empty().then_some(NO_WITNESS),
        })
    }

    /// Names of the witnesses that have not signed as much as `head`.
    fn behind(&self, witnesses: &[Witness], head: TreeHead) -> VerbResult<Vec<String>> {
        let mut missing = Vec::new();
        for witness in witnesses {
            if self.store.witnessed_by(witness)?.is_none_or(|seen| seen.head.size < head.size) {
                missing.push(witness.key.name().to_owned());
            }
        }
        Ok(missing)
    }
}

/// A line for each intent that nothing has closed for an hour.
pub(crate) fn intent_alarms(open: &[fairway_store::OpenIntent], now: Timestamp) -> Vec<String> {
    let late = open.iter().filter(|intent| now.duration_since(intent.at) >= INTENT_ALARM);
    late.map(|intent| {
        format!(
            "entry {}: {} of {} was begun at {} and nothing came of it",
            intent.seq, intent.verb, intent.object, intent.at
        )
    })
    .collect()
}

fn named(seen: Witnessed) -> WitnessedBy {
    let seconds = i64::try_from(seen.cosignature.seconds).unwrap_or(i64::MAX);
    let at = Timestamp::from_second(seconds).map(|at| at.to_string()).unwrap_or_default();
    WitnessedBy { name: seen.cosignature.witness, at }
}

fn unseen(missing: &[String], head: TreeHead, seconds: u32) -> Refusal {
    let reason =
        |name: &String| format!("{name} has not co-signed the log's {} entries within {seconds} seconds", head.size);
    Refusal {
        what: "Nothing is delivered that the log's witnesses have not seen".into(),
        reasons: missing.iter().map(reason).collect(),
        next: "Have the witness run `fairway witness sign`, then ask again".into(),
    }
}

#[cfg(test)]
mod tests {
    use fairway_store::OpenIntent;

    use super::*;

    #[test]
    fn an_intent_is_an_alarm_after_an_hour() {
        let at: Timestamp = "2026-04-01T00:00:00Z".parse().unwrap();
        let open = [OpenIntent { seq: 7, at, verb: "ReleaseIntended".into(), object: "release:1".into() }];
        assert!(intent_alarms(&open, at + SignedDuration::from_mins(59)).is_empty());
        assert_eq!(
            intent_alarms(&open, at + INTENT_ALARM),
            ["entry 7: ReleaseIntended of release:1 was begun at 2026-04-01T00:00:00Z and nothing came of it"]
        );
    }
}
