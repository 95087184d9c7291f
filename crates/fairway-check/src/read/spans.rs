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

/// How many cells are written in one go.
const AT_ONCE: usize = 8;

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
        if self.room.len() < self.count + 64 + AT_ONCE {
            self.room.resize(self.count + 64 + AT_ONCE, Span::default());
        }
        // A record is shorter than 4 GB by far; the bits of a word may count from before it.
        let (from, mut start) = (from.wrapping_sub(base) as u32, (start - base) as u32);
        let (mut left, mut count, mut ended) = (delimiters, 0, start);
        let count_of_all = delimiters.count_ones() as usize;
        while count < count_of_all {
            let room = self.room.get_mut(self.count + count..).and_then(|room| room.first_chunk_mut::<AT_ONCE>());
            let Some(room) = room else { break };
            // Some for nothing: how many there are differs from word to word, and a wrong guess costs more than they do.
            for room in room {
                let end = from.wrapping_add(left.trailing_zeros());
                *room = Span { at: start, start, end, in_tail: false, doubled: false };
                ended = if left == 0 { ended } else { end + 1 };
                start = end.wrapping_add(1);
                left &= left.wrapping_sub(1);
            }
            count += AT_ONCE;
        }
        self.count += count_of_all;
        base + ended as usize
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
