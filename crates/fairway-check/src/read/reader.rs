use super::decode::Decoder;
use super::scan::{Content, content, line_ends};
use super::split::{Flaw, Flawed, LineEnd, Span, Split, Splitter};
use super::{Block, Encoding};

/// Longest record in bytes. Half of it is what a million characters in one cell and all others full would need.
pub(crate) const LONGEST_RECORD: usize = 4 << 20;
/// How many bytes may be read again because quotes were not closed, before a file is given up.
pub(crate) const PATIENCE: usize = 256 << 20;

/// What the reader came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A record, to be looked at with [`Reader::cells`] and its companions.
    Record,
    /// A line with nothing in it.
    BlankLine,
    /// A line that goes on and on, or quotes beyond reason: nothing sensible follows.
    Lost,
    /// The end of the block. What [`Reader::consumed`] leaves of it is the beginning of a record.
    End,
}

/// How a file is written, as far as it was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Manner {
    /// Known from the first byte above 127 on, or from a mark.
    pub encoding: Option<Encoding>,
    /// Which line ends there are: LF, CR LF, CR.
    pub line_ends: [bool; 3],
}

impl Manner {
    /// Whether lines end in more than one way.
    pub fn has_mixed_line_ends(&self) -> bool {
        self.line_ends.iter().filter(|seen| **seen).count() > 1
    }
}

/// The cells of one record as text. Cheap to copy.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cells<'r> {
    /// The text that the record lies in, from `from` on.
    block: &'r [u8],
    from: usize,
    tail: &'r str,
    spans: &'r [Span],
}

/// One cell, quotes taken off, and where it lies in the bytes around it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cell<'r> {
    pub around: &'r [u8],
    pub start: usize,
    pub end: usize,
}

impl<'r> Cell<'r> {
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    #[inline]
    pub fn bytes(self) -> &'r [u8] {
        self.around.get(self.start..self.end).unwrap_or_default()
    }

    #[inline]
    pub fn text(self) -> &'r str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

impl<'r> Cells<'r> {
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// The text of a cell, quotes taken off; empty past the end.
    #[inline]
    pub fn get(&self, index: usize) -> &'r str {
        self.cell(index).text()
    }

    /// A cell; an empty one past the end.
    #[inline(always)]
    pub fn cell(&self, index: usize) -> Cell<'r> {
        let Some(span) = self.spans.get(index) else { return Cell::default() };
        let (around, from) = if span.in_tail { (self.tail.as_bytes(), 0) } else { (self.block, self.from) };
        Cell { around, start: from + span.start as usize, end: from + span.end as usize }
    }

    pub fn iter(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let this = *self;
        (0..this.len()).map(move |index| this.get(index))
    }
}

/// Reads the records of one block after the other.
#[derive(Debug)]
pub(crate) struct Reader {
    splitter: Splitter,
    decoder: Decoder,
    block: Block,
    /// Where the next record begins in the block.
    from: usize,
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

impl Reader {
    pub fn new(delimiter: u8) -> Self {
        Self {
            splitter: Splitter::new(delimiter),
            decoder: Decoder::default(),
            block: Block::default(),
            from: 0,
            next_line: 0,
            thrown: 0,
            line_ends: [false; 3],
            record: Current::default(),
        }
    }

    /// From the next record on, cells lie between these.
    pub fn separate_by(&mut self, delimiter: u8) {
        self.splitter = Splitter::new(delimiter);
        self.splitter.look(self.block.text());
    }

    /// Takes up a block whose first line is `line`. `thrown` are bytes that were read in vain before it.
    pub fn begin(&mut self, block: Block, manner: Manner, line: u64, thrown: usize) {
        self.decoder.begin(manner.encoding);
        self.line_ends = manner.line_ends;
        (self.from, self.next_line, self.thrown) = (0, line, thrown);
        self.record = Current::default();
        self.splitter.look(block.text());
        self.block = block;
    }

    /// Hands the block back. There is no current record any more.
    pub fn end(&mut self) -> Block {
        self.record = Current::default();
        std::mem::take(&mut self.block)
    }

    /// Moves on to the next record or blank line.
    #[inline]
    pub fn advance(&mut self) -> Step {
        self.splitter.literal.clear();
        let thrown = self.thrown;
        loop {
            let rest = &self.block.text()[self.from..];
            if rest.is_empty() {
                return Step::End;
            }
            let whole = rest.len() <= LONGEST_RECORD;
            let window = if whole { rest } else { &rest[..LONGEST_RECORD] };
            match self.splitter.split(window, self.from, whole && self.block.last) {
                Split::Record { length, next, end, inner_lines } => {
                    return self.take(length, next, end, inner_lines);
                }
                Split::NotAQuote { at, seen } => self.distrust(at, seen),
                Split::More { .. } if window.len() < LONGEST_RECORD => {
                    self.thrown = thrown;
                    return Step::End;
                }
                Split::More { quote: Some(at) } => self.distrust(at, LONGEST_RECORD),
                Split::More { quote: None } => return Step::Lost,
            }
            if self.thrown > PATIENCE {
                return Step::Lost;
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
        let bytes = &self.block.text()[self.record.start..self.record.start + length];
        let Current { start, length, .. } = self.record;
        let content = if self.splitter.is_odd(start, start + length) { content(bytes) } else { Content::default() };
        if content.control {
            note_controls(bytes, &mut self.splitter);
        }
        self.decoder.decode(bytes, content.high, &mut self.splitter);
        Step::Record
    }

    /// The cells of the current record.
    pub fn cells(&self) -> Cells<'_> {
        let (block, from) = (self.block.text(), self.record.start);
        Cells { block, from, tail: self.decoder.tail(), spans: &self.splitter.spans }
    }

    /// The current record as it lies in the file, without its line end.
    pub fn bytes(&self) -> &[u8] {
        let Current { start, length, .. } = self.record;
        &self.block.text()[start..start + length]
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
        (line + lines, self.block.at + (start + at) as u64)
    }

    /// The line that comes next: where a lost reader stands.
    pub fn next_place(&self) -> (u64, u64) {
        (self.next_line, self.text_bytes())
    }

    /// Bytes of text up to the end of the current record.
    pub fn text_bytes(&self) -> u64 {
        self.block.at + self.from as u64
    }

    /// How many bytes of the block have been read as whole records.
    pub fn consumed(&self) -> usize {
        self.from
    }

    /// Where the block begins in the file's text.
    pub fn block_at(&self) -> u64 {
        self.block.at
    }

    /// Where the current record lies in the block.
    pub fn extent(&self) -> (usize, usize) {
        (self.record.start, self.record.length)
    }

    /// Bytes read in vain so far, those before the block included.
    pub fn thrown(&self) -> usize {
        self.thrown
    }

    /// How the text is written, as far as it was read.
    pub fn manner(&self) -> Manner {
        Manner { encoding: self.decoder.encoding(), line_ends: self.line_ends }
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
