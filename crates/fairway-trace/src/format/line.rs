//! Lines and the cells of a line: bounded memory, linear time, and no line that means two things.

use std::io::{self, BufRead, BufReader, Read, Seek};

/// Longest line read, in bytes, with its end.
pub(super) const LONGEST: u64 = 64 * 1024;

/// Reads a file line by line; both usual line ends are known.
pub(super) struct Lines<R> {
    source: BufReader<R>,
    number: u64,
    bytes: Vec<u8>,
}

/// Why a line is not a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadLine {
    TooLong,
    NotUtf8,
    /// A quotation mark that is not closed on its line, or stands within a cell that does not begin with one.
    Quotes,
}

impl BadLine {
    pub(super) fn says(self) -> &'static str {
        match self {
            Self::TooLong => "The line is longer than 64 KiB",
            Self::NotUtf8 => "The line is not text in UTF-8",
            Self::Quotes => "A quotation mark is not closed on its line, or stands in the middle of a field",
        }
    }
}

impl<R: Read + Seek> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source: BufReader::with_capacity(256 * 1024, source), number: 0, bytes: Vec::new() }
    }

    /// Goes back to the beginning.
    pub(super) fn rewind(&mut self) -> io::Result<()> {
        self.number = 0;
        self.source.rewind()
    }

    /// The number of the line read last, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line without its end, or `None` after the last.
    pub(super) fn next(&mut self) -> io::Result<Option<Result<&str, BadLine>>> {
        self.bytes.clear();
        if (&mut self.source).take(LONGEST).read_until(b'\n', &mut self.bytes)? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let ended = self.bytes.ends_with(b"\n");
        if !ended && self.bytes.len() as u64 == LONGEST {
            return Ok(Some(Err(BadLine::TooLong)));
        }
        let text = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let text = if self.number == 1 { text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text) } else { text };
        Ok(Some(std::str::from_utf8(text).map_err(|_| BadLine::NotUtf8)))
    }
}

/// The cells of one line, without blanks around them.
#[derive(Default, Clone)]
pub(super) struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.text.get(start..end).unwrap_or_default().trim()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Cuts a line at its separators. A cell that begins with a quotation mark ends with one; within it, two stand for one.
    pub(super) fn split(&mut self, line: &str, separator: char) -> Result<(), BadLine> {
        self.clear();
        let mut rest = line;
        loop {
            rest = match rest.strip_prefix('"') {
                Some(quoted) => self.quoted(quoted)?,
                None => self.plain(rest, separator)?,
            };
            self.ends.push(self.text.len());
            match rest.strip_prefix(separator) {
                Some(next) => rest = next,
                None if rest.is_empty() => return Ok(()),
                None => return Err(BadLine::Quotes),
            }
        }
    }

    /// Cuts a line at fixed widths, in characters. A line that is shorter gives fewer cells, a longer one gives one more.
    pub(super) fn cut(&mut self, line: &str, widths: impl Iterator<Item = usize>) {
        self.clear();
        let mut rest = line;
        for width in widths {
            let Some(end) = end_of(rest, width) else { return };
            let (cell, after) = rest.split_at(end);
            self.push(cell);
            rest = after;
        }
        if !rest.is_empty() {
            self.push(rest);
        }
    }

    fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    fn plain<'l>(&mut self, rest: &'l str, separator: char) -> Result<&'l str, BadLine> {
        let (cell, after) = rest.split_at(rest.find(separator).unwrap_or(rest.len()));
        if cell.contains('"') {
            return Err(BadLine::Quotes);
        }
        self.text.push_str(cell);
        Ok(after)
    }

    fn quoted<'l>(&mut self, mut rest: &'l str) -> Result<&'l str, BadLine> {
        loop {
            let (cell, after) = rest.split_once('"').ok_or(BadLine::Quotes)?;
            self.text.push_str(cell);
            match after.strip_prefix('"') {
                Some(next) => {
                    self.text.push('"');
                    rest = next;
                }
                None => return Ok(after),
            }
        }
    }
}

/// Where the first `width` characters end; `None` if there are fewer.
fn end_of(text: &str, width: usize) -> Option<usize> {
    let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.nth(width.checked_sub(1)?)
}

/// Adds a cell to a line, between quotation marks where it would otherwise be read as something else.
pub(super) fn push_cell(line: &mut String, cell: &str, separator: char) {
    if !cell.contains([separator, '"']) {
        line.push_str(cell);
        return;
    }
    line.push('"');
    for part in cell.split_inclusive('"') {
        line.push_str(part);
        if part.ends_with('"') {
            line.push('"');
        }
    }
    line.push('"');
}

/// Adds a cell of a fixed width to a line.
pub(super) fn push_padded(line: &mut String, cell: &str, width: usize) {
    line.push_str(cell);
    line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count())));
}
