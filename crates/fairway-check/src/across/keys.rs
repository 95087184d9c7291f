//! A set of keys, each with a number, in 16 bytes a key and one beside it.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// Keys of 128 bits, of which 88 are kept: among ten million different ones, the odds that any two are taken for the same
/// are one in six million million. Each has a number below 2^40.
///
/// In parts, so that growing never needs more than a part twice.
#[derive(Debug, Default)]
pub(super) struct Keys {
    parts: [HashTable<Slot>; PARTS],
}

const PARTS: usize = 16;
const NUMBER_BITS: u32 = 40;
const MOST: u64 = (1 << NUMBER_BITS) - 1;

/// The key's upper half, then 24 more of its bits and the number.
#[derive(Debug, Clone, Copy)]
struct Slot(u64, u64);

impl Keys {
    /// The number of a key that is known; otherwise takes it down with this one.
    #[inline]
    pub fn note(&mut self, key: u128, number: u64) -> Option<u64> {
        let (upper, lower) = halves(key);
        let entry = self.parts[part(upper)].entry(upper, |slot| slot.is(upper, lower), |slot| slot.0);
        match entry {
            Entry::Occupied(known) => Some(known.get().1 & MOST),
            Entry::Vacant(free) => {
                free.insert(Slot(upper, lower & !MOST | number.min(MOST)));
                None
            }
        }
    }

    /// Whether a key is known.
    #[inline]
    pub fn has(&self, key: u128) -> bool {
        let (upper, lower) = halves(key);
        self.parts[part(upper)].find(upper, |slot| slot.is(upper, lower)).is_some()
    }
}

impl Slot {
    #[inline]
    fn is(self, upper: u64, lower: u64) -> bool {
        self.0 == upper && (self.1 ^ lower) & !MOST == 0
    }
}

fn halves(key: u128) -> (u64, u64) {
    ((key >> 64) as u64, key as u64)
}

/// Bits that the tables themselves look at last.
fn part(upper: u64) -> usize {
    (upper >> 52) as usize % PARTS
}
