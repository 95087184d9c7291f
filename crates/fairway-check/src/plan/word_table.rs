use super::CodeId;
use crate::read::Cell;

/// Finds a text among a few known ones: most cells of a file are looked up in one of these.
///
/// A text's length with its first and last sixteen bytes is its key: up to 32 bytes, equal keys are equal texts.
#[derive(Debug)]
pub(super) struct WordTable<'s> {
    /// Numbers of texts, counted from 1, by the hash of their keys; 0 is a free place, which ends a search. A power of two
    /// of them, at least three times as many as there are texts.
    places: Vec<CodeId>,
    /// Keys by number.
    keys: Vec<Key>,
    texts: Vec<&'s str>,
    /// What hashes are made with.
    factor: u64,
}

/// The ends of a text, those of a short one filled up with zeros.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Key {
    front: [u64; 2],
    back: [u64; 2],
    length: usize,
}

/// As many bytes of an end as belong to a text of this length, in front and at the back.
const FRONT: [u128; 17] = ends(true);
const BACK: [u128; 17] = ends(false);

const fn ends(front: bool) -> [u128; 17] {
    let (mut ends, mut length) = ([0; 17], 1);
    while length <= 16 {
        let beside = 8 * (16 - length as u32);
        ends[length] = if front { u128::MAX >> beside } else { u128::MAX << beside };
        length += 1;
    }
    ends
}

impl Key {
    /// The key of a cell, from the bytes around it: nothing depends on its length but what is kept of them.
    #[inline]
    pub fn of(cell: Cell<'_>) -> Self {
        let Cell { around, start, end } = cell;
        let front = around.get(start..).and_then(|bytes| bytes.first_chunk());
        let back = around.get(..end).and_then(|bytes| bytes.last_chunk());
        match (front, back) {
            (Some(front), Some(back)) => Self::from_ends(*front, *back, end - start),
            _ => Self::of_lonely(cell.bytes()),
        }
    }

    /// The key of a text with nothing around it.
    #[cold]
    fn of_lonely(text: &[u8]) -> Self {
        let (mut front, mut back) = ([0; 16], [0; 16]);
        let kept = text.len().min(16);
        front[..kept].copy_from_slice(&text[..kept]);
        back[16 - kept..].copy_from_slice(&text[text.len() - kept..]);
        Self::from_ends(front, back, text.len())
    }

    #[inline]
    fn from_ends(front: [u8; 16], back: [u8; 16], length: usize) -> Self {
        let kept = length.min(16);
        let halves = |end: u128| [end as u64, (end >> 64) as u64];
        let front = halves(u128::from_le_bytes(front) & FRONT[kept]);
        let back = halves(u128::from_le_bytes(back) & BACK[kept]);
        Self { front, back, length }
    }

    #[inline]
    fn hash(self, factor: u64) -> usize {
        let Self { front: [a, b], back: [c, d], length } = self;
        let mixed = a ^ b.rotate_left(19) ^ c.rotate_left(37) ^ d.rotate_left(53) ^ length as u64;
        (mixed.wrapping_mul(factor) >> 32) as usize
    }
}

impl<'s> WordTable<'s> {
    /// Texts by number; all different.
    pub fn new(texts: &[&'s str]) -> Self {
        let keys: Vec<Key> = texts.iter().map(|text| Key::of_lonely(text.as_bytes())).collect();
        let size = (texts.len() * 3).next_power_of_two().max(4);
        let table = |factor: u64| Self { places: vec![0; size], keys: keys.clone(), texts: texts.to_vec(), factor };
        // Of a few factors, the one that sends the fewest texts to a place that another has.
        let factors = (0..32_u64).map(|turn| 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(2 * turn + 1));
        let crowd = |factor: &u64| {
            let mut places: Vec<usize> = keys.iter().map(|key| key.hash(*factor) & (size - 1)).collect();
            places.sort_unstable();
            places.windows(2).filter(|pair| pair[0] == pair[1]).count()
        };
        let mut table = table(factors.min_by_key(crowd).unwrap_or(1));
        for (key, number) in keys.iter().zip(1..) {
            let mut at = key.hash(table.factor) & (size - 1);
            while table.places[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            table.places[at] = number;
        }
        table
    }

    /// The number of a text, if it is one of them.
    #[inline]
    pub fn find(&self, cell: Cell<'_>) -> Option<CodeId> {
        let key = Key::of(cell);
        let mask = self.places.len() - 1;
        let mut at = key.hash(self.factor);
        loop {
            let number = self.places[at & mask].checked_sub(1)?;
            let known = self.keys.get(usize::from(number))?;
            if *known == key && (key.length <= 32 || self.is(number, cell)) {
                return Some(number);
            }
            at += 1;
        }
    }

    fn is(&self, number: CodeId, cell: Cell<'_>) -> bool {
        self.texts.get(usize::from(number)).is_some_and(|text| text.as_bytes() == cell.bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_found_exactly_where_it_is_known(
            known in proptest::collection::btree_set("[ab]{0,40}", 0..40),
            asked in "[ab]{0,40}",
            around in "[ab]{0,20}",
        ) {
            let find = |table: &WordTable<'_>, text: &str| {
                let within = format!("{around}{text}{around}");
                let (start, end) = (around.len(), around.len() + text.len());
                let found = table.find(Cell { around: within.as_bytes(), start, end });
                assert_eq!(found, table.find(Cell { around: text.as_bytes(), start: 0, end: text.len() }));
                found
            };
            let texts: Vec<&str> = known.iter().map(String::as_str).collect();
            let table = WordTable::new(&texts);
            for (number, text) in texts.iter().enumerate() {
                prop_assert_eq!(find(&table, text).map(usize::from), Some(number));
            }
            prop_assert_eq!(find(&table, &asked).is_some(), known.contains(&asked));
        }
    }
}
