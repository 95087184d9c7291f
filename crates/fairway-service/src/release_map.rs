//! One row of an extract from one row of the de-identified zone: pseudonyms are re-keyed into the agreement's domain,
//! record numbers count the extract's own order, and all else goes through.

use std::sync::Arc;

use fairway_domain::port::{Keyholder, RowMap};
use fairway_domain::{Fault, KeyDomain, Row, Subject, Value};
use fairway_governance::GrantedExtract;
use fairway_spec::{Derivation, Fact, Spec};

use crate::Progress;
use crate::at_hand::AtHand;

/// What becomes of a column's cell.
#[derive(Clone, Copy)]
pub(crate) enum Passing {
    AsIs,
    Rekeyed(Subject),
    /// A person's pseudonym, or a council's code, underscore and the pseudonym of that council's person.
    Combined,
    Counted,
}

pub(crate) struct ReleaseMap {
    passing: Vec<Passing>,
    keyholder: Arc<dyn Keyholder>,
    from: KeyDomain,
    to: KeyDomain,
    at_hand: AtHand<String>,
    rows: i64,
    progress: Arc<dyn Progress>,
}

impl ReleaseMap {
    pub(crate) fn new(
        spec: &Spec,
        granted: &GrantedExtract,
        keyholder: Arc<dyn Keyholder>,
        progress: Arc<dyn Progress>,
    ) -> Self {
        Self {
            passing: passing_of(spec, granted),
            keyholder,
            from: KeyDomain::national_repository(),
            to: granted.key_domain().clone(),
            at_hand: AtHand::new(),
            rows: 0,
            progress,
        }
    }

    fn rekey(&mut self, subject: Subject, pseudonym: &str) -> Result<&str, Fault> {
        let Self { keyholder, from, to, .. } = self;
        self.at_hand.get(subject, pseudonym.to_owned(), |texts| {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            keyholder.rekey(from, to, subject, &texts)
        })
    }
}

/// What becomes of each column granted.
pub(crate) fn passing_of(spec: &Spec, granted: &GrantedExtract) -> Vec<Passing> {
    let passing = granted.columns().iter().map(|column| {
        let derived = spec.derived.iter().find(|derived| derived.column == column.name);
        derived.map_or(Passing::AsIs, |derived| passing(&derived.derivation))
    });
    passing.collect()
}

fn passing(derivation: &Derivation) -> Passing {
    match (derivation, derivation.subject()) {
        (_, Some(subject)) => Passing::Rekeyed(subject),
        (Derivation::CombinedPersonId, None) => Passing::Combined,
        (Derivation::Fact(Fact::RecordNumber), None) => Passing::Counted,
        _ => Passing::AsIs,
    }
}

/// The council's code before a combined identifier, if it has one, and the pseudonym in it.
pub(crate) fn combined(text: &str) -> (Option<&str>, Subject, &str) {
    match text.rsplit_once('_') {
        None => (None, Subject::Person, text),
        Some((council, pseudonym)) => (Some(council), Subject::LaPerson, pseudonym),
    }
}

impl RowMap for ReleaseMap {
    fn look(&mut self, row: &Row) -> Result<(), Fault> {
        for at in 0..self.passing.len() {
            match (self.passing[at], row.get(at)) {
                (Passing::Rekeyed(subject), Value::Text(text)) => self.at_hand.want(subject, text.to_owned()),
                (Passing::Combined, Value::Text(text)) => {
                    let (_, subject, pseudonym) = combined(text);
                    self.at_hand.want(subject, pseudonym.to_owned());
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn map(&mut self, row: &Row, out: &mut Row) -> Result<bool, Fault> {
        self.rows += 1;
        if self.rows % 10_000 == 0 {
            self.progress.at("Releasing", self.rows.cast_unsigned(), None);
        }
        for at in 0..self.passing.len() {
            match (self.passing[at], row.get(at)) {
                (Passing::Counted, _) => out.push(Value::Integer(self.rows)),
                (Passing::Rekeyed(subject), Value::Text(text)) => out.push(Value::Text(self.rekey(subject, text)?)),
                (Passing::Combined, Value::Text(text)) => match combined(text) {
                    (None, subject, text) => out.push(Value::Text(self.rekey(subject, text)?)),
                    (Some(council), subject, pseudonym) => {
                        let text = format!("{council}_{}", self.rekey(subject, pseudonym)?);
                        out.push(Value::Text(&text));
                    }
                },
                (_, value) => out.push(value),
            }
        }
        Ok(true)
    }
}
