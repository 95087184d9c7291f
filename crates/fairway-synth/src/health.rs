//! Hospital activity of the same people: admissions and emergency attendances, each in the columns of its specification.
//! A column is filled by its role, else from its code list; no field is known by name.

use std::path::Path;
use std::sync::Arc;

use fairway_spec::{FieldKind, Role, Spec};
use jiff::civil::Date;

use crate::SynthError;
use crate::chance::{Chance, days, plus};
use crate::files::Table;
use crate::person::{Period, Person};
use crate::row::push_date;

/// The specifications, and the files written for them.
const ADMITTED: (&str, &str) = ("admitted-care", "admitted_care.csv");
const EMERGENCY: (&str, &str) = ("emergency-care", "emergency_care.csv");
/// Of a thousand records, those with the patient's NHS number.
const NUMBERED: u32 = 975;

/// Admissions and emergency attendances.
pub(crate) struct HealthFiles {
    admitted: Sheet,
    emergency: Sheet,
}

/// The records of one specification.
struct Sheet {
    spec: Arc<Spec>,
    table: Table,
}

/// Something that happened to a person, from one day to another.
struct Visit<'v> {
    person: &'v Person<'v>,
    days: (Date, Date),
    provider: &'v str,
    number: u64,
    is_numbered: bool,
}

impl HealthFiles {
    pub(crate) fn create(dir: &Path) -> Result<Self, SynthError> {
        Ok(Self { admitted: Sheet::create(dir, ADMITTED)?, emergency: Sheet::create(dir, EMERGENCY)? })
    }

    /// Adds what happened to a person in the period; `per_mille` of people have anything. A discharge that a story
    /// tells of is the end of an admission.
    pub(crate) fn add(
        &mut self,
        person: &Person<'_>,
        period: Period,
        discharged: Option<Date>,
        per_mille: u32,
        chance: &mut Chance,
    ) -> Result<(), SynthError> {
        if let Some(end) = discharged {
            let start = plus(end, -chance.within(1, 24));
            self.admitted.visit(person, (start, end), chance)?;
        }
        let last = person.death.unwrap_or(period.end).min(period.end);
        if last < period.start || !chance.happens(per_mille) {
            return Ok(());
        }
        for _ in 0..chance.within(1, 3) {
            let start = chance.day(period.start, last);
            self.emergency.visit(person, (start, start), chance)?;
            if chance.happens(450) {
                let length = chance.within(0, 21).min(days(start, last));
                self.admitted.visit(person, (start, plus(start, length)), chance)?;
            }
        }
        Ok(())
    }

    /// Writes what is still in memory, and counts the records of both.
    pub(crate) fn finish(self) -> Result<u64, SynthError> {
        Ok(self.admitted.table.finish()? + self.emergency.table.finish()?)
    }
}

impl Sheet {
    fn create(dir: &Path, (dataset, file): (&str, &str)) -> Result<Self, SynthError> {
        let name = fairway_spec::newest(dataset).ok_or_else(|| SynthError::Release(dataset.to_owned()))?;
        let spec = Spec::builtin(name).map_err(|error| SynthError::Spec(Box::new(error)))?;
        let headers: Vec<&str> = spec.headers().collect();
        let table = Table::with_ends(dir, file, &headers, csv::Terminator::CRLF)?;
        Ok(Self { table, spec })
    }

    fn visit(&mut self, person: &Person<'_>, days: (Date, Date), chance: &mut Chance) -> Result<(), SynthError> {
        let provider = chance.any(&person.address.trusts, "");
        let is_numbered = chance.happens(NUMBERED);
        let visit = Visit { person, days, provider, number: self.table.rows + 1, is_numbered };
        let cells: Vec<String> = self
            .spec
            .fields
            .iter()
            .map(|field| match (field.role, &field.codes) {
                (Some(role), _) => visit.cell(role),
                (None, Some(list)) => {
                    list.codes.get(chance.index(list.codes.len())).map_or("", |code| &code.value).into()
                }
                (None, None) if field.kind == FieldKind::Integer => "1".into(),
                (None, None) => String::new(),
            })
            .collect();
        self.table.row(cells.iter().map(String::as_str))
    }
}

impl Visit<'_> {
    fn cell(&self, role: Role) -> String {
        let person = self.person;
        match role {
            Role::NhsNumber if self.is_numbered => person.number.as_str().to_owned(),
            Role::LocalPerson => format!("{}{:07}", self.provider, person.index),
            Role::BirthDate => written(person.birth),
            Role::Sex => if person.female { "2" } else { "1" }.to_owned(),
            Role::Postcode => person.address.postcode.to_owned(),
            Role::GpPractice => person.address.practice.code.clone(),
            Role::Provider => self.provider.to_owned(),
            Role::EventReference => format!("{}{:08}", self.provider, self.number),
            Role::EventStart => written(self.days.0),
            Role::EventEnd => written(self.days.1),
            _ => String::new(),
        }
    }
}

fn written(day: Date) -> String {
    let mut text = String::new();
    push_date(&mut text, day);
    text
}
