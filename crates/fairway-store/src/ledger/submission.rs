use fairway_domain::{Digest, Fault, OrganisationCode, Route, SubmissionEvent, SubmissionId, SubmissionState};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::database::Conn;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// A file that has been sealed and is to be acknowledged.
#[derive(Debug, Clone)]
pub struct NewSubmission {
    /// The receipt's identifier.
    pub id: SubmissionId,
    /// The sender.
    pub organisation: OrganisationCode,
    /// The dataset, such as `asc-cld`.
    pub dataset: String,
    /// How it came.
    pub route: Route,
    /// SHA-256 of the bytes sent.
    pub digest: Digest,
    /// How many bytes were sent.
    pub bytes: u64,
}

/// What came of landing a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landed {
    /// It is in the ledger now.
    New,
    /// The same organisation sent the same bytes before: this is the first receipt, whatever has become of it.
    Before(Box<Submission>),
}

/// A submission as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// The receipt's identifier.
    pub id: SubmissionId,
    /// The sender.
    pub organisation: OrganisationCode,
    /// The dataset, such as `asc-cld`.
    pub dataset: String,
    /// The release of its specification, once the check has found which.
    pub release: Option<String>,
    /// How it came.
    pub route: Route,
    /// SHA-256 of the bytes sent.
    pub digest: Digest,
    /// How many bytes were sent.
    pub bytes: u64,
    /// Where it stands.
    pub state: SubmissionState,
    /// When it was acknowledged.
    pub landed_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// First and last day of its reporting period, once checked.
    pub period: Option<(Date, Date)>,
    /// The earlier submission it replaces.
    pub supersedes: Option<SubmissionId>,
    /// When the sealed file was given up for destruction.
    pub payload_destroyed_at: Option<Timestamp>,
}

/// What a check found out about a submission as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The release of the specification it was checked against, if one was recognised.
    pub release: Option<String>,
    /// First and last day of the reporting period, if the file has one.
    pub period: Option<(Date, Date)>,
}

#[derive(sqlx::FromRow)]
struct SubmissionRow {
    id: String,
    organisation: String,
    dataset: String,
    release: Option<String>,
    route: String,
    digest: Vec<u8>,
    bytes: i64,
    state: String,
    landed_at: String,
    updated_at: String,
    period_start: Option<String>,
    period_end: Option<String>,
    supersedes: Option<String>,
    payload_destroyed_at: Option<String>,
}

impl SubmissionRow {
    fn read(self) -> Result<Submission, Fault> {
        let period = text::read_day(self.period_start.as_deref())?.zip(text::read_day(self.period_end.as_deref())?);
        Ok(Submission {
            id: text::read_word(&self.id, "submission")?,
            organisation: text::read_word(&self.organisation, "organisation")?,
            dataset: self.dataset,
            release: self.release,
            route: text::read_word(&self.route, "route")?,
            digest: Digest(text::read_bytes(&self.digest)?),
            bytes: text::from_sql(self.bytes)?,
            state: text::read_word(&self.state, "state")?,
            landed_at: text::read_instant(&self.landed_at)?,
            updated_at: text::read_instant(&self.updated_at)?,
            period,
            supersedes: self.supersedes.as_deref().map(|id| text::read_word(id, "submission")).transpose()?,
            payload_destroyed_at: text::read_instant_option(self.payload_destroyed_at.as_deref())?,
        })
    }
}

async fn by_id(conn: &mut Conn, id: SubmissionId) -> Result<Option<Submission>, Fault> {
    let row: Option<SubmissionRow> = sqlx::query_as("SELECT * FROM submission WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await
        .sql("submission cannot be read")?;
    row.map(SubmissionRow::read).transpose()
}

async fn by_digest(
    conn: &mut Conn,
    organisation: &OrganisationCode,
    digest: Digest,
) -> Result<Option<Submission>, Fault> {
    let row: Option<SubmissionRow> = sqlx::query_as("SELECT * FROM submission WHERE organisation = $1 AND digest = $2")
        .bind(organisation.as_str())
        .bind(&digest.0[..])
        .fetch_optional(conn)
        .await
        .sql("submission cannot be read")?;
    row.map(SubmissionRow::read).transpose()
}

impl Store {
    /// One submission.
    ///
    /// # Errors
    /// When the ledger cannot be read. So below.
    pub async fn submission(&self, id: SubmissionId) -> Result<Option<Submission>, Fault> {
        by_id(&mut *self.reader().await?, id).await
    }

    /// The submission by which `organisation` sent bytes with this digest.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn find_by_digest(
        &self,
        organisation: &OrganisationCode,
        digest: Digest,
    ) -> Result<Option<Submission>, Fault> {
        by_digest(&mut *self.reader().await?, organisation, digest).await
    }

    /// The last `limit` submissions, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn submissions(&self, limit: u32) -> Result<Vec<Submission>, Fault> {
        let rows: Vec<SubmissionRow> =
            sqlx::query_as("SELECT * FROM submission ORDER BY landed_at DESC, id DESC LIMIT $1")
                .bind(i64::from(limit))
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("submissions cannot be read")?;
        rows.into_iter().map(SubmissionRow::read).collect()
    }

    /// The submissions of one organisation for one dataset, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn submissions_of(
        &self,
        organisation: &OrganisationCode,
        dataset: &str,
    ) -> Result<Vec<Submission>, Fault> {
        of(&mut *self.reader().await?, organisation, dataset).await
    }
}

async fn of(conn: &mut Conn, organisation: &OrganisationCode, dataset: &str) -> Result<Vec<Submission>, Fault> {
    let rows: Vec<SubmissionRow> = sqlx::query_as(
        "SELECT * FROM submission WHERE organisation = $1 AND dataset = $2 ORDER BY landed_at DESC, id DESC",
    )
    .bind(organisation.as_str())
    .bind(dataset)
    .fetch_all(conn)
    .await
    .sql("submissions cannot be read")?;
    rows.into_iter().map(SubmissionRow::read).collect()
}

impl Tx {
    /// As [`Store::submission`], within this transaction.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn submission(&mut self, id: SubmissionId) -> Result<Option<Submission>, Fault> {
        by_id(self.reading(), id).await
    }

    /// As [`Store::submissions_of`], within this transaction.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn submissions_of(
        &mut self,
        organisation: &OrganisationCode,
        dataset: &str,
    ) -> Result<Vec<Submission>, Fault> {
        of(self.reading(), organisation, dataset).await
    }

    /// Writes a submission as landed, unless the same organisation sent the same bytes before.
    ///
    /// # Errors
    /// When the organisation is not in the ledger, or the ledger refuses the row.
    pub async fn insert_submission(&mut self, new: &NewSubmission) -> Result<Landed, Fault> {
        if let Some(before) = by_digest(self.reading(), &new.organisation, new.digest).await? {
            return Ok(Landed::Before(Box::new(before)));
        }
        let now = self.now();
        sqlx::query(
            "INSERT INTO submission (id, organisation, dataset, route, digest, bytes, state, landed_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        )
        .bind(new.id.to_string())
        .bind(new.organisation.as_str())
        .bind(&new.dataset)
        .bind(new.route.as_str())
        .bind(&new.digest.0[..])
        .bind(text::to_sql(new.bytes)?)
        .bind(SubmissionState::Landed.as_str())
        .bind(now)
        .execute(self.writing())
        .await
        .sql("submission cannot be written")?;
        Ok(Landed::New)
    }

    /// Writes what a check found out. Do this before [`Tx::advance`]: only what has a release passes the check.
    ///
    /// # Errors
    /// When there is no such submission, or the ledger refuses the row.
    pub async fn record_verdict(&mut self, id: SubmissionId, verdict: &Verdict) -> Result<(), Fault> {
        let now = self.now();
        let (start, end) = verdict.period.map(|(start, end)| (start.to_string(), end.to_string())).unzip();
        let done = sqlx::query(
            "UPDATE submission SET release = $2, period_start = $3, period_end = $4, updated_at = $5 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(verdict.release.as_deref())
        .bind(start)
        .bind(end)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("verdict cannot be written")?;
        only_one(done.rows_affected(), id)
    }

    /// Moves a submission on and says where to.
    ///
    /// # Errors
    /// When there is no such submission, or `event` cannot happen where it stands.
    pub async fn advance(&mut self, id: SubmissionId, event: SubmissionEvent) -> Result<SubmissionState, Fault> {
        let Some(submission) = by_id(self.reading(), id).await? else { return Err(unknown(id)) };
        let Some(next) = submission.state.on(event) else {
            return Err(Fault::new(format!("submission {id} is {} and cannot take {event:?}", submission.state)));
        };
        let now = self.now();
        sqlx::query("UPDATE submission SET state = $2, updated_at = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(next.as_str())
            .bind(now)
            .execute(self.writing())
            .await
            .sql("submission cannot be moved on")?;
        Ok(next)
    }

    /// Says which earlier submission this one replaces.
    ///
    /// # Errors
    /// When either is not in the ledger.
    pub async fn supersede(&mut self, id: SubmissionId, earlier: SubmissionId) -> Result<(), Fault> {
        let now = self.now();
        let done = sqlx::query("UPDATE submission SET supersedes = $2, updated_at = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(earlier.to_string())
            .bind(now)
            .execute(self.writing())
            .await
            .sql("earlier submission cannot be written")?;
        only_one(done.rows_affected(), id)
    }

    /// Gives a sealed file up for destruction. Destroy the file after the commit, with [`crate::sealed::destroy`]; a
    /// [`Store::sweep`] does what a killed process left undone. Done before, it keeps its first time.
    ///
    /// # Errors
    /// When there is no such submission.
    pub async fn give_up_payload(&mut self, id: SubmissionId) -> Result<(), Fault> {
        let now = self.now();
        let done = sqlx::query(
            "UPDATE submission SET payload_destroyed_at = COALESCE(payload_destroyed_at, $2), updated_at = $2
             WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(now)
        .execute(self.writing())
        .await
        .sql("destruction cannot be written")?;
        only_one(done.rows_affected(), id)
    }
}

fn only_one(rows: u64, id: SubmissionId) -> Result<(), Fault> {
    if rows == 1 { Ok(()) } else { Err(unknown(id)) }
}

fn unknown(id: SubmissionId) -> Fault {
    Fault::new(format!("submission {id} is not in the ledger"))
}
