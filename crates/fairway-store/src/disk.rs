//! The few moves on a file system that everything durable here is made of.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use fairway_domain::Fault;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::error::IoExt;

/// Makes a folder that only its owner may enter, with those above it; one that is there is left as it is.
pub(crate) fn make_folder(path: &Path) -> Result<(), Fault> {
    let shown = path.display();
    DirBuilder::new().recursive(true).mode(0o700).create(path).io(format!("folder {shown} cannot be made"))?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => Ok(()),
    }
}

/// Puts the names in a folder on disk: a rename or an unlink is durable only after this.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Fault> {
    File::open(path).and_then(|folder| folder.sync_all()).io(format!("folder {} cannot be put on disk", path.display()))
}

/// Renames without ever replacing: `false` when something of that name is there already.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<bool> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE).map_err(io::Error::from) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        // File systems without the flag (some network ones) say "invalid argument".
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            if to.try_exists()? {
                return Ok(false);
            }
            fs::rename(from, to).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

/// Creates a file and locks it while it is being written, so that a sweep can tell work in progress from what a killed
/// process left: the lock goes with the process.
pub(crate) fn create_claimed(path: &Path) -> io::Result<File> {
    loop {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(path)?;
        if claimed(&file, path)? {
            return Ok(file);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// As [`create_claimed`], for a folder.
pub(crate) fn create_claimed_folder(path: &Path) -> io::Result<File> {
    loop {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        if let Some(folder) = claim(path)? {
            return Ok(folder);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// How often a held file is tried again, and after what time: a child process that is just being started holds its
/// parent's locks until it runs, so a lock can outlive its holder by an instant.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// Locks what is at `path`, unless somebody is at work on it or it is gone.
pub(crate) fn claim(path: &Path) -> io::Result<Option<File>> {
    for _ in 0..TRIES {
        match File::open(path) {
            Ok(file) if claimed(&file, path)? => return Ok(Some(file)),
            Ok(_held) => std::thread::sleep(BETWEEN_TRIES),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Locks an open file; `false` when somebody else has it, or when `path` names another by now.
fn claimed(file: &File, path: &Path) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(false),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let ours = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes a file that may be gone already, and puts that on disk.
pub(crate) fn remove(path: &Path) -> Result<(), Fault> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).io("file cannot be destroyed"),
        _ => path.parent().map_or(Ok(()), sync_folder),
    }
}
