//! Which table holds what, read off the specification: direct identifiers to the vault, all else to the events,
//! and what is made of both to the de-identified zone. No column is placed by name.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use fairway_domain::port::TablePlan;
use fairway_domain::{Column, ColumnKind, PrivacyClass, TableName, Zone};
use fairway_spec::{Field, FieldKind, Role, Spec};

/// Number of the record in its file, from 1; the column that vault and events share.
pub(crate) const RECORD: &str = "record";
/// The council's record of a person.
pub(crate) const PERSON_UID: &str = "person_uid";
/// The person whose NHS number the council gave.
pub(crate) const NHS_UID: &str = "nhs_uid";
/// Text that could not be read as its column's kind, sealed, as a JSON object by column.
pub(crate) const UNREADABLE: &str = "unreadable";
/// The person whose NHS number the trace found.
pub(crate) const TRACED_UID: &str = "traced_uid";
/// The NHS number that the trace found, sealed.
pub(crate) const TRACED_NHS_NUMBER: &str = "traced_nhs_number";
/// National code of the trace's outcome.
pub(crate) const TRACE_CODE: &str = "trace_code";
/// How the person is known.
pub(crate) const LINK_CLASS: &str = "link_class";

/// Whether records say whom they are about, so that persons can be told apart and traced.
pub(crate) fn has_persons(spec: &Spec) -> bool {
    [Role::LocalPerson, Role::NhsNumber].into_iter().any(|role| spec.index_of_role(role).is_some())
}

/// The identity vault of a dataset; none where nothing of it names a person.
pub(crate) fn vault(spec: &Spec) -> Option<TablePlan> {
    if !has_persons(spec) && direct_fields(spec).next().is_none() {
        return None;
    }
    let mut columns = vec![
        Column::new(RECORD, ColumnKind::Integer, PrivacyClass::Plain),
        Column::new(PERSON_UID, ColumnKind::Bytes, PrivacyClass::Direct),
    ];
    columns.extend(
        direct_fields(spec).map(|(_, field)| Column::new(&field.column, ColumnKind::Bytes, PrivacyClass::Direct)),
    );
    columns.push(unreadable());
    Some(TablePlan { table: table(spec, Zone::Identifiable, "_vault"), columns })
}

/// Text sent for what is no text may be anything, even somebody's name.
fn unreadable() -> Column {
    Column::new(UNREADABLE, ColumnKind::Bytes, PrivacyClass::Direct)
}

/// The events of a dataset: no direct identifier, but uids. Where there is no vault, what could not be read is sealed here.
pub(crate) fn events(spec: &Spec) -> TablePlan {
    let mut columns = vec![
        Column::new(RECORD, ColumnKind::Integer, PrivacyClass::Plain),
        Column::new(PERSON_UID, ColumnKind::Bytes, PrivacyClass::Direct),
        Column::new(NHS_UID, ColumnKind::Bytes, PrivacyClass::Direct),
    ];
    columns.extend(linked_uids(spec).map(|name| Column::new(name, ColumnKind::Bytes, PrivacyClass::Direct)));
    columns.extend(open_fields(spec).map(|(_, field)| field_column(field)));
    if vault(spec).is_none() {
        columns.push(unreadable());
    }
    TablePlan { table: table(spec, Zone::Identifiable, "_events"), columns }
}

/// What the register answered, one row a person and submission.
pub(crate) fn traces(spec: &Spec) -> TablePlan {
    let columns = vec![
        Column::new(PERSON_UID, ColumnKind::Bytes, PrivacyClass::Direct),
        Column::new("outcome", ColumnKind::Text, PrivacyClass::Sensitive),
        Column::new("step", ColumnKind::Text, PrivacyClass::Sensitive),
        Column::new(TRACE_CODE, ColumnKind::Integer, PrivacyClass::Sensitive),
        Column::new(LINK_CLASS, ColumnKind::Text, PrivacyClass::Sensitive),
        Column::new(TRACED_UID, ColumnKind::Bytes, PrivacyClass::Direct),
        Column::new(RECORD, ColumnKind::Integer, PrivacyClass::Plain),
        Column::new(TRACED_NHS_NUMBER, ColumnKind::Bytes, PrivacyClass::Direct),
        Column::new("score_millionths", ColumnKind::Integer, PrivacyClass::Sensitive),
    ];
    TablePlan { table: table(spec, Zone::Identifiable, "_traces"), columns }
}

/// What analysts see.
pub(crate) fn deidentified(spec: &Spec) -> TablePlan {
    let mut columns: Vec<Column> = open_fields(spec).map(|(_, field)| field_column(field)).collect();
    columns.extend(
        spec.derived
            .iter()
            .map(|derived| Column::new(&derived.column, column_kind(derived.derivation.kind()), derived.class)),
    );
    TablePlan { table: table(spec, Zone::Deidentified, ""), columns }
}

/// Fields whose values name a person, with their place in the file.
pub(crate) fn direct_fields(spec: &Spec) -> impl Iterator<Item = (usize, &Field)> {
    spec.fields.iter().enumerate().filter(|(_, field)| field.class == PrivacyClass::Direct)
}

/// All other fields, with their place in the file.
pub(crate) fn open_fields(spec: &Spec) -> impl Iterator<Item = (usize, &Field)> {
    spec.fields.iter().enumerate().filter(|(_, field)| is_open(field))
}

/// Whether the de-identified table has the field.
pub(crate) fn is_open(field: &Field) -> bool {
    field.class != PrivacyClass::Direct
}

/// Fields that name another person, with their place in the file.
pub(crate) fn linked_fields(spec: &Spec) -> impl Iterator<Item = (usize, &Field)> {
    spec.fields.iter().enumerate().filter(|(_, field)| field.role == Some(Role::LinkedPerson))
}

/// Names of the columns with the uids of linked persons: `linked_uid_1` and so on.
pub(crate) fn linked_uids(spec: &Spec) -> impl Iterator<Item = String> {
    (1..=linked_fields(spec).count()).map(|n| format!("linked_uid_{n}"))
}

/// Where the first open field stands among the cells of an event: after record, person, NHS number and linked persons.
pub(crate) fn first_open_cell(spec: &Spec) -> usize {
    3 + linked_fields(spec).count()
}

/// The tables of a dataset.
fn tables(spec: &Spec) -> Vec<TablePlan> {
    let traces = has_persons(spec).then(|| traces(spec));
    vault(spec).into_iter().chain([events(spec)]).chain(traces).chain([deidentified(spec)]).collect()
}

/// Longest name of a column that every reader of the tables takes.
const LONGEST_NAME: usize = 128;

/// Why tables cannot have the columns that a specification asks for, beside those of the dataset's `others`: in sentences,
/// each once.
pub(crate) fn misfits(spec: &Spec, others: &[Arc<Spec>]) -> Vec<String> {
    let mut reasons = BTreeSet::new();
    let others: Vec<(&Spec, Vec<TablePlan>)> = others.iter().map(|other| (&**other, tables(other))).collect();
    for plan in tables(spec) {
        let mut seen = HashSet::from(["import_id".to_owned()]);
        for column in &plan.columns {
            if !is_word(&column.name) {
                reasons.insert(format!(
                    "The column {} has other than letters, digits and underscores in its name, begins with a digit or is too long",
                    column.name
                ));
            }
            if !seen.insert(column.name.to_ascii_lowercase()) {
                reasons.insert(format!("Two columns of a table would be called {}", column.name));
            }
        }
        for (other, theirs) in &others {
            let same = theirs.iter().filter(|other| other.table == plan.table);
            reasons.extend(same.flat_map(|theirs| differing(&plan, theirs, other)));
        }
    }
    reasons.into_iter().collect()
}

fn differing(ours: &TablePlan, theirs: &TablePlan, other: &Spec) -> Vec<String> {
    let theirs: HashMap<String, &Column> =
        theirs.columns.iter().map(|column| (column.name.to_ascii_lowercase(), column)).collect();
    let differs = ours.columns.iter().filter_map(|column| {
        let known = theirs.get(&column.name.to_ascii_lowercase())?;
        (known.name != column.name || known.kind != column.kind).then_some((column, known))
    });
    differs
        .map(|(column, known)| {
            let (ours, theirs) = (in_words(column.kind), in_words(known.kind));
            format!(
                "The column {} holds {ours}, but as {} of {} it holds {theirs}",
                column.name, known.name, other.name
            )
        })
        .collect()
}

fn in_words(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Integer => "whole numbers",
        ColumnKind::Decimal => "numbers with two decimals",
        ColumnKind::Date => "days",
        ColumnKind::Bytes => "sealed cells",
    }
}

fn is_word(name: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    name.len() <= LONGEST_NAME && name.bytes().all(is_letter) && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn table(spec: &Spec, zone: Zone, suffix: &str) -> TableName {
    TableName::new(zone, format!("{}{suffix}", spec.name.table()))
}

fn field_column(field: &Field) -> Column {
    Column::new(&field.column, column_kind(field.kind), field.class)
}

fn column_kind(kind: FieldKind) -> ColumnKind {
    match kind {
        FieldKind::Text | FieldKind::Code | FieldKind::Number | FieldKind::Boolean => ColumnKind::Text,
        FieldKind::Date => ColumnKind::Date,
        FieldKind::Integer => ColumnKind::Integer,
        FieldKind::Decimal => ColumnKind::Decimal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_spec() -> Vec<Arc<Spec>> {
        fairway_spec::builtin().iter().map(|name| Spec::builtin(name).unwrap()).collect()
    }

    #[test]
    fn direct_identifiers_are_in_the_vault_and_nowhere_else() {
        for spec in every_spec() {
            let direct: HashSet<&str> = direct_fields(&spec).map(|(_, field)| field.column.as_str()).collect();
            assert!(!direct.is_empty(), "{}", spec.name);
            let in_vault: HashSet<String> =
                vault(&spec).unwrap().columns.into_iter().map(|column| column.name).collect();
            assert!(direct.iter().all(|column| in_vault.contains(*column)), "{}", spec.name);
            for plan in [events(&spec), traces(&spec), deidentified(&spec)] {
                let held: Vec<&Column> = plan.columns.iter().filter(|c| direct.contains(c.name.as_str())).collect();
                assert!(held.is_empty(), "{}: {held:?}", plan.table);
            }
        }
    }

    #[test]
    fn the_vault_holds_identifiers_as_sealed_bytes_alone() {
        for spec in every_spec() {
            let clear = vault(&spec).unwrap().columns.into_iter().filter(|column| column.kind != ColumnKind::Bytes);
            assert_eq!(clear.map(|column| column.name).collect::<Vec<_>>(), [RECORD]);
        }
    }

    #[test]
    fn the_deidentified_zone_holds_neither_uid_nor_bytes_nor_a_column_twice() {
        for spec in every_spec() {
            let plan = deidentified(&spec);
            let mut seen = HashSet::new();
            for column in &plan.columns {
                assert_ne!(column.kind, ColumnKind::Bytes, "{}", column.name);
                assert_ne!(column.class, PrivacyClass::Direct, "{}", column.name);
                assert!(!column.name.contains("uid") && seen.insert(column.name.as_str()), "{}", column.name);
            }
        }
    }
}
