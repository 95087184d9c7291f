//! Arrow batches into rows.

use chrono::{Datelike, NaiveDate};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use fairway_domain::{Fault, FaultExt, Row, Value};
use jiff::civil::Date;

use crate::batch::EPOCH_FROM_CE;
use crate::schema::DECIMAL_SCALE;

/// Reads the rows of one batch.
pub(crate) struct RowReader {
    columns: Vec<Cells>,
    rows: usize,
}

enum Cells {
    Text(StringArray),
    Integer(Int64Array),
    Decimal(Decimal128Array),
    Date(Date32Array),
    Bytes(BinaryArray),
    /// A kind that only queries make: shown as text.
    Shown(ArrayRef),
}

impl RowReader {
    pub(crate) fn new(batch: &RecordBatch) -> Result<Self, Fault> {
        let columns = batch.columns().iter().map(Cells::new).collect::<Result<_, _>>()?;
        Ok(Self { columns, rows: batch.num_rows() })
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Gives each row in turn, by way of `row`.
    pub(crate) fn each(&self, row: &mut Row, mut take: impl FnMut(&Row) -> Result<(), Fault>) -> Result<(), Fault> {
        for index in 0..self.rows {
            self.read(index, row)?;
            take(row)?;
        }
        Ok(())
    }

    /// Puts the cells of row `index` into `row`, which is cleared before.
    pub(crate) fn read(&self, index: usize, row: &mut Row) -> Result<(), Fault> {
        row.clear();
        self.columns.iter().try_for_each(|cells| cells.read(index, row))
    }
}

impl Cells {
    fn new(array: &ArrayRef) -> Result<Self, Fault> {
        let as_kind = |kind: &DataType| cast(array, kind).fault("column of an answer cannot be read");
        Ok(match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 | DataType::Utf8View => {
                Self::Text(as_kind(&DataType::Utf8)?.as_string::<i32>().clone())
            }
            kind if kind.is_integer() && *kind != DataType::UInt64 => {
                Self::Integer(as_kind(&DataType::Int64)?.as_primitive::<Int64Type>().clone())
            }
            DataType::Decimal128(_, DECIMAL_SCALE) => Self::Decimal(array.as_primitive::<Decimal128Type>().clone()),
            DataType::Date32 => Self::Date(array.as_primitive::<Date32Type>().clone()),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
                Self::Bytes(as_kind(&DataType::Binary)?.as_binary::<i32>().clone())
            }
            _ => Self::Shown(array.clone()),
        })
    }

    fn read(&self, index: usize, row: &mut Row) -> Result<(), Fault> {
        let value = match self {
            Self::Text(cells) if cells.is_valid(index) => Value::Text(cells.value(index)),
            Self::Integer(cells) if cells.is_valid(index) => Value::Integer(cells.value(index)),
            Self::Date(cells) if cells.is_valid(index) => Value::Date(date(cells.value(index))?),
            Self::Bytes(cells) if cells.is_valid(index) => Value::Bytes(cells.value(index)),
            Self::Decimal(cells) if cells.is_valid(index) => {
                Value::Decimal(i64::try_from(cells.value(index)).fault("decimal does not fit 18 digits")?)
            }
            Self::Shown(cells) if cells.is_valid(index) => return show(cells, index, row),
            _ => Value::Null,
        };
        row.push(value);
        Ok(())
    }
}

fn show(cells: &ArrayRef, index: usize, row: &mut Row) -> Result<(), Fault> {
    let options = FormatOptions::default();
    let shown = ArrayFormatter::try_new(cells, &options).fault("column of an answer cannot be shown")?;
    row.push(Value::Text(&shown.value(index).to_string()));
    Ok(())
}

fn date(days: i32) -> Result<Date, Fault> {
    let day = days.checked_add(EPOCH_FROM_CE).and_then(NaiveDate::from_num_days_from_ce_opt);
    day.and_then(|d| Date::new(i16::try_from(d.year()).ok()?, d.month() as i8, d.day() as i8).ok())
        .ok_or_else(|| Fault::new("a date lies beyond the year 9999"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::BatchBuilder;
    use fairway_domain::{Column, ColumnKind, PrivacyClass};
    use jiff::civil::date as day;

    fn columns() -> Vec<Column> {
        use ColumnKind as K;
        [("a", K::Text), ("b", K::Integer), ("c", K::Decimal), ("d", K::Date), ("e", K::Bytes)]
            .map(|(name, kind)| Column::new(name, kind, PrivacyClass::Plain))
            .to_vec()
    }

    #[test]
    fn every_kind_of_cell_reads_back() {
        let rows = [
            [
                Value::Text("Zoë"),
                Value::Integer(-7),
                Value::Decimal(-1250),
                Value::Date(day(1899, 12, 31)),
                Value::Bytes(&[0, 255]),
            ],
            [
                Value::Text(""),
                Value::Integer(i64::MAX),
                Value::Decimal(999_999_999_999_999_999),
                Value::Date(day(9999, 12, 31)),
                Value::Bytes(&[]),
            ],
            [Value::Null; 5],
            [Value::Text("x"), Value::Integer(0), Value::Decimal(0), Value::Date(day(2024, 2, 29)), Value::Bytes(b"x")],
        ];
        let mut builder = BatchBuilder::new(&columns());
        let mut row = Row::default();
        for cells in rows {
            row.clear();
            cells.into_iter().for_each(|cell| row.push(cell));
            assert!(builder.push(&row).unwrap().is_none());
        }
        let reader = RowReader::new(&builder.finish().unwrap().unwrap()).unwrap();
        assert_eq!(reader.rows(), rows.len());
        for (index, cells) in rows.iter().enumerate() {
            reader.read(index, &mut row).unwrap();
            let read: Vec<_> = (0..row.len()).map(|i| row.get(i)).collect();
            assert!(read == cells, "row {index} differs");
        }
    }

    #[test]
    fn a_cell_of_another_kind_is_a_fault_that_names_the_column_and_not_the_cell() {
        let mut row = Row::default();
        [Value::Text("a"), Value::Text("9434765919"), Value::Null, Value::Null, Value::Null]
            .into_iter()
            .for_each(|cell| row.push(cell));
        let fault = BatchBuilder::new(&columns()).push(&row).unwrap_err();
        assert_eq!(fault.to_string(), "column b was given a cell of another kind: [text]");
        row.clear();
        let fault = BatchBuilder::new(&columns()).push(&row).unwrap_err();
        assert_eq!(fault.to_string(), "a row has 0 cells where the table has 5 columns");
    }
}
