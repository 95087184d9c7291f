//! Columns as three libraries spell them: ours, Delta's and Arrow's.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType as ArrowType, Field, Schema, SchemaRef};
use deltalake::kernel::{DataType, MetadataValue, PrimitiveType, StructField, StructType};
use fairway_domain::{Column, ColumnKind, Fault, FaultExt, PrivacyClass, TableName};

/// The first column of every table, and the one it is partitioned by.
pub(crate) const IMPORT_ID: &str = "import_id";

/// Where a column's privacy class is kept in the table's own schema.
const CLASS_KEY: &str = "fairway.class";

pub(crate) const DECIMAL_PRECISION: u8 = 18;
pub(crate) const DECIMAL_SCALE: i8 = 2;

/// Whether statistics of this column may be kept. Smallest and largest values are copies of cells: those of a column that
/// names a person, and of encrypted cells and uids, stay out of footers and of the log.
pub(crate) fn may_be_described(column: &Column) -> bool {
    column.class != PrivacyClass::Direct && column.kind != ColumnKind::Bytes
}

/// Checks the names of a table and its columns: letters, digits and underscores, so that every reader of Delta tables
/// takes them without quoting or column mapping; no two columns alike but for case, which Delta forbids.
pub(crate) fn check_names(table: &TableName, columns: &[Column]) -> Result<(), Fault> {
    if !is_word(&table.name) || table.name.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(Fault::new(format!("table {table} has a name with other than lower-case letters, digits and _")));
    }
    let mut seen = HashSet::from([IMPORT_ID.to_string()]);
    for column in columns {
        if !is_word(&column.name) {
            let name = &column.name;
            return Err(Fault::new(format!(
                "column {name} of {table} has other than letters, digits and _ in its name"
            )));
        }
        if !seen.insert(column.name.to_ascii_lowercase()) {
            return Err(Fault::new(format!("column {} of {table} is declared twice", column.name)));
        }
    }
    Ok(())
}

fn is_word(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.as_bytes()[0].is_ascii_digit()
}

/// The schema of a data file: the columns without `import_id`, which is in the folder's name. All may be null.
pub(crate) fn file_schema(columns: &[Column]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|c| Field::new(&c.name, arrow_type(c.kind), true)).collect::<Vec<_>>()))
}

pub(crate) fn arrow_type(kind: ColumnKind) -> ArrowType {
    match kind {
        ColumnKind::Text => ArrowType::Utf8,
        ColumnKind::Integer => ArrowType::Int64,
        ColumnKind::Decimal => ArrowType::Decimal128(DECIMAL_PRECISION, DECIMAL_SCALE),
        ColumnKind::Date => ArrowType::Date32,
        ColumnKind::Bytes => ArrowType::Binary,
    }
}

/// The table's schema as Delta keeps it, `import_id` first, each column with its privacy class.
pub(crate) fn delta_schema(columns: &[Column]) -> Result<StructType, Fault> {
    let mut fields = vec![StructField::nullable(IMPORT_ID, DataType::STRING)];
    for column in columns {
        let class = [(CLASS_KEY, MetadataValue::String(column.class.as_str().into()))];
        fields.push(StructField::nullable(&column.name, delta_type(column.kind)?).with_metadata(class));
    }
    StructType::try_new(fields).fault("table schema cannot be made")
}

fn delta_type(kind: ColumnKind) -> Result<DataType, Fault> {
    Ok(match kind {
        ColumnKind::Text => DataType::STRING,
        ColumnKind::Integer => DataType::LONG,
        ColumnKind::Decimal => {
            DataType::decimal(DECIMAL_PRECISION, DECIMAL_SCALE as u8).fault("decimal type cannot be made")?
        }
        ColumnKind::Date => DataType::DATE,
        ColumnKind::Bytes => DataType::BINARY,
    })
}

/// The columns of a table on disk, without `import_id`. A column whose class is not recorded counts as direct.
pub(crate) fn columns_of(table: &TableName, schema: &StructType) -> Result<Vec<Column>, Fault> {
    schema.fields().filter(|field| field.name() != IMPORT_ID).map(|field| column_of(table, field)).collect()
}

fn column_of(table: &TableName, field: &StructField) -> Result<Column, Fault> {
    let kind = match field.data_type() {
        DataType::Primitive(PrimitiveType::String) => ColumnKind::Text,
        DataType::Primitive(PrimitiveType::Long) => ColumnKind::Integer,
        DataType::Primitive(PrimitiveType::Date) => ColumnKind::Date,
        DataType::Primitive(PrimitiveType::Binary) => ColumnKind::Bytes,
        DataType::Primitive(PrimitiveType::Decimal(_)) if *field.data_type() == delta_type(ColumnKind::Decimal)? => {
            ColumnKind::Decimal
        }
        other => {
            return Err(Fault::new(format!("column {} of {table} has a type we never write: {other}", field.name())));
        }
    };
    let class = match field.metadata().get(CLASS_KEY) {
        Some(MetadataValue::String(class)) => class.parse().unwrap_or(PrivacyClass::Direct),
        _ => PrivacyClass::Direct,
    };
    Ok(Column::new(field.name(), kind, class))
}

/// The columns a table has after rows of `plan` were added: those it had, in their order, then the new ones. Of two
/// classes the stricter stays. `None` when nothing changes.
///
/// # Errors
/// When a column would change its kind, or the case of its letters.
pub(crate) fn merge(table: &TableName, had: &[Column], plan: &[Column]) -> Result<Option<Vec<Column>>, Fault> {
    let mut merged = had.to_vec();
    for column in plan {
        match merged.iter_mut().find(|c| c.name.eq_ignore_ascii_case(&column.name)) {
            None => merged.push(column.clone()),
            Some(there) if there.name != column.name => {
                let (name, other) = (&column.name, &there.name);
                return Err(Fault::new(format!("column {name} of {table} is there already, spelt {other}")));
            }
            Some(there) if there.kind != column.kind => {
                let (name, new, old) = (&column.name, column.kind, there.kind);
                return Err(Fault::new(format!("column {name} of {table} is {old:?} and cannot become {new:?}")));
            }
            Some(there) => there.class = there.class.min(column.class),
        }
    }
    Ok((merged != had).then_some(merged))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairway_domain::Zone;

    fn table() -> TableName {
        TableName::new(Zone::Identifiable, "asc_cld")
    }

    fn column(name: &str, kind: ColumnKind, class: PrivacyClass) -> Column {
        Column::new(name, kind, class)
    }

    #[test]
    fn columns_read_back_from_the_schema_of_the_table() {
        let columns = vec![
            column("nhs_number", ColumnKind::Bytes, PrivacyClass::Direct),
            column("Event_Start_Date", ColumnKind::Date, PrivacyClass::Quasi),
            column("unit_cost", ColumnKind::Decimal, PrivacyClass::Sensitive),
            column("hours", ColumnKind::Integer, PrivacyClass::Plain),
            column("sex", ColumnKind::Text, PrivacyClass::Quasi),
        ];
        let schema = delta_schema(&columns).unwrap();
        assert_eq!(schema.fields().next().unwrap().name(), IMPORT_ID);
        assert_eq!(columns_of(&table(), &schema).unwrap(), columns);
    }

    #[test]
    fn a_later_plan_adds_columns_and_keeps_the_stricter_class() {
        let had = [column("a", ColumnKind::Text, PrivacyClass::Plain)];
        let plan =
            [column("b", ColumnKind::Date, PrivacyClass::Quasi), column("a", ColumnKind::Text, PrivacyClass::Direct)];
        let merged = merge(&table(), &had, &plan).unwrap().unwrap();
        assert_eq!(merged, [plan[1].clone(), plan[0].clone()]);
        assert_eq!(merge(&table(), &merged, &had).unwrap(), None);
    }

    #[test]
    fn a_column_that_changes_its_kind_is_named() {
        let had = [column("a", ColumnKind::Text, PrivacyClass::Plain)];
        let plan = [column("a", ColumnKind::Date, PrivacyClass::Plain)];
        let fault = merge(&table(), &had, &plan).unwrap_err();
        assert_eq!(fault.to_string(), "column a of identifiable.asc_cld is Text and cannot become Date");
    }

    #[test]
    fn names_that_other_readers_stumble_over_are_turned_away() {
        let bad = |name: &str| check_names(&table(), &[column(name, ColumnKind::Text, PrivacyClass::Plain)]).is_err();
        assert!(bad("LA Code") && bad("") && bad("1st") && bad("a;b") && bad("Import_ID"));
        assert!(!bad("Der_LSOA_2021"));
        let twice =
            [column("a", ColumnKind::Text, PrivacyClass::Plain), column("A", ColumnKind::Text, PrivacyClass::Plain)];
        assert!(check_names(&table(), &twice).is_err());
    }
}
