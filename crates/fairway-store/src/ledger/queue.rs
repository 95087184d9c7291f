//! The queue: jobs are handed out under leases, and a lease that was lost ends nothing.

use fairway_domain::Fault;
use jiff::{SignedDuration, Timestamp};
use sqlx::Transaction;

use super::job::{Job, JobState, LeasedJob, read_attempts, read_job};
use crate::database::Db;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;
use crate::worker::WorkerLock;

/// Runs after which a job that keeps failing is given up.
const MOST_ATTEMPTS: i64 = 5;
/// Killed runs after which a job is given up: it may be what kills them.
const MOST_INTERRUPTIONS: i64 = 100;
/// Longest text kept about a failure, in characters.
const LONGEST_ERROR: usize = 1_000;

#[derive(sqlx::FromRow)]
struct DueRow {
    id: i64,
    kind: String,
    submission: String,
    attempts: i64,
    interruptions: i64,
    leases: i64,
}

impl Store {
    /// Gives the oldest job that is due to `worker` until `seconds` after `now`. A job whose lease has run out is due
    /// again; one that has failed too often is given up instead. Not audited: it is about our own work, and what the job
    /// does is recorded by itself.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn lease(&self, worker: &WorkerLock, now: Timestamp, seconds: u32) -> Result<Option<LeasedJob>, Fault> {
        const WHAT: &str = "job cannot be leased";
        let until = later(now, seconds)?;
        let mut tx = self.database().begin(WHAT).await?;
        while let Some(due) = next_due(&mut tx, now).await? {
            if due.attempts >= MOST_ATTEMPTS || due.interruptions >= MOST_INTERRUPTIONS {
                give_up(&mut tx, due.id).await?;
                continue;
            }
            sqlx::query(
                "UPDATE job SET state = 'leased', attempts = attempts + 1, leases = leases + 1, owner = $2,
                 lease_until = $3, not_before = NULL WHERE id = $1",
            )
            .bind(due.id)
            .bind(worker.owner())
            .bind(text::instant(until))
            .execute(&mut *tx)
            .await
            .sql(WHAT)?;
            tx.commit().await.sql(WHAT)?;
            let job = read_job(&due.kind, &due.submission)?;
            let attempt = read_attempts(due.attempts + 1)?;
            return Ok(Some(LeasedJob { id: due.id, lease: due.leases + 1, job, attempt, until }));
        }
        tx.commit().await.sql(WHAT)?;
        Ok(None)
    }

    /// Makes a lease last until `seconds` after `now`.
    ///
    /// # Errors
    /// When the lease was lost.
    pub async fn extend(&self, leased: &mut LeasedJob, now: Timestamp, seconds: u32) -> Result<(), Fault> {
        let until = later(now, seconds)?;
        let done = sqlx::query("UPDATE job SET lease_until = $3 WHERE id = $1 AND leases = $2 AND state = 'leased'")
            .bind(leased.id)
            .bind(leased.lease)
            .bind(text::instant(until))
            .execute(self.database().writer())
            .await
            .sql("lease cannot be extended")?;
        still_ours(done.rows_affected(), leased.job)?;
        leased.until = until;
        Ok(())
    }

    /// Ends a run in failure: the job waits until `retry_after_seconds` after `now`, or is given up after its fifth run.
    /// `error` is a fault's text, without identifiers.
    ///
    /// # Errors
    /// When the lease was lost.
    pub async fn fail(
        &self,
        leased: LeasedJob,
        error: &str,
        now: Timestamp,
        retry_after_seconds: u32,
    ) -> Result<JobState, Fault> {
        let given_up = i64::from(leased.attempt) >= MOST_ATTEMPTS;
        let state = if given_up { JobState::Failed } else { JobState::Queued };
        let not_before = if given_up { None } else { Some(text::instant(later(now, retry_after_seconds)?)) };
        let error: String = error.chars().take(LONGEST_ERROR).collect();
        let done = sqlx::query(
            "UPDATE job SET state = $3, owner = NULL, lease_until = NULL, not_before = $4, last_error = $5
             WHERE id = $1 AND leases = $2 AND state = 'leased'",
        )
        .bind(leased.id)
        .bind(leased.lease)
        .bind(state.as_str())
        .bind(not_before)
        .bind(error)
        .execute(self.database().writer())
        .await
        .sql("failure of a job cannot be written")?;
        still_ours(done.rows_affected(), leased.job)?;
        Ok(state)
    }

    /// Puts a job back that can go on only later: it is due `seconds` after `now`. The run does not count as an attempt, and
    /// those that failed before are forgotten.
    ///
    /// # Errors
    /// When the lease was lost.
    pub async fn postpone(&self, leased: &LeasedJob, now: Timestamp, seconds: u32) -> Result<(), Fault> {
        let done = sqlx::query(
            "UPDATE job SET state = 'queued', attempts = 0, owner = NULL, lease_until = NULL, not_before = $3,
             last_error = NULL WHERE id = $1 AND leases = $2 AND state = 'leased'",
        )
        .bind(leased.id)
        .bind(leased.lease)
        .bind(text::instant(later(now, seconds)?))
        .execute(self.database().writer())
        .await
        .sql("job cannot be put off")?;
        still_ours(done.rows_affected(), leased.job)
    }

    /// Puts every leased job back into the queue: to be called when a worker starts, for whoever holds the lock knows
    /// that the runs there were are dead. A killed run does not count as an attempt. Says how many there were.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn release_leases(&self, _lock: &WorkerLock) -> Result<u64, Fault> {
        sqlx::query(
            "UPDATE job SET state = 'queued', owner = NULL, lease_until = NULL, attempts = attempts - 1,
             interruptions = interruptions + 1 WHERE state = 'leased'",
        )
        .execute(self.database().writer())
        .await
        .sql("leases cannot be released")
        .map(|done| done.rows_affected())
    }

    /// Makes every queued job due, also those that wait after a failure: a person has started the worker anew.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn hasten(&self, _lock: &WorkerLock) -> Result<u64, Fault> {
        sqlx::query("UPDATE job SET not_before = NULL WHERE state = 'queued' AND not_before IS NOT NULL")
            .execute(self.database().writer())
            .await
            .sql("jobs cannot be made due")
            .map(|done| done.rows_affected())
    }
}

async fn next_due(tx: &mut Transaction<'static, Db>, now: Timestamp) -> Result<Option<DueRow>, Fault> {
    sqlx::query_as(
        "SELECT id, kind, submission, attempts, interruptions, leases FROM job
         WHERE (state = 'queued' AND (not_before IS NULL OR not_before <= $1))
            OR (state = 'leased' AND lease_until <= $1)
         ORDER BY id LIMIT 1",
    )
    .bind(text::instant(now))
    .fetch_optional(&mut **tx)
    .await
    .sql("jobs cannot be read")
}

async fn give_up(tx: &mut Transaction<'static, Db>, id: i64) -> Result<(), Fault> {
    sqlx::query(
        "UPDATE job SET state = 'failed', owner = NULL, lease_until = NULL, not_before = NULL,
         last_error = COALESCE(last_error, 'run did not end in time, or its process was killed, too often')
         WHERE id = $1",
    )
    .bind(id)
    .execute(&mut **tx)
    .await
    .sql("job cannot be given up")
    .map(|_done| ())
}

fn later(now: Timestamp, seconds: u32) -> Result<Timestamp, Fault> {
    now.checked_add(SignedDuration::from_secs(i64::from(seconds)))
        .map_err(|error| Fault::from_source("time of a job is out of range", error))
}

fn still_ours(rows: u64, job: Job) -> Result<(), Fault> {
    if rows == 1 {
        return Ok(());
    }
    let Job { kind, submission } = job;
    Err(Fault::new(format!("lease of job {kind} for submission {submission} was lost: another run has it")))
}

impl Tx {
    /// Queues a step. Says `false`, and changes nothing, when the submission has it already, whatever has become of it.
    ///
    /// # Errors
    /// When the submission is not in the ledger.
    pub async fn enqueue(&mut self, job: Job) -> Result<bool, Fault> {
        let done = sqlx::query(
            "INSERT INTO job (kind, submission, state, attempts, interruptions, leases)
             VALUES ($1, $2, 'queued', 0, 0, 0) ON CONFLICT (kind, submission) DO NOTHING",
        )
        .bind(job.kind.as_str())
        .bind(job.submission.to_string())
        .execute(self.writing())
        .await
        .sql("job cannot be queued")?;
        Ok(done.rows_affected() == 1)
    }

    /// Ends a job well, in the transaction of its effect: a run that has lost its lease cannot commit.
    ///
    /// # Errors
    /// When the lease was lost.
    pub async fn complete(&mut self, leased: &LeasedJob) -> Result<(), Fault> {
        let done = sqlx::query(
            "UPDATE job SET state = 'done', owner = NULL, lease_until = NULL, last_error = NULL
             WHERE id = $1 AND leases = $2 AND state = 'leased'",
        )
        .bind(leased.id)
        .bind(leased.lease)
        .execute(self.writing())
        .await
        .sql("job cannot be ended")?;
        still_ours(done.rows_affected(), leased.job)
    }

    /// Queues a job once more, as if new: one that was given up, waits after a failure, or has ended and is wanted again.
    /// One that runs now, or is due as if new, stays as it is. Says whether there was one.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn retry(&mut self, job: Job) -> Result<bool, Fault> {
        let done = sqlx::query(
            "UPDATE job SET state = 'queued', attempts = 0, interruptions = 0, not_before = NULL, last_error = NULL
             WHERE kind = $1 AND submission = $2 AND (
                 state IN ('done', 'failed') OR (state = 'queued' AND (attempts > 0 OR not_before IS NOT NULL))
             )",
        )
        .bind(job.kind.as_str())
        .bind(job.submission.to_string())
        .execute(self.writing())
        .await
        .sql("job cannot be queued again")?;
        Ok(done.rows_affected() == 1)
    }
}
