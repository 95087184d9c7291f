//! Key files: readable by their owner alone, replaced whole or not at all, on disk when a call returns.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, FaultExt};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Makes a key file that is not there yet; a file that is there stays as it is.
pub(crate) fn create(path: &Path, content: &[u8]) -> Result<(), Fault> {
    let temporary = written_beside(path, content)?;
    temporary.persist_noclobber(path).map_err(|e| {
        let there = e.error.kind() == std::io::ErrorKind::AlreadyExists;
        let why = if there { "is there already" } else { "cannot be created" };
        Fault::from_source(format!("key file {} {why}", path.display()), e.error)
    })?;
    sync_directory(path)
}

/// Puts new content in the place of the old in one step.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), Fault> {
    let temporary = written_beside(path, content)?;
    temporary.persist(path).fault(format!("key file {} cannot be replaced", path.display()))?;
    sync_directory(path)
}

/// Reads a key file that others than its owner cannot read.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>, Fault> {
    let unreadable = || format!("key file {} cannot be read", path.display());
    let mut file = File::open(path).fault(unreadable())?;
    let metadata = file.metadata().fault(unreadable())?;
    refuse_shared(path, &metadata)?;
    // Room for the whole text at once: growing would leave copies behind that nobody wipes.
    let room = usize::try_from(metadata.len()).unwrap_or_default() + 1;
    let mut content = Zeroizing::new(String::with_capacity(room));
    file.read_to_string(&mut content).fault(unreadable())?;
    Ok(content)
}

/// Holds other processes off the key file until it is dropped. The lock is a file beside it.
pub(crate) fn lock(path: &Path) -> Result<File, Fault> {
    let (file, name) = lock_file(path)?;
    file.lock().fault(format!("lock {} cannot be taken", name.display()))?;
    Ok(file)
}

/// As [`lock`]; `None` when another process holds it.
pub(crate) fn try_lock(path: &Path) -> Result<Option<File>, Fault> {
    let (file, name) = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(Fault::from_source(format!("lock {} cannot be taken", name.display()), error))
        }
    }
}

fn lock_file(path: &Path) -> Result<(File, PathBuf), Fault> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&name);
    let file = opened.fault(format!("lock {} cannot be opened", name.display()))?;
    Ok((file, name))
}

/// A temporary file is made with mode 0600 and keeps it under its final name.
fn written_beside(path: &Path, content: &[u8]) -> Result<NamedTempFile, Fault> {
    let unwritten = || format!("key file {} cannot be written", path.display());
    let mut temporary = NamedTempFile::new_in(directory(path)).fault(unwritten())?;
    temporary.write_all(content).fault(unwritten())?;
    temporary.as_file().sync_all().fault(unwritten())?;
    Ok(temporary)
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn sync_directory(path: &Path) -> Result<(), Fault> {
    let directory = directory(path);
    let synced = File::open(directory).and_then(|handle| handle.sync_all());
    synced.fault(format!("directory {} cannot be synced", directory.display()))
}

fn refuse_shared(path: &Path, metadata: &fs::Metadata) -> Result<(), Fault> {
    if metadata.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Fault::new(format!("key file {path} can be read by other users of this machine: chmod 600 {path}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_for_its_owner_alone_and_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, b"one").unwrap();
        assert!(create(&path, b"two").unwrap_err().to_string().ends_with("is there already"));
        assert_eq!(read(&path).unwrap().as_str(), "one");
        replace(&path, b"three").unwrap();
        assert_eq!(read(&path).unwrap().as_str(), "three");
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file stays behind");
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, b"one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
    }
}
