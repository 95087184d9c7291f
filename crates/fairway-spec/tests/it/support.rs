//! What several tests need: the specifications, a clean file's records, and a plain evaluation of conditions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_spec::{Comparison, Condition, Held, Spec, Term, resolve};
use jiff::civil::Date;

/// Cells of one record by header.
pub type Record = BTreeMap<String, String>;

pub fn spec(name: &str) -> Arc<Spec> {
    resolve(name).unwrap_or_else(|error| panic!("{error}"))
}

pub fn specs_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/asc-cld")
}

/// The records of a release's clean sample file.
pub fn valid_records(release: &str) -> Vec<Record> {
    let path = specs_folder().join(release).join("examples/valid.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(|record| record.unwrap()).collect()
}

/// Kleene's three values: nothing where a blank or an unreadable cell is compared.
pub fn holds(condition: &Condition, record: &Record) -> Option<bool> {
    match condition {
        Condition::Always => Some(true),
        Condition::Never => Some(false),
        Condition::All(parts) => kleene(parts, record, false),
        Condition::Any(parts) => kleene(parts, record, true),
        Condition::Not(part) => holds(part, record).map(|truth| !truth),
        Condition::Blank(header) => Some(text(record, header).is_none()),
        Condition::In(header, values) => text(record, header).map(|t| values.contains(&t.to_owned())),
        Condition::Starts(header, start) => text(record, header).map(|t| t.starts_with(start.as_str())),
        Condition::Contains(header, part) => text(record, header).map(|t| t.contains(part.as_str())),
        Condition::Ends(header, end) => text(record, header).map(|t| t.ends_with(end.as_str())),
        Condition::HoldsValueOf(one, other) => {
            let (one, other) = (text(record, one)?, text(record, other)?);
            match british(other) {
                Some(day) => Some(days_in(one).contains(&day)),
                None => Some(fits(&format!(r"(?i)\b{}\b", regex::escape(other)), one)),
            }
        }
        Condition::Matches(header, pattern) => Some(fits(pattern, text(record, header)?)),
        Condition::Holds(held, header) => {
            let text = text(record, header)?;
            Some(match held {
                Held::NhsNumber => fits(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b", text),
                Held::Postcode => fits(r"(?i)\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", text),
                Held::Date => !days_in(text).is_empty(),
            })
        }
        Condition::Compare(one, comparison, other) => compare(one, *comparison, other, record),
        Condition::Between(one, low, high) => {
            let bounds = [(Comparison::AtLeast, low), (Comparison::AtMost, high)];
            let truths = bounds.map(|(comparison, bound)| compare(one, comparison, bound, record));
            match truths {
                [Some(false), _] | [_, Some(false)] => Some(false),
                [Some(true), Some(true)] => Some(true),
                _ => None,
            }
        }
    }
}

fn compare(one: &Term, comparison: Comparison, other: &Term, record: &Record) -> Option<bool> {
    if let Some((one, other)) = day(one, record).zip(day(other, record)) {
        return Some(comparison.fits(one.cmp(&other)));
    }
    if let Some((one, other)) = number(one, record).zip(number(other, record)) {
        return one.partial_cmp(&other).map(|order| comparison.fits(order));
    }
    match (one, other) {
        (Term::Field(one), Term::Field(other)) => Some(text(record, one)? == text(record, other)?),
        _ => None,
    }
}

fn fits(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).unwrap().is_match(text)
}

/// The days written in a text, day first.
fn days_in(text: &str) -> Vec<Date> {
    let days = regex::Regex::new(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})").unwrap();
    let found = days.captures_iter(text).map(|found| format!("{}/{}/{}", &found[1], &found[2], &found[3]));
    found.filter_map(|day| british(&day)).collect()
}

fn day(term: &Term, record: &Record) -> Option<Date> {
    match term {
        Term::Field(header) => date(record, header),
        Term::Day(day) => Some(*day),
        Term::Today => Some(jiff::civil::date(2026, 5, 1)),
        Term::FirstOfMonth(inner) => Some(day(inner, record)?.first_of_month()),
        _ => None,
    }
}

fn number(term: &Term, record: &Record) -> Option<f64> {
    match term {
        Term::Field(header) => text(record, header)?.parse().ok(),
        Term::Number(number) => Some(*number),
        Term::Years(from, to) => {
            let (from, to) = (day(from, record)?, day(to, record)?);
            let before_birthday = (to.month(), to.day()) < (from.month(), from.day());
            Some(f64::from(to.year()) - f64::from(from.year()) - f64::from(u8::from(before_birthday)))
        }
        Term::Days(from, to) => Some(f64::from((day(to, record)? - day(from, record)?).get_days())),
        Term::Length(header) => Some(text(record, header)?.chars().count() as f64),
        Term::Filled(headers) => Some(headers.iter().filter(|header| text(record, header).is_some()).count() as f64),
        _ => None,
    }
}

/// All (`decides` false) or any (`decides` true) of the parts.
fn kleene(parts: &[Condition], record: &Record, decides: bool) -> Option<bool> {
    let truths: Vec<Option<bool>> = parts.iter().map(|part| holds(part, record)).collect();
    if truths.contains(&Some(decides)) {
        return Some(decides);
    }
    if truths.contains(&None) { None } else { Some(!decides) }
}

pub fn text<'r>(record: &'r Record, header: &str) -> Option<&'r str> {
    record.get(header).map(String::as_str).filter(|text| !text.is_empty() && *text != "NULL")
}

fn date(record: &Record, header: &str) -> Option<Date> {
    british(text(record, header)?)
}

fn british(text: &str) -> Option<Date> {
    let (day, rest) = text.split_once('/')?;
    let (month, year) = rest.split_once('/')?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
