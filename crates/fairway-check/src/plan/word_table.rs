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

/// What of sixteen bytes belongs to a text of this length, in front and at the back.
const FRONT: [[u64; 2]; 17] = ends(true);
const BACK: [[u64; 2]; 17] = ends(false);

const fn ends(front: bool) -> [[u64; 2]; 17] {
    let (mut ends, mut length) = ([[0; 2]; 17], 1);
    while length <= 16 {
        let beside = 8 * (16 - length as u32);
        let end = if front { u128::MAX >> beside } else { u128::MAX << beside };
        ends[length] = [end as u64, (end >> 64) as u64];
        length += 1;
    }
    ends
}

impl Key {
    /// The key of a cell, from the bytes around it: what is done does not depend on its length.
    #[inline(always)]
    pub fn of(cell: Cell<'_>) -> Self {
        let Cell { around, start, end } = cell;
        let front = around.get(start..).and_then(|bytes| bytes.first_chunk());
        let back = around.get(..end).and_then(|bytes| bytes.last_chunk());
        match (front, back) {
            (Some(front), Some(back)) => Self::from_ends(front, back, end - start),
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
        Self::from_ends(&front, &back, text.len())
    }

    #[inline(always)]
    fn from_ends(front: &[u8; 16], back: &[u8; 16], length: usize) -> Self {
        let (own_front, own_back) = (FRONT[length.min(16)], BACK[length.min(16)]);
        let half = |end: &[u8; 16], own: [u64; 2], at: usize| {
            end.as_chunks().0.get(at).map_or(0, |half| u64::from_le_bytes(*half) & own[at])
        };
        let front = [half(front, own_front, 0), half(front, own_front, 1)];
        Self { front, back: [half(back, own_back, 0), half(back, own_back, 1)], length }
    }

    #[inline(always)]
    fn hash(self, factor: u64) -> usize {
        let Self { front: [a, b], back: [c, d], length } = self;
        let mixed = a ^ b.rotate_left(19) ^ c.rotate_left(37) ^ d.rotate_left(53) ^ length as u64;
        (mixed.wrapping_mul(factor) >> 32) as usize
    }

    /// Whether both are the same, without a branch for each part.
    #[inline(always)]
    fn is(self, other: &Self) -> bool {
        let ([a, b], [c, d]) = (self.front, self.back);
        let ([e, f], [g, h]) = (other.front, other.back);
        (a ^ e) | (b ^ f) | (c ^ g) | (d ^ h) | (self.length ^ other.length) as u64 == 0
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
    #[inline(always)]
    pub fn find(&self, cell: Cell<'_>) -> Option<CodeId> {
        let key = Key::of(cell);
        let at = key.hash(self.factor);
        let number = self.places.get(at & (self.places.len() - 1))?.checked_sub(1)?;
        let known = self.keys.get(usize::from(number))?;
        if key.is(known) && key.length <= 32 { Some(number) } else { self.find_further(&key, at, cell) }
    }

    /// Long texts, and those whose place has another.
    fn find_further(&self, key: &Key, mut at: usize, cell: Cell<'_>) -> Option<CodeId> {
        loop {
            let number = self.places.get(at & (self.places.len() - 1))?.checked_sub(1)?;
            let text = self.texts.get(usize::from(number))?;
            if self.keys.get(usize::from(number)) == Some(key) && (key.length <= 32 || text.as_bytes() == cell.bytes())
            {
                return Some(number);
            }
            at += 1;
        }
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
