//! A witness: it stands somewhere else, keeps the last checkpoint that it has seen of each log, and co-signs the next only
//! when that has grown out of it. It needs no data directory.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, FaultExt, Refusal};
use fairway_log::{PrivateKey, PublicKey, Signs, TreeHead, consistent, cosignature, open};
use fairway_store::CHECKPOINT;
use jiff::Timestamp;

use crate::{VerbError, VerbResult};

const CANNOT_SIGN: &str = "The checkpoint is not co-signed";
const KEY: &str = "witness.key";

/// A witness that was made.
#[derive(Debug, Clone)]
pub struct NewWitness {
    /// The key by which others know it.
    pub key: String,
}

/// A checkpoint that was co-signed.
#[derive(Debug, Clone)]
pub struct WitnessSigned {
    /// The log.
    pub origin: String,
    /// Entries before, where it was seen before.
    pub before: Option<u64>,
    /// Entries now.
    pub entries: u64,
    /// Where the co-signed checkpoint lies.
    pub file: PathBuf,
}

/// Makes a witness in the folder `state`.
///
/// # Errors
/// Refused when there is one, or the name has blanks or a plus sign in it.
pub fn witness_init(state: &Path, name: &str) -> VerbResult<NewWitness> {
    const WHAT: &str = "The witness cannot be made";
    let mut seed = zeroize::Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed).fault("random numbers cannot be had")?;
    let key = PrivateKey::new(name, Signs::Cosignatures, *seed).map_err(|_| {
        VerbError::refused(WHAT, "Its name is empty, or has blanks or a plus sign in it", "Give another with --name")
    })?;
    fs::create_dir_all(state).fault("folder of the witness cannot be made")?;
    let made = File::options().write(true).create_new(true).mode(0o600).open(state.join(KEY));
    let mut file = match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(VerbError::refused(WHAT, "The folder holds one already", "Name another with --state"));
        }
        made => made.fault("key of the witness cannot be written")?,
    };
    let text = zeroize::Zeroizing::new(format!("{}\n", key.to_text()));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).fault("key of the witness cannot be written")?;
    Ok(NewWitness { key: key.public().to_text() })
}

/// Looks at a log's files and co-signs its checkpoint where it has grown out of the last one seen. `key` is the log's, to be
/// given the first time and then remembered. What was signed is on disk before anybody else can have it.
///
/// # Errors
/// Refused when the checkpoint is not the log's, or the log was cut or rewritten: tell its auditors.
pub fn witness_sign(state: &Path, log: &Path, key: Option<&str>, now: Timestamp) -> VerbResult<WitnessSigned> {
    let witness = fs::read_to_string(state.join(KEY)).fault("key of the witness cannot be read")?;
    let witness = PrivateKey::parse(&witness).fault("key of the witness cannot be read")?;
    let lock = File::open(state.join(KEY)).fault("key of the witness cannot be read")?;
    lock.lock().fault("lock of the witness cannot be taken")?;

    let note = fs::read(log.join(CHECKPOINT)).fault("checkpoint of the log cannot be read")?;
    let key = log_key(state, key, &note)?;
    let Some(now_head) = open(&note, &key) else {
        return Err(refused("The log's key has not signed it"));
    };
    let folder = state.join(folder_of(&key));
    let before = seen(&folder, &key)?;
    if let Some(before) = before {
        let tile = |path: &str| fs::read(log.join(path)).ok();
        consistent(before, now_head, &tile).map_err(|doubt| {
            refused(&format!("It has {} entries, and {doubt}, when there were {}", now_head.size, before.size))
        })?;
    }
    let seconds = u64::try_from(now.as_second()).fault("time is before 1970")?;
    let signed = cosignature(&note, &witness, seconds).ok_or_else(|| Fault::new("checkpoint cannot be co-signed"))?;
    fs::create_dir_all(&folder).fault("folder of the witness cannot be made")?;
    write(&folder.join("log.vkey"), format!("{}\n", key.to_text()).as_bytes())?;
    let file = folder.join(CHECKPOINT);
    write(&file, &signed)?;
    let before = before.map(|head| head.size);
    Ok(WitnessSigned { origin: key.name().into(), before, entries: now_head.size, file })
}

/// The log's key: what is remembered of that name, or what was given.
fn log_key(state: &Path, given: Option<&str>, note: &[u8]) -> VerbResult<PublicKey> {
    let name = note.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let remembered = state.join(folder_name(&String::from_utf8_lossy(name))).join("log.vkey");
    let kept = fs::read_to_string(remembered).ok().and_then(|text| PublicKey::parse(&text).ok());
    let given =
        given.map(|text| PublicKey::parse(text).map_err(|_| refused("--key is no key of a log"))).transpose()?;
    match (kept, given) {
        (Some(kept), Some(given)) if kept != given => Err(refused("It was another key's log before")),
        (Some(key), _) | (None, Some(key)) => Ok(key),
        (None, None) => Err(VerbError::refused(
            CANNOT_SIGN,
            "This log has not been seen before",
            "Give the log's key, as its processing centre tells it, with --key",
        )),
    }
}

fn seen(folder: &Path, key: &PublicKey) -> VerbResult<Option<TreeHead>> {
    match fs::read(folder.join(CHECKPOINT)) {
        Ok(note) => {
            let head = open(&note, key);
            Ok(Some(head.ok_or_else(|| Fault::new("what the witness signed last cannot be read"))?))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Fault::from_source("what the witness signed last cannot be read", error).into()),
    }
}

fn folder_of(key: &PublicKey) -> String {
    folder_name(key.name())
}

/// A log's name as a folder: nothing but letters and digits, so that no name leads elsewhere.
fn folder_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn refused(reason: &str) -> VerbError {
    VerbError::Refused(Refusal::new(
        CANNOT_SIGN,
        reason,
        "Keep what was signed before, tell the log's auditors, and ask the processing centre",
    ))
}

fn write(path: &Path, bytes: &[u8]) -> VerbResult<()> {
    const WHAT: &str = "what the witness signs cannot be written";
    let part = path.with_extension("part");
    let mut file = File::create(&part).fault(WHAT)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).fault(WHAT)?;
    fs::rename(&part, path).fault(WHAT)?;
    let folder = path.parent().unwrap_or(path);
    Ok(File::open(folder).and_then(|folder| folder.sync_all()).fault(WHAT)?)
}

#[cfg(test)]
mod tests;
