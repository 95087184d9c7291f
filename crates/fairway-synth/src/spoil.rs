//! Whole files spoiled in their structure, as councils' exports are.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::str::FromStr;

use csv::ByteRecord;

use crate::SynthError;
use crate::template::Cell;

/// A way to spoil a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoiler {
    /// A column is left out.
    MissingColumn,
    /// A column is added at the end.
    ExtraColumn,
    /// A column stands there twice.
    RepeatedColumn,
    /// A header has underscores for spaces.
    MisnamedColumn,
    /// Two columns have changed places.
    SwappedColumns,
    /// The third record lacks its last cell.
    RaggedRecord,
    /// UTF-16 with a byte order mark.
    Utf16,
    /// A UTF-8 byte order mark.
    ByteOrderMark,
    /// A first name with a letter that Windows-1252 and UTF-8 write differently.
    Windows1252,
    /// Semicolons between the cells.
    Semicolons,
    /// A NUL byte in the second record.
    NulByte,
    /// A quote that never closes, in the second record.
    OpenQuote,
    /// A description that a spreadsheet would run as a formula.
    FormulaCell,
    /// Nothing in the file.
    Empty,
    /// The header and no record.
    HeaderOnly,
    /// Every record says another council.
    OtherCouncil,
    /// One record says another council.
    MixedCouncils,
    /// One record says another reporting period.
    MixedPeriods,
    /// Every record says a reporting period that began a year before.
    WidePeriod,
}

impl Spoiler {
    /// Every spoiler.
    pub const ALL: [Self; 19] = [
        Self::MissingColumn,
        Self::ExtraColumn,
        Self::RepeatedColumn,
        Self::MisnamedColumn,
        Self::SwappedColumns,
        Self::RaggedRecord,
        Self::Utf16,
        Self::ByteOrderMark,
        Self::Windows1252,
        Self::Semicolons,
        Self::NulByte,
        Self::OpenQuote,
        Self::FormulaCell,
        Self::Empty,
        Self::HeaderOnly,
        Self::OtherCouncil,
        Self::MixedCouncils,
        Self::MixedPeriods,
        Self::WidePeriod,
    ];

    /// The word for it, such as `missing-column`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingColumn => "missing-column",
            Self::ExtraColumn => "extra-column",
            Self::RepeatedColumn => "repeated-column",
            Self::MisnamedColumn => "misnamed-column",
            Self::SwappedColumns => "swapped-columns",
            Self::RaggedRecord => "ragged-record",
            Self::Utf16 => "utf-16",
            Self::ByteOrderMark => "byte-order-mark",
            Self::Windows1252 => "windows-1252",
            Self::Semicolons => "semicolons",
            Self::NulByte => "nul-byte",
            Self::OpenQuote => "open-quote",
            Self::FormulaCell => "formula-cell",
            Self::Empty => "empty",
            Self::HeaderOnly => "header-only",
            Self::OtherCouncil => "other-council",
            Self::MixedCouncils => "mixed-councils",
            Self::MixedPeriods => "mixed-periods",
            Self::WidePeriod => "wide-period",
        }
    }
}

impl FromStr for Spoiler {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|spoiler| spoiler.as_str() == text).ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|spoiler| spoiler.as_str()).collect();
            format!("a way to spoil a file is one of {}", words.join(", "))
        })
    }
}

/// The column that is left out, doubled, renamed or swapped with the next.
const COLUMN: Cell = Cell::SupportReason;

/// Writes `input` to `out`, spoiled. Any file that [`crate::generate`] wrote as `submission.csv` can be spoiled; memory
/// does not grow with its length.
///
/// # Errors
/// When a file cannot be read or written, or the input is not CSV with the columns that are to be spoiled.
pub fn spoil(input: &Path, spoiler: Spoiler, out: &Path) -> Result<(), SynthError> {
    match spoiler {
        Spoiler::Empty => fs::write(out, b"").map_err(SynthError::io(out)),
        Spoiler::Utf16 => to_utf16(input, out),
        Spoiler::ByteOrderMark => {
            let mut marked = (b"\xef\xbb\xbf").chain(open(input)?);
            let mut file = create(out)?;
            std::io::copy(&mut marked, &mut file).and_then(|_| file.flush()).map_err(SynthError::io(out))
        }
        Spoiler::OpenQuote => with_open_quote(input, out),
        _ => cell_by_cell(input, spoiler, out),
    }
}

fn open(path: &Path) -> Result<BufReader<File>, SynthError> {
    File::open(path).map(|file| BufReader::with_capacity(1 << 18, file)).map_err(SynthError::io(path))
}

fn create(path: &Path) -> Result<BufWriter<File>, SynthError> {
    File::create(path).map(|file| BufWriter::with_capacity(1 << 18, file)).map_err(SynthError::io(path))
}

fn to_utf16(input: &Path, out: &Path) -> Result<(), SynthError> {
    let mut reader = open(input)?;
    let mut writer = create(out)?;
    writer.write_all(b"\xff\xfe").map_err(SynthError::io(out))?;
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).map_err(SynthError::io(input))? > 0 {
        let text = String::from_utf8_lossy(&line);
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        writer.write_all(&units).map_err(SynthError::io(out))?;
        line.clear();
    }
    writer.flush().map_err(SynthError::io(out))
}

fn with_open_quote(input: &Path, out: &Path) -> Result<(), SynthError> {
    let mut reader = open(input)?;
    let mut writer = create(out)?;
    let mut lines = 0;
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).map_err(SynthError::io(input))? > 0 {
        lines += 1;
        if lines == 3 {
            line.insert(0, b'"');
        }
        writer.write_all(&line).map_err(SynthError::io(out))?;
        line.clear();
    }
    writer.flush().map_err(SynthError::io(out))
}

fn cell_by_cell(input: &Path, spoiler: Spoiler, out: &Path) -> Result<(), SynthError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(open(input)?);
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .delimiter(if spoiler == Spoiler::Semicolons { b';' } else { b',' })
        .from_writer(create(out)?);
    let mut record = ByteRecord::new();
    let mut places = None;
    let mut number = 0_u64;
    while reader.read_byte_record(&mut record).map_err(SynthError::csv(input))? {
        let places = match places {
            Some(places) => places,
            None => *places.insert(Places::of(&record, input)?),
        };
        let spoiled = places.spoil(spoiler, number, &record);
        writer.write_byte_record(&spoiled).map_err(SynthError::csv(out))?;
        number += 1;
        if spoiler == Spoiler::HeaderOnly {
            break;
        }
    }
    writer.flush().map_err(SynthError::io(out))
}

/// Where the columns stand that are spoiled.
#[derive(Clone, Copy)]
struct Places {
    council: usize,
    period_start: usize,
    given: usize,
    description: usize,
    column: usize,
}

impl Places {
    fn of(header: &ByteRecord, path: &Path) -> Result<Self, SynthError> {
        let place = |cell: Cell| {
            header.iter().position(|name| name == cell.header().as_bytes()).ok_or_else(|| SynthError::NotCsv {
                path: path.to_owned(),
                what: format!("it has no column {}", cell.header()),
            })
        };
        Ok(Self {
            council: place(Cell::LaCode)?,
            period_start: place(Cell::PeriodStart)?,
            given: place(Cell::FirstName)?,
            description: place(Cell::EventDescription)?,
            column: place(COLUMN)?,
        })
    }

    /// Record 0 is the header.
    fn spoil(self, spoiler: Spoiler, number: u64, record: &ByteRecord) -> ByteRecord {
        let mut cells: Vec<Vec<u8>> = record.iter().map(<[u8]>::to_vec).collect();
        match (spoiler, number) {
            (Spoiler::MissingColumn, _) => {
                cells.remove(self.column);
            }
            (Spoiler::ExtraColumn, 0) => cells.push(b"Team".to_vec()),
            (Spoiler::ExtraColumn, _) => cells.push(format!("Team {}", number % 7).into_bytes()),
            (Spoiler::RepeatedColumn, _) => cells.push(cells[self.column].clone()),
            (Spoiler::MisnamedColumn, 0) => {
                let underscored = cells[self.column].iter().map(|b| if *b == b' ' { b'_' } else { *b });
                cells[self.column] = underscored.collect();
            }
            (Spoiler::SwappedColumns, _) => cells.swap(self.column, self.column + 1),
            (Spoiler::RaggedRecord, 3) => {
                cells.pop();
            }
            (Spoiler::Windows1252, 2) => cells[self.given] = b"Ren\xe9e".to_vec(),
            (Spoiler::NulByte, 2) => cells[self.description] = b"note\0".to_vec(),
            (Spoiler::FormulaCell, 2) => cells[self.description] = b"=1+1".to_vec(),
            (Spoiler::OtherCouncil, 1..) | (Spoiler::MixedCouncils, 2) => {
                cells[self.council] = other_council(&cells[self.council]);
            }
            (Spoiler::WidePeriod, 1..) => cells[self.period_start] = a_year_before(&cells[self.period_start]),
            (Spoiler::MixedPeriods, 2) => cells[self.period_start] = b"01/01/2019".to_vec(),
            _ => {}
        }
        ByteRecord::from(cells)
    }
}

/// The day a year before, as `dd/mm/yyyy`; not for 29 February.
fn a_year_before(day: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(day);
    let year = text.get(6..).and_then(|year| year.parse::<i32>().ok());
    match (text.get(..6), year) {
        (Some(start), Some(year)) => format!("{start}{}", year - 1).into_bytes(),
        _ => day.to_vec(),
    }
}

/// A real council's code that is not this one.
fn other_council(code: &[u8]) -> Vec<u8> {
    let other: &[u8] = if code == b"816" { b"503" } else { b"816" };
    other.to_vec()
}
