use std::io::Read;

use fairway_domain::Fault;

use super::decode::Decoder;
use super::scan::{content, line_ends};
use super::split::{Flaw, Flawed, LineEnd, Span, Split, Splitter};
use super::{Encoding, Input};

/// Longest record in bytes. Half of it is what a million characters in one cell and all others full would need.
pub(crate) const LONGEST_RECORD: usize = 4 << 20;
const BLOCK: usize = 1 << 18;
/// How many bytes may be read again because quotes were not closed, before a file is given up.
const PATIENCE: usize = 256 << 20;

/// What the reader came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record, to be looked at with [`Reader::cells`] and its companions.
    Record,
    /// A line with nothing in it.
    BlankLine,
    /// A line that goes on and on, or quotes beyond reason: nothing sensible follows.
    Lost,
    /// The end.
    End,
}

/// The cells of one record as text. Cheap to copy.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cells<'r> {
    line: &'r str,
    tail: &'r str,
    spans: &'r [Span],
}

impl<'r> Cells<'r> {
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The text of a cell, quotes taken off; empty past the end.
    #[inline]
    pub fn get(&self, index: usize) -> &'r str {
        let Some(span) = self.spans.get(index) else { return "" };
        let text = if span.in_tail { self.tail } else { self.line };
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    pub fn iter(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let this = *self;
        (0..this.len()).map(move |index| this.get(index))
    }
}

/// Reads records one by one from a buffer that holds no more than the longest record.
pub(crate) struct Reader<R: Read> {
    input: Input<R>,
    splitter: Splitter,
    decoder: Decoder,
    buffer: Vec<u8>,
    /// Where the next record begins in the buffer.
    from: usize,
    /// Where what was read into the buffer ends.
    to: usize,
    ended: bool,
    /// Bytes of text before the buffer.
    before: u64,
    next_line: u64,
    thrown: usize,
    line_ends: [bool; 3],
    record: Current,
}

#[derive(Debug, Default, Clone, Copy)]
struct Current {
    start: usize,
    length: usize,
    line: u64,
    inner_lines: u64,
}

impl<R: Read> Reader<R> {
    pub fn new(input: Input<R>, delimiter: u8) -> Self {
        let opening = input.opening();
        Self {
            splitter: Splitter::new(delimiter),
            decoder: Decoder::new(opening.encoding),
            buffer: vec![0; BLOCK],
            from: 0,
            to: 0,
            ended: false,
            before: u64::from(if opening.encoding == Some(Encoding::Utf8Mark) { opening.mark } else { 0 }),
            next_line: 1,
            thrown: 0,
            line_ends: [false; 3],
            record: Current::default(),
            input,
        }
    }

    pub fn input(&self) -> &Input<R> {
        &self.input
    }

    /// Moves on to the next record or blank line.
    pub fn advance(&mut self) -> Result<Step, Fault> {
        self.splitter.literal.clear();
        loop {
            if self.from == self.to && !self.fill()? {
                return Ok(Step::End);
            }
            match self.splitter.split(&self.buffer[self.from..self.to], self.ended) {
                Split::Record { length, next, end, inner_lines } => {
                    return Ok(self.take(length, next, end, inner_lines));
                }
                Split::NotAQuote { at, seen } => self.distrust(at, seen),
                Split::More { quote } if self.to - self.from >= LONGEST_RECORD => match quote {
                    Some(at) => self.distrust(at, LONGEST_RECORD),
                    None => return Ok(Step::Lost),
                },
                Split::More { .. } => {
                    self.fill()?;
                }
            }
            if self.thrown > PATIENCE {
                return Ok(Step::Lost);
            }
        }
    }

    fn distrust(&mut self, at: usize, seen: usize) {
        self.splitter.literal.push(at);
        self.thrown = self.thrown.saturating_add(seen);
    }

    fn take(&mut self, length: usize, next: usize, end: LineEnd, inner_lines: u64) -> Step {
        self.record = Current { start: self.from, length, line: self.next_line, inner_lines };
        self.from += next;
        self.next_line += inner_lines + 1;
        match end {
            LineEnd::Lf => self.line_ends[0] = true,
            LineEnd::CrLf => self.line_ends[1] = true,
            LineEnd::Cr => self.line_ends[2] = true,
            LineEnd::EndOfFile => {}
        }
        if length == 0 {
            return Step::BlankLine;
        }
        let bytes = &self.buffer[self.record.start..self.record.start + length];
        let content = content(bytes);
        if content.control {
            note_controls(bytes, &mut self.splitter);
        }
        self.decoder.decode(bytes, content.high, &mut self.splitter);
        Step::Record
    }

    /// Reads more; false at the end. The buffer grows where one record fills it.
    fn fill(&mut self) -> Result<bool, Fault> {
        if self.from > 0 {
            self.buffer.copy_within(self.from..self.to, 0);
            self.before += self.from as u64;
            self.to -= self.from;
            self.from = 0;
        }
        if self.buffer.len() - self.to < BLOCK / 4 {
            self.buffer.resize((self.buffer.len() * 2).min(LONGEST_RECORD + BLOCK), 0);
        }
        let had = self.to;
        while !self.ended && self.to - had < BLOCK / 8 {
            let read = self.input.read(&mut self.buffer[self.to..])?;
            self.ended |= read == 0;
            self.to += read;
        }
        Ok(self.to > had)
    }

    /// The cells of the current record.
    pub fn cells(&self) -> Cells<'_> {
        let line = if self.decoder.moved_all() { "" } else { std::str::from_utf8(self.bytes()).unwrap_or_default() };
        Cells { line, tail: self.decoder.tail(), spans: &self.splitter.spans }
    }

    /// The current record as it lies in the file, without its line end.
    pub fn bytes(&self) -> &[u8] {
        let Current { start, length, .. } = self.record;
        &self.buffer[start..start + length]
    }

    /// What is wrong with how the current record is written.
    pub fn flaws(&self) -> &[Flawed] {
        &self.splitter.flaws
    }

    /// Physical line and byte of a cell; of the whole record for `None`.
    pub fn place_of(&self, cell: Option<usize>) -> (u64, u64) {
        let at = cell.and_then(|cell| self.splitter.spans.get(cell)).map_or(0, |span| span.at as usize);
        self.place_at(at)
    }

    /// Physical line and byte of a place in the current record's bytes.
    pub fn place_at(&self, at: usize) -> (u64, u64) {
        let Current { start, line, inner_lines, .. } = self.record;
        let lines = if inner_lines == 0 { 0 } else { line_ends(&self.bytes()[..at.min(self.record.length)]) };
        (line + lines, self.before + (start + at) as u64)
    }

    /// The line that comes next: where a lost reader stands.
    pub fn next_place(&self) -> (u64, u64) {
        (self.next_line, self.before + self.from as u64)
    }

    /// Bytes of text up to the end of the current record.
    pub fn text_bytes(&self) -> u64 {
        self.before + self.from as u64
    }

    /// How the text is written, as far as it was read.
    pub fn encoding(&self) -> Encoding {
        self.decoder.encoding()
    }

    /// Whether lines end in more than one way, as far as the file was read.
    pub fn has_mixed_line_ends(&self) -> bool {
        self.line_ends.iter().filter(|seen| **seen).count() > 1
    }
}

/// One flaw for each cell with a control character, and one for each with a NUL.
fn note_controls(bytes: &[u8], splitter: &mut Splitter) {
    for (cell, span) in splitter.spans.iter().enumerate() {
        let text = bytes.get(span.start as usize..span.end as usize).unwrap_or_default();
        let first = |wanted: fn(u8) -> bool| text.iter().position(|b| wanted(*b));
        let nul = first(|b| b == 0).map(|at| (Flaw::Nul, at));
        let other = first(|b| b != 0 && super::scan::is_control(b)).map(|at| (Flaw::Control, at));
        for (flaw, at) in nul.into_iter().chain(other) {
            let at = span.start + u32::try_from(at).unwrap_or_default();
            splitter.flaws.push(Flawed { flaw, cell: u32::try_from(cell).unwrap_or(u32::MAX), at });
        }
    }
}
