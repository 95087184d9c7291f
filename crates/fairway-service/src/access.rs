//! Who asks, and whether they may: every public verb says here which verb of the permission table it is.

use fairway_domain::{Fault, OrganisationCode, Refusal, SubmissionId};
use fairway_governance::{Act, Actor, Object, Permissions, Permit, Reach, Verb, Voice, same_person};
use fairway_store::{AuditEvent, Submission, Tx};
use serde_json::json;

use crate::land::no_such_submission;
use crate::{Service, VerbError, VerbResult};

/// Who stands behind an act: their name, with their account where they have one, and their organisation’s code.
#[derive(Debug, Clone)]
pub(crate) struct Speaker {
    pub name: String,
    pub organisation: String,
}

impl Speaker {
    /// Refused where nobody is named, or no organisation.
    pub(crate) fn must_be_named(&self, what: &str) -> VerbResult<()> {
        if self.name.is_empty() || self.organisation.parse::<OrganisationCode>().is_err() {
            let why = "Whoever asks gives their name and the code of their organisation";
            return Err(VerbError::refused(what, why, "Name them"));
        }
        Ok(())
    }

    pub(crate) fn voice(&self) -> Voice<'_> {
        Voice { name: &self.name, organisation: &self.organisation }
    }
}

impl Service {
    /// The same for somebody else: from now on `actor`'s rights count, and no others.
    #[must_use]
    pub fn acting(self, actor: Actor) -> Self {
        let roles: Vec<&str> = actor.roles.iter().map(|role| role.as_str()).collect();
        let organisation = actor.organisation.as_ref().map(ToString::to_string).unwrap_or_default();
        let store = self.store.clone().speaking_as(&roles.join(" "), &organisation);
        Self { actor, store, ..self }
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

    /// Begins a transaction, whose entries in the log name the role and the organisation of whoever asks.
    pub(crate) async fn begin(&self, name: &'static str) -> VerbResult<Tx> {
        Ok(self.store.tx(name, self.clock.now()).await?)
    }

    /// Begins a transaction in which somebody does `verb` about `object`, and keeps that they did; refused, and that in the
    /// log, to a person who has done what does not go with it about the same thing.
    pub(crate) async fn begin_act(&self, name: &'static str, verb: Verb, object: &str) -> VerbResult<Tx> {
        let mut tx = self.begin(name).await?;
        let Some(person) = self.actor.person else { return Ok(tx) };
        let known = |(verb, person): (String, _)| Some(Act { verb: verb.parse().ok()?, person });
        let history: Vec<Act> = tx.acts(object).await?.into_iter().filter_map(known).collect();
        let reasons = self.permissions.against_act(person, verb, &history);
        if reasons.is_empty() {
            tx.record_act(object, verb.as_str(), person).await?;
            return Ok(tx);
        }
        tx.audit(self.refused_event(verb, object)).await?;
        tx.commit().await?;
        let what = format!("You cannot do this: {}", self.permissions.what(verb).to_lowercase());
        let next = "Somebody else does it; it makes no difference in which role".into();
        Err(VerbError::Denied(Refusal { what, reasons, next }))
    }

    /// Whether `verb` about `object` goes with what whoever asks has done about it before; refused as by [`Self::begin_act`].
    pub(crate) async fn may_act(&self, verb: Verb, object: &str) -> VerbResult<()> {
        Ok(self.begin_act("access.act", verb, object).await?.roll_back().await?)
    }

    /// Who stands behind what is done: whoever asks, where they have an account; else whom the console names.
    ///
    /// # Errors
    /// Refused, and that in the log, where they have an account and name somebody else or another organisation.
    pub(crate) async fn speaker(&self, verb: Verb, named: Voice<'_>) -> VerbResult<Speaker> {
        let (name, organisation) = (named.name.trim(), named.organisation.trim());
        let Some(speaker) = self.account_speaking().await? else {
            return Ok(Speaker { name: name.to_owned(), organisation: organisation.to_uppercase() });
        };
        let names_them = name.is_empty() || same_person(name, &speaker.name) || name == self.actor.to_string();
        if names_them && (organisation.is_empty() || organisation.eq_ignore_ascii_case(&speaker.organisation)) {
            return Ok(speaker);
        }
        self.log_refusal(verb, "centre").await?;
        Err(VerbError::Denied(Refusal::new(
            "Nobody speaks as somebody else",
            format!("You are here as {} of {}, and named another", speaker.name, speaker.organisation),
            "Leave out who it is, or have them ask with a token of their own",
        )))
    }

    /// Whoever asks, where they have an account.
    pub(crate) async fn account_speaking(&self) -> VerbResult<Option<Speaker>> {
        let (Some(person), Some(own)) = (self.actor.person, &self.actor.organisation) else { return Ok(None) };
        let account = self.store.account(person).await?.ok_or_else(|| Fault::new("account of whoever asks is gone"))?;
        Ok(Some(Speaker { name: format!("{} [{}]", account.name, self.actor), organisation: own.to_string() }))
    }

    /// Who stands behind a decision: whoever asks, where they have an account; else whom the console names.
    pub(crate) fn voice(&self, named: &str) -> String {
        self.actor.person.map_or_else(|| named.to_owned(), |_| self.actor.to_string())
    }

    pub(crate) async fn log_refusal(&self, verb: Verb, object: &str) -> VerbResult<()> {
        let mut tx = self.begin("access.refuse").await?;
        tx.audit(self.refused_event(verb, object)).await?;
        Ok(tx.commit().await?)
    }

    fn refused_event(&self, verb: Verb, object: &str) -> AuditEvent {
        let roles: Vec<&str> = self.actor.roles.iter().map(|role| role.as_str()).collect();
        AuditEvent {
            actor: self.actor.to_string(),
            verb: "AccessRefused",
            object: object.to_owned(),
            detail: json!({ "verb": verb.as_str(), "roles": roles }),
        }
    }
}

fn named(object: Object<'_>) -> String {
    match object {
        Object::Centre | Object::Several => "centre".to_owned(),
        Object::Of(organisation) => format!("organisation:{organisation}"),
    }
}
