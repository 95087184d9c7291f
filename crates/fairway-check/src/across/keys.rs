//! A set of keys, each with a number, in 16 bytes a key and one beside it.

use hashbrown::HashTable;
use hashbrown::hash_table::{Entry as Place, OccupiedEntry, VacantEntry};

/// What is kept of a key of 128 bits: 88 of them. Among ten million different keys, the odds that any two are taken for the
/// same are one in six million million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The key's upper half, turned so that keys of one part of [`Keys`] stand together in their order.
    pub order: u64,
    /// 24 more of its bits; the other 40 are 0.
    pub rest: u64,
}

/// Keys, each with a number below 2^40. In parts, so that growing never needs more than a part twice.
#[derive(Debug, Default)]
pub(super) struct Keys {
    parts: [HashTable<Slot>; PARTS],
}

const PARTS: usize = 16;
const NUMBER_BITS: u32 = 40;
/// The largest number.
pub(super) const MOST: u64 = (1 << NUMBER_BITS) - 1;

/// The key's upper half, then 24 more of its bits and the number.
#[derive(Debug, Clone, Copy)]
struct Slot(u64, u64);

/// Where a key is, or would be.
pub(super) enum Entry<'k> {
    /// It is known by this number.
    Known(u64),
    Free(Free<'k>),
}

/// Room for a key.
pub(super) struct Free<'k> {
    place: VacantEntry<'k, Slot>,
    key: Key,
}

impl Key {
    pub fn of(key: u128) -> Self {
        let (upper, lower) = ((key >> 64) as u64, key as u64);
        // Tables look at the last bits of the upper half to find a place, and at its first seven to tell places apart. Parts
        // go by those between.
        Self { order: upper.rotate_left(8), rest: lower & !MOST }
    }

    fn upper(self) -> u64 {
        self.order.rotate_right(8)
    }

    fn part(self) -> usize {
        (self.order >> 60) as usize % PARTS
    }

    fn is(self, slot: Slot) -> bool {
        slot.0 == self.upper() && (slot.1 ^ self.rest) & !MOST == 0
    }
}

impl Slot {
    fn entry(self) -> (Key, u64) {
        (Key { order: self.0.rotate_left(8), rest: self.1 & !MOST }, self.1 & MOST)
    }
}

impl Free<'_> {
    /// Takes the key down with this number.
    #[inline]
    pub fn note(self, number: u64) {
        self.place.insert(Slot(self.key.upper(), self.key.rest | number.min(MOST)));
    }
}

impl Keys {
    /// Where a key is.
    #[inline]
    pub fn entry(&mut self, key: Key) -> Entry<'_> {
        let known = |entry: OccupiedEntry<'_, Slot>| entry.get().1 & MOST;
        match self.parts[key.part()].entry(key.upper(), |slot| key.is(*slot), |slot| slot.0) {
            Place::Occupied(entry) => Entry::Known(known(entry)),
            Place::Vacant(place) => Entry::Free(Free { place, key }),
        }
    }

    /// Whether a key is known.
    #[inline]
    pub fn has(&self, key: Key) -> bool {
        self.parts[key.part()].find(key.upper(), |slot| key.is(*slot)).is_some()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(HashTable::len).sum()
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(HashTable::allocation_size).sum()
    }

    /// Bytes that so many more keys may add.
    pub fn growth(&self, more: usize) -> usize {
        let full = self.parts.iter().filter(|part| part.len() + more > part.capacity());
        full.map(HashTable::allocation_size).sum()
    }

    /// Lets go of all keys, one part after the other, each in the order of its keys with their numbers.
    pub fn drain(&mut self) -> impl Iterator<Item = Vec<(Key, u64)>> {
        self.parts.iter_mut().map(|part| {
            let mut entries: Vec<(Key, u64)> = std::mem::take(part).into_iter().map(Slot::entry).collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            entries
        })
    }
}
