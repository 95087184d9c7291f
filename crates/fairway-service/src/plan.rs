//! Which table holds what, read off the specification: direct identifiers to the vault, all else to the events,
//! and what is made of both to the de-identified zone. No column is placed by name.

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

/// The identity vault of a dataset.
pub(crate) fn vault(spec: &Spec) -> TablePlan {
    let mut columns = vec![
        Column::new(RECORD, ColumnKind::Integer, PrivacyClass::Plain),
        Column::new(PERSON_UID, ColumnKind::Bytes, PrivacyClass::Direct),
    ];
    columns.extend(
        direct_fields(spec).map(|(_, field)| Column::new(&field.column, ColumnKind::Bytes, PrivacyClass::Direct)),
    );
    columns.push(Column::new(UNREADABLE, ColumnKind::Bytes, PrivacyClass::Direct));
    TablePlan { table: table(spec, Zone::Identifiable, "_vault"), columns }
}

/// The events of a dataset: no direct identifier, but uids.
pub(crate) fn events(spec: &Spec) -> TablePlan {
    let mut columns = vec![
        Column::new(RECORD, ColumnKind::Integer, PrivacyClass::Plain),
        Column::new(PERSON_UID, ColumnKind::Bytes, PrivacyClass::Direct),
        Column::new(NHS_UID, ColumnKind::Bytes, PrivacyClass::Direct),
    ];
    columns.extend(linked_uids(spec).map(|name| Column::new(name, ColumnKind::Bytes, PrivacyClass::Direct)));
    columns.extend(open_fields(spec).map(|(_, field)| field_column(field)));
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
    spec.fields.iter().enumerate().filter(|(_, field)| field.class != PrivacyClass::Direct)
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
    use std::collections::HashSet;

    use super::*;

    fn every_spec() -> Vec<std::sync::Arc<Spec>> {
        fairway_spec::builtin().iter().map(|name| Spec::builtin(name).unwrap()).collect()
    }

    #[test]
    fn direct_identifiers_are_in_the_vault_and_nowhere_else() {
        for spec in every_spec() {
            let direct: HashSet<&str> = direct_fields(&spec).map(|(_, field)| field.column.as_str()).collect();
            assert!(direct.len() > 5, "{}", spec.name);
            let in_vault: HashSet<String> = vault(&spec).columns.into_iter().map(|column| column.name).collect();
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
            let clear = vault(&spec).columns.into_iter().filter(|column| column.kind != ColumnKind::Bytes);
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
