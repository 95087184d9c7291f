//! The sender's own file back, with what the check says of each record in four more columns. It holds personal data.

use std::borrow::Cow;
use std::io::{self, BufReader, Read, Write};

use encoding_rs::WINDOWS_1252;
use fairway_domain::{Fault, FaultExt};
use fairway_spec::Severity;
use rustc_hash::FxHashMap;

use super::csv::{cell, safe};
use crate::{Encoding, Finding, FindingSink, RawRecord};

/// The columns added: the worst severity, how many findings, which rules, and what they say.
const ADDED: [&str; 4] = ["Fairway result", "Fairway findings", "Fairway rules", "Fairway messages"];
const NOTHING_SAID: &[u8] = b",,0,,\r\n";
const BLOCK: usize = 1 << 18;
const UNWRITABLE: &str = "checked file cannot be written";
const UNREADABLE: &str = "checked file cannot be read again";

/// Writes the file that is checked back, record by record, each with the results of its own.
///
/// Records keep their bytes and the file its encoding (what was UTF-16 becomes UTF-8 with a mark); lines end with CR LF.
/// A record whose structure is broken is written anew, as the check read it: cells that are missing are filled up, cells
/// too many stand after the results. So are cells that a spreadsheet would take for a formula, with an apostrophe in front.
pub struct CheckedFile<W: Write> {
    writer: W,
    block: Vec<u8>,
    /// How many cells the header has; none while it has not come.
    width: Option<usize>,
    encoding: Encoding,
    /// Cells that the check does not judge may hold formulas: every record is written anew.
    unjudged: bool,
    /// What is said of the next record, after the first `again` findings.
    said: Vec<Said>,
    /// How many findings of the next record are the same as those of the record before, one after the other.
    again: usize,
    before: Before,
    /// The record written last.
    last: u64,
    late: Late,
}

/// The last record that something was said of: often the next one has the same findings.
#[derive(Debug, Default)]
struct Before {
    said: Vec<Said>,
    /// The cells that its findings came to, as they were written in this encoding.
    cells: Vec<u8>,
    encoding: Option<Encoding>,
}

/// The cells that are added to one record.
#[derive(Debug, Default)]
struct Results {
    worst: Option<Severity>,
    count: u64,
    rules: String,
    messages: String,
}

/// What shows only at the end, about records that have been written: each text once, then a record and a text's number.
#[derive(Debug, Default)]
struct Late {
    texts: Vec<Said>,
    numbers: FxHashMap<Said, u32>,
    of: Vec<(u64, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Said {
    /// As [`Finding::kind`].
    kind: Option<u32>,
    severity: Severity,
    rule: String,
    message: String,
}

impl Said {
    fn of(finding: &Finding<'_>) -> Self {
        let (rule, message) = (finding.rule.to_owned(), finding.message.clone().into_owned());
        Self { kind: finding.kind, severity: finding.severity, rule, message }
    }
}

impl<W: Write> CheckedFile<W> {
    /// Begins; nothing is written before the header is known.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            block: Vec::with_capacity(BLOCK + (BLOCK >> 2)),
            width: None,
            encoding: Encoding::Ascii,
            unjudged: false,
            said: Vec::new(),
            again: 0,
            before: Before::default(),
            last: 0,
            late: Late::default(),
        }
    }

    /// Writes what is left; gives the writer back, and what is still to be added by [`LateResults::add`].
    /// Nothing was written where the file has no header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<(W, LateResults), Fault> {
        self.write()?;
        let Late { texts, mut of, .. } = self.late;
        of.sort_by_key(|(record, _)| *record);
        Ok((self.writer, LateResults { texts, of, encoding: self.encoding, width: self.width }))
    }

    fn write(&mut self) -> Result<(), Fault> {
        self.writer.write_all(&self.block).fault(UNWRITABLE)?;
        self.block.clear();
        Ok(())
    }

    /// The results of a record, written.
    fn add_results(&mut self, encoding: Encoding) {
        if self.said.is_empty() && self.again == 0 {
            return self.block.extend_from_slice(NOTHING_SAID);
        }
        let same =
            self.said.is_empty() && self.again == self.before.said.len() && self.before.encoding == Some(encoding);
        if !same {
            self.catch_up();
            self.before.cells.clear();
            Results::of(&self.said).write(&mut self.before.cells, encoding);
            self.before.encoding = Some(encoding);
            std::mem::swap(&mut self.before.said, &mut self.said);
        }
        self.block.extend_from_slice(&self.before.cells);
        self.block.extend_from_slice(b"\r\n");
    }

    /// Repeats what was only counted.
    fn catch_up(&mut self) {
        self.said.splice(..0, self.before.said.iter().take(self.again).cloned());
        self.again = 0;
    }

    fn has_formula(&self) -> bool {
        let again = self.before.said.iter().take(self.again);
        again.chain(&self.said).any(|said| said.rule == FORMULA)
    }

    fn anew(&mut self, record: &RawRecord<'_>, width: usize, results: [&str; 4]) {
        let cells = record.cells();
        let cell_at = |at: usize| cells.get(at).map_or(&b""[..], |cell| cell);
        for at in 0..width {
            if at > 0 {
                self.block.push(b',');
            }
            sent(&mut self.block, cell_at(at), record.encoding);
        }
        result_cells(&mut self.block, results, record.encoding);
        for at in width..cells.len() {
            self.block.push(b',');
            sent(&mut self.block, cell_at(at), record.encoding);
        }
        self.block.extend_from_slice(b"\r\n");
    }
}

impl<W: Write> FindingSink for CheckedFile<W> {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        let Some(record) = finding.place.record else {
            self.unjudged |= self.width.is_none() && finding.rule == EXTRA_COLUMN;
            return Ok(());
        };
        if record <= self.last {
            self.late.add(record, finding);
        } else if self.said.is_empty() && self.before.has(self.again, finding) {
            self.again += 1;
        } else {
            self.catch_up();
            self.said.push(Said::of(finding));
        }
        Ok(())
    }

    fn wants_records(&self) -> bool {
        true
    }

    fn header(&mut self, header: &RawRecord<'_>) -> Result<(), Fault> {
        self.encoding = header.encoding;
        if matches!(header.encoding, Encoding::Utf8Mark | Encoding::Utf16Le | Encoding::Utf16Be) {
            self.block.extend_from_slice("\u{feff}".as_bytes());
        }
        let width = header.cells().len();
        self.width = Some(width);
        self.anew(header, width, ADDED);
        Ok(())
    }

    fn record(&mut self, record: &RawRecord<'_>) -> Result<(), Fault> {
        self.last = record.number;
        self.encoding = record.encoding;
        if record.flawed || self.unjudged || self.has_formula() {
            self.catch_up();
            let results = Results::of(&self.said);
            let width = self.width.unwrap_or_default();
            self.anew(record, width, results.cells(itoa::Buffer::new().format(results.count)));
        } else {
            self.block.extend_from_slice(record.bytes);
            self.add_results(record.encoding);
        }
        self.said.clear();
        self.again = 0;
        if self.block.len() >= BLOCK { self.write() } else { Ok(()) }
    }
}

/// Rules known to the check by id, whose findings decide how a record is written.
const FORMULA: &str = crate::plan::Builtin::ALL[crate::plan::Builtin::FormulaCell as usize].id;
const EXTRA_COLUMN: &str = crate::plan::Builtin::ALL[crate::plan::Builtin::HeaderExtra as usize].id;

impl Before {
    /// Whether the finding at this place is the same but for its place in the file.
    fn has(&self, at: usize, finding: &Finding<'_>) -> bool {
        finding.kind.is_some() && self.said.get(at).is_some_and(|said| said.kind == finding.kind)
    }
}

impl Results {
    fn of(said: &[Said]) -> Self {
        let mut results = Self::default();
        said.iter().for_each(|said| results.add(said.severity, &said.rule, &said.message));
        results
    }

    fn write(&self, out: &mut Vec<u8>, encoding: Encoding) {
        result_cells(out, self.cells(itoa::Buffer::new().format(self.count)), encoding);
    }

    fn add(&mut self, severity: Severity, rule: &str, message: &str) {
        self.worst = self.worst.max(Some(severity));
        self.count += 1;
        if !self.rules.split(';').any(|known| known.trim_start() == rule) {
            join(&mut self.rules, rule);
        }
        join(&mut self.messages, message);
    }

    fn cells<'r>(&'r self, count: &'r str) -> [&'r str; 4] {
        [self.worst.map_or("", |worst| worst.as_str()), count, &self.rules, &self.messages]
    }
}

fn join(all: &mut String, one: &str) {
    if !all.is_empty() {
        all.push_str("; ");
    }
    all.push_str(one);
}

impl Late {
    fn add(&mut self, record: u64, finding: &Finding<'_>) {
        let said = Said { kind: None, ..Said::of(finding) };
        let next = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(said).or_insert_with_key(|said| {
            self.texts.push(said.clone());
            next
        });
        self.of.push((record, number));
    }
}

/// Results that showed only when the file had been written back.
#[derive(Debug)]
pub struct LateResults {
    texts: Vec<Said>,
    /// Records in order, each with the number of a text.
    of: Vec<(u64, u32)>,
    encoding: Encoding,
    width: Option<usize>,
}

impl LateResults {
    /// Whether there is nothing to add.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Whether the file had a header, so that there is a file at all.
    pub fn has_file(&self) -> bool {
        self.width.is_some()
    }

    /// Copies a file that [`CheckedFile`] wrote, and adds the late results to those of their records; all other bytes stay.
    /// The file is read twice side by side: `parsed` finds the records, `raw` is copied.
    ///
    /// # Errors
    /// When it cannot be read, or `to` not be written.
    pub fn add(&self, parsed: impl Read, raw: impl Read, to: &mut dyn Write) -> Result<(), Fault> {
        // Told to end records at CR LF, the reader would stand between the two.
        let mut rows = csv::ReaderBuilder::new()
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(BLOCK)
            .from_reader(parsed);
        let mut raw = BufReader::with_capacity(BLOCK, raw);
        let (mut row, mut copied, mut number) = (csv::ByteRecord::new(), 0, 0);
        rows.byte_headers().fault(UNREADABLE)?;
        for of_record in self.of.chunk_by(|a, b| a.0 == b.0) {
            let Some((record, _)) = of_record.first() else { continue };
            while number < *record {
                if !rows.read_byte_record(&mut row).fault(UNREADABLE)? {
                    return Err(Fault::new("checked file has fewer records than were written"));
                }
                number += 1;
            }
            let (start, end) = (row.position().map_or(0, csv::Position::byte), rows.position().byte());
            pass_on(&mut raw, start - copied, to)?;
            pass_on(&mut raw, end - start, &mut io::sink())?;
            copied = end;
            to.write_all(&self.row(&row, of_record)).fault(UNWRITABLE)?;
        }
        pass_on(&mut raw, u64::MAX, to)
    }

    /// A record with what was said of it first and what showed late. Its last cell has the CR of its end with it.
    fn row(&self, row: &csv::ByteRecord, late: &[(u64, u32)]) -> Vec<u8> {
        let width = self.width.unwrap_or_default();
        let sent = |at: usize| row.get(at).unwrap_or_default();
        let bare =
            |at: usize| if at + 1 == row.len() { sent(at).strip_suffix(b"\r").unwrap_or(sent(at)) } else { sent(at) };
        let text = |at: usize| decoded(bare(width + at), self.encoding);
        let mut results = Results {
            worst: text(0).parse().ok(),
            count: text(1).parse().unwrap_or_default(),
            rules: text(2).into_owned(),
            messages: text(3).into_owned(),
        };
        let texts = late.iter().filter_map(|(_, text)| self.texts.get(*text as usize));
        texts.for_each(|said| results.add(said.severity, &said.rule, &said.message));
        let mut out = Vec::new();
        for at in 0..width {
            if at > 0 {
                out.push(b',');
            }
            cell(&mut out, bare(at));
        }
        result_cells(&mut out, results.cells(&results.count.to_string()), self.encoding);
        for at in width + ADDED.len()..row.len() {
            out.push(b',');
            cell(&mut out, bare(at));
        }
        out.extend_from_slice(b"\r\n");
        out
    }
}

fn pass_on(from: &mut impl Read, bytes: u64, to: &mut dyn Write) -> Result<(), Fault> {
    io::copy(&mut from.take(bytes), to).map(drop).fault(UNWRITABLE)
}

/// Adds a cell of the sender's.
fn sent(out: &mut Vec<u8>, bytes: &[u8], encoding: Encoding) {
    if crate::judge::is_formula(decoded(bytes, encoding).trim_start()) {
        cell(out, &[b"'", bytes].concat());
    } else {
        cell(out, bytes);
    }
}

/// Adds the cells of the results, a comma before each.
fn result_cells(out: &mut Vec<u8>, results: [&str; 4], encoding: Encoding) {
    for text in results {
        out.push(b',');
        let text = safe(text);
        if text.is_ascii() {
            cell(out, text.as_bytes());
        } else {
            cell(out, &encoded(&text, encoding));
        }
    }
}

fn decoded(bytes: &[u8], encoding: Encoding) -> Cow<'_, str> {
    match encoding {
        Encoding::Windows1252 => WINDOWS_1252.decode_without_bom_handling(bytes).0,
        _ => String::from_utf8_lossy(bytes),
    }
}

/// A text in the file's encoding; a question mark for what that lacks, and for all but ASCII where the file has shown no
/// other character yet.
fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Windows1252 => {
            let of_char = |c: char| match WINDOWS_1252.encode(c.encode_utf8(&mut [0; 4])) {
                (bytes, _, false) => bytes.into_owned(),
                (_, _, true) => vec![b'?'],
            };
            text.chars().flat_map(of_char).collect()
        }
        Encoding::Ascii => text.chars().map(|c| u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?')).collect(),
        _ => text.as_bytes().to_vec(),
    }
}
