//! A first specification from a sample: forms, lists, keys, and which columns are about persons. Everything in it is an
//! assumption with the counts that it rests on; no value of a column that may be personal is written.

mod candidates;
mod column;
mod personal;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use fairway_domain::{PrivacyClass, SpecName};

use crate::model::{Format, Role};
use crate::values;
use candidates::{Candidate, Sort};
use column::Tally;
use personal::Taken;

/// Room for hashes of values while looking for keys, over all columns.
const MOST_HASHES: usize = 4 << 20;

/// Looks at the records of a sample one by one, in memory that does not grow with them.
#[derive(Debug)]
pub struct Inference {
    headers: Vec<String>,
    candidates: Vec<Candidate>,
    tallies: Vec<Tally>,
    records: u64,
}

/// What the sample is called and how it is written.
#[derive(Debug, Clone)]
pub struct SampleFacts {
    /// The name that the specification gets.
    pub name: SpecName,
    /// Where it comes from, in words: a file's name, its SHA-256.
    pub source: String,
    /// What stands between cells.
    pub delimiter: u8,
    /// How the text is written, in words.
    pub encoding: String,
}

/// A specification as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecFiles {
    /// Text by path within the folder: `spec.yaml`, `codelists/kind.csv`.
    pub files: BTreeMap<String, String>,
    /// What was found, a line each, without values.
    pub notes: Vec<String>,
}

/// What a column turns out to be.
#[derive(Debug)]
struct Inferred<'i> {
    header: &'i str,
    column: String,
    tally: &'i Tally,
    form: Option<&'i Candidate>,
    taken: Taken,
    class: PrivacyClass,
    codes: Option<BTreeMap<String, u64>>,
    required: bool,
    unique: bool,
}

impl Inference {
    /// Begins with the header.
    ///
    /// # Errors
    /// What about the header cannot be a specification's, in words.
    pub fn new(headers: Vec<String>) -> Result<Self, String> {
        let mut seen = BTreeSet::new();
        for (at, header) in headers.iter().enumerate() {
            if header.trim().is_empty() {
                return Err(format!("column {} has no name", at + 1));
            }
            if header.trim() != header || header.chars().any(char::is_control) {
                return Err(format!(
                    "the name of column {} has blanks at its ends or characters that cannot be seen",
                    at + 1
                ));
            }
            if !seen.insert(header) {
                return Err(format!("column {} has the name of one before it", at + 1));
            }
        }
        let candidates = candidates::all();
        let most_hashes = (MOST_HASHES / headers.len().max(1)).clamp(1_000, 1 << 20);
        let tallies = headers.iter().map(|_| Tally::new(candidates.len(), most_hashes)).collect();
        Ok(Self { headers, candidates, tallies, records: 0 })
    }

    /// Looks at a record of as many cells as the header has.
    pub fn take<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        self.records += 1;
        for (tally, text) in self.tallies.iter_mut().zip(cells) {
            tally.take(text, &self.candidates);
        }
    }

    /// The specification.
    pub fn finish(&self, facts: &SampleFacts) -> SpecFiles {
        let mut columns: Vec<Inferred<'_>> = self.columns();
        let missing = self.missing(&columns);
        for column in &mut columns {
            if let Some(codes) = &mut column.codes {
                codes.retain(|value, _| !missing.contains(value.as_str()));
            }
            column.codes = column.codes.take().filter(|codes| !codes.is_empty());
        }
        write::files(facts, self.records, &missing, &columns)
    }

    fn columns(&self) -> Vec<Inferred<'_>> {
        let (mut roles, mut names) = (BTreeSet::new(), BTreeSet::new());
        let mut has_key = false;
        let mut columns = Vec::new();
        for (at, (header, tally)) in self.headers.iter().zip(&self.tallies).enumerate() {
            let mut inferred = self.column(header, tally);
            if inferred.taken.role.is_some_and(|role| !roles.insert(role)) {
                inferred.taken.role = None;
            }
            if !names.insert(inferred.column.to_lowercase()) {
                inferred.column = format!("{}_{}", inferred.column, at + 1);
                names.insert(inferred.column.to_lowercase());
            }
            inferred.unique &= !has_key;
            has_key |= inferred.unique;
            columns.push(inferred);
        }
        columns
    }

    fn column<'i>(&'i self, header: &'i str, tally: &'i Tally) -> Inferred<'i> {
        let mut taken = by_name_and_values(header, tally);
        let bare_days = personal::is_day(header);
        // Numbers by which persons are known stay texts, so that their shape is looked at and no zero is lost.
        let form = if taken.shape.is_some() {
            None
        } else {
            tally.form(&self.candidates, |candidate| candidate.sort != Sort::BareDay || bare_days)
        };
        let is_day = form.is_some_and(|form| matches!(form.sort, Sort::Day | Sort::BareDay));
        if matches!(taken.role, Some(Role::BirthDate | Role::DeathDate)) && !is_day {
            taken.role = None;
        }
        let names_persons = form.is_some_and(|form| form.keys.contains("email"));
        let codes = match (form, taken.class) {
            (None, None | Some(PrivacyClass::Quasi)) if tally.nhs_numbers + tally.postcodes == 0 => {
                tally.codes().cloned()
            }
            _ => None,
        };
        let class = match (taken.class, form.map(|form| form.sort), &codes) {
            (Some(class), ..) => class,
            _ if names_persons => PrivacyClass::Direct,
            (_, Some(Sort::Day | Sort::BareDay | Sort::Moment), _) => PrivacyClass::Quasi,
            (_, Some(Sort::Text), _) | (_, None, None) => PrivacyClass::Direct,
            _ => PrivacyClass::Sensitive,
        };
        let whole = tally.blank == 0 && tally.nothings.is_empty();
        Inferred {
            header,
            column: values::column(header),
            tally,
            required: whole && self.records >= 10,
            unique: whole && self.records >= 10 && tally.all_different() && personal::is_key(header),
            form,
            taken,
            class,
            codes,
        }
    }

    /// Words for nothing in columns that are otherwise of one form.
    fn missing(&self, columns: &[Inferred<'_>]) -> BTreeSet<&'static str> {
        let formed = columns.iter().filter(|column| column.form.is_some());
        formed.flat_map(|column| column.tally.nothings.keys().copied()).collect()
    }
}

/// What a column is by its name, or by values that nothing else has.
fn by_name_and_values(header: &str, tally: &Tally) -> Taken {
    let named = personal::by_name(header);
    let most = |count: u64| tally.filled >= 5 && count * 10 >= tally.filled * 9;
    let (class, all) = (Some(PrivacyClass::Direct), |count: u64| count == tally.filled && count > 0);
    if most(tally.nhs_numbers) {
        let shape = Some(Format::NhsNumber).filter(|_| all(tally.nhs_numbers) && tally.nothings.is_empty());
        return Taken { class, role: Some(Role::NhsNumber), shape, why: "an NHS number, by its check digits" };
    }
    if most(tally.postcodes) {
        let shape = Some(Format::Postcode).filter(|_| all(tally.postcodes) && tally.nothings.is_empty());
        return Taken { class, role: Some(Role::Postcode), shape, why: "a postcode, by its values" };
    }
    let fits = match named.shape {
        Some(Format::NhsNumber) => all(tally.nhs_numbers) && tally.nothings.is_empty(),
        Some(Format::Postcode) => all(tally.postcodes) && tally.nothings.is_empty(),
        _ => true,
    };
    let role = named.role.filter(|_| fits || tally.filled == 0);
    Taken { shape: named.shape.filter(|_| fits), role, ..named }
}
