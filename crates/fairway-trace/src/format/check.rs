//! Whether a cell keeps the rules of its field: the same when it is read and when it is written.

use fairway_domain::Postcode;
use jiff::civil::Time;

use super::defect::DefectKind;
use super::item::{Detail, Item};
use super::layout::{Field, Kind};
use crate::PartialDate;

/// What is wrong with a cell, and in words that follow the field's name.
pub(super) type Wrong = (DefectKind, String);

/// Judges one cell, read without the blanks around it.
pub(super) fn judge(field: &Field, cell: &str) -> Option<Wrong> {
    if let Some(value) = &field.value {
        let kind = if field.item == Item::Blank { DefectKind::Parse } else { kind_of(field) };
        return (cell != value).then(|| (kind, format!("must be {value}")));
    }
    if field.item == Item::Blank {
        return None;
    }
    if cell.is_empty() {
        let kind = if is_special(field) { kind_of(field) } else { DefectKind::Required };
        return field.required.then(|| (kind, "must be filled".into()));
    }
    if cell.chars().count() > field.longest() {
        return Some((DefectKind::Length, format!("must have at most {} characters", field.longest())));
    }
    form(field, cell).map(|text| (kind_of(field), text))
}

fn form(field: &Field, cell: &str) -> Option<String> {
    if !cell.starts_with(&field.starts) {
        return Some(format!("must begin with {}", field.starts));
    }
    if cell.contains(|c| field.without.contains(c)) {
        return Some(format!("must not hold any of {}", field.without));
    }
    if !field.values.is_empty() && !field.values.iter().any(|value| value == cell) {
        return Some(format!("must be one of {}", field.values.join(", ")));
    }
    (!has_kind(field.kind, cell)).then(|| says(field.kind).to_owned())
}

fn has_kind(kind: Kind, cell: &str) -> bool {
    match kind {
        // What is no postcode counts as none given when it is traced; it is no fault of the file.
        Kind::Text | Kind::Postcode => true,
        Kind::Digits => cell.bytes().all(|byte| byte.is_ascii_digit()),
        Kind::Decimal => is_decimal(cell),
        Kind::Date => cell.len() == 8 && PartialDate::parse(cell).is_ok(),
        Kind::PartDate => PartialDate::parse(cell).is_ok(),
        Kind::Timestamp => is_timestamp(cell),
    }
}

fn says(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "must be text",
        Kind::Postcode => "must be a postcode",
        Kind::Digits => "must be digits",
        Kind::Decimal => "must be a number with a full stop as its decimal point",
        Kind::Date => "must be a date, CCYYMMDD",
        Kind::PartDate => "must be a date, CCYYMMDD, CCYYMM or CCYY",
        Kind::Timestamp => "must be a time, CCYYMMDDHHMISS",
    }
}

fn is_decimal(cell: &str) -> bool {
    let (whole, part) = cell.split_once('.').unwrap_or((cell, "0"));
    [whole, part].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether the text is `CCYYMMDDHHMISS`, a day of the calendar and a time of the day.
pub(super) fn is_timestamp(cell: &str) -> bool {
    if cell.len() != 14 || !cell.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let part = |range| cell.get(range).and_then(|digits: &str| digits.parse::<i8>().ok()).unwrap_or(-1);
    let day = cell.get(..8).is_some_and(|day| PartialDate::parse(day).is_ok());
    day && Time::new(part(8..10), part(10..12), part(12..14), 0).is_ok()
}

fn is_special(field: &Field) -> bool {
    matches!(field.item, Item::Id | Item::Reference | Item::Timestamp | Item::Records)
}

fn kind_of(field: &Field) -> DefectKind {
    match field.item {
        Item::Id => DefectKind::Id,
        Item::Reference => DefectKind::Reference,
        Item::Workflow => DefectKind::Workflow,
        Item::Timestamp => DefectKind::Timestamp,
        Item::Records => DefectKind::Count,
        Item::Asked(Detail::Gender) | Item::Found(Detail::Gender) => DefectKind::Gender,
        _ => DefectKind::Format,
    }
}

/// A cell as it is written: as it is, put in form, or cut. `None` if it does not fit.
pub(super) fn fitted(field: &Field, cell: &str) -> Option<String> {
    let cell = cell.trim();
    let mut text = match field.kind {
        Kind::Postcode => Postcode::parse(cell).ok()?.as_str().to_owned(),
        _ => cell.to_owned(),
    };
    if text.contains(['\r', '\n']) {
        return None;
    }
    if field.cut
        && let Some((end, _)) = text.char_indices().nth(field.longest())
    {
        text.truncate(end);
        text.truncate(text.trim_end().len());
    }
    judge(field, &text).is_none().then_some(text)
}
