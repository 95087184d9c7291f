use fairway_domain::words;
use fairway_domain::{Digest, Fault, OrganisationCode};
use jiff::Timestamp;

use crate::error::SqlExt;
use crate::outbox::PlacedFile;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

words!(
    /// What a file of the outbox is.
    OutboxKind, "an outbox file is a check_report, a trace_return or a release", {
        /// What a check found, for the sender.
        CheckReport = "check_report",
        /// What a trace answered, for the sender.
        TraceReturn = "trace_return",
        /// An extract or its manifest, for a recipient.
        Release = "release",
    }
);

/// A file that waits to be fetched, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its number.
    pub id: i64,
    /// Who may fetch it.
    pub organisation: OrganisationCode,
    /// What it is.
    pub kind: OutboxKind,
    /// Where it lies, with its digest and length.
    pub file: PlacedFile,
    /// When it was put there.
    pub created_at: Timestamp,
    /// When it was first fetched.
    pub collected_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    id: i64,
    organisation: String,
    kind: String,
    path: String,
    digest: Vec<u8>,
    bytes: i64,
    created_at: String,
    collected_at: Option<String>,
}

impl ItemRow {
    fn read(self) -> Result<OutboxItem, Fault> {
        Ok(OutboxItem {
            id: self.id,
            organisation: text::read_word(&self.organisation, "organisation")?,
            kind: text::read_word(&self.kind, "kind")?,
            file: PlacedFile {
                path: self.path,
                digest: Digest(text::read_bytes(&self.digest)?),
                bytes: text::from_sql(self.bytes)?,
            },
            created_at: text::read_instant(&self.created_at)?,
            collected_at: text::read_instant_option(self.collected_at.as_deref())?,
        })
    }
}

impl Store {
    /// What lies in an organisation's outbox, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn outbox(&self, organisation: &OrganisationCode) -> Result<Vec<OutboxItem>, Fault> {
        let rows: Vec<ItemRow> =
            sqlx::query_as("SELECT * FROM outbox_item WHERE organisation = $1 ORDER BY created_at DESC, id DESC")
                .bind(organisation.as_str())
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("outbox cannot be read")?;
        rows.into_iter().map(ItemRow::read).collect()
    }
}

impl Store {
    /// One file of the outbox.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn outbox_item(&self, id: i64) -> Result<Option<OutboxItem>, Fault> {
        let row: Option<ItemRow> = sqlx::query_as("SELECT * FROM outbox_item WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await
            .sql("outbox cannot be read")?;
        row.map(ItemRow::read).transpose()
    }

    /// The last `limit` files of every outbox, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn outbox_items(&self, limit: u32) -> Result<Vec<OutboxItem>, Fault> {
        let rows: Vec<ItemRow> = sqlx::query_as("SELECT * FROM outbox_item ORDER BY created_at DESC, id DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("outbox cannot be read")?;
        rows.into_iter().map(ItemRow::read).collect()
    }
}

impl Tx {
    /// Records files put into an organisation's outbox (see [`crate::outbox::place`]). Those recorded before stay as
    /// they are. Says how many are new.
    ///
    /// # Errors
    /// When the ledger refuses a row.
    pub async fn insert_outbox_items(
        &mut self,
        organisation: &OrganisationCode,
        kind: OutboxKind,
        files: &[PlacedFile],
    ) -> Result<u64, Fault> {
        let now = self.now();
        let mut new = 0;
        for file in files {
            let done = sqlx::query(
                "INSERT INTO outbox_item (organisation, kind, path, digest, bytes, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (path) DO NOTHING",
            )
            .bind(organisation.as_str())
            .bind(kind.as_str())
            .bind(&file.path)
            .bind(&file.digest.0[..])
            .bind(text::to_sql(file.bytes)?)
            .bind(&now)
            .execute(self.writing())
            .await
            .sql("outbox file cannot be recorded")?;
            new += done.rows_affected();
        }
        Ok(new)
    }

    /// Records that a file was fetched; its first time is kept.
    ///
    /// # Errors
    /// When there is no such file.
    pub async fn collect_outbox_item(&mut self, id: i64) -> Result<(), Fault> {
        let now = self.now();
        let done = sqlx::query("UPDATE outbox_item SET collected_at = COALESCE(collected_at, $2) WHERE id = $1")
            .bind(id)
            .bind(now)
            .execute(self.writing())
            .await
            .sql("outbox file cannot be recorded")?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(Fault::new("outbox file is not in the ledger")) }
    }
}
