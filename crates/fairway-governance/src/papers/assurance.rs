use fairway_domain::governance::{Entry, Particulars};
use fairway_domain::{Fault, FaultExt, OrganisationCode};
use jiff::civil::Date;

use super::{Asking, Decided, Folded, against_particulars, decided, entry};
use crate::{CountsAs, GovernanceTerms, Period};

/// What one organisation has shown: framework contract, toolkit status, policies, certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssurancePaper {
    /// The organisation.
    pub organisation: OrganisationCode,
    /// Each with its kind, its status, its reference and its days; a later one of a kind counts from its first day on.
    pub records: Vec<AssuranceRecord>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssuranceRecord {
    /// Its kind, such as `dspt`.
    pub kind: String,
    /// Its status, such as `standards-met`.
    pub status: String,
    /// Its own reference, such as the number of a contract.
    pub reference: String,
    /// Its days.
    pub period: Period,
}

const SHOWN: &str = "shown";

impl AssurancePaper {
    /// An organisation that has shown nothing.
    pub fn new(organisation: OrganisationCode) -> Self {
        Self { organisation, records: Vec::new() }
    }

    /// Holds a record against what is known: kind and status as `kind/status`, its reference as the note.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn decide(&self, about: &Particulars, asking: Asking<'_>) -> Decided {
        let mut reasons = against_particulars(about, asking);
        let (kind, status) = about.subject.split_once('/').unwrap_or((&about.subject, ""));
        match asking.terms.assurances.iter().find(|term| term.kind == kind) {
            None => {
                let kinds: Vec<&str> = asking.terms.assurances.iter().map(|term| term.kind.as_str()).collect();
                reasons.push(format!("What is recorded is one of {}", kinds.join(", ")));
            }
            Some(_) if status.is_empty() => reasons.push("It has no status".into()),
            Some(_) => {}
        }
        match about.until {
            Some(until) if until < about.on => reasons.push("Its last day comes before its first".into()),
            Some(_) => {}
            None => reasons.push("Its last day is missing".into()),
        }
        let entry = entry(SHOWN, about);
        let same = |record: &AssuranceRecord| read(&entry).is_ok_and(|read| read == *record);
        if reasons.is_empty() && self.records.iter().any(same) {
            return Ok(None);
        }
        decided(reasons, entry)
    }

    /// The days on which a kind of assurance is given. A later record of the same kind ends the one before, so that a status
    /// that was lost counts no longer.
    pub fn periods(&self, what: CountsAs, terms: &GovernanceTerms) -> Vec<Period> {
        let given = |(at, record): (usize, &AssuranceRecord)| {
            let later = self.records.iter().skip(at + 1).filter(|later| later.kind == record.kind);
            let replaced = later.map(|later| later.period.from).min();
            let to = match replaced.and_then(|from| from.yesterday().ok()) {
                Some(day) => record.period.to.min(day),
                None => record.period.to,
            };
            let period = Period { from: record.period.from, to };
            let counts = terms.counts_as(&record.kind, &record.status) == Some(what);
            (counts && !period.is_empty()).then_some(period)
        };
        self.records.iter().enumerate().filter_map(given).collect()
    }

    /// What counts for a kind on a day, if anything does.
    pub fn on(&self, what: CountsAs, day: Date, terms: &GovernanceTerms) -> Option<Period> {
        self.periods(what, terms).into_iter().find(|period| period.from <= day && day <= period.to)
    }
}

fn read(entry: &Entry) -> Result<AssuranceRecord, Fault> {
    let about = &entry.about;
    let to = about.until.ok_or_else(|| Fault::new("assurance was recorded without a last day"))?;
    let (kind, status) = about.subject.split_once('/').unwrap_or((&about.subject, ""));
    Ok(AssuranceRecord {
        kind: kind.into(),
        status: status.into(),
        reference: about.note.clone(),
        period: Period { from: about.on, to },
    })
}

impl Folded for AssurancePaper {
    fn read(reference: &str, _title: &str, entries: &[Entry]) -> Result<Self, Fault> {
        let organisation = reference.parse().fault("assurance is of a code that is none")?;
        Ok(Self { organisation, records: entries.iter().map(read).collect::<Result<_, _>>()? })
    }

    fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        self.records.push(read(entry)?);
        Ok(())
    }

    fn state(&self) -> &'static str {
        "kept"
    }
}
