//! People who opted out of uses beyond their own care: the list is imported as keyed hashes of NHS numbers, and where an
//! agreement applies opt-outs their records are left out of its extracts, with counts.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fairway_deid::cipher::BlindIndex;
use fairway_domain::{Fault, KeyDomain, NhsNumber, PersonUid, Refusal, Subject};
use fairway_governance::{Agreement, Object, ReleaseRequest, Verb};
use fairway_spec::Spec;
use fairway_store::{AuditEvent, OptOutPolicy};
use serde_json::json;

use crate::identity::NHS_NUMBER;
use crate::link_map::LinkColumns;
use crate::{Service, VerbError, VerbResult};

/// A list of opt-outs that was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptOutsImported {
    /// NHS numbers on it, each once.
    pub numbers: u64,
    /// Lines that are no NHS number; they are passed over.
    pub passed_over: u64,
}

/// People whose records are left out of an extract, by their pseudonyms in the de-identified zone, and how often that was.
#[derive(Debug, Clone, Default)]
pub(crate) struct LeftOut {
    people: Arc<HashSet<String>>,
    /// Columns of the zone that say who a row is about.
    pub columns: Vec<String>,
    rows: Arc<AtomicU64>,
}

impl LeftOut {
    /// Whether a row about one of these is left out; then it is counted.
    pub(crate) fn has<'p>(&self, mut persons: impl Iterator<Item = &'p str>) -> bool {
        let is_out = !self.people.is_empty() && persons.any(|person| self.people.contains(person));
        self.rows.fetch_add(u64::from(is_out), Ordering::Relaxed);
        is_out
    }

    /// Rows left out so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }
}

impl Service {
    /// Takes a list of NHS numbers, one a line (a comma behind it is allowed), for the people who opted out, in the place of
    /// the list before. Keyed hashes alone are kept.
    ///
    /// # Errors
    /// Refused when the file cannot be read or has no NHS number on it.
    pub async fn import_opt_outs(&self, actor: &str, file: &Path) -> VerbResult<OptOutsImported> {
        self.authorise(Verb::OptOutImport, Object::Centre).await?;
        if let Some(refusal) = self.keys_away() {
            return Err(refusal.into());
        }
        let (numbers, passed_over) = read(file)?;
        let index = BlindIndex::new(&self.vault_key()?.index_key())?;
        let digest = |number: &NhsNumber| index.digest(NHS_NUMBER, None, number.as_str().as_bytes());
        let mut indices: Vec<[u8; 32]> = numbers.iter().map(digest).collect();
        indices.sort_unstable();
        indices.dedup();
        let report = OptOutsImported { numbers: indices.len() as u64, passed_over };
        let mut tx = self.store.tx("opt-out.import", self.clock.now()).await?;
        tx.replace_opt_outs(&indices).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "OptOutsImported",
            object: "centre".into(),
            detail: json!({ "numbers": report.numbers, "passed_over": passed_over }),
        })
        .await?;
        tx.commit().await?;
        Ok(report)
    }

    /// Who is left out of an extract under an agreement: nobody where it does not apply opt-outs.
    pub(crate) async fn left_out(&self, agreement: &Agreement, spec: &Spec) -> VerbResult<LeftOut> {
        if !applied(agreement) {
            return Ok(LeftOut::default());
        }
        let columns = LinkColumns::of(spec).map_err(|why| {
            Refusal::new("Opt-outs cannot be applied", why, "Add the columns to the dataset's derived.yaml")
        })?;
        let opted_out = self.store.opt_outs().await?;
        if opted_out.is_empty() {
            return Err(VerbError::refused(
                "Opt-outs cannot be applied",
                "No list of people who opted out was imported",
                "Import one with: fairway opt-out import FILE",
            ));
        }
        let known = self.store.lookup(NHS_NUMBER, &opted_out).await?;
        let persons = self.store.persons(self.clock.now()).await?;
        let mut uids: Vec<PersonUid> = known.into_iter().flatten().flat_map(|uid| [uid, persons.now(uid)]).collect();
        uids.sort_unstable_by_key(|uid| uid.0);
        uids.dedup();
        let made = self.keyholder.pseudonyms(&KeyDomain::national_repository(), Subject::Person, &uids)?;
        let people = Arc::new(made.into_iter().map(|pseudonym| pseudonym.0).collect());
        Ok(LeftOut { people, columns: columns.keys, rows: Arc::default() })
    }

    /// Puts into a request what was done about opt-outs before, under the same key, for the same days.
    pub(crate) async fn remember_policy(&self, agreement: &Agreement, request: &mut ReleaseRequest) -> VerbResult<()> {
        let domain = KeyDomain { name: agreement.reference.to_string(), epoch: agreement.key_epoch };
        let period = agreement.period;
        let before = self.store.opt_out_policies(&domain).await?;
        let same = |policy: &&OptOutPolicy| {
            policy.dataset == agreement.dataset && policy.period.0 <= period.to && period.from <= policy.period.1
        };
        let other = before.iter().filter(same).map(|policy| policy.applied);
        // One that differs counts before one that does not.
        request.opt_outs_before = other.max_by_key(|before| *before != applied(agreement));
        Ok(())
    }
}

/// Whether an agreement leaves people out who opted out.
pub(crate) fn applied(agreement: &Agreement) -> bool {
    agreement.particulars.opt_outs.as_ref().is_some_and(|policy| policy.applied)
}

fn read(file: &Path) -> VerbResult<(Vec<NhsNumber>, u64)> {
    const WHAT: &str = "The list cannot be imported";
    let unreadable = |_| VerbError::refused(WHAT, "It cannot be read", "Name a file of NHS numbers, one a line");
    let opened = File::open(file).map_err(unreadable)?;
    let (mut numbers, mut passed_over) = (Vec::new(), 0);
    for line in BufReader::new(opened).split(b'\n') {
        let line = line.map_err(|error| Fault::from_source("list of opt-outs cannot be read to its end", error))?;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim().trim_end_matches(',').trim();
        match NhsNumber::parse(text) {
            _ if text.is_empty() => {}
            Ok(number) => numbers.push(number),
            Err(_) => passed_over += 1,
        }
    }
    if numbers.is_empty() {
        let why = "There is no NHS number in it";
        return Err(VerbError::refused(WHAT, why, "Name a file of NHS numbers, one a line"));
    }
    Ok((numbers, passed_over))
}
