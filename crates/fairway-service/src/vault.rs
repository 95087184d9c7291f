//! The verbs of the identity vault: persons merged and split, a load's identifiers destroyed. Each takes two people, and
//! none rewrites what was written before.

use fairway_domain::{LinkClass, NhsNumber, OrganisationCode, PersonUid, Refusal, SubmissionId};
use fairway_governance::{Object, Verb};
use fairway_store::{AuditEvent, PersonChange, PersonEvent, WorkerLock, sealed};
use serde_json::json;

use crate::context::blocking;
use crate::identity::{Asker, LA_PERSON, NHS_NUMBER, event};
use crate::{Service, VerbError, VerbResult};

/// Two people who stand behind what cannot be taken back.
#[derive(Debug, Clone)]
pub struct TwoPeople {
    asked_by: String,
    approved_by: String,
    reason: String,
}

impl TwoPeople {
    /// Names the two, and the reason in words that name nobody.
    ///
    /// # Errors
    /// Refused when a name or the reason is missing, or both names are one person's.
    pub fn new(asked_by: &str, approved_by: &str, reason: &str) -> VerbResult<Self> {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (asked_by, approved_by, reason) = (plain(asked_by), plain(approved_by), plain(reason));
        let mut reasons = Vec::new();
        if asked_by.is_empty() || approved_by.is_empty() {
            reasons.push("A name is missing".to_owned());
        } else if asked_by.to_lowercase() == approved_by.to_lowercase() {
            reasons.push(format!("{asked_by} cannot both ask and agree"));
        }
        if reason.is_empty() {
            reasons.push("No reason is given".to_owned());
        }
        if reasons.is_empty() {
            return Ok(Self { asked_by, approved_by, reason });
        }
        let next = "Have one person ask (--by) and another agree (--approved-by), and say why (--reason)".to_owned();
        Err(Refusal { what: "This takes two people and a reason".into(), reasons, next }.into())
    }

    pub(crate) fn asked_by(&self) -> &str {
        &self.asked_by
    }

    pub(crate) fn approved_by(&self) -> &str {
        &self.approved_by
    }

    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }
}

/// An identifier that somebody looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierKind {
    /// The council's own.
    Local,
    /// An NHS number.
    NhsNumber,
}

/// Who is behind an identifier.
#[derive(Debug, Clone)]
pub struct FoundPerson {
    /// The person, merges followed.
    pub uid: PersonUid,
    /// How the identifier is known, surest first.
    pub classes: Vec<LinkClass>,
}

impl Service {
    /// Who is behind an identifier, as of now. That somebody asked is recorded, the identifier is not.
    ///
    /// # Errors
    /// Refused when the text is no such identifier or nobody is known by it.
    pub async fn find_person(
        &self,
        actor: &str,
        organisation: &OrganisationCode,
        kind: IdentifierKind,
        text: &str,
    ) -> VerbResult<FoundPerson> {
        self.authorise(Verb::VaultFind, Object::Centre).await?;
        const WHAT: &str = "Nobody was found";
        let asker = Asker::new(&self.vault_key()?, organisation.clone())?;
        let (word, blind, first) = match kind {
            IdentifierKind::Local => (LA_PERSON, asker.local(text.trim()).index(), LinkClass::LaOnly),
            IdentifierKind::NhsNumber => {
                let number = NhsNumber::parse(text.trim());
                let number = number.map_err(|error| VerbError::refused(WHAT, error.to_string(), "Give ten digits"))?;
                (NHS_NUMBER, asker.number(number).index(), LinkClass::SuppliedUnverified)
            }
        };
        let mut tx = self.store.tx("vault.find", self.clock.now()).await?;
        let object = format!("organisation:{organisation}");
        tx.audit(AuditEvent { actor: actor.into(), verb: "PersonLookedUp", object, detail: json!({ "kind": word }) })
            .await?;
        tx.commit().await?;
        let uid = self.store.lookup(word, &[blind]).await?.into_iter().next().flatten();
        let Some(uid) = uid else {
            let reason = format!("No record of {organisation} was loaded with this identifier");
            return Err(VerbError::refused(WHAT, reason, "Look at the identifier and the council's code"));
        };
        let mut classes = self.store.classes_of(word, blind).await?;
        classes.push(first);
        classes.sort_by_key(|class| LinkClass::ALL.iter().position(|known| known == class));
        classes.dedup();
        Ok(FoundPerson { uid: self.store.persons(self.clock.now()).await?.now(uid), classes })
    }

    /// From now on, `uid` is `into`. Rows written before stay as they are; what is loaded or de-identified from now on has
    /// the one person.
    ///
    /// # Errors
    /// Refused when one of them is nobody, both are one already, or they are known by different kinds of identifier.
    pub async fn merge_persons(&self, uid: PersonUid, into: PersonUid, people: &TwoPeople) -> VerbResult<PersonUid> {
        self.authorise(Verb::VaultMerge, Object::Centre).await?;
        const WHAT: &str = "The persons cannot be merged";
        const NEXT: &str = "Find each person's number with: fairway vault find";
        let persons = self.store.persons(self.clock.now()).await?;
        let (from, target) = (persons.now(uid), persons.now(into));
        let (kinds, others) = (self.store.kinds_of(uid).await?, self.store.kinds_of(into).await?);
        let mut reasons = Vec::new();
        if kinds.is_empty() || others.is_empty() {
            reasons.push("One of the numbers is nobody's".to_owned());
        } else if kinds.is_disjoint(&others) {
            reasons.push("One is a council's record of a person, the other a person with an NHS number".to_owned());
        }
        if from == target {
            reasons.push("They are one person already".to_owned());
        } else if from != uid {
            reasons.push("The first was merged before: split it, or merge the person it became".to_owned());
        }
        if !reasons.is_empty() {
            return Err(Refusal { what: WHAT.into(), reasons, next: NEXT.into() }.into());
        }
        self.record_person(PersonChange::Merge, uid, target, people).await?;
        Ok(target)
    }

    /// From now on, `uid` is itself again. Rows written while it was another stay as they are.
    ///
    /// # Errors
    /// Refused when it is itself already.
    pub async fn split_person(&self, uid: PersonUid, people: &TwoPeople) -> VerbResult<()> {
        self.authorise(Verb::VaultSplit, Object::Centre).await?;
        if self.store.persons(self.clock.now()).await?.now(uid) == uid {
            return Err(VerbError::refused(
                "The person cannot be split",
                "It was not merged into another",
                "See who was merged with: fairway audit list",
            ));
        }
        self.record_person(PersonChange::Split, uid, uid, people).await
    }

    async fn record_person(
        &self,
        what: PersonChange,
        uid: PersonUid,
        is_now: PersonUid,
        people: &TwoPeople,
    ) -> VerbResult<()> {
        let now = self.clock.now();
        let verb = match what {
            PersonChange::Merge => "PersonsMerged",
            PersonChange::Split => "PersonSplit",
        };
        let mut tx = self.store.tx("vault.person", now).await?;
        tx.record_person_event(&PersonEvent {
            what,
            uid,
            is_now,
            at: now,
            asked_by: people.asked_by.clone(),
            approved_by: people.approved_by.clone(),
            reason: people.reason.clone(),
        })
        .await?;
        tx.audit(AuditEvent {
            actor: people.asked_by.clone(),
            verb,
            object: format!("person:{}", uid.to_hex()),
            detail: json!({ "is_now": is_now.to_hex(), "approved_by": people.approved_by, "reason": people.reason }),
        })
        .await?;
        Ok(tx.commit().await?)
    }

    /// Destroys the key of a load and the sealed file it came from: its identifiers cannot be opened any more, by anybody.
    /// De-identified rows stay. Says whether there was something to destroy; done before, it changes nothing.
    ///
    /// # Errors
    /// Refused while a step of the submission is being taken. Steps that wait will be refused for want of identifiers.
    pub async fn shred(&self, id: SubmissionId, people: &TwoPeople) -> VerbResult<bool> {
        let submission = self.authorised_submission(Verb::VaultShred, id).await?;
        // Without a worker, a step that seems to be taken was cut off.
        let alone = WorkerLock::take(self.dir.store())?;
        let taken = self.submission_jobs(id).await?.into_iter().find(|job| job.state == "leased");
        if let (None, Some(job)) = (&alone, taken) {
            return Err(VerbError::refused(
                "The identifiers cannot be destroyed",
                format!("The step {} is being taken and needs them", job.step),
                "Let it end, then ask again",
            ));
        }
        let mut tx = self.store.tx("vault.shred", self.clock.now()).await?;
        let key = tx.destroy_load_key(id).await?;
        if !key && submission.payload_destroyed_at.is_some() {
            tx.roll_back().await?;
            return Ok(false);
        }
        tx.give_up_payload(id).await?;
        let detail = json!({ "approved_by": people.approved_by, "reason": people.reason, "load_key": key });
        tx.audit(event(&people.asked_by, "IdentifiersDestroyed", id, detail)).await?;
        tx.commit().await?;
        let path = sealed::path(&self.dir.store().landing(), id);
        blocking("destroying a sealed file", move || Ok(sealed::destroy(&path)?)).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_under_two_spellings_is_still_one() {
        for (by, approved) in [("Ada", "ada "), ("Ada  Lovelace", " ada lovelace"), ("", "Ada"), ("Ada", " ")] {
            assert!(matches!(TwoPeople::new(by, approved, "asked by the council"), Err(VerbError::Refused(_))), "{by}");
        }
        let Err(VerbError::Refused(refusal)) = TwoPeople::new("Ada", "Ada", " ") else { panic!("was not refused") };
        assert_eq!(refusal.reasons, ["Ada cannot both ask and agree", "No reason is given"]);
        assert!(TwoPeople::new("Ada", "Grace", "asked by the council").is_ok());
    }
}
