//! Where sorts and joins put what does not fit in memory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use tempfile::TempDir;

const PREFIX: &str = "spill-";
const LOCK: &str = "lock";

/// A folder of one process for temporary files. It is removed when dropped; what a killed process left is removed by the
/// next that opens the folder above.
#[derive(Debug)]
pub(crate) struct SpillFolder {
    folder: TempDir,
    #[expect(dead_code, reason = "held for its lock, which tells others that the folder is in use")]
    lock: File,
}

impl SpillFolder {
    /// Makes a folder within `above`, and removes those whose processes are gone.
    pub(crate) fn new(above: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(above)?;
        // Between making a folder and locking it, another process must not take it for a left one.
        let gate = open(&above.join(LOCK))?;
        gate.lock()?;
        for entry in std::fs::read_dir(above)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(PREFIX) && is_left(&entry.path())? {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(above)?;
        let lock = open(&folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self { folder, lock })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

fn is_left(folder: &Path) -> io::Result<bool> {
    match open(&folder.join(LOCK))?.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_processes_that_are_gone_are_removed_and_those_in_use_are_kept() {
        let above = tempfile::tempdir().unwrap();
        let used = SpillFolder::new(above.path()).unwrap();
        let left = above.path().join("spill-left");
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join("cells"), "x").unwrap();
        let another = SpillFolder::new(above.path()).unwrap();
        assert!(!left.exists() && used.path().exists() && another.path().exists());
        let path = used.path().to_path_buf();
        drop(used);
        assert!(!path.exists());
    }
}
