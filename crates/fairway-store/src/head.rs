//! The head of the audit log: how many entries, and the hash of their tree, in a small file beside the ledger.
//!
//! It shows that the log's end was cut off, or that it is another log. Whoever writes holds the lock of this
//! file from the begin of the transaction until the head is on disk, so the head is never more than one transaction
//! behind the log.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use fairway_domain::{Digest, Fault, FaultExt};
use fairway_log::Frontier;

use crate::error::IoExt;

const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(2);

/// Where the audit log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry; 0 for an empty log.
    pub seq: u64,
    /// The hash of the tree of all entries up to it; 32 zero bytes for an empty log.
    pub hash: Digest,
}

impl Head {
    /// The head of an empty log.
    pub const GENESIS: Self = Self { seq: 0, hash: Digest([0; 32]) };

    /// The head of a tree.
    pub(crate) fn of(tree: &Frontier) -> Self {
        if tree.size() == 0 { Self::GENESIS } else { Self { seq: tree.size(), hash: Digest(tree.root().0) } }
    }

    fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.strip_suffix('\n')?.split_once(' ')?;
        Some(Self { seq: seq.parse().ok()?, hash: hash.parse().ok()? })
    }
}

impl fmt::Display for Head {
    /// Always 86 bytes with the line's end, so that one overwrites another within a sector of the disk.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:020} {}", self.seq, self.hash)
    }
}

/// The head file, locked against other writers until dropped.
#[derive(Debug)]
pub(crate) struct HeadFile {
    file: File,
}

impl HeadFile {
    /// Starts the head of a new log, on disk on return.
    pub(crate) fn create(path: &Path) -> Result<(), Fault> {
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .and_then(|file| file.write_all_at(Head::GENESIS.to_string().as_bytes(), 0).and_then(|()| file.sync_all()))
            .io("audit.head cannot be made")
    }

    /// Opens and locks the head, waiting for other writers.
    pub(crate) async fn lock(path: &Path) -> Result<Self, Fault> {
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(missing)?;
        wait_for(|| file.try_lock()).await?;
        Ok(Self { file })
    }

    /// As [`Self::lock`], for reading beside other readers.
    pub(crate) async fn lock_shared(path: &Path) -> Result<Self, Fault> {
        let file = File::open(path).map_err(missing)?;
        wait_for(|| file.try_lock_shared()).await?;
        Ok(Self { file })
    }

    /// Reads the head.
    pub(crate) fn read(&self) -> Result<Head, Fault> {
        const UNREADABLE: &str = "audit.head is damaged";
        let mut text = String::new();
        let mut from_start = self.file.try_clone().fault(UNREADABLE)?;
        io::Seek::rewind(&mut from_start).fault(UNREADABLE)?;
        from_start.read_to_string(&mut text).fault(UNREADABLE)?;
        Head::parse(&text).ok_or_else(|| Fault::new(UNREADABLE))
    }

    /// Writes the head, on disk on return.
    pub(crate) fn write(&self, head: Head) -> Result<(), Fault> {
        self.file
            .write_all_at(head.to_string().as_bytes(), 0)
            .and_then(|()| self.file.sync_data())
            .io("audit.head cannot be written")
    }
}

fn missing(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Fault::new("audit.head is missing: restore it together with the ledger it belongs to")
        }
        _ => Fault::from_source("audit.head cannot be opened", error),
    }
}

async fn wait_for(attempt: impl Fn() -> Result<(), TryLockError>) -> Result<(), Fault> {
    let start = Instant::now();
    loop {
        match attempt() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(Fault::from_source("audit.head cannot be locked", error)),
            Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                return Err(Fault::new("audit.head is locked: another process has been writing for too long"));
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_always_as_long_and_reads_back() {
        for head in [Head::GENESIS, Head { seq: u64::MAX, hash: Digest([0xab; 32]) }] {
            assert_eq!(head.to_string().len(), 86);
            assert_eq!(Head::parse(&head.to_string()), Some(head));
        }
    }

    #[test]
    fn a_head_cut_short_is_not_read() {
        let text = Head::GENESIS.to_string();
        for end in 0..text.len() {
            assert_eq!(Head::parse(&text[..end]), None);
        }
    }
}
