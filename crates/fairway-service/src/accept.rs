//! The verb `accept`: the sender confirms what the check found, and the submission goes on.

use fairway_domain::{SubmissionEvent, SubmissionId, SubmissionState};
use fairway_governance::Verb;
use fairway_store::{AuditEvent, Job, JobKind, Submission, Tx};
use serde_json::json;

use crate::{Service, VerbError, VerbResult};

impl Service {
    /// Confirms a submission that waits for it. One that is accepted already stays as it is.
    ///
    /// # Errors
    /// Refused for a submission that is rejected, not checked yet or unknown.
    pub async fn accept(&self, actor: &str, id: SubmissionId) -> VerbResult<Submission> {
        let submission = self.authorised_submission(Verb::SubmissionAccept, id).await?;
        match submission.state {
            SubmissionState::NeedsConfirmation => {}
            SubmissionState::Landed => {
                return Err(refused("It has not been checked yet", "Wait for the check, then look at its report"));
            }
            SubmissionState::Rejected => {
                return Err(refused("It was rejected", "Mend what its report says and send the file again"));
            }
            _ => return Ok(submission),
        }
        let object = format!("submission:{id}");
        let mut tx = self.begin_act("submission.accept", Verb::SubmissionAccept, &object).await?;
        tx.advance(id, SubmissionEvent::Confirmed).await?;
        let replaced = go_on(&mut tx, &submission).await?;
        tx.audit(accepted(actor, id, replaced, "confirmed by the sender")).await?;
        tx.commit().await?;
        self.submission(id).await
    }
}

/// What follows acceptance, by the sender's word or because there was nothing to confirm: it replaces the last accepted
/// submission of its organisation that ends on the same day, and waits to be loaded.
pub(crate) async fn go_on(tx: &mut Tx, submission: &Submission) -> VerbResult<Option<SubmissionId>> {
    let now = tx.submission(submission.id).await?;
    let end = now.and_then(|now| now.period).map(|(_, end)| end);
    let earlier = tx.submissions_of(&submission.organisation, &submission.dataset).await?;
    let replaced = earlier.into_iter().find(|other| {
        other.id != submission.id
            && other.state >= SubmissionState::Accepted
            && other.period.map(|(_, end)| end) == end
            && other.landed_at <= submission.landed_at
    });
    if let Some(other) = &replaced {
        tx.supersede(submission.id, other.id).await?;
    }
    tx.enqueue(Job { kind: JobKind::Load, submission: submission.id }).await?;
    Ok(replaced.map(|other| other.id))
}

/// The event of an acceptance.
pub(crate) fn accepted(actor: &str, id: SubmissionId, replaced: Option<SubmissionId>, why: &str) -> AuditEvent {
    AuditEvent {
        actor: actor.into(),
        verb: "SubmissionAccepted",
        object: format!("submission:{id}"),
        detail: json!({ "why": why, "supersedes": replaced.map(|id| id.to_string()) }),
    }
}

fn refused(reason: &str, next: &str) -> VerbError {
    VerbError::refused("The submission cannot be accepted", reason, next)
}
