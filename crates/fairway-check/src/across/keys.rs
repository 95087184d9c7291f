//! A set of keys, each with a number, in 16 bytes a key. A key and its neighbours lie side by side, so that most are looked
//! up with one reach into memory: among millions, that is what a lookup costs.

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
    parts: [Part; PARTS],
}

/// Some of the keys: each at the place that its hash names, or at the next free one.
#[derive(Debug, Default)]
struct Part {
    /// A power of two of them, or none.
    slots: Vec<Slot>,
    taken: usize,
}

const PARTS: usize = 16;
const NUMBER_BITS: u32 = 40;
/// The largest number.
pub(super) const MOST: u64 = (1 << NUMBER_BITS) - 1;

/// How many places a part begins with.
const FEWEST: usize = 16;

/// The key's upper half, then 24 more of its bits and the number with one added: a free place is all zeros.
#[derive(Debug, Clone, Copy, Default)]
struct Slot(u64, u64);

/// Where a key is, or would be.
pub(super) enum Entry<'k> {
    /// It is known by this number.
    Known(u64),
    Free(Free<'k>),
}

/// Room for a key.
pub(super) struct Free<'k> {
    slot: &'k mut Slot,
    taken: &'k mut usize,
    key: Key,
}

impl Key {
    pub fn of(key: u128) -> Self {
        let (upper, lower) = ((key >> 64) as u64, key as u64);
        // Places go by the last bits of the upper half, parts by four bits far from them: the keys of a part use all its places.
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
    fn is_free(self) -> bool {
        self.1 & MOST == 0
    }

    fn number(self) -> u64 {
        (self.1 & MOST).saturating_sub(1)
    }

    fn entry(self) -> (Key, u64) {
        (Key { order: self.0.rotate_left(8), rest: self.1 & !MOST }, self.number())
    }
}

impl Part {
    /// How many keys it has room for: of four places, one stays free.
    fn capacity(&self) -> usize {
        self.slots.len() / 4 * 3
    }

    fn bytes(&self) -> usize {
        self.slots.len() * size_of::<Slot>()
    }

    /// The place that holds a key, or the free one where it belongs; none where there are no places.
    #[inline]
    fn find(&self, key: Key) -> Option<usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = key.upper() as usize & mask;
        loop {
            let slot = *self.slots.get(at)?;
            if slot.is_free() || key.is(slot) {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn grow(&mut self) {
        let places = (self.slots.len() * 2).max(FEWEST);
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); places]);
        for slot in old.into_iter().filter(|slot| !slot.is_free()) {
            if let Some(at) = self.find(slot.entry().0) {
                self.slots[at] = slot;
            }
        }
    }
}

impl Free<'_> {
    /// Takes the key down with this number.
    #[inline]
    pub fn note(self, number: u64) {
        *self.slot = Slot(self.key.upper(), self.key.rest | (number + 1).min(MOST));
        *self.taken += 1;
    }
}

impl Keys {
    /// Where a key is.
    #[inline]
    pub fn entry(&mut self, key: Key) -> Entry<'_> {
        let part = &mut self.parts[key.part()];
        if part.taken >= part.capacity() {
            part.grow();
        }
        let at = part.find(key).unwrap_or_default();
        let slot = &mut part.slots[at];
        if slot.is_free() {
            Entry::Free(Free { slot, taken: &mut part.taken, key })
        } else {
            Entry::Known(slot.number())
        }
    }

    /// Reaches for the places of many keys, so that memory answers for all of them at once; what is then done with one after
    /// the other finds them near.
    pub fn reach_for(&self, keys: impl Iterator<Item = u128>) {
        let places = keys.map(|key| {
            let key = Key::of(key);
            let slots = &self.parts[key.part()].slots;
            slots.get(key.upper() as usize & slots.len().wrapping_sub(1)).map_or(0, |slot| slot.1)
        });
        std::hint::black_box(places.fold(0, |all, one| all ^ one));
    }

    /// Whether a key is known.
    #[inline]
    pub fn has(&self, key: Key) -> bool {
        let part = &self.parts[key.part()];
        part.find(key).is_some_and(|at| !part.slots[at].is_free())
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|part| part.taken).sum()
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(Part::bytes).sum()
    }

    /// Bytes that so many more keys may add.
    pub fn growth(&self, more: usize) -> usize {
        let full = self.parts.iter().filter(|part| part.taken + more > part.capacity());
        full.map(Part::bytes).sum()
    }

    /// Lets go of all keys, one part after the other, each in the order of its keys with their numbers.
    pub fn drain(&mut self) -> impl Iterator<Item = Vec<(Key, u64)>> {
        self.parts.iter_mut().map(|part| {
            let taken = std::mem::take(part).slots.into_iter().filter(|slot| !slot.is_free());
            let mut entries: Vec<(Key, u64)> = taken.map(Slot::entry).collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            entries
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    /// Keys of which many share a part, a place or all but a few bits.
    fn key() -> impl Strategy<Value = u128> {
        let upper = prop_oneof![any::<u64>(), (0..4_u64).prop_map(|near| near << 20), 0..40_u64, Just(u64::MAX)];
        (upper, prop_oneof![any::<u64>(), (0..3_u64).prop_map(|rest| rest << NUMBER_BITS)])
            .prop_map(|(upper, lower)| u128::from(upper) << 64 | u128::from(lower))
    }

    proptest! {
        #[test]
        fn keys_are_those_of_a_map_and_come_out_in_order(given in proptest::collection::vec((key(), 0..MOST), 0..600)) {
            let (mut keys, mut map) = (Keys::default(), HashMap::new());
            for (key, number) in given {
                keys.reach_for(std::iter::once(key));
                let key = Key::of(key);
                let (before, room) = (keys.bytes(), keys.growth(1));
                let whole = (key.order, key.rest);
                prop_assert_eq!(keys.has(key), map.contains_key(&whole));
                match keys.entry(key) {
                    Entry::Known(known) => prop_assert_eq!(Some(&known), map.get(&whole)),
                    Entry::Free(free) => {
                        free.note(number);
                        prop_assert_eq!(map.insert(whole, number), None);
                    }
                }
                prop_assert!(keys.bytes() <= before + room.max(FEWEST * size_of::<Slot>()));
            }
            prop_assert_eq!(keys.len(), map.len());
            let parts: Vec<_> = keys.drain().collect();
            prop_assert!(parts.concat().windows(2).all(|pair| pair[0].0 < pair[1].0));
            let drained: HashMap<_, _> = parts.concat().into_iter().map(|(key, n)| ((key.order, key.rest), n)).collect();
            prop_assert_eq!(drained, map);
            prop_assert_eq!((keys.len(), keys.bytes()), (0, 0));
        }
    }
}
