use fairway_domain::{Digest, Fault, FaultExt};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;

use crate::error::SqlExt;
use crate::head::Head;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// Who did what to what. It is written in the transaction of its effect and holds no identifier of a person.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    /// Who: a role with a name of the machine's or the organisation's, such as `cli:816` or `worker`.
    pub actor: String,
    /// What was done, in the past tense: `SubmissionLanded`.
    pub verb: &'static str,
    /// To what: `submission:0192…`.
    pub object: String,
    /// Figures and reasons.
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
    /// Figures and reasons, as JSON.
    pub detail: String,
}

/// What an entry's hash is over, as stored. Bytes, not text: an edited entry need not be UTF-8.
pub(crate) struct Sealing<'a> {
    pub(crate) seq: u64,
    pub(crate) at: &'a [u8],
    pub(crate) actor: &'a [u8],
    pub(crate) verb: &'a [u8],
    pub(crate) object: &'a [u8],
    pub(crate) detail: &'a [u8],
}

impl Sealing<'_> {
    /// SHA-256 over the hash before, the number (eight bytes, big-endian), and each text behind its length (the same).
    pub(crate) fn hash(&self, prev: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(prev);
        hasher.update(self.seq.to_be_bytes());
        for text in [self.at, self.actor, self.verb, self.object, self.detail] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        hasher.finalize().into()
    }
}

/// The last entry of the log as the database has it.
pub(crate) async fn last(conn: &mut SqliteConnection) -> Result<Head, Fault> {
    let row: Option<(i64, Vec<u8>)> = sqlx::query_as("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(conn)
        .await
        .sql("audit log cannot be read")?;
    row.map_or(Ok(Head::GENESIS), |(seq, hash)| head(seq, &hash))
}

/// The hash of one entry, if it is there.
pub(crate) async fn hash_of(conn: &mut SqliteConnection, seq: u64) -> Result<Option<Vec<u8>>, Fault> {
    sqlx::query_scalar("SELECT hash FROM audit WHERE seq = $1")
        .bind(text::to_sql(seq)?)
        .fetch_optional(conn)
        .await
        .sql("audit log cannot be read")
}

/// How many transactions wrote the entries after `seq`: the entries of one bear one time.
pub(crate) async fn transactions_after(conn: &mut SqliteConnection, seq: u64) -> Result<i64, Fault> {
    sqlx::query_scalar("SELECT COUNT(DISTINCT at) FROM audit WHERE seq > $1")
        .bind(text::to_sql(seq)?)
        .fetch_one(conn)
        .await
        .sql("audit log cannot be read")
}

fn head(seq: i64, hash: &[u8]) -> Result<Head, Fault> {
    Ok(Head { seq: text::from_sql(seq)?, hash: Digest(text::read_bytes(hash)?) })
}

impl Tx {
    /// Records what this transaction does. At least one event goes with every change.
    ///
    /// # Errors
    /// When the entry cannot be written.
    pub async fn audit(&mut self, event: AuditEvent) -> Result<(), Fault> {
        let detail = serde_json::to_string(&event.detail).fault("audit detail cannot be written as JSON")?;
        let at = self.now();
        let before = self.last;
        let seq = before.seq + 1;
        let sealing = Sealing {
            seq,
            at: at.as_bytes(),
            actor: event.actor.as_bytes(),
            verb: event.verb.as_bytes(),
            object: event.object.as_bytes(),
            detail: detail.as_bytes(),
        };
        let hash = sealing.hash(&before.hash.0);
        sqlx::query(
            "INSERT INTO audit (seq, at, actor, verb, object, detail, prev, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(text::to_sql(seq)?)
        .bind(&at)
        .bind(&event.actor)
        .bind(event.verb)
        .bind(&event.object)
        .bind(&detail)
        .bind(&before.hash.0[..])
        .bind(&hash[..])
        .execute(self.reading())
        .await
        .sql("audit entry cannot be written")?;
        self.last = Head { seq, hash: Digest(hash) };
        Ok(())
    }
}

impl Store {
    /// The last `limit` entries of the audit log, newest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn audit_entries(&self, limit: u32) -> Result<Vec<AuditEntry>, Fault> {
        let rows: Vec<AuditRow> =
            sqlx::query_as("SELECT seq, at, actor, verb, object, detail FROM audit ORDER BY seq DESC LIMIT $1")
                .bind(limit)
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("audit log cannot be read")?;
        rows.into_iter().map(read_entry).collect()
    }

    /// Every entry about one object (`submission:0192…`), oldest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn audit_of(&self, object: &str) -> Result<Vec<AuditEntry>, Fault> {
        let rows: Vec<AuditRow> =
            sqlx::query_as("SELECT seq, at, actor, verb, object, detail FROM audit WHERE object = $1 ORDER BY seq")
                .bind(object)
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("audit log cannot be read")?;
        rows.into_iter().map(read_entry).collect()
    }
}

type AuditRow = (i64, String, String, String, String, String);

fn read_entry((seq, at, actor, verb, object, detail): AuditRow) -> Result<AuditEntry, Fault> {
    let (seq, at) = (text::from_sql(seq)?, text::read_instant(&at)?);
    Ok(AuditEntry { seq, at, actor, verb, object, detail })
}
