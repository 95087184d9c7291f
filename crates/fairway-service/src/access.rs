//! Who asks, and whether they may: every public verb says here which verb of the permission table it is.

use fairway_domain::{OrganisationCode, SubmissionId};
use fairway_governance::{Actor, Object, Permissions, Permit, Reach, Verb};
use fairway_store::{AuditEvent, Submission};
use serde_json::json;

use crate::land::no_such_submission;
use crate::{Service, VerbError, VerbResult};

impl Service {
    /// The same for somebody else: from now on `actor`'s rights count, and no others.
    #[must_use]
    pub fn acting(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// Who asks.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The table that decides who may do what.
    pub fn permissions(&self) -> &Permissions {
        &self.permissions
    }

    /// Declares which verb this is and holds it against the table: how far the right goes, or a refusal with all reasons,
    /// which is in the log before it is answered. Call it before a transaction begins.
    pub(crate) async fn authorise(&self, verb: Verb, object: Object<'_>) -> VerbResult<Reach> {
        match self.permissions.permit(&self.actor, verb, object) {
            Permit::Allowed(reach) => Ok(reach),
            Permit::Refused(refusal) => {
                self.log_refusal(verb, &named(object)).await?;
                Err(VerbError::Denied(refusal))
            }
            Permit::NotFound => {
                self.log_refusal(verb, &named(object)).await?;
                Err(VerbError::not_found(
                    "It cannot be found",
                    "There is no such thing that you may see",
                    "Look at its name",
                ))
            }
        }
    }

    /// The same about one thing (`object`, such as `submission:0192…`) that is `organisation`'s; where it must not be told
    /// that it is there, the answer is `missing`, the one for what is not there.
    pub(crate) async fn authorise_of(
        &self,
        verb: Verb,
        organisation: &OrganisationCode,
        object: &str,
        missing: VerbError,
    ) -> VerbResult<()> {
        let error = match self.permissions.permit(&self.actor, verb, Object::Of(organisation)) {
            Permit::Allowed(_) => return Ok(()),
            Permit::Refused(refusal) => VerbError::Denied(refusal),
            Permit::NotFound => missing,
        };
        self.log_refusal(verb, object).await?;
        Err(error)
    }

    /// A submission, for somebody who may do this to it.
    pub(crate) async fn authorised_submission(&self, verb: Verb, id: SubmissionId) -> VerbResult<Submission> {
        self.authorise(verb, Object::Several).await?;
        let submission = self.submission(id).await?;
        let object = format!("submission:{id}");
        self.authorise_of(verb, &submission.organisation, &object, no_such_submission(id)).await?;
        Ok(submission)
    }

    async fn log_refusal(&self, verb: Verb, object: &str) -> VerbResult<()> {
        let mut tx = self.store.tx("access.refuse", self.clock.now()).await?;
        let roles: Vec<&str> = self.actor.roles.iter().map(|role| role.as_str()).collect();
        tx.audit(AuditEvent {
            actor: self.actor.to_string(),
            verb: "AccessRefused",
            object: object.to_owned(),
            detail: json!({ "verb": verb.as_str(), "roles": roles }),
        })
        .await?;
        Ok(tx.commit().await?)
    }
}

fn named(object: Object<'_>) -> String {
    match object {
        Object::Centre | Object::Several => "centre".to_owned(),
        Object::Of(organisation) => format!("organisation:{organisation}"),
    }
}
