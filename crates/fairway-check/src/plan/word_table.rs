use super::CodeId;

/// Finds a text among a few known ones: most cells of a file are looked up in one of these.
///
/// A text's length with its first and last eight bytes is its key: up to sixteen bytes, equal keys are equal texts.
#[derive(Debug)]
pub(super) struct WordTable<'s> {
    /// Places for entries, a power of two and at least twice as many as there are; the first free one ends a search.
    entries: Vec<Entry<'s>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry<'s> {
    key: Key,
    text: &'s str,
    /// The text's number, counted from 1; 0 for a free place.
    number: CodeId,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Key {
    length: usize,
    front: u64,
    back: u64,
}

impl Key {
    #[inline]
    fn of(text: &[u8]) -> Self {
        let length = text.len();
        let (front, back) = if let (Some(front), Some(back)) = (text.first_chunk(), text.last_chunk()) {
            (u64::from_le_bytes(*front), u64::from_le_bytes(*back))
        } else if let (Some(front), Some(back)) = (text.first_chunk(), text.last_chunk()) {
            (u64::from(u32::from_le_bytes(*front)), u64::from(u32::from_le_bytes(*back)))
        } else if let [first, .., last] = text {
            (u64::from(*first), u64::from(text[length / 2]) << 8 | u64::from(*last))
        } else {
            (text.first().map_or(0, |byte| u64::from(*byte)), 0)
        };
        Self { length, front, back }
    }

    #[inline]
    fn hash(self) -> usize {
        let mixed =
            (self.front ^ self.back.rotate_left(29) ^ ((self.length as u64) << 56)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 32)) & 0xffff_ffff) as usize
    }
}

impl<'s> WordTable<'s> {
    /// Texts by number; all different.
    pub fn new(texts: &[&'s str]) -> Self {
        let mut entries = vec![Entry::default(); (texts.len() * 3).next_power_of_two().max(4)];
        let mask = entries.len() - 1;
        for (text, number) in texts.iter().zip(1..) {
            let key = Key::of(text.as_bytes());
            let mut at = key.hash() & mask;
            while entries[at].number != 0 {
                at = (at + 1) & mask;
            }
            entries[at] = Entry { key, text, number };
        }
        Self { entries }
    }

    /// The number of a text, if it is one of them.
    #[inline]
    pub fn find(&self, text: &str) -> Option<CodeId> {
        let key = Key::of(text.as_bytes());
        let mask = self.entries.len() - 1;
        let mut at = key.hash() & mask;
        loop {
            let entry = &self.entries[at & mask];
            if entry.number == 0 {
                return None;
            }
            if entry.key == key && (key.length <= 16 || same_within(entry.text.as_bytes(), text.as_bytes())) {
                return Some(entry.number - 1);
            }
            at += 1;
        }
    }
}

/// Whether two texts of one length above 16 are equal. They are short, and a call of the comparison for texts of any
/// length costs more than they do.
#[inline(always)]
fn same_within(one: &[u8], other: &[u8]) -> bool {
    let pairs = one.as_chunks::<16>().0.iter().zip(other.as_chunks::<16>().0);
    let mut chunks = pairs.map(|(one, other)| u128::from_le_bytes(*one) == u128::from_le_bytes(*other));
    one.last_chunk::<16>() == other.last_chunk::<16>() && chunks.all(|same| same)
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
        ) {
            let texts: Vec<&str> = known.iter().map(String::as_str).collect();
            let table = WordTable::new(&texts);
            for (number, text) in texts.iter().enumerate() {
                prop_assert_eq!(table.find(text).map(usize::from), Some(number));
            }
            prop_assert_eq!(table.find(&asked).is_some(), known.contains(&asked));
        }
    }
}
