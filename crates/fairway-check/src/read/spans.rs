use std::ops::{Deref, DerefMut};

/// One cell of a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// Where the cell begins in the record's bytes, its opening quote included.
    pub at: u32,
    /// Where its text begins and ends: in the record's bytes, or in the tail of decoded cells.
    pub start: u32,
    /// See `start`.
    pub end: u32,
    /// The text was decoded into the tail.
    pub in_tail: bool,
    /// Quotes are doubled within.
    pub doubled: bool,
}

/// The cells of one record after the other. Their room stays filled, so that a record's cells are written one beside the
/// other without a look at how many there are.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    room: Vec<Span>,
    count: usize,
}

impl Spans {
    pub fn clear(&mut self) {
        self.count = 0;
    }

    pub fn push(&mut self, span: Span) {
        if let Some(room) = self.room.get_mut(self.count) {
            *room = span;
        } else {
            self.room.push(span);
        }
        self.count += 1;
    }

    /// Adds a cell without quotes for each delimiter that ends one. Bits count from `from` in the text, where the first of the
    /// cells begins at `start` and the record at `base`. Gives where the next begins.
    #[inline(always)]
    pub fn push_plain(&mut self, delimiters: u64, base: usize, from: usize, start: usize) -> usize {
        if self.room.len() < self.count + 64 {
            self.room.resize(self.count + 64, Span::default());
        }
        let (mut delimiters, mut start, mut count) = (delimiters, start - base, self.count);
        let from = from.wrapping_sub(base);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        while delimiters != 0 {
            let end = from.wrapping_add(delimiters.trailing_zeros() as usize);
            if let Some(room) = self.room.get_mut(count) {
                *room = Span { at: place(start), start: place(start), end: place(end), in_tail: false, doubled: false };
            }
            (start, count) = (end + 1, count + 1);
            delimiters &= delimiters - 1;
        }
        self.count = count;
        base + start
    }
}

impl Deref for Spans {
    type Target = [Span];

    fn deref(&self) -> &[Span] {
        self.room.get(..self.count).unwrap_or_default()
    }
}

impl DerefMut for Spans {
    fn deref_mut(&mut self) -> &mut [Span] {
        self.room.get_mut(..self.count).unwrap_or_default()
    }
}
