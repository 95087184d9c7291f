use std::collections::BTreeMap;
use std::fmt;

use csv::ByteRecord;

/// How many places of a kind are named, by column.
const FIRST: usize = 5;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Ten digits that pass Modulus 11.
    NhsNumber,
    /// A full postcode, real or pseudo.
    Postcode,
    /// One of the birth dates given.
    BirthDate,
    /// An address of electronic mail.
    Email,
    /// A telephone number.
    Phone,
    /// One of the identifiers given, by its label.
    Given(&'static str),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NhsNumber => "NHS number",
            Self::Postcode => "postcode",
            Self::BirthDate => "date of birth",
            Self::Email => "email address",
            Self::Phone => "telephone number",
            Self::Given(label) => label,
        })
    }
}

/// How often one kind was found in one column, or in text without columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What was found.
    pub kind: Kind,
    /// The column's name; its number (`column 3`) where the name itself holds an identifier; `None` in text and bytes.
    pub column: Option<String>,
    /// How often.
    pub count: u64,
    /// The first few places: records of a CSV, counted from 1, with 0 for the header; byte offsets elsewhere.
    pub first: Vec<u64>,
}

/// What a scan found. It holds no value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanReport {
    /// Records of a CSV, without the header.
    pub rows: u64,
    /// Cells of a CSV, with the header.
    pub cells: u64,
    /// Bytes read.
    pub bytes: u64,
    /// What was found, by column and kind; empty when nothing was.
    pub tallies: Vec<Tally>,
}

impl ScanReport {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.tallies.is_empty()
    }

    /// How often a kind was found.
    pub fn count(&self, kind: Kind) -> u64 {
        self.tallies.iter().filter(|tally| tally.kind == kind).map(|tally| tally.count).sum()
    }
}

/// What has been found so far. Columns are numbers until the end, `None` where there are none.
#[derive(Default)]
pub(super) struct Notes {
    record: u64,
    cells: u64,
    pub(super) bytes: u64,
    found: BTreeMap<(Option<usize>, Kind), (u64, Vec<u64>)>,
}

impl Notes {
    pub(super) fn in_cell(&mut self, column: usize, kind: Kind) {
        self.note(Some(column), kind, self.record);
    }

    pub(super) fn at_byte(&mut self, kind: Kind, offset: u64) {
        self.note(None, kind, offset);
    }

    pub(super) fn end_of_record(&mut self, cells: usize) {
        self.record += 1;
        self.cells += cells as u64;
    }

    fn note(&mut self, column: Option<usize>, kind: Kind, place: u64) {
        let (count, first) = self.found.entry((column, kind)).or_default();
        *count += 1;
        if first.len() < FIRST && first.last() != Some(&place) {
            first.push(place);
        }
    }

    pub(super) fn into_report(self, header: &ByteRecord, allowed: &[(String, Kind)]) -> ScanReport {
        let unsafe_name =
            |column| self.found.iter().any(|((at, _), (_, first))| *at == column && first.first() == Some(&0));
        let name = |column: Option<usize>| {
            column.map(|index| match header.get(index).and_then(|name| std::str::from_utf8(name).ok()) {
                Some(name) if !unsafe_name(column) => name.trim_start_matches('\u{feff}').to_owned(),
                _ => format!("column {}", index + 1),
            })
        };
        let tallies = self.found.iter().map(|((column, kind), (count, first))| {
            let (column, kind, count, first) = (name(*column), *kind, *count, first.clone());
            Tally { kind, column, count, first }
        });
        let permitted = |tally: &Tally| {
            allowed.iter().any(|(name, kind)| tally.column.as_ref() == Some(name) && tally.kind == *kind)
        };
        ScanReport {
            rows: self.record.saturating_sub(1),
            cells: self.cells,
            bytes: self.bytes,
            tallies: tallies.filter(|tally| !permitted(tally)).collect(),
        }
    }

    /// The report of text without columns.
    pub(super) fn into_plain_report(self) -> ScanReport {
        self.into_report(&ByteRecord::new(), &[])
    }
}
