use std::borrow::Cow;
use std::io::Write;

use fairway_domain::{Fault, FaultExt};

use crate::{FieldStatus, Finding, FindingSink, Validity};

/// The columns of `findings.csv`, in order. `value` follows only where values are shown.
const HEADER: &str = "record,line,column,letter,byte,rule,severity,status,validity,message,hint";
/// How much is put together before it is written.
const BLOCK: usize = 1 << 18;
/// How many kinds of finding are kept as they are written; of a file there are hardly more than rules times columns.
const MOST_KEPT: usize = 1 << 14;
const UNWRITABLE: &str = "findings cannot be written";

/// Writes findings as CSV (RFC 4180, UTF-8, line feeds), one row each: `findings.csv`.
pub struct CsvFindings<W: Write> {
    writer: W,
    show_values: bool,
    block: Vec<u8>,
    /// Findings by the number of their kind, as far as they are the same in every row.
    kept: Vec<Option<Same>>,
}

/// What rows of one kind have in common: column and letter, and all that comes after the byte.
struct Same {
    middle: Vec<u8>,
    end: Vec<u8>,
}

impl<W: Write> CsvFindings<W> {
    /// Begins with the header. With `show_values`, a column `value` comes last.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(writer: W, show_values: bool) -> Result<Self, Fault> {
        let mut block = Vec::with_capacity(BLOCK + (BLOCK >> 2));
        block.extend_from_slice(HEADER.as_bytes());
        block.extend_from_slice(if show_values { b",value\n" } else { b"\n" });
        Ok(Self { writer, show_values, block, kept: Vec::new() })
    }

    /// Writes what is left and gives the writer back, for the caller to sync and close.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<W, Fault> {
        self.write()?;
        Ok(self.writer)
    }

    fn write(&mut self) -> Result<(), Fault> {
        self.writer.write_all(&self.block).fault(UNWRITABLE)?;
        self.block.clear();
        Ok(())
    }
}

impl<W: Write> FindingSink for CsvFindings<W> {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        let slot = finding.kind.map(|kind| kind as usize).filter(|kind| *kind < MOST_KEPT);
        if let Some(slot) = slot.filter(|slot| *slot >= self.kept.len()) {
            self.kept.resize_with(slot + 1, || None);
        }
        let once;
        let same = match slot.and_then(|slot| self.kept.get_mut(slot)) {
            Some(kept) => kept.get_or_insert_with(|| Same::of(finding)),
            None => {
                once = Same::of(finding);
                &once
            }
        };
        number(&mut self.block, finding.place.record);
        self.block.push(b',');
        number(&mut self.block, finding.place.line);
        self.block.extend_from_slice(&same.middle);
        number(&mut self.block, finding.place.byte);
        self.block.extend_from_slice(&same.end);
        if self.show_values {
            self.block.push(b',');
            cell(&mut self.block, safe(finding.value.unwrap_or_default()).as_bytes());
        }
        self.block.push(b'\n');
        if self.block.len() >= BLOCK { self.write() } else { Ok(()) }
    }
}

impl Same {
    fn of(finding: &Finding<'_>) -> Self {
        let mut middle = vec![b','];
        for text in [finding.column, finding.letter] {
            cell(&mut middle, text.as_bytes());
            middle.push(b',');
        }
        let mut end = Vec::new();
        for text in [
            finding.rule,
            finding.severity.as_str(),
            finding.status.map_or("", FieldStatus::as_str),
            finding.validity.map_or("", Validity::as_str),
            &finding.message,
            &finding.hint,
        ] {
            end.push(b',');
            cell(&mut end, text.as_bytes());
        }
        Self { middle, end }
    }
}

/// Adds a number; nothing where there is none.
pub(super) fn number(out: &mut Vec<u8>, number: Option<u64>) {
    if let Some(number) = number {
        out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }
}

/// Adds a cell, in quotes where it must be.
pub(super) fn cell(out: &mut Vec<u8>, text: &[u8]) {
    let at_edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    let plain = memchr::memchr3(b',', b'"', b'\n', text).is_none() && memchr::memchr(b'\r', text).is_none();
    if plain && !at_edge(text.first()) && !at_edge(text.last()) {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for part in text.split_inclusive(|byte| *byte == b'"') {
        out.extend_from_slice(part);
        if part.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

/// A value that a spreadsheet would take for a formula gets an apostrophe in front.
pub(super) fn safe(value: &str) -> Cow<'_, str> {
    if crate::judge::is_formula(value.trim_start()) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}
