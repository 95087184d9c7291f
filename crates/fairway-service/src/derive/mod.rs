//! Derived columns of one row, as the specification says: each derivation compiled once to what it reads, then asked of
//! every row.

mod cells;
mod condition;
mod planner;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use fairway_deid::cipher::CellCipher;
use fairway_deid::directory::{AreaKey, PostcodeDirectory};
use fairway_deid::practice::Practices;
use fairway_deid::row::{self, Address};
use fairway_domain::port::Keyholder;
use fairway_domain::{Fault, FaultExt, KeyDomain, PersonUid, Row, Subject, Value};
use fairway_spec::{Bands, DatePart, Fact, FieldKind, Form, PracticeArea, Role, Spec};
use fairway_store::Persons;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::at_hand::AtHand;
use crate::days;
pub(crate) use cells::{Cells, everything};
use cells::{NUMBER, PERSON, RECORD};
use condition::{Node, Reckoning, calculated};
use planner::Planner;

/// What is the same for every record of a submission.
pub(crate) struct About {
    pub submission: String,
    /// Who was merged with whom, as of the derivation.
    pub persons: Persons,
    pub import_date: Date,
    pub names: HashMap<String, String>,
}

/// Public data that derivations look things up in.
#[derive(Clone)]
pub(crate) struct References {
    pub postcodes: Arc<PostcodeDirectory>,
    pub postcodes_version: String,
    pub practices: Arc<Practices>,
}

/// A cell to read: of the row, of the vault (by number among those opened), or one derived before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Cell(usize),
    Sealed(usize),
    Made(usize),
}

/// A derivation whose inputs are cells.
enum Step {
    Nothing,
    Fact(Fact),
    Pseudonym(Subject, usize),
    Record,
    Combined,
    Key(Subject, Vec<(Part, Node)>),
    DatePart(DatePart, From),
    FullYears(From, Vec<From>),
    DepartmentYears(From, Vec<From>),
    Band(From, Arc<Bands>),
    Sector(usize),
    Status(usize),
    Area(usize, Option<AreaKey>),
    Practice(From, PracticeArea),
    Mentions(From, Vec<String>),
    Calculated(FieldKind, Vec<Reckoning>),
}

impl Step {
    fn takes_a_key(&self) -> bool {
        matches!(self, Self::Pseudonym(..) | Self::Record | Self::Combined | Self::Key(..))
    }
}

#[derive(Clone, Copy)]
enum Part {
    Cell(From),
    Person,
}

/// Makes the derived columns of rows laid out as [`Cells`] says.
pub(crate) struct Deriver {
    steps: Vec<Step>,
    cells: Cells,
    /// Postcodes that steps ask for: where their text is.
    addresses: Vec<From>,
    /// How the days among the sealed cells are written.
    day_forms: Vec<Option<Form>>,
    organisation: Option<usize>,
    /// Cells of a row of the de-identified zone before the first derived one.
    first: usize,
    about: About,
    references: References,
    cipher: CellCipher,
    pseudonyms: Pseudonyms,
    /// Some key is made of derived cells.
    keys_of_made: bool,
}

impl Deriver {
    /// Compiles every derivation; `first` cells come before the derived ones in a row of the zone.
    pub(crate) fn new(
        spec: &Spec,
        mut about: About,
        references: References,
        cipher: CellCipher,
        keyholder: Arc<dyn Keyholder>,
    ) -> Result<Self, Fault> {
        let cells = Cells::of(spec);
        let persons = std::mem::take(&mut about.persons);
        let mut planner = Planner::new(spec, &cells, &references);
        let steps =
            spec.derived.iter().map(|column| planner.step(&column.derivation)).collect::<Result<Vec<_>, Fault>>()?;
        let addresses = planner.addresses;
        let organisation = spec.index_of_role(Role::Organisation).and_then(|place| cells.open.get(&place)).copied();
        let day_forms = cells.sealed.iter().map(|(place, ..)| spec.field(*place).and_then(days::form)).collect();
        let of_made = |step: &Step| {
            let Step::Key(_, parts) = step else { return false };
            parts.iter().any(|(part, _)| matches!(part, Part::Cell(From::Made(_))))
        };
        Ok(Self {
            keys_of_made: steps.iter().any(of_made),
            steps,
            first: cells.open.len(),
            cells,
            addresses,
            day_forms,
            organisation,
            about,
            references,
            cipher,
            pseudonyms: Pseudonyms { keyholder, persons, at_hand: AtHand::new() },
        })
    }

    /// Notes the pseudonyms that a row will need, so that many are made at once. Where a key is made of derived cells those
    /// are derived for it, but for pseudonyms: what is made of these is asked for when they are there.
    pub(crate) fn look(&mut self, row: &Row) -> Result<(), Fault> {
        let made = if self.keys_of_made { Some(self.unkeyed(row)?) } else { None };
        let nothing = Opened { first: self.first, texts: Vec::new(), days: Vec::new() };
        let line = Line { row, opened: &nothing, addresses: &[] };
        for at in 0..self.steps.len() {
            let (subject, uid) = match &self.steps[at] {
                Step::Pseudonym(subject, cell) => {
                    self.pseudonyms.want(*subject, row.get(*cell))?;
                    continue;
                }
                Step::Record => (Subject::Record, Some(self.record_uid(row))),
                Step::Key(subject, parts) if parts.iter().all(|(part, _)| self.is_foreseen(*part)) => {
                    (*subject, self.key(parts, line, made.as_ref().unwrap_or(row)))
                }
                _ => continue,
            };
            self.pseudonyms.want(subject, uid.as_ref().map_or(Value::Null, |uid| Value::Bytes(uid)))?;
        }
        Ok(())
    }

    /// Whether a part of a key can be told before any pseudonym is made.
    fn is_foreseen(&self, part: Part) -> bool {
        let Part::Cell(From::Made(at)) = part else { return true };
        self.steps.get(at).is_some_and(|step| !step.takes_a_key())
    }

    /// The derived cells of a row without those that take a key, behind as many blanks as the zone has cells before them.
    fn unkeyed(&mut self, row: &Row) -> Result<Row, Fault> {
        let opened = self.opened(row)?;
        let references = self.references.clone();
        let mut out = Row::default();
        (0..self.first).for_each(|_| out.push(Value::Null));
        let read = |from: &From| Address::read(&references.postcodes, opened.text(*from, row, &out));
        let addresses: Vec<Address<'_>> = self.addresses.iter().map(read).collect();
        for step in &self.steps {
            self.plainly(step, Line { row, opened: &opened, addresses: &addresses }, &mut out);
        }
        Ok(out)
    }

    /// Adds the derived cells of `row` to `out`, which has the open fields' cells already.
    pub(crate) fn derive(&mut self, row: &Row, out: &mut Row) -> Result<(), Fault> {
        let opened = self.opened(row)?;
        let references = self.references.clone();
        let addresses: Vec<Address<'_>> = self
            .addresses
            .iter()
            .map(|from| Address::read(&references.postcodes, opened.text(*from, row, out)))
            .collect();
        for at in 0..self.steps.len() {
            let line = Line { row, opened: &opened, addresses: &addresses };
            self.step(at, line, out)?;
        }
        Ok(())
    }

    fn opened(&mut self, row: &Row) -> Result<Opened, Fault> {
        let record = row.get(RECORD).integer().ok_or_else(|| Fault::new("an event has no record number"))?;
        let mut opened = Opened { first: self.first, texts: Vec::new(), days: Vec::new() };
        for ((_, cell, column), form) in self.cells.sealed.iter().zip(&self.day_forms) {
            let text = match row.get(*cell).bytes() {
                Some(sealed) => {
                    let clear = self.cipher.open(column, record.cast_unsigned(), sealed)?;
                    Some(String::from_utf8(clear).fault("a cell of the vault is not text")?)
                }
                None => None,
            };
            opened.days.push(form.as_ref().zip(text.as_deref()).and_then(|(form, text)| days::read(form, text)));
            opened.texts.push(text);
        }
        Ok(opened)
    }
}

/// The clear cells that derivations need, for as long as a row takes.
struct Opened {
    first: usize,
    texts: Vec<Option<String>>,
    days: Vec<Option<Date>>,
}

impl Opened {
    fn text<'a>(&'a self, from: From, row: &'a Row, out: &'a Row) -> Option<&'a str> {
        match from {
            From::Cell(cell) => row.get(cell).text(),
            From::Sealed(at) => self.texts.get(at)?.as_deref(),
            From::Made(at) => out.get(self.first + at).text(),
        }
    }

    fn day(&self, from: From, row: &Row, out: &Row) -> Option<Date> {
        match from {
            From::Cell(cell) => row.get(cell).date(),
            From::Sealed(at) => self.days.get(at).copied().flatten(),
            From::Made(at) => out.get(self.first + at).date(),
        }
    }
}

/// One row with what was opened of it.
#[derive(Clone, Copy)]
struct Line<'a> {
    row: &'a Row,
    opened: &'a Opened,
    addresses: &'a [Address<'a>],
}

impl Deriver {
    fn step(&mut self, at: usize, line: Line<'_>, out: &mut Row) -> Result<(), Fault> {
        let row = line.row;
        match &self.steps[at] {
            Step::Pseudonym(subject, cell) => self.pseudonyms.push(*subject, row.get(*cell), out),
            Step::Record => {
                let uid = self.record_uid(row);
                self.pseudonyms.push(Subject::Record, Value::Bytes(&uid), out)
            }
            Step::Combined => self.combined(row, out),
            Step::Key(subject, parts) => {
                let (subject, uid) = (*subject, self.key(parts, line, out));
                let uid = uid.as_ref().map_or(Value::Null, |uid| Value::Bytes(uid));
                self.pseudonyms.push(subject, uid, out)
            }
            step => {
                self.plainly(step, line, out);
                Ok(())
            }
        }
    }

    /// What takes no key.
    fn plainly(&self, step: &Step, line: Line<'_>, out: &mut Row) {
        let Line { row, opened, addresses } = line;
        let day = |from: From, out: &Row| opened.day(from, row, out);
        let first = |at: &[From], out: &Row| at.iter().find_map(|from| day(*from, out));
        let address = |at: usize| addresses.get(at);
        let value = match step {
            Step::Fact(fact) => self.fact(*fact, row),
            Step::DatePart(DatePart::Year, from) => row::year(day(*from, out)),
            Step::DatePart(DatePart::Month, from) => row::month(day(*from, out)),
            Step::DatePart(DatePart::YearMonth, from) => {
                let text = row::year_month(day(*from, out));
                return out.push(text.as_deref().map_or(Value::Null, Value::Text));
            }
            Step::FullYears(from, at) => row::full_years(day(*from, out), first(at, out)),
            Step::DepartmentYears(from, at) => row::department_years(day(*from, out), first(at, out)),
            Step::Band(from, bands) => Value::Text(bands.name_of(integer(*from, line, self.first, out))),
            Step::Sector(at) => address(*at).map_or(Value::Null, Address::sector),
            Step::Status(at) => address(*at).map_or(Value::Null, Address::status),
            Step::Area(at, area) => address(*at).zip(*area).map_or(Value::Null, |(address, area)| address.area(area)),
            Step::Practice(from, area) => self.practice(opened.text(*from, row, out), *area),
            Step::Mentions(from, words) => {
                Value::Integer(opened.text(*from, row, out).is_some_and(|text| mentions(text, words)).into())
            }
            Step::Calculated(kind, cases) => calculated(*kind, cases, row),
            _ => Value::Null,
        };
        out.push(value);
    }
}

fn integer(from: From, line: Line<'_>, first: usize, out: &Row) -> Option<i64> {
    match from {
        From::Cell(cell) => line.row.get(cell).integer(),
        From::Made(at) => out.get(first + at).integer(),
        From::Sealed(_) => None,
    }
}

fn mentions(text: &str, words: &[String]) -> bool {
    let text = text.to_ascii_lowercase();
    words.iter().any(|word| text.contains(word.as_str()))
}

impl Deriver {
    fn fact<'a>(&'a self, fact: Fact, row: &'a Row) -> Value<'a> {
        match fact {
            Fact::RecordNumber => row.get(RECORD),
            Fact::SubmissionId => Value::Text(&self.about.submission),
            Fact::ImportDate => Value::Date(self.about.import_date),
            Fact::OrganisationName => {
                let name = self.organisation_code(row).and_then(|code| self.about.names.get(code));
                name.map_or(Value::Null, |name| Value::Text(name))
            }
            Fact::TraceCode => row.get(self.cells.trace_code),
            Fact::LinkClass => row.get(self.cells.link_class),
            Fact::PostcodeDirectory => Value::Text(&self.references.postcodes_version),
        }
    }

    fn practice(&self, code: Option<&str>, area: PracticeArea) -> Value<'_> {
        let practices = &self.references.practices;
        let found = code.and_then(|code| match area {
            PracticeArea::SubIcb => practices.commissioner(code),
            PracticeArea::Icb => practices.icb(code),
        });
        found.map_or(Value::Null, Value::Text)
    }

    fn organisation_code<'a>(&self, row: &'a Row) -> Option<&'a str> {
        self.organisation.and_then(|cell| row.get(cell).text())
    }

    /// The record as a subject: a digest of submission and record number, the same each time it is derived.
    fn record_uid(&self, row: &Row) -> [u8; 16] {
        let mut hasher = Sha256::new_with_prefix(self.about.submission.as_bytes());
        hasher.update(row.get(RECORD).integer().unwrap_or_default().to_be_bytes());
        first_half(hasher)
    }

    /// The parts as a subject: a digest of each behind its length, so that no two lists of parts run together.
    fn key(&self, parts: &[(Part, Node)], line: Line<'_>, out: &Row) -> Option<[u8; 16]> {
        let mut hasher = Sha256::new_with_prefix(b"fairway-key-v1");
        let mut is_there = false;
        for (part, when) in parts {
            let counts = when.ask(line.row) == Some(true);
            let text = if counts { self.part(*part, line, out) } else { None };
            is_there |= text.is_some();
            let bytes = text.as_deref().unwrap_or_default();
            hasher.update([u8::from(text.is_some())]);
            hasher.update((bytes.len() as u64).to_be_bytes());
            hasher.update(bytes);
        }
        is_there.then(|| first_half(hasher))
    }

    fn part(&self, part: Part, line: Line<'_>, out: &Row) -> Option<Vec<u8>> {
        let value = match part {
            Part::Person => {
                let uid = PersonUid(self.person(line.row).bytes()?.try_into().ok()?);
                return Some(self.pseudonyms.persons.now(uid).0.to_vec());
            }
            Part::Cell(From::Cell(cell)) => line.row.get(cell),
            Part::Cell(From::Made(at)) => out.get(self.first + at),
            Part::Cell(From::Sealed(_)) => Value::Null,
        };
        Some(match value {
            Value::Null => return None,
            Value::Text(text) => text.trim_end().to_lowercase().into_bytes(),
            Value::Integer(number) | Value::Decimal(number) => number.to_be_bytes().to_vec(),
            Value::Date(day) => day.to_string().into_bytes(),
            Value::Bytes(bytes) => bytes.to_vec(),
        })
    }

    /// The traced person, else the given number's, else the council's own. Source of the order: the Department's
    /// `create_GetDerivedFields` procedure.
    fn person<'a>(&self, row: &'a Row) -> Value<'a> {
        let cells = [self.cells.traced_uid, NUMBER, PERSON].map(|cell| row.get(cell));
        cells.into_iter().find(|value| value.bytes().is_some()).unwrap_or(Value::Null)
    }

    /// The person's pseudonym; for the council's own person behind the council's code and an underscore.
    fn combined(&mut self, row: &Row, out: &mut Row) -> Result<(), Fault> {
        let national = [self.cells.traced_uid, NUMBER].map(|cell| row.get(cell));
        if let Some(uid) = national.into_iter().find(|uid| uid.bytes().is_some()) {
            return self.pseudonyms.push(Subject::Person, uid, out);
        }
        let text = match (self.organisation_code(row), row.get(PERSON).bytes()) {
            (Some(code), Some(uid)) => format!("{code}_{}", self.pseudonyms.of(Subject::LaPerson, uid)?),
            _ => String::new(),
        };
        out.push(if text.is_empty() { Value::Null } else { Value::Text(&text) });
        Ok(())
    }
}

fn first_half(hasher: Sha256) -> [u8; 16] {
    let digest: [u8; 32] = hasher.finalize().into();
    let [half, _] = digest.as_chunks::<16>().0 else { return [0; 16] };
    *half
}

fn person_uid(bytes: &[u8]) -> Result<PersonUid, Fault> {
    bytes.try_into().map(PersonUid).fault("a person's uid has another length")
}

/// Pseudonyms of the de-identified zone.
struct Pseudonyms {
    keyholder: Arc<dyn Keyholder>,
    persons: Persons,
    at_hand: AtHand<PersonUid>,
}

impl Pseudonyms {
    fn of(&mut self, subject: Subject, uid: &[u8]) -> Result<&str, Fault> {
        let domain = KeyDomain::national_repository();
        let uid = self.persons.now(person_uid(uid)?);
        self.at_hand.get(subject, uid, |uids| self.keyholder.pseudonyms(&domain, subject, uids))
    }

    fn want(&mut self, subject: Subject, uid: Value<'_>) -> Result<(), Fault> {
        if let Some(uid) = uid.bytes() {
            self.at_hand.want(subject, self.persons.now(person_uid(uid)?));
        }
        Ok(())
    }

    fn push(&mut self, subject: Subject, uid: Value<'_>, out: &mut Row) -> Result<(), Fault> {
        match uid.bytes() {
            Some(uid) => out.push(Value::Text(self.of(subject, uid)?)),
            None => out.push(Value::Null),
        }
        Ok(())
    }
}
