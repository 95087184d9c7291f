//! The records of one key: which was first, and what was said first where they must agree.

use fairway_domain::Fault;

use super::keys::{Entry, Key, Keys, MOST};
use super::outline::Keyed;
use super::spill::{Room, Runs};

#[derive(Debug)]
pub(super) struct Table {
    /// The number of the first record with the key; where values must agree, the number of the key in memory.
    keys: Keys,
    /// The first record with each key, where rules want both.
    first: Vec<u32>,
    /// For each key and each column that must agree, what was said first.
    said: Vec<Said>,
    /// How many columns must agree.
    width: usize,
    both: bool,
    /// Keys that had no room in memory.
    runs: Runs,
}

/// A value, and the record that said it first.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    /// 0 where nothing was said yet.
    pub value: u32,
    pub record: u32,
}

/// What is known of a key.
pub(super) struct Earlier<'t> {
    /// The first record with it, where there was one and a rule asks.
    pub record: Option<u64>,
    /// What was said first in each column that must agree.
    pub said: &'t mut [Said],
}

/// What a row of a run holds besides its columns: the key, with a number in the bits it leaves free.
pub(super) const HEAD: usize = 16;
const SAID: usize = 8;

impl Table {
    pub fn new(keyed: &Keyed) -> Self {
        let width = keyed.agree.len();
        Self {
            keys: Keys::default(),
            first: Vec::new(),
            said: Vec::new(),
            width,
            both: width > 0 && !keyed.unique.is_empty(),
            runs: Runs::new(HEAD + width * SAID),
        }
    }

    /// Says which keys are looked up next.
    pub fn reach_for(&self, keys: impl Iterator<Item = u128>) {
        self.keys.reach_for(keys);
    }

    /// Looks a key up, and takes it down where it is new.
    ///
    /// # Errors
    /// When what had no room in memory cannot be read.
    #[inline]
    pub fn first_with(&mut self, key: u128, record: u64, room: &Room) -> Result<Earlier<'_>, Fault> {
        let Self { keys, first, said, width, both, runs } = self;
        let key = Key::of(key);
        let (number, record) = match keys.entry(key) {
            Entry::Known(number) if *width == 0 => (0, Some(number)),
            Entry::Known(number) => (place(number), first.get(place(number)).map(|record| u64::from(*record))),
            Entry::Free(free) => {
                let known = runs.find(key, room)?;
                let number = said.len() / (*width).max(1);
                match known {
                    Some(row) if *width == 0 => return Ok(Earlier { record: Some(number_of(row)), said: &mut [] }),
                    Some(row) => {
                        said.extend(row[HEAD..].chunks_exact(SAID).map(Said::read));
                        let record = both.then(|| number_of(row));
                        first.extend(record.map(|record| record as u32));
                        free.note(number as u64);
                        (number, record)
                    }
                    None => {
                        free.note(if *width == 0 { record } else { number as u64 });
                        said.resize(said.len() + *width, Said::default());
                        first.extend(both.then(|| u32::try_from(record).unwrap_or(u32::MAX)));
                        (number, None)
                    }
                }
            }
        };
        let said = said.get_mut(number * *width..(number + 1) * *width).unwrap_or_default();
        Ok(Earlier { record, said })
    }

    /// Whether a key is known.
    ///
    /// # Errors
    /// As [`Table::first_with`].
    pub fn has(&mut self, key: u128, room: &Room) -> Result<bool, Fault> {
        let key = Key::of(key);
        Ok(self.keys.has(key) || self.runs.find(key, room)?.is_some())
    }

    /// Whether memory holds none of its keys.
    pub fn is_bare(&self) -> bool {
        self.keys.len() == 0
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.keys.bytes() + size_of::<Said>() * self.said.capacity() + size_of::<u32>() * self.first.capacity()
    }

    /// Bytes that so many more records may add.
    pub fn growth(&self, more: usize) -> usize {
        let full = self.said.len() + more * self.width > self.said.capacity();
        let said = if full { size_of::<Said>() * self.said.capacity() } else { 0 };
        self.keys.growth(more) + said
    }

    /// Puts all that memory holds into a file, and lets go of it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn spill(&mut self, room: &mut Room) -> Result<(), Fault> {
        let Self { keys, first, said, width, runs, .. } = self;
        let mut run = runs.begin(room)?;
        let mut row = Vec::with_capacity(HEAD + *width * SAID);
        for part in keys.drain() {
            for (key, number) in part {
                let at = place(number);
                let known = if *width == 0 { number } else { first.get(at).copied().unwrap_or_default().into() };
                row.clear();
                row.extend(key.order.to_le_bytes());
                row.extend((key.rest | known).to_le_bytes());
                let columns = said.get(at * *width..(at + 1) * *width).unwrap_or_default();
                row.extend(columns.iter().flat_map(|said| said.bytes()));
                run.add(key, &row, room)?;
            }
        }
        (*first, *said) = (Vec::new(), Vec::new());
        runs.end(run, room)
    }
}

impl Said {
    fn bytes(self) -> [u8; SAID] {
        (u64::from(self.value) << 32 | u64::from(self.record)).to_le_bytes()
    }

    fn read(bytes: &[u8]) -> Self {
        let both = u64::from_le_bytes(std::array::from_fn(|at| bytes.get(at).copied().unwrap_or_default()));
        Self { value: (both >> 32) as u32, record: both as u32 }
    }
}

fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The number that stands beside a row's key.
fn number_of(row: &[u8]) -> u64 {
    Key::read(row).1
}

impl Key {
    /// The key of a row, and the number beside it.
    pub fn read(row: &[u8]) -> (Self, u64) {
        let word =
            |from: usize| u64::from_le_bytes(std::array::from_fn(|at| row.get(from + at).copied().unwrap_or_default()));
        let (order, rest) = (word(0), word(8));
        (Self { order, rest: rest & !MOST }, rest & MOST)
    }
}
