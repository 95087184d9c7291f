use std::fs::File;
use std::path::Path;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use fairway_domain::{Fault, FaultExt};

const UNREADABLE: &str = "Parquet file cannot be read";

/// The rows of a Parquet file as texts, one after the other, a portion of the file in memory at a time. A null is blank;
/// numbers are their digits, dates `yyyymmdd`.
pub struct ParquetTexts {
    columns: Vec<String>,
    batches: ParquetRecordBatchReader,
    batch: Vec<StringArray>,
    rows: usize,
    next: usize,
}

impl ParquetTexts {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read as Parquet.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let file = File::open(path).fault(UNREADABLE)?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).fault(UNREADABLE)?;
        let columns = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        Ok(Self { columns, batches: builder.build().fault(UNREADABLE)?, batch: Vec::new(), rows: 0, next: 0 })
    }

    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The cells of the next row; `None` after the last.
    ///
    /// # Errors
    /// When the file is damaged, or a column holds what cannot be put as text.
    pub fn next_row(&mut self) -> Result<Option<impl Iterator<Item = &str>>, Fault> {
        while self.next == self.rows {
            let Some(batch) = self.batches.next() else { return Ok(None) };
            let batch = batch.fault(UNREADABLE)?;
            self.batch = batch.columns().iter().map(texts).collect::<Result<_, _>>()?;
            (self.rows, self.next) = (batch.num_rows(), 0);
        }
        let row = self.next;
        self.next += 1;
        Ok(Some(self.batch.iter().map(move |cells| if cells.is_null(row) { "" } else { cells.value(row) })))
    }
}

fn texts(column: &ArrayRef) -> Result<StringArray, Fault> {
    let cells = cast(column, &DataType::Utf8).fault("column of a Parquet file cannot be put as text")?;
    let cells = cells.as_string::<i32>().clone();
    if !matches!(column.data_type(), DataType::Date32 | DataType::Date64) {
        return Ok(cells);
    }
    let digits = |day: &str| day.split('T').next().unwrap_or_default().replace('-', "");
    Ok(cells.iter().map(|day| day.map(digits)).collect())
}
