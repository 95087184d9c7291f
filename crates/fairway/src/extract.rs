//! A demographics extract in a folder: CSV files, or Parquet files of the same columns.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::StringRecord;
use fairway_domain::{Fault, Refusal};
use fairway_trace::{CsvFolder, Extract, ExtractRows, RegisterError};
use fairway_warehouse::ParquetTexts;

use crate::exit::Stop;

/// The table that every extract has.
const PEOPLE: &str = "register";

/// The extract of a folder, by the form of its first table.
pub fn of(folder: &Path) -> Result<Arc<dyn Extract>, Stop> {
    let (csv, parquet) = (CsvFolder(folder.to_owned()), ParquetFolder(folder.to_owned()));
    match (csv.has(PEOPLE), parquet.has(PEOPLE)) {
        (true, true) => {
            let reason = "The folder has register.csv and register.parquet, and they may differ";
            Err(Refusal::new("The extract cannot be read", reason, "Leave one form in the folder").into())
        }
        (false, true) => Ok(Arc::new(parquet)),
        _ => Ok(Arc::new(csv)),
    }
}

struct ParquetFolder(PathBuf);

impl ParquetFolder {
    fn file(table: &str) -> &'static str {
        match table {
            PEOPLE => "register.parquet",
            "history" => "history.parquet",
            "superseded" => "superseded.parquet",
            _ => "removed.parquet",
        }
    }
}

impl Extract for ParquetFolder {
    fn has(&self, table: &str) -> bool {
        self.0.join(Self::file(table)).exists()
    }

    fn open(&self, table: &'static str) -> Result<Box<dyn ExtractRows>, RegisterError> {
        let file = Self::file(table);
        let texts = ParquetTexts::open(&self.0.join(file)).map_err(|fault| unreadable(file, fault))?;
        let columns = texts.columns().iter().collect();
        Ok(Box::new(ParquetRows { file, texts, columns }))
    }
}

struct ParquetRows {
    file: &'static str,
    texts: ParquetTexts,
    columns: StringRecord,
}

impl ExtractRows for ParquetRows {
    fn file(&self) -> &'static str {
        self.file
    }

    fn columns(&self) -> &StringRecord {
        &self.columns
    }

    fn next(&mut self, row: &mut StringRecord) -> Result<bool, RegisterError> {
        row.clear();
        let cells = self.texts.next_row().map_err(|fault| unreadable(self.file, fault))?;
        let is_there = cells.is_some();
        cells.into_iter().flatten().for_each(|cell| row.push_field(cell));
        Ok(is_there)
    }
}

fn unreadable(file: &'static str, fault: Fault) -> RegisterError {
    RegisterError::Unreadable { file, source: io::Error::other(fault) }
}
