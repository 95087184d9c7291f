use fairway_domain::words;
use fairway_domain::{AgreementRef, Digest, Fault, OrganisationCode, ReleaseId, SubmissionId};
use jiff::Timestamp;

use crate::database::Conn;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

words!(
    /// Where a release stands.
    ReleaseState, "a release is intended, refused, granted or collected", {
        /// Decided, and recorded before its first byte is written.
        Intended = "intended",
        /// Not allowed.
        Refused = "refused",
        /// In the recipient's outbox.
        Granted = "granted",
        /// Fetched.
        Collected = "collected",
    }
);

/// A release that has been decided.
#[derive(Debug, Clone)]
pub struct NewRelease {
    /// Its identifier.
    pub id: ReleaseId,
    /// The agreement asked under.
    pub agreement: AgreementRef,
    /// Who is to receive it.
    pub recipient: OrganisationCode,
    /// Whether it was allowed.
    pub allowed: bool,
}

/// The files of a release that was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedFiles {
    /// Rows in the extract.
    pub rows: u64,
    /// SHA-256 of the manifest.
    pub manifest_digest: Digest,
    /// The folder, below the outbox.
    pub folder: String,
}

/// A release as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its identifier.
    pub id: ReleaseId,
    /// The agreement asked under.
    pub agreement: AgreementRef,
    /// Who receives it.
    pub recipient: OrganisationCode,
    /// Where it stands.
    pub state: ReleaseState,
    /// Its files, once granted.
    pub files: Option<ReleasedFiles>,
    /// When it was decided.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ReleaseRow {
    id: String,
    agreement: String,
    recipient: String,
    state: String,
    rows: Option<i64>,
    manifest_digest: Option<Vec<u8>>,
    folder: Option<String>,
    created_at: String,
}

impl ReleaseRow {
    fn read(self) -> Result<Release, Fault> {
        let files = match (self.rows, self.manifest_digest, self.folder) {
            (Some(rows), Some(digest), Some(folder)) => Some(ReleasedFiles {
                rows: text::from_sql(rows)?,
                manifest_digest: Digest(text::read_bytes(&digest)?),
                folder,
            }),
            _ => None,
        };
        Ok(Release {
            id: text::read_word(&self.id, "release")?,
            agreement: text::read_word(&self.agreement, "agreement")?,
            recipient: text::read_word(&self.recipient, "recipient")?,
            state: text::read_word(&self.state, "state")?,
            files,
            created_at: text::read_instant(&self.created_at)?,
        })
    }
}

async fn by_id(conn: &mut Conn, id: ReleaseId) -> Result<Option<Release>, Fault> {
    let row: Option<ReleaseRow> = sqlx::query_as("SELECT * FROM release WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await
        .sql("release cannot be read")?;
    row.map(ReleaseRow::read).transpose()
}

impl Store {
    /// One release.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn release(&self, id: ReleaseId) -> Result<Option<Release>, Fault> {
        by_id(&mut *self.reader().await?, id).await
    }

    /// The last `limit` releases, refused ones too, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn releases(&self, limit: u32) -> Result<Vec<Release>, Fault> {
        let rows: Vec<ReleaseRow> = sqlx::query_as("SELECT * FROM release ORDER BY created_at DESC, id DESC LIMIT $1")
            .bind(i64::from(limit))
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("releases cannot be read")?;
        rows.into_iter().map(ReleaseRow::read).collect()
    }
}

impl Store {
    /// Submissions in a release; none for one from before they were recorded.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn release_imports(&self, id: ReleaseId) -> Result<Vec<SubmissionId>, Fault> {
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT submission FROM release_import WHERE release = $1 ORDER BY submission")
                .bind(id.to_string())
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("submissions of a release cannot be read")?;
        ids.iter().map(|id| text::read_word(id, "submission")).collect()
    }
}

impl Tx {
    /// Records a submission of a release: whose data it held.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn insert_release_import(&mut self, id: ReleaseId, submission: &str) -> Result<(), Fault> {
        sqlx::query("INSERT INTO release_import (release, submission) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(id.to_string())
            .bind(submission)
            .execute(self.writing())
            .await
            .sql("submissions of a release cannot be written")
            .map(|_done| ())
    }

    /// Records a decision: a release intended, or refused. No byte of a release is written before this is committed.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn insert_release(&mut self, new: &NewRelease) -> Result<(), Fault> {
        let now = self.now();
        let state = if new.allowed { ReleaseState::Intended } else { ReleaseState::Refused };
        sqlx::query("INSERT INTO release (id, agreement, recipient, state, created_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(new.id.to_string())
            .bind(new.agreement.as_str())
            .bind(new.recipient.as_str())
            .bind(state.as_str())
            .bind(now)
            .execute(self.writing())
            .await
            .sql("release cannot be written")
            .map(|_done| ())
    }

    /// Records that an intended release lies in its recipient's outbox.
    ///
    /// # Errors
    /// When there is no such release that is intended.
    pub async fn grant_release(&mut self, id: ReleaseId, files: &ReleasedFiles) -> Result<(), Fault> {
        let done = sqlx::query(
            "UPDATE release SET state = 'granted', rows = $2, manifest_digest = $3, folder = $4
             WHERE id = $1 AND state = 'intended'",
        )
        .bind(id.to_string())
        .bind(text::to_sql(files.rows)?)
        .bind(&files.manifest_digest.0[..])
        .bind(&files.folder)
        .execute(self.writing())
        .await
        .sql("release cannot be written")?;
        only_one(done.rows_affected(), id, "intended")
    }

    /// Records that a granted release was fetched.
    ///
    /// # Errors
    /// When there is no such release that is granted.
    pub async fn collect_release(&mut self, id: ReleaseId) -> Result<(), Fault> {
        let done = sqlx::query("UPDATE release SET state = 'collected' WHERE id = $1 AND state = 'granted'")
            .bind(id.to_string())
            .execute(self.writing())
            .await
            .sql("release cannot be written")?;
        only_one(done.rows_affected(), id, "granted")
    }
}

fn only_one(rows: u64, id: ReleaseId, state: &str) -> Result<(), Fault> {
    if rows == 1 { Ok(()) } else { Err(Fault::new(format!("release {id} is not {state}"))) }
}
