use fairway_domain::words;
use fairway_domain::{Fault, OrganisationCode, SubmissionId, TraceRunEvent, TraceRunState};
use jiff::Timestamp;

use crate::database::Conn;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

words!(
    /// Who answers a trace run.
    TracedBy, "a trace is answered by the register or elsewhere", {
        /// The register of this processing centre.
        Register = "register",
        /// A tracing service elsewhere.
        Elsewhere = "elsewhere",
    }
);

/// How many people a trace asked about, and how many it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceFigures {
    /// People asked about.
    pub people: u64,
    /// Of these, people found.
    pub found: u64,
}

/// One tracing of a submission's people, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceRun {
    /// The submission.
    pub submission: SubmissionId,
    /// Counts the runs of a submission from 1.
    pub number: u32,
    /// Who answers.
    pub traced_by: TracedBy,
    /// Its own reference.
    pub reference: String,
    /// What whoever carries the request calls it.
    pub ticket: Option<String>,
    /// Name of the response in the run's folder.
    pub response: Option<String>,
    /// Where it stands.
    pub state: TraceRunState,
    /// What it came to, once answered.
    pub figures: Option<TraceFigures>,
    /// Why it is held, or was not answered.
    pub reason: Option<String>,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What comes to a run with an event. What is not given stays as it is, but for the reason: that is the event's own.
#[derive(Debug, Clone, Default)]
pub struct TraceRunChange {
    /// What whoever carries the request calls it.
    pub ticket: Option<String>,
    /// Name of the response in the run's folder.
    pub response: Option<String>,
    /// What it came to.
    pub figures: Option<TraceFigures>,
    /// Why, in words; about nobody.
    pub reason: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RunRow {
    submission: String,
    number: i64,
    traced_by: String,
    reference: String,
    ticket: Option<String>,
    response: Option<String>,
    state: String,
    people: Option<i64>,
    found: Option<i64>,
    reason: Option<String>,
    begun_at: String,
    updated_at: String,
}

impl RunRow {
    fn read(self) -> Result<TraceRun, Fault> {
        let figures = match self.people.zip(self.found) {
            Some((people, found)) => {
                Some(TraceFigures { people: text::from_sql(people)?, found: text::from_sql(found)? })
            }
            None => None,
        };
        Ok(TraceRun {
            submission: text::read_word(&self.submission, "submission")?,
            number: u32::try_from(self.number).map_err(|_| Fault::new("number of a trace run is out of range"))?,
            traced_by: text::read_word(&self.traced_by, "who answers")?,
            reference: self.reference,
            ticket: self.ticket,
            response: self.response,
            state: text::read_word(&self.state, "state")?,
            figures,
            reason: self.reason,
            begun_at: text::read_instant(&self.begun_at)?,
            updated_at: text::read_instant(&self.updated_at)?,
        })
    }
}

const READ: &str = "trace runs cannot be read";

async fn latest(conn: &mut Conn, id: SubmissionId) -> Result<Option<TraceRun>, Fault> {
    let row: Option<RunRow> =
        sqlx::query_as("SELECT * FROM trace_run WHERE submission = $1 ORDER BY number DESC LIMIT 1")
            .bind(id.to_string())
            .fetch_optional(conn)
            .await
            .sql(READ)?;
    row.map(RunRow::read).transpose()
}

impl Store {
    /// The last trace run of a submission.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn trace_run(&self, id: SubmissionId) -> Result<Option<TraceRun>, Fault> {
        latest(&mut *self.reader().await?, id).await
    }

    /// Every trace run, the newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn trace_runs(&self) -> Result<Vec<TraceRun>, Fault> {
        let rows: Vec<RunRow> =
            sqlx::query_as("SELECT * FROM trace_run ORDER BY begun_at DESC, submission, number DESC")
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql(READ)?;
        rows.into_iter().map(RunRow::read).collect()
    }

    /// What the last completed trace of an organisation's people in a dataset came to, that of `but` left out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn last_trace_figures(
        &self,
        organisation: &OrganisationCode,
        dataset: &str,
        but: SubmissionId,
    ) -> Result<Option<TraceFigures>, Fault> {
        let row: Option<RunRow> = sqlx::query_as(
            "SELECT trace_run.* FROM trace_run JOIN submission ON submission.id = trace_run.submission
             WHERE organisation = $1 AND dataset = $2 AND submission.id <> $3 AND trace_run.state = 'completed'
             ORDER BY trace_run.updated_at DESC, submission.landed_at DESC LIMIT 1",
        )
        .bind(organisation.as_str())
        .bind(dataset)
        .bind(but.to_string())
        .fetch_optional(&mut *self.reader().await?)
        .await
        .sql(READ)?;
        Ok(row.map(RunRow::read).transpose()?.and_then(|run| run.figures))
    }
}

impl Tx {
    /// The last trace run of a submission, as this transaction sees it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn trace_run(&mut self, id: SubmissionId) -> Result<Option<TraceRun>, Fault> {
        latest(self.reading(), id).await
    }

    /// Whether a run has this reference already.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn is_trace_reference(&mut self, reference: &str) -> Result<bool, Fault> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM trace_run WHERE reference = $1")
            .bind(reference)
            .fetch_one(self.reading())
            .await
            .sql(READ)?;
        Ok(count > 0)
    }

    /// Begins the next trace run of a submission.
    ///
    /// # Errors
    /// When the submission is not in the ledger, its last run is not over, or the reference is another run's.
    pub async fn begin_trace_run(
        &mut self,
        id: SubmissionId,
        traced_by: TracedBy,
        reference: &str,
    ) -> Result<TraceRun, Fault> {
        let before = self.trace_run(id).await?;
        if before.as_ref().is_some_and(|run| !run.state.is_over()) {
            return Err(Fault::new(format!("submission {id} has a trace run that is not over")));
        }
        let now = self.now();
        sqlx::query(
            "INSERT INTO trace_run (submission, number, traced_by, reference, state, begun_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6)",
        )
        .bind(id.to_string())
        .bind(before.map_or(0, |run| i64::from(run.number)) + 1)
        .bind(traced_by.as_str())
        .bind(reference)
        .bind(TraceRunState::Asked.as_str())
        .bind(now)
        .execute(self.writing())
        .await
        .sql("trace run cannot be written")?;
        self.trace_run(id).await?.ok_or_else(|| Fault::new("trace run is not in the ledger"))
    }

    /// Writes what a submission's last trace run came to.
    ///
    /// # Errors
    /// When the ledger refuses the figures.
    pub async fn record_trace_figures(&mut self, id: SubmissionId, figures: TraceFigures) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "UPDATE trace_run SET people = $2, found = $3, updated_at = $4
             WHERE submission = $1 AND number = (SELECT MAX(number) FROM trace_run WHERE submission = $1)",
        )
        .bind(id.to_string())
        .bind(text::to_sql(figures.people)?)
        .bind(text::to_sql(figures.found)?)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("figures of a trace run cannot be written")
        .map(drop)
    }

    /// Moves a submission's last trace run on.
    ///
    /// # Errors
    /// When there is none, or `event` cannot happen where it stands.
    pub async fn advance_trace_run(
        &mut self,
        id: SubmissionId,
        event: TraceRunEvent,
        change: TraceRunChange,
    ) -> Result<TraceRun, Fault> {
        let Some(run) = self.trace_run(id).await? else {
            return Err(Fault::new(format!("submission {id} has no trace run")));
        };
        let Some(next) = run.state.on(event) else {
            return Err(Fault::new(format!("trace run of submission {id} is {} and cannot take {event:?}", run.state)));
        };
        let now = self.now();
        let (people, found) = change.figures.map(|figures| (figures.people, figures.found)).unzip();
        sqlx::query(
            "UPDATE trace_run SET state = $3, ticket = COALESCE($4, ticket), response = COALESCE($5, response),
             people = COALESCE($6, people), found = COALESCE($7, found), reason = $8, updated_at = $9
             WHERE submission = $1 AND number = $2",
        )
        .bind(id.to_string())
        .bind(i64::from(run.number))
        .bind(next.as_str())
        .bind(change.ticket)
        .bind(change.response)
        .bind(people.map(text::to_sql).transpose()?)
        .bind(found.map(text::to_sql).transpose()?)
        .bind(change.reason)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("trace run cannot be moved on")?;
        self.trace_run(id).await?.ok_or_else(|| Fault::new("trace run is not in the ledger"))
    }
}
