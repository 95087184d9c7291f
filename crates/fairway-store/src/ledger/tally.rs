use fairway_domain::{Fault, SubmissionId, TraceOutcome, TraceStep};

use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// How many findings of a rule a check made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The rule's id, as the specification has it.
    pub rule: String,
    /// What its findings mean: `reject`, `error`, `warning` or `info`.
    pub severity: String,
    /// How many; more than nought.
    pub count: u64,
}

/// How many persons a trace answered in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceTally {
    /// The register's answer.
    pub outcome: TraceOutcome,
    /// The step that gave it.
    pub step: TraceStep,
    /// How many; more than nought.
    pub count: u64,
}

impl Store {
    /// What the check of a submission found, by rule. Empty before the check, and for a file without findings.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn tallies(&self, id: SubmissionId) -> Result<Vec<Tally>, Fault> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT rule, severity, count FROM finding_tally WHERE submission = $1 ORDER BY rule, severity",
        )
        .bind(id.to_string())
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("findings cannot be read")?;
        rows.into_iter()
            .map(|(rule, severity, count)| Ok(Tally { rule, severity, count: text::from_sql(count)? }))
            .collect()
    }

    /// What the trace of a submission answered. Empty before the trace.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn trace_tallies(&self, id: SubmissionId) -> Result<Vec<TraceTally>, Fault> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT outcome, step, count FROM trace_tally WHERE submission = $1 ORDER BY outcome, step")
                .bind(id.to_string())
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("trace figures cannot be read")?;
        rows.into_iter().map(|(outcome, step, count)| read_trace(&outcome, &step, count)).collect()
    }
}

fn read_trace(outcome: &str, step: &str, count: i64) -> Result<TraceTally, Fault> {
    let outcome = TraceOutcome::ALL.into_iter().find(|word| word.as_str() == outcome);
    let step = TraceStep::ALL.into_iter().find(|word| word.as_str() == step);
    match (outcome, step) {
        (Some(outcome), Some(step)) => Ok(TraceTally { outcome, step, count: text::from_sql(count)? }),
        _ => Err(Fault::new("ledger holds an answer of a trace that cannot be read")),
    }
}

impl Tx {
    /// Writes what a check found, in place of what an earlier run wrote.
    ///
    /// # Errors
    /// When the submission or a severity is unknown, or a count is nought.
    pub async fn record_tallies(&mut self, id: SubmissionId, tallies: &[Tally]) -> Result<(), Fault> {
        const WHAT: &str = "findings cannot be written";
        let id = id.to_string();
        sqlx::query("DELETE FROM finding_tally WHERE submission = $1")
            .bind(&id)
            .execute(self.writing())
            .await
            .sql(WHAT)?;
        for tally in tallies {
            sqlx::query("INSERT INTO finding_tally (submission, rule, severity, count) VALUES ($1, $2, $3, $4)")
                .bind(&id)
                .bind(&tally.rule)
                .bind(&tally.severity)
                .bind(text::to_sql(tally.count)?)
                .execute(self.writing())
                .await
                .sql(WHAT)?;
        }
        Ok(())
    }

    /// Writes what a trace answered, in place of what an earlier run wrote.
    ///
    /// # Errors
    /// When the submission is unknown, or a count is nought.
    pub async fn record_trace_tallies(&mut self, id: SubmissionId, tallies: &[TraceTally]) -> Result<(), Fault> {
        const WHAT: &str = "trace figures cannot be written";
        let id = id.to_string();
        sqlx::query("DELETE FROM trace_tally WHERE submission = $1")
            .bind(&id)
            .execute(self.writing())
            .await
            .sql(WHAT)?;
        for tally in tallies {
            sqlx::query("INSERT INTO trace_tally (submission, outcome, step, count) VALUES ($1, $2, $3, $4)")
                .bind(&id)
                .bind(tally.outcome.as_str())
                .bind(tally.step.as_str())
                .bind(text::to_sql(tally.count)?)
                .execute(self.writing())
                .await
                .sql(WHAT)?;
        }
        Ok(())
    }
}
