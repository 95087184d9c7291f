//! Rows into Arrow batches.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use datafusion::arrow::array::{
    ArrayRef, BinaryBuilder, Date32Builder, Decimal128Builder, Int64Builder, RecordBatch, StringBuilder,
};
use datafusion::arrow::datatypes::SchemaRef;
use fairway_domain::{Column, ColumnKind, Fault, FaultExt, Row, Value};
use jiff::civil::Date;

use crate::schema::{DECIMAL_PRECISION, DECIMAL_SCALE, file_schema};

/// Most rows of a batch.
const BATCH_ROWS: usize = 8_192;
/// Fewest rows of a batch, however wide.
const FEWEST_ROWS: usize = 128;
/// Cells of a batch: as many rows go with so many columns. (Measured: 8,192 rows of 3,000 columns are 600 MB on their way.)
const BATCH_CELLS: usize = 1 << 20;

/// Rows of a batch of so many columns.
pub(crate) fn batch_rows(columns: usize) -> usize {
    (BATCH_CELLS / columns.max(1)).clamp(FEWEST_ROWS, BATCH_ROWS)
}

/// Day 0 of Arrow's `Date32`, 1970-01-01, as chrono counts days from the year 1.
pub(crate) const EPOCH_FROM_CE: i32 = 719_163;

/// Gathers rows into batches of [`batch_rows`].
pub(crate) struct BatchBuilder {
    schema: SchemaRef,
    names: Vec<String>,
    cells: Vec<Cells>,
    rows: usize,
}

enum Cells {
    Text(StringBuilder),
    Integer(Int64Builder),
    Decimal(Decimal128Builder),
    Date(Date32Builder),
    Bytes(BinaryBuilder),
}

impl BatchBuilder {
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self {
            schema: file_schema(columns),
            names: columns.iter().map(|c| c.name.clone()).collect(),
            cells: columns.iter().map(|c| Cells::new(c.kind)).collect(),
            rows: 0,
        }
    }

    /// Adds a row, and gives the batch when it is full.
    ///
    /// # Errors
    /// When the row has more or fewer cells than the table has columns, or a cell is of another kind than its column.
    pub(crate) fn push(&mut self, row: &Row) -> Result<Option<RecordBatch>, Fault> {
        if row.len() != self.cells.len() {
            let (has, wants) = (row.len(), self.cells.len());
            return Err(Fault::new(format!("a row has {has} cells where the table has {wants} columns")));
        }
        for (index, cells) in self.cells.iter_mut().enumerate() {
            if !cells.push(row.get(index)) {
                let (name, value) = (&self.names[index], row.get(index));
                return Err(Fault::new(format!("column {name} was given a cell of another kind: {value:?}")));
            }
        }
        self.rows += 1;
        if self.rows < batch_rows(self.cells.len()) { Ok(None) } else { self.finish() }
    }

    /// The rows gathered since the last batch, if any.
    pub(crate) fn finish(&mut self) -> Result<Option<RecordBatch>, Fault> {
        if self.rows == 0 {
            return Ok(None);
        }
        self.rows = 0;
        let arrays = self.cells.iter_mut().map(Cells::finish).collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(Arc::clone(&self.schema), arrays).map(Some).fault("rows cannot be put into a batch")
    }
}

impl Cells {
    fn new(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text(StringBuilder::new()),
            ColumnKind::Integer => Self::Integer(Int64Builder::new()),
            ColumnKind::Decimal => Self::Decimal(Decimal128Builder::new()),
            ColumnKind::Date => Self::Date(Date32Builder::new()),
            ColumnKind::Bytes => Self::Bytes(BinaryBuilder::new()),
        }
    }

    fn push(&mut self, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(cells), Value::Text(text)) => cells.append_value(text),
            (Self::Text(cells), Value::Null) => cells.append_null(),
            (Self::Integer(cells), Value::Integer(number)) => cells.append_value(number),
            (Self::Integer(cells), Value::Null) => cells.append_null(),
            (Self::Decimal(cells), Value::Decimal(hundredths)) => cells.append_value(hundredths.into()),
            (Self::Decimal(cells), Value::Null) => cells.append_null(),
            (Self::Date(cells), Value::Date(date)) => cells.append_value(days(date)),
            (Self::Date(cells), Value::Null) => cells.append_null(),
            (Self::Bytes(cells), Value::Bytes(bytes)) => cells.append_value(bytes),
            (Self::Bytes(cells), Value::Null) => cells.append_null(),
            _ => return false,
        }
        true
    }

    fn finish(&mut self) -> Result<ArrayRef, Fault> {
        Ok(match self {
            Self::Text(cells) => Arc::new(cells.finish()),
            Self::Integer(cells) => Arc::new(cells.finish()),
            Self::Date(cells) => Arc::new(cells.finish()),
            Self::Bytes(cells) => Arc::new(cells.finish()),
            Self::Decimal(cells) => Arc::new(
                cells
                    .finish()
                    .with_precision_and_scale(DECIMAL_PRECISION, DECIMAL_SCALE)
                    .fault("decimal column cannot be made")?,
            ),
        })
    }
}

/// A day as Arrow counts it, from 1970-01-01.
fn days(date: Date) -> i32 {
    let (year, month, day) = (i32::from(date.year()), date.month() as u32, date.day() as u32);
    // Every day jiff knows, chrono knows.
    NaiveDate::from_ymd_opt(year, month, day).map_or(0, |d| d.num_days_from_ce() - EPOCH_FROM_CE)
}
