//! One table of a register: strict about its columns and its shape, and digested as it is read.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use csv::StringRecord;
use fairway_domain::{NhsNumber, Postcode};
use sha2::{Digest as _, Sha256};

use super::RegisterError;
use crate::PartialDate;

/// The tables of a demographics extract, wherever they are: `register`, `history`, `superseded` and, in an update,
/// `removed`, with the columns that [`Register::read`](crate::Register::read) names.
pub trait Extract: Send + Sync {
    /// Whether there is such a table.
    fn has(&self, table: &str) -> bool;

    /// Opens a table.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    fn open(&self, table: &'static str) -> Result<Box<dyn ExtractRows>, RegisterError>;
}

/// The rows of one table as texts, one after the other.
pub trait ExtractRows {
    /// The name of its file, for messages.
    fn file(&self) -> &'static str;

    /// The names of its columns.
    fn columns(&self) -> &StringRecord;

    /// Fills `row` with the next row, a cell a column; `false` after the last.
    ///
    /// # Errors
    /// When the row cannot be read.
    fn next(&mut self, row: &mut StringRecord) -> Result<bool, RegisterError>;
}

/// A folder of CSV files, a table each.
#[derive(Debug, Clone)]
pub struct CsvFolder(pub PathBuf);

impl CsvFolder {
    fn file(table: &str) -> &'static str {
        match table {
            "register" => "register.csv",
            "history" => "history.csv",
            "superseded" => "superseded.csv",
            _ => "removed.csv",
        }
    }
}

impl Extract for CsvFolder {
    fn has(&self, table: &str) -> bool {
        self.0.join(Self::file(table)).exists()
    }

    fn open(&self, table: &'static str) -> Result<Box<dyn ExtractRows>, RegisterError> {
        let file = Self::file(table);
        let opened = File::open(self.0.join(file)).map_err(|source| RegisterError::Unreadable { file, source })?;
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(opened);
        let columns = reader.headers().map_err(|error| csv_error(file, 0, error))?.clone();
        Ok(Box::new(CsvRows { file, reader, columns, number: 0 }))
    }
}

struct CsvRows {
    file: &'static str,
    reader: csv::Reader<File>,
    columns: StringRecord,
    number: u64,
}

impl ExtractRows for CsvRows {
    fn file(&self) -> &'static str {
        self.file
    }

    fn columns(&self) -> &StringRecord {
        &self.columns
    }

    fn next(&mut self, row: &mut StringRecord) -> Result<bool, RegisterError> {
        self.number += 1;
        self.reader.read_record(row).map_err(|error| csv_error(self.file, self.number, error))
    }
}

/// A table's name, the columns it must have, and those it may have besides.
pub(super) struct Layout {
    pub(super) table: &'static str,
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
}

impl Layout {
    fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }
}

/// A table being read, row by row. Cells are asked for by the column's place in the layout.
pub(super) struct Table {
    layout: &'static Layout,
    file: &'static str,
    rows: Box<dyn ExtractRows>,
    places: Vec<Option<usize>>,
    record: StringRecord,
    number: u64,
    hasher: Sha256,
    /// What is to be digested next.
    content: Vec<u8>,
}

/// Between cells and after rows, for the digest; no cell may hold them.
const CELL_END: u8 = 0x1f;
const ROW_END: u8 = 0x1e;
/// Bytes that are digested at a time.
const DIGESTED: usize = 1 << 16;

impl Table {
    pub(super) fn open(from: &dyn Extract, layout: &'static Layout) -> Result<Self, RegisterError> {
        let rows = from.open(layout.table)?;
        let file = rows.file();
        let places = places(layout, file, rows.columns())?;
        let (hasher, content) = (Sha256::new(), Vec::with_capacity(2 * DIGESTED));
        Ok(Self { layout, file, rows, places, record: StringRecord::new(), number: 0, hasher, content })
    }

    /// Moves to the next record; `false` at the end.
    pub(super) fn next(&mut self) -> Result<bool, RegisterError> {
        self.number += 1;
        let is_there = self.rows.next(&mut self.record)?;
        if is_there {
            for place in &self.places {
                let cell = place.and_then(|place| self.record.get(place)).unwrap_or_default();
                self.content.extend_from_slice(cell.trim().as_bytes());
                self.content.push(CELL_END);
            }
            self.content.push(ROW_END);
        }
        if !is_there || self.content.len() >= DIGESTED {
            self.hasher.update(&self.content);
            self.content.clear();
        }
        Ok(is_there)
    }

    /// The SHA-256 of what the rows read so far say: of the whole table, once [`Table::next`] has said `false`. The order of
    /// the columns and the form of the file make no difference to it.
    pub(super) fn digest(self) -> [u8; 32] {
        self.hasher.finalize().into()
    }

    /// The cell without surrounding blanks; blank where an optional column is not there.
    pub(super) fn text(&self, column: usize) -> Result<&str, RegisterError> {
        let cell = self.places.get(column).copied().flatten().and_then(|place| self.record.get(place));
        let text = cell.unwrap_or_default().trim();
        if text.bytes().any(|b| b.is_ascii_control()) {
            return Err(self.wrong(column, "a control character or line break is in the text"));
        }
        Ok(text)
    }

    /// The cell as an NHS number, which must be there.
    pub(super) fn nhs_number(&self, column: usize) -> Result<NhsNumber, RegisterError> {
        NhsNumber::parse(self.text(column)?)
            .map_err(|_| self.wrong(column, "not an NHS number (10 digits, the last of them a check digit)"))
    }

    /// The cell as a date, `None` where it is blank.
    pub(super) fn date(&self, column: usize) -> Result<Option<PartialDate>, RegisterError> {
        match self.text(column)? {
            "" => Ok(None),
            text => PartialDate::parse(text)
                .map(Some)
                .map_err(|_| self.wrong(column, "not a date of the form YYYYMMDD, YYYYMM or YYYY")),
        }
    }

    /// The cell as a postcode, `None` where it is blank.
    pub(super) fn postcode(&self, column: usize) -> Result<Option<Postcode>, RegisterError> {
        match self.text(column)? {
            "" => Ok(None),
            text => Postcode::parse(text).map(Some).map_err(|_| self.wrong(column, "not the shape of a postcode")),
        }
    }

    /// The error of a cell of this record.
    pub(super) fn wrong(&self, column: usize, what: &'static str) -> RegisterError {
        let column = self.layout.columns().nth(column).unwrap_or_default();
        RegisterError::Value { file: self.file, record: self.number, column, what }
    }
}

/// Where in the file each column of the layout is.
fn places(
    layout: &'static Layout,
    file: &'static str,
    header: &StringRecord,
) -> Result<Vec<Option<usize>>, RegisterError> {
    let places: Vec<_> = layout.columns().map(|column| header.iter().position(|name| name.trim() == column)).collect();
    let missing = |(column, place): (&&'static str, &Option<usize>)| place.is_none().then_some(*column);
    let columns: Vec<_> = layout.required.iter().zip(&places).filter_map(missing).collect();
    if !columns.is_empty() {
        return Err(RegisterError::MissingColumns { file, columns });
    }
    for (position, name) in header.iter().enumerate() {
        match layout.columns().position(|column| column == name.trim()) {
            None => return Err(RegisterError::UnknownColumn { file, position: position + 1 }),
            Some(column) if places.get(column) != Some(&Some(position)) => {
                let column = layout.columns().nth(column).unwrap_or_default();
                return Err(RegisterError::RepeatedColumn { file, column });
            }
            Some(_) => {}
        }
    }
    Ok(places)
}

fn csv_error(file: &'static str, record: u64, error: csv::Error) -> RegisterError {
    match error.into_kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            RegisterError::Ragged { file, record, found: len, expected: expected_len }
        }
        csv::ErrorKind::Utf8 { .. } => RegisterError::Encoding { file, record },
        csv::ErrorKind::Io(source) => RegisterError::Unreadable { file, source },
        _ => RegisterError::Unreadable { file, source: io::Error::other("the file cannot be read as CSV") },
    }
}
