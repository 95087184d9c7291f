//! What an extract must not contain, decided on its bytes and not on what a query was meant to write: NHS numbers,
//! postcodes, known birth dates, addresses of electronic mail, telephone numbers, and any identifiers given.
//!
//! Text is cut into tokens first (runs of letters and digits), so a pseudonym, one token of 56 characters, is never
//! taken for an NHS number that its characters happen to hold. A report says what was found and where, never the value.

mod contact;
mod date;
mod needles;
mod number;
mod place;
mod report;
mod token;
mod window;

use std::io::Read;

use fairway_domain::{Fault, FaultExt};
use jiff::civil::Date;
use rustc_hash::FxHashSet;

pub use needles::{Fit, Needles};
use report::Notes;
pub use report::{Kind, ScanReport, Tally};
use token::Text;

/// Looks for identifiers. One scanner serves any number of files.
#[derive(Default)]
pub struct Scanner {
    needles: Needles,
    birth_dates: FxHashSet<Date>,
    allowed: Vec<(String, Kind)>,
}

impl Scanner {
    /// A scanner that looks for NHS numbers, postcodes, electronic mail and telephone numbers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Looks for these identifiers too.
    #[must_use]
    pub fn with_needles(mut self, needles: Needles) -> Self {
        self.needles = needles;
        self
    }

    /// Takes any of these days, written out in full, for a date of birth.
    #[must_use]
    pub fn with_birth_dates(mut self, dates: impl IntoIterator<Item = Date>) -> Self {
        self.birth_dates.extend(dates);
        self
    }

    /// Lets a column of a CSV hold a kind that belongs there: events have days of their own, and one may be the day
    /// somebody was born.
    #[must_use]
    pub fn allowing(mut self, column: impl Into<String>, kind: Kind) -> Self {
        self.allowed.push((column.into(), kind));
        self
    }

    /// Scans a CSV cell by cell; its first record is the header, which is scanned as well.
    ///
    /// # Errors
    /// When the file cannot be read to its end.
    pub fn csv(&self, file: impl Read) -> Result<ScanReport, Fault> {
        let mut table = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
        let mut notes = Notes::default();
        let mut text = Text::default();
        let mut record = csv::ByteRecord::new();
        let mut header = csv::ByteRecord::new();
        while table.read_byte_record(&mut record).fault("extract cannot be read for scanning")? {
            for (column, cell) in record.iter().enumerate() {
                text.set(cell);
                self.cell(&text, &mut |kind| notes.in_cell(column, kind));
            }
            notes.end_of_record(record.len());
            if header.is_empty() {
                header.clone_from(&record);
            }
        }
        notes.bytes = table.position().byte();
        Ok(notes.into_report(&header, &self.allowed))
    }

    /// Scans running text: a manifest, a log, a message. Positions are byte offsets.
    ///
    /// # Errors
    /// When the file cannot be read to its end.
    pub fn text(&self, file: impl Read) -> Result<ScanReport, Fault> {
        let mut text = Text::default();
        window::scan(file, self.needles.longest(), |bytes, sink| {
            text.set(bytes);
            self.patterns(&text, sink);
            self.needles.in_text(bytes, sink);
        })
    }

    /// Scans bytes of any kind for the identifiers given and nothing else, wherever they begin and end: in binary files
    /// the byte beside a value may be a length. Compressed pages hide what they hold, so this shows leaks into headers,
    /// statistics and uncompressed parts; the rows themselves are scanned as CSV.
    ///
    /// # Errors
    /// When the file cannot be read to its end.
    pub fn binary(&self, file: impl Read) -> Result<ScanReport, Fault> {
        window::scan(file, self.needles.longest(), |bytes, sink| self.needles.anywhere(bytes, sink))
    }

    fn cell(&self, text: &Text, sink: &mut dyn FnMut(Kind)) {
        self.patterns(text, &mut |kind, _| sink(kind));
        self.needles.in_cell(text.bytes(), sink);
    }

    fn patterns(&self, text: &Text, sink: &mut dyn FnMut(Kind, usize)) {
        contact::emails(text, sink);
        if text.digits() == 0 {
            return;
        }
        for index in 0..text.len() {
            number::nhs_number(text, index, sink);
            place::postcode(text, index, sink);
            contact::telephone(text, index, sink);
            if !self.birth_dates.is_empty() {
                date::birth_date(text, index, &self.birth_dates, sink);
            }
        }
    }
}

/// Cells looked at one by one, by whoever reads the file. Values that were found clean in a column are not looked at again.
pub(crate) struct CellScan<'a> {
    scanner: &'a Scanner,
    text: Text,
    notes: Notes,
    clean: Vec<FxHashSet<Box<[u8]>>>,
}

impl<'a> CellScan<'a> {
    /// The longest value that is remembered, and how many of a column are.
    const LONGEST: usize = 64;
    const MOST: usize = 4_096;

    pub(crate) fn new(scanner: &'a Scanner) -> Self {
        Self { scanner, text: Text::default(), notes: Notes::default(), clean: Vec::new() }
    }

    pub(crate) fn cell(&mut self, column: usize, cell: &[u8]) {
        if self.clean.len() <= column {
            self.clean.resize_with(column + 1, FxHashSet::default);
        }
        let Self { scanner, text, notes, clean } = self;
        let clean = &mut clean[column];
        if cell.is_empty() || clean.contains(cell) {
            return;
        }
        text.set(cell);
        let mut found = false;
        scanner.cell(text, &mut |kind| {
            found = true;
            notes.in_cell(column, kind);
        });
        if !found && cell.len() <= Self::LONGEST && clean.len() < Self::MOST {
            clean.insert(cell.into());
        }
    }

    pub(crate) fn end_of_record(&mut self, cells: usize) {
        self.notes.end_of_record(cells);
    }

    pub(crate) fn finish(self, header: &csv::ByteRecord) -> ScanReport {
        self.notes.into_report(header, &self.scanner.allowed)
    }
}

impl std::fmt::Debug for Scanner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[scanner]")
    }
}

#[cfg(test)]
mod tests;
