//! Persons behind blind indices: which questions a record asks of the identity map, and the answers.

use std::collections::HashMap;

use fairway_deid::cipher::{BlindIndex, LoadKey, VaultKey};
use fairway_domain::{Fault, FaultExt, ImportId, NhsNumber, OrganisationCode, PersonUid, SubmissionId};
use fairway_store::{AuditEvent, Tx};
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use crate::{Service, VerbError, VerbResult};

/// The council's own identifier of a person, within that council.
pub(crate) const LA_PERSON: &str = "la_person";
/// A person whom a council knows by NHS number alone, within that council.
const LA_PERSON_BY_NUMBER: &str = "la_person_by_nhs_number";
/// The NHS number, everywhere.
pub(crate) const NHS_NUMBER: &str = "nhs_number";

/// Blind indices to be resolved, by kind.
#[derive(Default)]
pub(crate) struct Questions(HashMap<&'static str, FxHashMap<[u8; 32], PersonUid>>);

/// A blind index with its kind.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    kind: &'static str,
    index: [u8; 32],
}

/// Asks about the identifiers of one organisation's records.
#[derive(Clone)]
pub(crate) struct Asker {
    index: BlindIndex,
    organisation: OrganisationCode,
}

impl Asker {
    pub(crate) fn new(key: &VaultKey, organisation: OrganisationCode) -> Result<Self, Fault> {
        Ok(Self { index: BlindIndex::new(&key.index_key())?, organisation })
    }

    /// The person as the council's own system knows them.
    pub(crate) fn local(&self, identifier: &str) -> Question {
        self.within(LA_PERSON, identifier)
    }

    /// The person of an NHS number.
    pub(crate) fn number(&self, number: NhsNumber) -> Question {
        Question { kind: NHS_NUMBER, index: self.index.digest(NHS_NUMBER, None, number.as_str().as_bytes()) }
    }

    /// The person a record is about: by the council's identifier, else by the NHS number within that council. `None`
    /// where the record has neither.
    pub(crate) fn person(&self, identifier: &str, number: Option<NhsNumber>) -> Option<Question> {
        match (identifier, number) {
            ("", None) => None,
            ("", Some(number)) => Some(self.within(LA_PERSON_BY_NUMBER, number.as_str())),
            (identifier, _) => Some(self.local(identifier)),
        }
    }

    fn within(&self, kind: &'static str, value: &str) -> Question {
        Question { kind, index: self.index.digest(kind, Some(&self.organisation), value.as_bytes()) }
    }
}

const UNKNOWN: PersonUid = PersonUid([0; 16]);

impl Question {
    /// The blind index alone.
    pub(crate) fn index(self) -> [u8; 32] {
        self.index
    }
}

impl Questions {
    /// Notes a question.
    pub(crate) fn ask(&mut self, question: Question) {
        self.0.entry(question.kind).or_default().entry(question.index).or_insert(UNKNOWN);
    }

    /// The person, once resolved.
    pub(crate) fn answer(&self, question: Question) -> Result<PersonUid, Fault> {
        let uid = self.0.get(question.kind).and_then(|answers| answers.get(&question.index));
        uid.copied().filter(|uid| *uid != UNKNOWN).ok_or_else(|| Fault::new("a person was not resolved"))
    }

    /// How many people records are about, as their sender knows them.
    pub(crate) fn people(&self) -> usize {
        self.count(LA_PERSON) + self.count(LA_PERSON_BY_NUMBER)
    }

    /// How many questions of a kind there are.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.0.get(kind).map_or(0, FxHashMap::len)
    }

    /// Finds or makes the person of every question.
    pub(crate) async fn resolve(&mut self, tx: &mut Tx, import: ImportId) -> Result<(), Fault> {
        for (kind, answers) in &mut self.0 {
            // In order, so that the ledger's index grows page by page: blind indices are as good as random.
            let mut blind: Vec<[u8; 32]> = answers.keys().copied().collect();
            blind.sort_unstable();
            let uids = new_uids(blind.len())?;
            let mut fresh = uids.into_iter();
            let mut next = || fresh.next().unwrap_or(UNKNOWN);
            let found = tx.resolve(kind, &blind, import, &mut next).await?;
            answers.extend(blind.into_iter().zip(found));
        }
        Ok(())
    }
}

/// Random persons-to-be, taken before the transaction so that it cannot fail half way for want of randomness.
fn new_uids(count: usize) -> Result<Vec<PersonUid>, Fault> {
    let mut bytes = vec![0; count * 16];
    getrandom::fill(&mut bytes).fault("random numbers cannot be had")?;
    Ok(bytes.as_chunks::<16>().0.iter().copied().map(PersonUid).collect())
}

impl Service {
    /// The key of a submission's load, made on first use and kept wrapped in the ledger.
    pub(crate) async fn load_key(&self, tx: &mut Tx, vault: &VaultKey, id: SubmissionId) -> VerbResult<LoadKey> {
        let import = ImportId::from(id);
        let wrapped = vault.wrap_key(import, &LoadKey::generate()?)?;
        let kept = tx.keep_load_key(id, &wrapped).await?;
        Ok(vault.unwrap_key(import, &kept)?)
    }

    /// The key of a load that was made before.
    ///
    /// # Errors
    /// Refused when it was destroyed: the identifiers are gone for good.
    pub(crate) async fn kept_load_key(&self, vault: &VaultKey, id: SubmissionId) -> VerbResult<LoadKey> {
        let kept = self.store.load_key(id).await?;
        let Some(kept) = kept else {
            return Err(Fault::new(format!("load key of submission {id} is not there")).into());
        };
        if let Some(wrapped) = kept.wrapped {
            return Ok(vault.unwrap_key(id.into(), &wrapped)?);
        }
        let when = kept.destroyed_at.map(|at| format!(" on {}", at.to_zoned(TimeZone::UTC).date())).unwrap_or_default();
        Err(VerbError::refused(
            "The identifiers of this submission cannot be opened",
            format!("Two people had them destroyed{when}"),
            "What was de-identified before stays; have the sender submit the file again for anything else",
        ))
    }
}

/// An event about a submission.
pub(crate) fn event(actor: &str, verb: &'static str, id: SubmissionId, detail: serde_json::Value) -> AuditEvent {
    AuditEvent { actor: actor.into(), verb, object: format!("submission:{id}"), detail }
}
