use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use fairway_domain::Fault;

use crate::directory::DataDirectory;
use crate::error::IoExt;

/// How often a held lock is tried again, and after what time: a child process that is just being started holds its
/// parent's locks until it runs, so a lock can outlive its worker by an instant.
const TRIES: u32 = 25;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// Held by the one worker of a data directory; the lock goes with the process.
#[derive(Debug)]
pub struct WorkerLock {
    owner: String,
    _file: File,
}

impl WorkerLock {
    /// Takes the lock, or says `None` when another worker has it. Blocks for half a second at most.
    ///
    /// # Errors
    /// When the lock file cannot be written.
    pub fn take(directory: &DataDirectory) -> Result<Option<Self>, Fault> {
        const WHAT: &str = "worker.lock cannot be taken";
        let path = directory.worker_lock();
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).io(WHAT)?;
        if !lock_in_time(&file)? {
            return Ok(None);
        }
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let owner = format!("{host}:{}", std::process::id());
        // For the person who looks into the file; nothing reads it.
        file.set_len(0).and_then(|()| writeln!(file, "{owner}")).io(WHAT)?;
        Ok(Some(Self { owner, _file: file }))
    }

    /// Host and process, as leases bear it.
    pub fn owner(&self) -> &str {
        &self.owner
    }
}

fn lock_in_time(file: &File) -> Result<bool, Fault> {
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => std::thread::sleep(BETWEEN_TRIES),
            Err(TryLockError::Error(error)) => return Err(Fault::from_source("worker.lock cannot be taken", error)),
        }
    }
    Ok(false)
}
