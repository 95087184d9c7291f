//! Chance from a seed: one stream for each person and purpose, so that a person comes out the same whoever asks and
//! in whatever order.

use jiff::Span;
use jiff::civil::Date;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream is for. Two purposes never share a draw.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    Identity,
    Home,
    Life,
    Story,
    Noise,
    Defect,
    Health,
}

/// All streams of one seed.
#[derive(Clone)]
pub(crate) struct Streams {
    seed: u64,
    base: ChaCha8Rng,
}

impl Streams {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, base: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// Streams of the same seed for one name, such as a council's code.
    pub(crate) fn named(seed: u64, name: &str) -> Self {
        let folded = name.bytes().fold(seed, |state, byte| mixed(state ^ u64::from(byte)));
        Self::new(folded)
    }

    pub(crate) fn of(&self, purpose: Purpose, index: u64) -> Chance {
        let mut stream = self.base.clone();
        stream.set_stream(index * 8 + purpose as u64);
        Chance(stream)
    }

    /// One number for an index, for questions asked so often that a stream would be too much.
    pub(crate) fn draw(&self, index: u64) -> u64 {
        mixed(self.seed ^ mixed(index))
    }
}

/// The finaliser of SplitMix64.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// One stream of chance.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// A whole number from `low` to `high`, both included. `low` where they cross.
    pub(crate) fn within(&mut self, low: i32, high: i32) -> i32 {
        if low >= high { low } else { self.0.random_range(low..=high) }
    }

    /// An index below `length` (0 for nothing).
    pub(crate) fn index(&mut self, length: usize) -> usize {
        if length < 2 { 0 } else { self.0.random_range(0..length as u32) as usize }
    }

    /// A weight below `total`.
    pub(crate) fn below(&mut self, total: u64) -> u64 {
        if total < 2 { 0 } else { self.0.random_range(0..total) }
    }

    /// Whether something of `per_mille` in a thousand happens.
    pub(crate) fn happens(&mut self, per_mille: u32) -> bool {
        self.0.random_range(0..1000) < per_mille
    }

    /// Whether something with this share happens.
    pub(crate) fn share(&mut self, share: f64) -> bool {
        share > 0.0 && self.0.random::<f64>() < share
    }

    pub(crate) fn any<T: Copy>(&mut self, items: &[T], otherwise: T) -> T {
        let index = self.index(items.len());
        items.get(index).copied().unwrap_or(otherwise)
    }

    /// One of the items by weight; the first where all weigh nothing.
    pub(crate) fn weighted<'a, T>(&mut self, items: &'a [(T, u32)]) -> Option<&'a T> {
        let total: u64 = items.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (item, weight) in items {
            if left < u64::from(*weight) {
                return Some(item);
            }
            left -= u64::from(*weight);
        }
        items.first().map(|(item, _)| item)
    }

    /// A day from `first` to `last`, both included.
    pub(crate) fn day(&mut self, first: Date, last: Date) -> Date {
        plus(first, self.within(0, days(first, last)))
    }
}

/// The day `count` days later (earlier where negative).
pub(crate) fn plus(date: Date, count: i32) -> Date {
    date.saturating_add(Span::new().days(count))
}

/// Days from one day to another; negative where the second is earlier.
pub(crate) fn days(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}

/// The day on which someone born on `birth` reaches `years`.
pub(crate) fn birthday(birth: Date, years: i16) -> Date {
    birth.saturating_add(Span::new().years(years))
}

/// Full years from `birth` to `day`.
pub(crate) fn age(birth: Date, day: Date) -> i32 {
    let before = (day.month(), day.day()) < (birth.month(), birth.day());
    i32::from(day.year()) - i32::from(birth.year()) - i32::from(before)
}
