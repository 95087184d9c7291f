use fairway_domain::Fault;

use super::{Key, Sheet};

/// Rows of one length in the order of their keys, each key once.
#[derive(Debug)]
pub(in crate::across) struct Run {
    pub(super) sheet: Sheet,
    row: usize,
    /// The first key of each page.
    fences: Vec<u64>,
    rows: u64,
    /// Rows not yet written.
    ahead: Vec<u8>,
}

/// Bytes read to find a key: one block of most disks is more, but to decipher it takes longer than to read it.
const PAGE: usize = 1024;
/// Bytes read and written one after the other.
const STRETCH: usize = 1 << 16;

impl Run {
    pub fn new(sheet: Sheet, row: usize) -> Self {
        Self { sheet, row, fences: Vec::new(), rows: 0, ahead: Vec::new() }
    }

    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows of a page.
    fn on_page(&self) -> usize {
        (PAGE / self.row).max(1)
    }

    pub(super) fn push(&mut self, key: Key, row: &[u8]) -> Result<(), Fault> {
        if self.rows.is_multiple_of(self.on_page() as u64) {
            self.fences.push(key.order);
        }
        self.rows += 1;
        self.ahead.extend_from_slice(row);
        if self.ahead.len() >= STRETCH { self.close() } else { Ok(()) }
    }

    /// Writes what is not yet written.
    pub(super) fn close(&mut self) -> Result<(), Fault> {
        self.sheet.append(&mut self.ahead)?;
        self.ahead.clear();
        Ok(())
    }

    /// Looks for a key: where its row begins in `page`.
    pub(super) fn find(&mut self, key: Key, page: &mut Vec<u8>) -> Result<Option<usize>, Fault> {
        let length = self.on_page() * self.row;
        let mut at = self.fences.partition_point(|first| *first < key.order).saturating_sub(1);
        while self.fences.get(at).is_some_and(|first| *first <= key.order) {
            self.sheet.read((at * length) as u64, length, page)?;
            if let Some(found) = within(page, self.row, key) {
                return Ok(Some(found));
            }
            at += 1;
        }
        Ok(None)
    }
}

/// Where a key's row begins among sorted rows.
fn within(page: &[u8], row: usize, key: Key) -> Option<usize> {
    let key_at = |nth: usize| Key::read(page.get(nth * row..).unwrap_or_default()).0;
    let (mut low, mut high) = (0, page.len() / row);
    while low < high {
        let middle = low.midpoint(high);
        if key_at(middle) < key { low = middle + 1 } else { high = middle }
    }
    (low * row < page.len() && key_at(low) == key).then_some(low * row)
}

/// Two runs that become one; where both have a key, the newer one's row stays.
pub(super) struct Merging {
    older: Reading,
    newer: Reading,
}

impl Merging {
    pub fn new(older: Run, newer: Run) -> Self {
        Self { older: Reading::new(older), newer: Reading::new(newer) }
    }

    pub fn into_run(mut self, mut into: Run) -> Result<Run, Fault> {
        loop {
            let (older, newer) = (self.older.key()?, self.newer.key()?);
            let from = match (older, newer) {
                (None, None) => break,
                (Some(older), Some(newer)) if older == newer => {
                    self.older.next();
                    continue;
                }
                (Some(older), Some(newer)) if older < newer => &mut self.older,
                (Some(_), None) => &mut self.older,
                _ => &mut self.newer,
            };
            if let Some(key) = older.into_iter().chain(newer).min() {
                into.push(key, from.row())?;
            }
            from.next();
        }
        into.close()?;
        Ok(into)
    }
}

/// A run read from its beginning to its end.
struct Reading {
    run: Run,
    /// Bytes read so far.
    read: u64,
    stretch: Vec<u8>,
    at: usize,
}

impl Reading {
    fn new(run: Run) -> Self {
        Self { run, read: 0, stretch: Vec::new(), at: 0 }
    }

    /// The key of the row at hand; `None` at the end.
    fn key(&mut self) -> Result<Option<Key>, Fault> {
        if self.at == self.stretch.len() {
            let length = STRETCH / self.run.row * self.run.row;
            self.run.sheet.read(self.read, length.max(self.run.row), &mut self.stretch)?;
            self.read += self.stretch.len() as u64;
            self.at = 0;
        }
        Ok((!self.stretch.is_empty()).then(|| Key::read(self.row()).0))
    }

    fn row(&self) -> &[u8] {
        self.stretch.get(self.at..self.at + self.run.row).unwrap_or_default()
    }

    fn next(&mut self) {
        self.at += self.run.row;
    }
}
