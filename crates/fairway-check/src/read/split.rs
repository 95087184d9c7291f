//! Where one record ends and its cells begin (RFC 4180, read leniently and with every departure noted).

use std::borrow::Cow;

use memchr::memchr;

use super::scan::{Index, line_ends};
pub(crate) use super::spans::Span;
use super::spans::Spans;

/// What is wrong with how a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A quote that nothing closes.
    QuoteNotClosed,
    /// A quote within an unquoted cell, or text after a closing quote.
    QuoteStray,
    /// A NUL byte.
    Nul,
    /// Another control character.
    Control,
    /// Bytes that are no character of the encoding.
    Unreadable,
    /// Text in another encoding than the rest of the file.
    OtherEncoding,
}

/// A flaw and the cell it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flawed {
    pub flaw: Flaw,
    pub cell: u32,
    /// Where in the record's bytes.
    pub at: u32,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineEnd {
    Lf,
    CrLf,
    Cr,
    EndOfFile,
}

/// What became of looking for a record at the front of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Split {
    /// A whole record.
    Record {
        /// Length without its line end.
        length: usize,
        /// Where the next begins.
        next: usize,
        end: LineEnd,
        /// Line ends within quotes.
        inner_lines: u64,
    },
    /// The record goes on past these bytes; within a quoted cell that began at `quote`, if any.
    More { quote: Option<usize> },
    /// The quote at `at` cannot be an opening one: nothing closes it, or something that swallowed lines does.
    NotAQuote {
        at: usize,
        /// How many bytes were looked at to find out.
        seen: usize,
    },
}

/// Splits records; the vectors are reused.
#[derive(Debug)]
pub(crate) struct Splitter {
    delimiter: u8,
    index: Index,
    pub spans: Spans,
    pub flaws: Vec<Flawed>,
    /// Places of quotes, in this record and in rising order, that are read as text.
    pub literal: Vec<usize>,
}

enum Cell {
    Ends { start: usize, end: usize, doubled: bool, after: usize, inner_lines: u64 },
    Stop(Split),
}

impl Splitter {
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, index: Index::default(), spans: Spans::default(), flaws: Vec::new(), literal: Vec::new() }
    }

    /// Looks through a text whose records are to be split.
    pub fn look(&mut self, text: &[u8]) {
        self.index.fill(text, self.delimiter);
    }

    /// Whether the text may hold odd bytes between two places.
    #[inline]
    pub fn is_odd(&self, from: usize, to: usize) -> bool {
        self.index.is_odd(from, to)
    }

    /// Finds the record at the front of `bytes`, which begin at `base` in the text looked through; `last` says that nothing
    /// follows them.
    #[inline]
    pub fn split(&mut self, bytes: &[u8], base: usize, last: bool) -> Split {
        self.spans.clear();
        self.flaws.clear();
        let mut at = 0;
        let mut inner_lines = 0;
        loop {
            at = self.plain_cells(bytes, base, at);
            let quoted = bytes.get(at) == Some(&b'"') && self.literal.binary_search(&at).is_err();
            let cell =
                if quoted { self.quoted((bytes, base), at, last) } else { self.unquoted((bytes, base), at, at, last) };
            let (start, end, doubled, after) = match cell {
                Cell::Stop(split) => return split,
                Cell::Ends { start, end, doubled, after, inner_lines: lines } => {
                    inner_lines += lines;
                    (start, end, doubled, after)
                }
            };
            let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            self.spans.push(Span { at: place(at), start: place(start), end: place(end), in_tail: false, doubled });
            match bytes.get(after) {
                Some(byte) if *byte == self.delimiter => at = after + 1,
                byte => return ended(bytes, byte.copied(), after, last, inner_lines),
            }
        }
    }

    /// Takes cells without quotes that a delimiter ends, as many as follow one another from `at` on; where the next begins.
    #[inline]
    fn plain_cells(&mut self, bytes: &[u8], base: usize, at: usize) -> usize {
        let (spans, mut start) = (&mut self.spans, base + at);
        self.index.each_run(start, base + bytes.len(), |from, delimiters| {
            start = spans.push_plain(delimiters, base, from, start);
        });
        start - base
    }

    /// A cell without quotes around it that begins at `start`; looks for its end at and after `from`.
    #[inline]
    fn unquoted(&mut self, (bytes, base): (&[u8], usize), start: usize, from: usize, last: bool) -> Cell {
        let mut from = from;
        loop {
            let after = match self.find((bytes, base), from) {
                None if last => bytes.len(),
                None => return Cell::Stop(Split::More { quote: None }),
                Some(at) if bytes[at] == b'"' => {
                    self.stray(at);
                    from = at + 1;
                    continue;
                }
                Some(at) => at,
            };
            return Cell::Ends { start, end: after, doubled: false, after, inner_lines: 0 };
        }
    }

    /// The first delimiter, quote or line end at or after `from`.
    #[inline]
    fn find(&self, (bytes, base): (&[u8], usize), from: usize) -> Option<usize> {
        self.index.find(base + from).map(|at| at - base).filter(|at| *at < bytes.len())
    }

    /// Notes a quote where none belongs, once a cell.
    fn stray(&mut self, at: usize) {
        let cell = u32::try_from(self.spans.len()).unwrap_or(u32::MAX);
        if self.flaws.last().is_some_and(|flawed| flawed.cell == cell) {
            return;
        }
        let flaw = if self.literal.binary_search(&at).is_ok() { Flaw::QuoteNotClosed } else { Flaw::QuoteStray };
        self.flaws.push(Flawed { flaw, cell, at: u32::try_from(at).unwrap_or(u32::MAX) });
    }

    #[inline]
    fn quoted(&mut self, (bytes, base): (&[u8], usize), at: usize, last: bool) -> Cell {
        let mut from = at + 1;
        let (mut doubled, mut broken) = (false, false);
        let close = loop {
            let Some(found) = self.find((bytes, base), from) else {
                return Cell::Stop(if last {
                    Split::NotAQuote { at, seen: bytes.len() }
                } else {
                    Split::More { quote: Some(at) }
                });
            };
            from = found + 1;
            match (bytes[found], bytes.get(from)) {
                (b'"', Some(b'"')) => {
                    doubled = true;
                    from += 1;
                }
                (b'"', None) if !last => return Cell::Stop(Split::More { quote: Some(at) }),
                (b'"', _) => break found,
                (b'\n' | b'\r', _) => broken = true,
                _ => {}
            }
        };
        let belongs = bytes.get(close + 1).is_none_or(|b| *b == self.delimiter || matches!(b, b'\n' | b'\r'));
        if belongs {
            let inner_lines = if broken { line_ends(&bytes[at + 1..close]) } else { 0 };
            return Cell::Ends { start: at + 1, end: close, doubled, after: close + 1, inner_lines };
        }
        if broken {
            return Cell::Stop(Split::NotAQuote { at, seen: close });
        }
        self.stray(close + 1);
        self.unquoted((bytes, base), at, close + 1, last)
    }
}

/// The record ends at `length`, where `byte` stands.
fn ended(bytes: &[u8], byte: Option<u8>, length: usize, last: bool, inner_lines: u64) -> Split {
    let (end, width) = match (byte, bytes.get(length + 1)) {
        (None, _) if last => (LineEnd::EndOfFile, 0),
        (None, _) => return Split::More { quote: None },
        (Some(b'\r'), Some(b'\n')) => (LineEnd::CrLf, 2),
        (Some(b'\r'), None) if !last => return Split::More { quote: None },
        (Some(b'\r'), _) => (LineEnd::Cr, 1),
        _ => (LineEnd::Lf, 1),
    };
    Split::Record { length, next: length + width, end, inner_lines }
}

/// The cells of one record that stands alone, in its own encoding, quotes taken off.
pub(crate) fn cells_of(record: &[u8], delimiter: u8) -> Vec<Cow<'_, [u8]>> {
    let splitter = split_alone(record, delimiter);
    let cell = |span: &Span| {
        let text = record.get(span.start as usize..span.end as usize).unwrap_or_default();
        if span.doubled { Cow::Owned(undoubled(text)) } else { Cow::Borrowed(text) }
    };
    splitter.spans.iter().map(cell).collect()
}

/// Where in a record that stands alone a cell begins, and how many lines before it.
pub(crate) fn place_in(record: &[u8], delimiter: u8, cell: usize) -> (u64, usize) {
    let at = split_alone(record, delimiter).spans.get(cell).map_or(0, |span| span.at as usize);
    (line_ends(record.get(..at).unwrap_or_default()), at)
}

fn split_alone(record: &[u8], delimiter: u8) -> Splitter {
    let mut splitter = Splitter::new(delimiter);
    splitter.look(record);
    while let Split::NotAQuote { at, .. } = splitter.split(record, 0, true) {
        splitter.literal.push(at);
    }
    splitter
}

/// Text between quotes with each pair of them made one.
fn undoubled(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'"', rest) {
        plain.extend_from_slice(&rest[..=at]);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
    plain
}

#[cfg(test)]
mod tests;
