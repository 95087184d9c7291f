//! One row of an extract from one row of the de-identified zone: pseudonyms are re-keyed into the agreement's domain,
//! record numbers count the extract's own order, and all else goes through.

use std::sync::Arc;

use fairway_domain::port::{Keyholder, RowMap};
use fairway_domain::{Fault, KeyDomain, Row, Subject, Value};
use fairway_governance::GrantedExtract;
use fairway_spec::{Derivation, Fact, Spec};

use crate::Progress;
use crate::at_hand::AtHand;
use crate::opt_out::LeftOut;

/// What becomes of a column's cell.
#[derive(Clone, Copy)]
pub(crate) enum Passing {
    AsIs,
    Rekeyed(Subject),
    /// A person's pseudonym, or a council's code, underscore and the pseudonym of that council's person.
    Combined,
    Counted,
}

/// Takes pseudonyms from the de-identified zone's key domain into that of an agreement.
pub(crate) struct Rekey {
    keyholder: Arc<dyn Keyholder>,
    from: KeyDomain,
    to: KeyDomain,
    at_hand: AtHand<String>,
}

impl Rekey {
    pub(crate) fn into(to: &KeyDomain, keyholder: Arc<dyn Keyholder>) -> Self {
        Self { keyholder, from: KeyDomain::national_repository(), to: to.clone(), at_hand: AtHand::new() }
    }

    pub(crate) fn pseudonym(&mut self, subject: Subject, pseudonym: &str) -> Result<&str, Fault> {
        let Self { keyholder, from, to, at_hand } = self;
        at_hand.get(subject, pseudonym.to_owned(), |texts| {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            keyholder.rekey(from, to, subject, &texts)
        })
    }

    /// Notes a pseudonym that will be asked for.
    pub(crate) fn want(&mut self, subject: Subject, pseudonym: &str) {
        self.at_hand.want(subject, pseudonym.to_owned());
    }

    /// Notes the pseudonym of a cell that will be passed.
    pub(crate) fn look(&mut self, passing: Passing, value: Value<'_>) {
        match (passing, value) {
            (Passing::Rekeyed(subject), Value::Text(text)) => self.want(subject, text),
            (Passing::Combined, Value::Text(text)) => {
                let (_, subject, pseudonym) = combined(text);
                self.want(subject, pseudonym);
            }
            _ => {}
        }
    }

    /// Adds a cell to a row of an extract, the `number`-th.
    pub(crate) fn pass(&mut self, passing: Passing, value: Value<'_>, number: i64, out: &mut Row) -> Result<(), Fault> {
        match (passing, value) {
            (Passing::Counted, _) => out.push(Value::Integer(number)),
            (Passing::Rekeyed(subject), Value::Text(text)) => out.push(Value::Text(self.pseudonym(subject, text)?)),
            (Passing::Combined, Value::Text(text)) => match combined(text) {
                (None, subject, text) => out.push(Value::Text(self.pseudonym(subject, text)?)),
                (Some(council), subject, pseudonym) => {
                    let text = format!("{council}_{}", self.pseudonym(subject, pseudonym)?);
                    out.push(Value::Text(&text));
                }
            },
            (_, value) => out.push(value),
        }
        Ok(())
    }
}

pub(crate) struct ReleaseMap {
    passing: Vec<Passing>,
    rekey: Rekey,
    /// Whose rows are left out; who a row is about stands behind the columns of the extract.
    left_out: LeftOut,
    rows: i64,
    progress: Arc<dyn Progress>,
}

impl ReleaseMap {
    pub(crate) fn new(
        spec: &Spec,
        granted: &GrantedExtract,
        (rekey, left_out): (Rekey, LeftOut),
        progress: Arc<dyn Progress>,
    ) -> Self {
        Self { passing: passing_of(spec, granted), rekey, left_out, rows: 0, progress }
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
        self.passing.iter().enumerate().for_each(|(at, passing)| self.rekey.look(*passing, row.get(at)));
        Ok(())
    }

    fn map(&mut self, row: &Row, out: &mut Row) -> Result<bool, Fault> {
        let persons = (self.passing.len()..row.len()).filter_map(|at| row.get(at).text());
        if self.left_out.has(persons) {
            return Ok(false);
        }
        self.rows += 1;
        if self.rows % 10_000 == 0 {
            self.progress.at("Releasing", self.rows.cast_unsigned(), None);
        }
        for (at, passing) in self.passing.iter().enumerate() {
            self.rekey.pass(*passing, row.get(at), self.rows, out)?;
        }
        Ok(true)
    }
}
