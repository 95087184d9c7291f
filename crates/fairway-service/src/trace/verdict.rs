//! The verbs `trace approve` and `trace reject`: a person decides about a trace that waits for one.

use fairway_domain::{SubmissionId, TraceRunEvent, TraceRunState};
use fairway_governance::Verb;
use fairway_store::{Job, JobKind, TraceRun, TraceRunChange};
use serde_json::json;

use crate::identity::event;
use crate::status::TraceRunStatus;
use crate::{Service, VerbError, VerbResult};

const UNDECIDED: &str = "Nothing can be decided about this trace";

impl Service {
    /// Takes the answers of a trace that is held: they are kept and returned as soon as a worker comes to it. `by` is who
    /// decided, as the console says it; somebody with an account decides for themselves. One that is approved already stays as it is.
    ///
    /// # Errors
    /// Refused where the submission's trace is not held, or nobody is named.
    pub async fn approve_trace(&self, actor: &str, by: &str, id: SubmissionId) -> VerbResult<TraceRunStatus> {
        use TraceRunState as S;
        let run = self.run_to_decide(Verb::TraceApprove, by, id).await?;
        match run.state {
            S::Held => self.decide(actor, by, &run, (Verb::TraceApprove, TraceRunEvent::Approved)).await,
            S::Approved | S::Completed => Ok(run.into()),
            S::Expired | S::Refused => {
                Err(refused("The trace has no answers to approve", "Have it made anew: fairway trace reject"))
            }
            _ => Err(refused("The trace has not come to an end yet", "Wait for it; see fairway status")),
        }
    }

    /// Puts a trace aside that is held, was not answered, or is still with a service elsewhere; its people are traced anew
    /// as soon as a worker comes to it.
    ///
    /// # Errors
    /// Refused where the answers are kept already or are being made here, or nobody is named.
    pub async fn reject_trace(&self, actor: &str, by: &str, id: SubmissionId) -> VerbResult<TraceRunStatus> {
        let run = self.run_to_decide(Verb::TraceReject, by, id).await?;
        match run.state.on(TraceRunEvent::Rejected) {
            Some(_) => self.decide(actor, by, &run, (Verb::TraceReject, TraceRunEvent::Rejected)).await,
            None if run.state == TraceRunState::Completed => {
                Err(refused("Its answers are kept, and with the council", "Have the council send its file again"))
            }
            None => Err(refused("A worker is to do it next anyhow", "Start one: fairway work --until-idle")),
        }
    }

    async fn run_to_decide(&self, verb: Verb, by: &str, id: SubmissionId) -> VerbResult<TraceRun> {
        self.authorised_submission(verb, id).await?;
        if self.voice(by).trim().is_empty() {
            return Err(refused("Nobody is named who decided", "Name them with --by"));
        }
        let run = self.store.trace_run(id).await?;
        run.ok_or_else(|| refused("The submission has not been traced yet", "See where it stands: fairway status"))
    }

    async fn decide(
        &self,
        actor: &str,
        by: &str,
        run: &TraceRun,
        (right, happened): (Verb, TraceRunEvent),
    ) -> VerbResult<TraceRunStatus> {
        let id = run.submission;
        let verb = if happened == TraceRunEvent::Approved { "TraceApproved" } else { "TraceRejected" };
        let object = format!("submission:{id}");
        let mut tx = self.begin_act("submission.trace.decide", right, &object).await?;
        let after = tx.advance_trace_run(id, happened, TraceRunChange::default()).await?;
        tx.retry(Job { kind: JobKind::Trace, submission: id }).await?;
        let figures = run.figures.map(|figures| (figures.people, figures.found)).unzip();
        let about = json!({
            "by": self.voice(by).trim(), "run": run.number, "was": run.state.as_str(), "why": run.reason,
            "people": figures.0, "found": figures.1,
        });
        tx.audit(event(actor, verb, id, about)).await?;
        tx.commit().await?;
        Ok(after.into())
    }
}

/// That a run has no answers, and what a person can do.
pub(super) fn not_answered(run: &TraceRun) -> VerbError {
    let reason = run.reason.as_deref().unwrap_or("the tracing service did not answer");
    let next = format!("Mend what is wrong, then have the people traced anew: fairway trace reject {}", run.submission);
    VerbError::refused("The trace was not answered", reason, next)
}

fn refused(reason: &str, next: &str) -> VerbError {
    VerbError::refused(UNDECIDED, reason, next)
}
