//! Where keys go that have no room in memory: sorted runs in temporary files that nobody else can read.
//!
//! A key that memory does not hold is asked of a filter first, which is right when it says no; then of the runs, the newest
//! first, each one page. Runs of like size are merged, so there are few. All of it is as if memory had been large enough.

mod filter;
mod run;
mod sheet;

use fairway_domain::Fault;

use super::keys::Key;
use filter::Filter;
use run::{Merging, Run};
use sheet::Secret;
pub(super) use sheet::Sheet;

/// How much room keys have in memory, and what is known of those that had none.
#[derive(Debug)]
pub(super) struct Room {
    /// Bytes for keys, the filter's own among them.
    most: usize,
    filter: Filter,
    secret: Option<Secret>,
}

/// The filter's share of the room, once there is need of one.
const FILTER_SHARE: usize = 3;

impl Room {
    pub fn new(most: usize) -> Self {
        Self { most, filter: Filter::default(), secret: None }
    }

    /// Bytes for keys in memory.
    pub fn for_keys(&self) -> usize {
        if self.secret.is_some() { self.most - self.most / FILTER_SHARE } else { self.most }
    }

    /// A new temporary file.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn sheet(&mut self) -> Result<Sheet, Fault> {
        if self.secret.is_none() {
            self.secret = Some(Secret::new()?);
            self.filter = Filter::of(self.most / FILTER_SHARE);
        }
        match &mut self.secret {
            Some(secret) => secret.sheet(),
            None => Err(Fault::new("temporary file has no key")),
        }
    }
}

/// The runs of one table, the oldest first: each row has a key that may be in an older run as well, and then replaces that.
#[derive(Debug)]
pub(super) struct Runs {
    runs: Vec<Run>,
    /// Bytes of a row.
    row: usize,
    page: Vec<u8>,
}

impl Runs {
    pub fn new(row: usize) -> Self {
        Self { runs: Vec::new(), row, page: Vec::new() }
    }

    /// The row of a key.
    ///
    /// # Errors
    /// When a run cannot be read.
    #[inline]
    pub fn find(&mut self, key: Key, room: &Room) -> Result<Option<&[u8]>, Fault> {
        if self.runs.is_empty() || !room.filter.may_have(key) {
            return Ok(None);
        }
        self.search(key)
    }

    fn search(&mut self, key: Key) -> Result<Option<&[u8]>, Fault> {
        for run in self.runs.iter_mut().rev() {
            if let Some(at) = run.find(key, &mut self.page)? {
                return Ok(self.page.get(at..at + self.row));
            }
        }
        Ok(None)
    }

    /// Begins a run; its rows are added in the order of their keys.
    ///
    /// # Errors
    /// When there is no temporary file to be had.
    pub fn begin(&self, room: &mut Room) -> Result<Run, Fault> {
        Ok(Run::new(room.sheet()?, self.row))
    }

    /// Takes up a run that is complete, and merges it with those before it that are not much longer.
    ///
    /// # Errors
    /// When a run cannot be read or written.
    pub fn end(&mut self, mut run: Run, room: &mut Room) -> Result<(), Fault> {
        run.close()?;
        while let Some(older) = self.runs.pop_if(|older| older.rows() <= run.rows() * 2) {
            run = Merging::new(older, run).into_run(self.begin(room)?)?;
        }
        self.runs.push(run);
        Ok(())
    }
}

impl Run {
    /// Adds the row of a key that is new to memory.
    pub fn add(&mut self, key: Key, row: &[u8], room: &mut Room) -> Result<(), Fault> {
        room.filter.note(key);
        self.push(key, row)
    }
}

#[cfg(test)]
mod tests;
