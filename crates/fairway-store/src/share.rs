//! What must be destroyed for good, split between the ledger and a file, for ledgers on a server.
//!
//! A server keeps what it was once told: in dead rows, in its write-ahead log, on its replicas, in its backups. So it is told
//! the secret mixed with random bytes of the same length, used once and kept in a file of the data directory. Either half
//! says nothing about the secret; with the file gone, all that the server may still have means nothing.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, FaultExt, SubmissionId};

use crate::disk;
use crate::error::IoExt;

fn path(folder: &Path, id: SubmissionId) -> PathBuf {
    folder.join(format!("{id}.share"))
}

/// Puts one half into a file, on disk on return, and gives the other.
pub(crate) fn split(folder: &Path, id: SubmissionId, secret: &[u8]) -> Result<Vec<u8>, Fault> {
    disk::make_folder(folder)?;
    let mut random = vec![0; secret.len()];
    getrandom::fill(&mut random).fault("random numbers cannot be had")?;
    // One that is there is of a run that committed nothing: what it covered nobody needs.
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path(folder, id))
        .and_then(|mut file| file.write_all(&random).and_then(|()| file.sync_all()))
        .io("share of a load key cannot be written")?;
    disk::sync_folder(folder)?;
    Ok(mixed(secret, &random))
}

/// The secret out of its two halves.
pub(crate) fn join(folder: &Path, id: SubmissionId, half: &[u8]) -> Result<Vec<u8>, Fault> {
    let file = fs::read(path(folder, id)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Fault::new(format!(
            "share of the load key of submission {id} is missing: restore load-keys with the ledger"
        )),
        _ => Fault::from_source("share of a load key cannot be read", error),
    })?;
    if file.len() != half.len() {
        return Err(Fault::new(format!("share of the load key of submission {id} is damaged")));
    }
    Ok(mixed(half, &file))
}

/// Overwrites and removes the half in the file. One that is gone already is no error.
pub(crate) fn destroy(folder: &Path, id: SubmissionId) -> Result<(), Fault> {
    const WHAT: &str = "share of a load key cannot be destroyed";
    let path = path(folder, id);
    match OpenOptions::new().write(true).open(&path) {
        Ok(file) => overwrite(&file).io(WHAT)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).io(WHAT),
    }
    disk::remove(&path)
}

fn overwrite(mut file: &File) -> std::io::Result<()> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    file.write_all(&vec![0; length])?;
    file.sync_all()
}

/// The submissions of which a half lies in the folder.
pub(crate) fn kept(folder: &Path) -> Result<Vec<SubmissionId>, Fault> {
    const WHAT: &str = "shares of load keys cannot be read";
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).io(WHAT),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.io(WHAT)?.path();
        let id: Option<SubmissionId> =
            path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        found.extend(id);
    }
    Ok(found)
}

fn mixed(one: &[u8], other: &[u8]) -> Vec<u8> {
    one.iter().zip(other).map(|(a, b)| a ^ b).collect()
}
