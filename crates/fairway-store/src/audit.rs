use fairway_domain::{Fault, FaultExt};
use fairway_log::{Phase, commitment};
use jiff::Timestamp;

use crate::database::Conn;
use crate::error::SqlExt;
use crate::intent;
use crate::leaf::{self, Leaf};
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// Who did what to what. It is written in the transaction of its effect and holds no identifier of a person.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Who: a role with a name of the machine's or the organisation's, such as `cli:816` or `worker`.
    pub actor: String,
    /// What was done, in the past tense: `SubmissionLanded`. One that ends in Granted or Refused tells a decision.
    pub verb: &'static str,
    /// To what: `submission:0192…`.
    pub object: String,
    /// Figures and reasons; its member `agreement` is the agreement that it was done under. It can be forgotten.
    pub detail: serde_json::Value,
}

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts from 1 without a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// To what.
    pub object: String,
    /// Under which agreement; empty for none.
    pub agreement: String,
    /// Figures and reasons, as JSON; `null` once they were forgotten.
    pub detail: String,
}

/// An effect that was told before it began, and of which nothing was told since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIntent {
    /// The entry.
    pub seq: u64,
    /// Since when.
    pub at: Timestamp,
    /// What was to be done.
    pub verb: String,
    /// To what.
    pub object: String,
}

/// Entries with their figures and reasons, and what is asked of them.
macro_rules! entries {
    ($tail:literal) => {
        concat!(
            "SELECT audit.seq, at, actor, verb, object, agreement, payload FROM audit
             LEFT JOIN audit_payload ON audit_payload.seq = audit.seq ",
            $tail
        )
    };
}

const UNREADABLE: &str = "audit log cannot be read";

/// The last intent of that name about an object which nothing closes.
async fn open_intent(conn: &mut Conn, verb: &str, object: &str) -> Result<Option<u64>, Fault> {
    let seq: Option<i64> = sqlx::query_scalar(
        "SELECT MAX(seq) FROM audit WHERE object = $1 AND verb = $2 AND phase = 'intent'
         AND NOT EXISTS (SELECT 1 FROM audit AS later WHERE later.prev_intent = audit.seq)",
    )
    .bind(object)
    .bind(verb)
    .fetch_one(conn)
    .await
    .sql(UNREADABLE)?;
    seq.map(text::from_sql).transpose()
}

impl Tx {
    /// Records what this transaction does. At least one event goes with every change. An outcome closes the intent about
    /// the same object; without one it is a mere event.
    ///
    /// # Errors
    /// When the entry cannot be written.
    pub async fn audit(&mut self, event: AuditEvent) -> Result<(), Fault> {
        let payload = serde_json::to_string(&event.detail).fault("audit detail cannot be written as JSON")?;
        let (phase, closes) = intent::of(event.verb);
        let prev_intent = match closes {
            Some(verb) => open_intent(self.reading(), verb, &event.object).await?,
            None => None,
        };
        let phase = if phase == Phase::Outcome && prev_intent.is_none() { Phase::Event } else { phase };
        let salt = leaf::salt()?;
        let leaf = Leaf {
            seq: self.tree.size() + 1,
            at: self.now(),
            actor: event.actor,
            role: self.role.clone(),
            org: self.organisation.clone(),
            verb: event.verb.into(),
            object: event.object,
            agreement: event.detail["agreement"].as_str().unwrap_or_default().into(),
            decision: intent::decision(event.verb).into(),
            phase: phase.as_str().into(),
            prev_intent,
            commitment: commitment(&salt, payload.as_bytes()).into(),
            chained: None,
        };
        let mut tree = self.tree.clone();
        leaf.append(self.reading(), &mut tree).await?;
        leaf::keep_payload(self.reading(), leaf.seq, &salt, &payload).await?;
        self.tree = tree;
        Ok(())
    }

    /// Destroys figures and reasons of the entries up to `last` that `of` names by their object (all where it is `None`),
    /// with the salt. Every proof still holds. Gives how many were there.
    ///
    /// # Errors
    /// When the ledger refuses.
    pub async fn forget_payloads(&mut self, last: u64, of: Option<&str>) -> Result<u64, Fault> {
        let now = self.now();
        let done = sqlx::query(
            "UPDATE audit_payload SET salt = NULL, payload = NULL, erased_at = $1
             WHERE payload IS NOT NULL AND seq <= $2
             AND seq IN (SELECT seq FROM audit WHERE $3 IS NULL OR object = $3)",
        )
        .bind(now)
        .bind(text::to_sql(last)?)
        .bind(of)
        .execute(self.writing())
        .await
        .sql("payloads of the audit log cannot be destroyed")?;
        self.destroyed = true;
        Ok(done.rows_affected())
    }
}

impl Store {
    /// The last `limit` entries of the audit log, newest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn audit_entries(&self, limit: u32) -> Result<Vec<AuditEntry>, Fault> {
        let rows: Vec<AuditRow> = sqlx::query_as(entries!("ORDER BY audit.seq DESC LIMIT $1"))
            .bind(i64::from(limit))
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql(UNREADABLE)?;
        rows.into_iter().map(read_entry).collect()
    }

    /// Every entry about one object (`submission:0192…`), oldest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn audit_of(&self, object: &str) -> Result<Vec<AuditEntry>, Fault> {
        let rows: Vec<AuditRow> = sqlx::query_as(entries!("WHERE object = $1 ORDER BY audit.seq"))
            .bind(object)
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql(UNREADABLE)?;
        rows.into_iter().map(read_entry).collect()
    }

    /// Every entry of one verb since `since`, oldest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn audit_verbs(&self, verb: &str, since: Timestamp) -> Result<Vec<AuditEntry>, Fault> {
        let rows: Vec<AuditRow> = sqlx::query_as(entries!("WHERE verb = $1 AND at >= $2 ORDER BY audit.seq"))
            .bind(verb)
            .bind(text::instant(since))
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql(UNREADABLE)?;
        rows.into_iter().map(read_entry).collect()
    }

    /// The number of the last entry before a moment; 0 where there is none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn last_entry_before(&self, at: Timestamp) -> Result<u64, Fault> {
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(seq) FROM audit WHERE at < $1")
            .bind(text::instant(at))
            .fetch_one(&mut *self.reader().await?)
            .await
            .sql(UNREADABLE)?;
        text::from_sql(last.unwrap_or_default())
    }

    /// Intents from before `before` that nothing closes, oldest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn open_intents(&self, before: Timestamp) -> Result<Vec<OpenIntent>, Fault> {
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT seq, at, verb, object FROM audit WHERE phase = 'intent' AND at < $1
             AND NOT EXISTS (SELECT 1 FROM audit AS later WHERE later.prev_intent = audit.seq) ORDER BY seq",
        )
        .bind(text::instant(before))
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql(UNREADABLE)?;
        let read = |(seq, at, verb, object): (i64, String, String, String)| {
            Ok(OpenIntent { seq: text::from_sql(seq)?, at: text::read_instant(&at)?, verb, object })
        };
        rows.into_iter().map(read).collect()
    }
}

type AuditRow = (i64, String, String, String, String, String, Option<String>);

fn read_entry((seq, at, actor, verb, object, agreement, detail): AuditRow) -> Result<AuditEntry, Fault> {
    let (seq, at) = (text::from_sql(seq)?, text::read_instant(&at)?);
    Ok(AuditEntry { seq, at, actor, verb, object, agreement, detail: detail.unwrap_or_else(|| "null".into()) })
}
