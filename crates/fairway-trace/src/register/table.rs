//! One file of a register: strict about its header and its shape, and digested as it is read.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use csv::StringRecord;
use fairway_domain::{NhsNumber, Postcode};
use sha2::{Digest as _, Sha256};

use super::RegisterError;
use crate::PartialDate;

/// A file's name, the columns it must have, and those it may have besides.
pub(super) struct Layout {
    pub(super) file: &'static str,
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
}

impl Layout {
    fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }
}

/// A file being read, record by record. Cells are asked for by the column's place in the layout.
pub(super) struct Table {
    layout: &'static Layout,
    reader: csv::Reader<Hashing<BufReader<File>>>,
    places: Vec<Option<usize>>,
    record: StringRecord,
    number: u64,
}

impl Table {
    pub(super) fn open(dir: &Path, layout: &'static Layout) -> Result<Self, RegisterError> {
        let unreadable = |source| RegisterError::Unreadable { file: layout.file, source };
        let file = File::open(dir.join(layout.file)).map_err(unreadable)?;
        let hashing = Hashing { inner: BufReader::with_capacity(1 << 16, file), hasher: Sha256::new() };
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(hashing);
        let header = reader.headers().map_err(|error| csv_error(layout.file, 0, error))?;
        let places = places(layout, header)?;
        Ok(Self { layout, reader, places, record: StringRecord::new(), number: 0 })
    }

    /// Moves to the next record; `false` at the end.
    pub(super) fn next(&mut self) -> Result<bool, RegisterError> {
        self.number += 1;
        self.reader.read_record(&mut self.record).map_err(|error| csv_error(self.layout.file, self.number, error))
    }

    /// The SHA-256 of the bytes read so far: of the whole file, once [`Table::next`] has said `false`.
    pub(super) fn digest(self) -> [u8; 32] {
        self.reader.into_inner().hasher.finalize().into()
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
        RegisterError::Value { file: self.layout.file, record: self.number, column, what }
    }
}

/// Where in the file each column of the layout is.
fn places(layout: &'static Layout, header: &StringRecord) -> Result<Vec<Option<usize>>, RegisterError> {
    let places: Vec<_> = layout.columns().map(|column| header.iter().position(|name| name.trim() == column)).collect();
    let missing = |(column, place): (&&'static str, &Option<usize>)| place.is_none().then_some(*column);
    let columns: Vec<_> = layout.required.iter().zip(&places).filter_map(missing).collect();
    if !columns.is_empty() {
        return Err(RegisterError::MissingColumns { file: layout.file, columns });
    }
    for (position, name) in header.iter().enumerate() {
        match layout.columns().position(|column| column == name.trim()) {
            None => return Err(RegisterError::UnknownColumn { file: layout.file, position: position + 1 }),
            Some(column) if places.get(column) != Some(&Some(position)) => {
                let column = layout.columns().nth(column).unwrap_or_default();
                return Err(RegisterError::RepeatedColumn { file: layout.file, column });
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

/// A reader that digests what passes through it.
struct Hashing<R> {
    inner: R,
    hasher: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
