use fairway_domain::words;
use fairway_domain::{Fault, SubmissionId};
use jiff::Timestamp;

use crate::error::SqlExt;
use crate::store::Store;
use crate::text;

words!(
    /// A step of a submission's way that runs in the background.
    JobKind, "a job is check, load, trace or deidentify", {
        /// Check the file.
        Check = "check",
        /// Put its rows into the vault and the events table.
        Load = "load",
        /// Ask the demographics register.
        Trace = "trace",
        /// Fill the de-identified zone.
        Deidentify = "deidentify",
    }
);

words!(
    /// Where a job stands.
    JobState, "a job is queued, leased, done or failed", {
        /// Waits for a worker, or for the time it may run again.
        Queued = "queued",
        /// A worker has it.
        Leased = "leased",
        /// Ended well.
        Done = "done",
        /// Given up.
        Failed = "failed",
    }
);

/// A step to be taken. A submission takes each step once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// The step.
    pub kind: JobKind,
    /// The submission.
    pub submission: SubmissionId,
}

/// A job that a worker has for a while. It is neither cloned nor made by hand: it is the right to end the job.
#[derive(Debug, PartialEq, Eq)]
pub struct LeasedJob {
    pub(super) id: i64,
    pub(super) lease: i64,
    /// The step to take, and for which submission.
    pub job: Job,
    /// Which run this is, from 1.
    pub attempt: u32,
    /// When it must have ended.
    pub until: Timestamp,
}

/// A job as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Its number; the oldest runs first.
    pub id: i64,
    /// The step and the submission.
    pub job: Job,
    /// Where it stands.
    pub state: JobState,
    /// Runs that ended in failure or overran their lease, and the run there is now.
    pub attempts: u32,
    /// Host and process of the run there is now.
    pub owner: Option<String>,
    /// When it may run again.
    pub not_before: Option<Timestamp>,
    /// Why the last run ended in failure.
    pub last_error: Option<String>,
}

/// How many jobs stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Waiting.
    pub queued: u64,
    /// With a worker.
    pub leased: u64,
    /// Ended well.
    pub done: u64,
    /// Given up.
    pub failed: u64,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    kind: String,
    submission: String,
    state: String,
    attempts: i64,
    owner: Option<String>,
    not_before: Option<String>,
    last_error: Option<String>,
}

impl JobRow {
    fn read(self) -> Result<JobRecord, Fault> {
        Ok(JobRecord {
            id: self.id,
            job: read_job(&self.kind, &self.submission)?,
            state: text::read_word(&self.state, "state")?,
            attempts: read_attempts(self.attempts)?,
            owner: self.owner,
            not_before: text::read_instant_option(self.not_before.as_deref())?,
            last_error: self.last_error,
        })
    }
}

pub(super) fn read_job(kind: &str, submission: &str) -> Result<Job, Fault> {
    Ok(Job { kind: text::read_word(kind, "job")?, submission: text::read_word(submission, "submission")? })
}

pub(super) fn read_attempts(attempts: i64) -> Result<u32, Fault> {
    u32::try_from(attempts).map_err(|_| Fault::new("ledger holds a number of attempts that cannot be read"))
}

impl Store {
    /// Every job that has not ended well, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn open_jobs(&self) -> Result<Vec<JobRecord>, Fault> {
        let rows: Vec<JobRow> = sqlx::query_as(
            "SELECT id, kind, submission, state, attempts, owner, not_before, last_error
             FROM job WHERE state <> 'done' ORDER BY id",
        )
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("jobs cannot be read")?;
        rows.into_iter().map(JobRow::read).collect()
    }

    /// The jobs of one submission, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn jobs(&self, submission: SubmissionId) -> Result<Vec<JobRecord>, Fault> {
        let rows: Vec<JobRow> = sqlx::query_as(
            "SELECT id, kind, submission, state, attempts, owner, not_before, last_error
             FROM job WHERE submission = $1 ORDER BY id",
        )
        .bind(submission.to_string())
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("jobs cannot be read")?;
        rows.into_iter().map(JobRow::read).collect()
    }

    /// How many jobs stand where. A worker is idle when none is queued or leased.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn job_counts(&self) -> Result<JobCounts, Fault> {
        let rows: Vec<(String, i64)> = sqlx::query_as("SELECT state, COUNT(*) FROM job GROUP BY state")
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("jobs cannot be read")?;
        let mut counts = JobCounts::default();
        for (state, count) in rows {
            let count = text::from_sql(count)?;
            match text::read_word(&state, "state")? {
                JobState::Queued => counts.queued = count,
                JobState::Leased => counts.leased = count,
                JobState::Done => counts.done = count,
                JobState::Failed => counts.failed = count,
            }
        }
        Ok(counts)
    }

    /// The earliest time at which a queued job that waits may run again, if any waits.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn next_retry(&self) -> Result<Option<Timestamp>, Fault> {
        let earliest: Option<String> = sqlx::query_scalar("SELECT MIN(not_before) FROM job WHERE state = 'queued'")
            .fetch_one(&mut *self.reader().await?)
            .await
            .sql("jobs cannot be read")?;
        text::read_instant_option(earliest.as_deref())
    }
}
