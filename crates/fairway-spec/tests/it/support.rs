//! What several tests need: the specifications, a clean file's records, and a plain evaluation of conditions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_spec::{Condition, Spec, resolve};
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
        Condition::Same(one, other) => Some(text(record, one)? == text(record, other)?),
        Condition::Between(header, low, high) => {
            let number: f64 = text(record, header)?.parse().ok()?;
            Some((*low..=*high).contains(&number))
        }
        Condition::AtMost(low, high) => match (date(record, low), date(record, high)) {
            (Some(low), Some(high)) => Some(low <= high),
            _ => Some(text(record, low)?.parse::<f64>().ok()? <= text(record, high)?.parse::<f64>().ok()?),
        },
        Condition::Years(from, to, low, high) => {
            let (from, to) = (date(record, from)?, date(record, to)?);
            let before_birthday = (to.month(), to.day()) < (from.month(), from.day());
            let years = f64::from(to.year()) - f64::from(from.year()) - f64::from(u8::from(before_birthday));
            Some((*low..=*high).contains(&years))
        }
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
    let text = text(record, header)?;
    let (day, rest) = text.split_once('/')?;
    let (month, year) = rest.split_once('/')?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
