//! References to values that no record had so far.

use fairway_domain::Fault;

use super::spill::{Room, Sheet};
use crate::Place;

/// A reference to a value that is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open {
    pub key: u128,
    /// Member of the outline's references.
    pub reference: usize,
    pub place: Place,
}

/// References in the order of the file.
#[derive(Debug)]
pub(super) struct Awaited {
    open: Vec<Open>,
    /// When so many are in memory, those found since are let go.
    tidy_at: usize,
    /// Those that came before them and had no room in memory.
    spilled: Option<Sheet>,
}

const FEW: usize = 4096;
/// Their share of the room for keys.
const SHARE: usize = 8;
const ROW: usize = 48;
/// Stands for a place's number that is not there.
const NONE: u64 = u64::MAX;

impl Awaited {
    pub fn new() -> Self {
        Self { open: Vec::new(), tidy_at: FEW, spilled: None }
    }

    pub fn push(&mut self, open: Open) {
        self.open.push(open);
    }

    /// Keeps what waits within its room: lets go of what `has` come since, and puts the others into a file.
    ///
    /// # Errors
    /// Those of `has`, and when the file cannot be written.
    pub fn tidy(
        &mut self,
        room: &mut Room,
        mut has: impl FnMut(&Open, &Room) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let most = room.for_keys() / SHARE / ROW;
        if self.open.len() <= self.tidy_at.min(most) {
            return Ok(());
        }
        let mut kept = Vec::new();
        for open in self.open.drain(..) {
            if !has(&open, room)? {
                kept.push(open);
            }
        }
        self.open = kept;
        self.tidy_at = (self.open.len() * 2).max(FEW);
        if self.open.len() * 2 > most { self.spill(room) } else { Ok(()) }
    }

    fn spill(&mut self, room: &mut Room) -> Result<(), Fault> {
        let sheet = match &mut self.spilled {
            Some(sheet) => sheet,
            spilled => spilled.insert(room.sheet()?),
        };
        let mut bytes: Vec<u8> = self.open.drain(..).flat_map(Open::bytes).collect();
        sheet.append(&mut bytes)
    }

    /// Names those that `has` not come, in the order of the file.
    ///
    /// # Errors
    /// Those of `has` and `say`, and when the file cannot be read.
    pub fn finish(
        self,
        mut has: impl FnMut(&Open) -> Result<bool, Fault>,
        say: &mut dyn FnMut(Open) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut each = |open: Open| if has(&open)? { Ok(()) } else { say(open) };
        if let Some(mut sheet) = self.spilled {
            let (mut at, mut bytes) = (0, Vec::new());
            while at < sheet.length() {
                sheet.read(at, ROW * 1024, &mut bytes)?;
                at += bytes.len() as u64;
                bytes.chunks_exact(ROW).map(Open::read).try_for_each(&mut each)?;
            }
        }
        self.open.into_iter().try_for_each(each)
    }
}

impl Open {
    fn bytes(self) -> [u8; ROW] {
        let Place { record, line, byte } = self.place;
        let (upper, lower) = ((self.key >> 64) as u64, self.key as u64);
        let number = |part: Option<u64>| part.unwrap_or(NONE);
        let words = [upper, lower, self.reference as u64, number(record), number(line), number(byte)];
        let mut bytes = [0; ROW];
        bytes.chunks_exact_mut(8).zip(words).for_each(|(into, word)| into.copy_from_slice(&word.to_le_bytes()));
        bytes
    }

    fn read(row: &[u8]) -> Self {
        let word = |nth: usize| {
            u64::from_le_bytes(std::array::from_fn(|at| row.get(nth * 8 + at).copied().unwrap_or_default()))
        };
        let number = |nth: usize| Some(word(nth)).filter(|part| *part != NONE);
        Self {
            key: u128::from(word(0)) << 64 | u128::from(word(1)),
            reference: usize::try_from(word(2)).unwrap_or(usize::MAX),
            place: Place { record: number(3), line: number(4), byte: number(5) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_back() {
        let place = Place { record: Some(7), line: None, byte: Some(1 << 40) };
        let open = Open { key: u128::MAX - 5, reference: 3, place };
        assert_eq!(Open::read(&open.bytes()), open);
    }
}
