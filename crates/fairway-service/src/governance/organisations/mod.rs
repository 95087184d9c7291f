//! The verbs of organisations: lists imported as dated facts, and what is known of one on a day.

mod lists;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use fairway_domain::{FactKind, Fault, OrganisationCode, OrganisationFact, RecordedFact};
use fairway_governance::{Object, Verb};
use fairway_store::AuditEvent;
use jiff::civil::Date;
use serde_json::json;

use crate::context::blocking;
use crate::{Service, VerbError, VerbResult};

/// What an import changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationsImported {
    /// Facts that the lists say.
    pub facts: usize,
    /// Of them, those that were not known.
    pub recorded: usize,
    /// Facts that the lists said before, and say no more or otherwise.
    pub superseded: usize,
    /// Organisations of each kind that are known now.
    pub kinds: Vec<(String, u64)>,
}

/// One organisation with all that is known of it.
#[derive(Debug, Clone)]
pub struct OrganisationRecord {
    /// The code that Fairway knows it by.
    pub code: OrganisationCode,
    /// Facts, those found to be otherwise too, in the order in which they were recorded.
    pub facts: Vec<RecordedFact>,
}

impl OrganisationRecord {
    /// The facts that count, whatever the day.
    pub fn known(&self) -> impl Iterator<Item = &OrganisationFact> {
        self.facts.iter().filter(|one| one.superseded_at.is_none()).map(|one| &one.fact)
    }

    /// What a kind of fact says on a day; the last one known where none holds on it.
    pub fn on(&self, kind: FactKind, day: Date) -> Option<&OrganisationFact> {
        let of_kind = || self.known().filter(|fact| fact.kind == kind);
        of_kind().filter(|fact| fact.holds_on(day)).last().or_else(|| of_kind().last())
    }

    /// Whether it exists on a day, as far as is known.
    pub fn exists_on(&self, day: Date) -> bool {
        self.known().any(|fact| fact.kind == FactKind::Kind && fact.holds_on(day))
    }

    /// Those that have taken its place by a day.
    pub fn successors_on(&self, day: Date) -> impl Iterator<Item = &OrganisationFact> {
        self.known().filter(move |fact| fact.kind == FactKind::Successor && fact.holds_on(day))
    }
}

impl Service {
    /// Imports the lists of organisations below the data directory's reference data, or one list in Fairway's own layout
    /// (`organisation,fact,value,detail,from,until,source,confidence`). What a list said before and says no more is kept as
    /// found to be otherwise. The same again changes nothing.
    ///
    /// # Errors
    /// Refused when a list cannot be read; then nothing is imported.
    pub async fn import_organisations(&self, actor: &str, list: Option<&Path>) -> VerbResult<OrganisationsImported> {
        self.authorise(Verb::OrganisationImport, Object::Centre).await?;
        let (reference, named) = (self.dir.reference(), list.map(Path::to_owned));
        let facts = blocking("reading lists of organisations", move || {
            let read = named.as_deref().map_or_else(|| lists::read(&reference), lists::own);
            read.map_err(|fault| unreadable(&fault))
        })
        .await?;
        let mut tx = self.store.tx("organisation.import", self.clock.now()).await?;
        let known = tx.current_facts().await?;
        let (recorded, superseded) = {
            let (said, before): (HashSet<Key<'_>>, HashSet<Key<'_>>) =
                (facts.iter().map(key).collect(), known.iter().map(key).collect());
            let sources: BTreeSet<&str> = facts.iter().map(|fact| fact.source.as_str()).collect();
            let gone = |fact: &&OrganisationFact| sources.contains(fact.source.as_str()) && !said.contains(&key(fact));
            let superseded: Vec<&OrganisationFact> = known.iter().filter(gone).collect();
            let fresh: Vec<&OrganisationFact> = facts.iter().filter(|fact| !before.contains(&key(fact))).collect();
            for fact in &superseded {
                tx.supersede_fact(fact).await?;
            }
            for fact in &fresh {
                tx.record_fact(fact).await?;
            }
            (fresh.len(), superseded.len())
        };
        if recorded + superseded == 0 {
            tx.roll_back().await?;
        } else {
            tx.audit(AuditEvent {
                actor: actor.into(),
                verb: "OrganisationsImported",
                object: "centre".into(),
                detail: json!({ "facts": facts.len(), "recorded": recorded, "superseded": superseded }),
            })
            .await?;
            tx.commit().await?;
        }
        let kinds = self.store.organisation_kinds().await?;
        Ok(OrganisationsImported { facts: facts.len(), recorded, superseded, kinds })
    }

    /// One organisation by any code it has or had; several where a code was given twice, none where nobody has it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn organisation_records(&self, code: &OrganisationCode) -> VerbResult<Vec<OrganisationRecord>> {
        self.authorise(Verb::OrganisationList, Object::Several).await?;
        self.records_coded(code).await
    }

    pub(crate) async fn records_coded(&self, code: &OrganisationCode) -> VerbResult<Vec<OrganisationRecord>> {
        let mut records = Vec::new();
        for code in self.store.organisations_coded(code.as_str()).await? {
            let facts = self.store.facts_of(&code).await?;
            records.push(OrganisationRecord { code, facts });
        }
        Ok(records)
    }

    /// Every organisation of a kind (`council`, `ccg`, `icb`, `csu`, `dscro`), in the order of their codes.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn organisations_of_kind(&self, kind: &str) -> VerbResult<Vec<OrganisationRecord>> {
        self.authorise(Verb::OrganisationList, Object::Several).await?;
        let mut records: BTreeMap<OrganisationCode, Vec<RecordedFact>> = BTreeMap::new();
        for fact in self.store.facts_of_kind(kind).await? {
            records.entry(fact.fact.organisation.clone()).or_default().push(fact);
        }
        Ok(records.into_iter().map(|(code, facts)| OrganisationRecord { code, facts }).collect())
    }

    /// The kinds of organisations there are, with how many of each.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn organisation_kinds(&self) -> VerbResult<Vec<(String, u64)>> {
        self.authorise(Verb::OrganisationList, Object::Several).await?;
        Ok(self.store.organisation_kinds().await?)
    }

    /// Those that stand in an organisation's place on a day: itself while it exists, else its successors, and theirs. In the
    /// order of their codes.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn in_place_of(&self, code: &OrganisationCode, day: Date) -> VerbResult<Vec<OrganisationRecord>> {
        self.authorise(Verb::OrganisationList, Object::Several).await?;
        let mut waiting: Vec<OrganisationCode> =
            self.records_coded(code).await?.into_iter().map(|record| record.code).collect();
        let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::new());
        while let Some(code) = waiting.pop() {
            if !seen.insert(code.clone()) {
                continue;
            }
            let record = OrganisationRecord { facts: self.store.facts_of(&code).await?, code };
            let successors = record.successors_on(day).map(|fact| fact.value.parse());
            let successors: Vec<OrganisationCode> = successors.filter_map(Result::ok).collect();
            if successors.is_empty() {
                found.insert(record.code.clone(), record);
            } else {
                waiting.extend(successors);
            }
        }
        Ok(found.into_values().collect())
    }
}

/// What makes a fact itself: all but when it was recorded.
type Key<'a> = (&'a OrganisationCode, FactKind, &'a str, &'a str, Option<Date>, Option<Date>, &'a str);

fn key(fact: &OrganisationFact) -> Key<'_> {
    (&fact.organisation, fact.kind, &fact.value, &fact.detail, fact.from, fact.until, fact.confidence.as_str())
}

fn unreadable(fault: &Fault) -> VerbError {
    let cause = std::error::Error::source(fault).map(|cause| format!(": {cause}")).unwrap_or_default();
    VerbError::refused(
        "The organisations cannot be imported",
        format!("{fault}{cause}"),
        "Mend the list and import it again; nothing was changed",
    )
}
