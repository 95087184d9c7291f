//! Sealed files: what was sent, encrypted to the processing centre in the `age` format while it streams in.
//!
//! A sealed file is whole and on disk, or it is not there. While it is written, and until the receipt is in the ledger,
//! it is locked; a lock goes with its process, so a sweep can tell work in progress from leftovers.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::iter;
use std::path::{Path, PathBuf};

use age::{DecryptError, Decryptor, Encryptor};
use fairway_domain::{Digest, Fault, FaultExt, SubmissionId};
use sha2::{Digest as _, Sha256};

use crate::disk;
use crate::error::IoExt;
use crate::keys::{LandingKey, ProcessingCentreKey};

const READ: &str = "landing folder cannot be read";
const PART: &str = "part";
const SEALED: &str = "age";
/// Bytes read at a time: four chunks of the age format.
const BUFFER: usize = 256 * 1024;

/// A sealed file on disk. Hold it until the submission is in the ledger: an unlocked file the ledger does not know is
/// an orphan, and is swept away.
#[derive(Debug)]
pub struct Sealed {
    /// SHA-256 of the clear bytes.
    pub digest: Digest,
    /// How many clear bytes there are.
    pub bytes: u64,
    /// The sealed file.
    pub path: PathBuf,
    _lock: File,
}

impl Sealed {
    /// Takes the file away again, for bytes that were landed before.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn discard(self) -> Result<(), Fault> {
        destroy(&self.path)
    }
}

/// The sealed file of a submission in the landing folder `dir`.
pub fn path(dir: &Path, id: SubmissionId) -> PathBuf {
    dir.join(format!("{id}.{SEALED}"))
}

/// Streams `input` into `<id>.age` in `dir`, encrypted to `recipient`; on disk on return. `progress` is told the clear
/// bytes so far. Memory does not grow with the file.
///
/// # Errors
/// When the input stops with an error, or the file cannot be written (a full disk says so); then nothing is left behind.
pub fn seal(
    input: &mut dyn Read,
    recipient: &LandingKey,
    dir: &Path,
    id: SubmissionId,
    progress: &mut dyn FnMut(u64),
) -> Result<Sealed, Fault> {
    let part = Part { path: dir.join(format!("{id}.{PART}")) };
    let file = disk::create_claimed(&part.path).io("sealed file cannot be started")?;
    let (digest, bytes) = encrypt(input, &[recipient], &file, progress)?;
    file.sync_all().io("sealed file cannot be put on disk")?;
    let path = path(dir, id);
    if !disk::rename_new(&part.path, &path).io("sealed file cannot be named")? {
        return Err(Fault::new(format!("sealed file of submission {id} is there already")));
    }
    // From here on the guard is for the final name: without the folder on disk there is no receipt.
    let mut named = Part { path };
    disk::sync_folder(dir)?;
    Ok(Sealed { digest, bytes, path: std::mem::take(&mut named.path), _lock: file })
}

/// Puts a few bytes into the file `path`, encrypted to `recipient`; on disk on return, in place of one that was there.
///
/// # Errors
/// When the file cannot be written.
pub fn seal_bytes(clear: &[u8], recipient: &LandingKey, path: &Path) -> Result<(), Fault> {
    let part = Part { path: path.with_extension(PART) };
    let folder = path.parent().unwrap_or(Path::new("."));
    disk::make_folder(folder)?;
    let file = disk::create_claimed(&part.path).io("sealed file cannot be started")?;
    encrypt(&mut &*clear, &[recipient], &file, &mut |_| {})?;
    file.sync_all().io("sealed file cannot be put on disk")?;
    fs::rename(&part.path, path).io("sealed file cannot be named")?;
    disk::sync_folder(folder)
}

/// Encrypts the file `path` to each of `recipients` as `path` with `.age` behind it, and takes the clear one away; on disk
/// on return. Gives the name of the new one.
///
/// # Errors
/// When there is no recipient, or a file cannot be read or written; then the clear one stays.
pub fn encrypt_in_place(path: &Path, recipients: &[LandingKey]) -> Result<PathBuf, Fault> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{SEALED}"));
    let sealed = PathBuf::from(name);
    let mut clear = File::open(path).io("file to be encrypted cannot be read")?;
    let file = disk::create_claimed(&sealed).io("encrypted file cannot be started")?;
    encrypt(&mut clear, &recipients.iter().collect::<Vec<_>>(), &file, &mut |_| {})?;
    file.sync_all().io("encrypted file cannot be put on disk")?;
    disk::remove(path)?;
    Ok(sealed)
}

/// Takes a file away when it is dropped with a name.
struct Part {
    path: PathBuf,
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // A part that cannot be removed now is swept when the data directory is next opened.
            let _gone = fs::remove_file(&self.path);
        }
    }
}

fn encrypt(
    input: &mut dyn Read,
    recipients: &[&LandingKey],
    file: &File,
    progress: &mut dyn FnMut(u64),
) -> Result<(Digest, u64), Fault> {
    const WRITE: &str = "sealed file cannot be written";
    let encryptor = Encryptor::with_recipients(recipients.iter().map(|key| &key.0 as _)).fault("key cannot be used")?;
    let mut sealed = encryptor.wrap_output(BufWriter::with_capacity(BUFFER, file)).io(WRITE)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    let mut bytes = 0;
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => &buffer[..read],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Fault::from_source("file being sent cannot be read to its end", error)),
        };
        hasher.update(read);
        sealed.write_all(read).io(WRITE)?;
        bytes += read.len() as u64;
        progress(bytes);
    }
    sealed.finish().and_then(|mut out| out.flush()).io(WRITE)?;
    Ok((Digest(hasher.finalize().into()), bytes))
}

/// Opens a sealed file for reading in the clear. Every part is authenticated before a byte of it is given; a file that
/// was cut short or altered ends in an error of the reader, never in silence.
///
/// # Errors
/// When the file is not there, is not a sealed file, or was sealed to another key.
pub fn open(path: &Path, key: &ProcessingCentreKey) -> Result<impl Read + Send + use<>, Fault> {
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Fault::new("sealed file is missing: it was destroyed or never landed here"),
        _ => Fault::from_source("sealed file cannot be opened", error),
    })?;
    let decryptor = Decryptor::new_buffered(BufReader::with_capacity(BUFFER, file)).map_err(unreadable)?;
    let reader = decryptor.decrypt(iter::once(&key.0 as _)).map_err(unreadable)?;
    Ok(Opened { reader, failed: false })
}

fn unreadable(error: DecryptError) -> Fault {
    match error {
        DecryptError::NoMatchingKeys => Fault::new("key does not open this sealed file: it was sealed to another key"),
        DecryptError::Io(error) => Fault::from_source("sealed file cannot be read", error),
        other => Fault::from_source("sealed file is damaged, or is not a sealed file", other),
    }
}

/// Keeps failing once it has failed, so that a caller who reads on is never told that this is the end.
struct Opened<R> {
    reader: R,
    failed: bool,
}

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "sealed file is damaged"));
        }
        let read = self.reader.read(buffer);
        self.failed = read.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        read
    }
}

/// Destroys a sealed file, durably. One that is gone already is no error.
///
/// # Errors
/// When the file cannot be removed.
pub fn destroy(path: &Path) -> Result<(), Fault> {
    disk::remove(path)
}

/// Takes away what killed processes left half written; what is being written now stays. Says how many.
pub(crate) fn sweep_parts(dir: &Path) -> Result<u64, Fault> {
    let mut removed = 0;
    for path in files(dir, PART)? {
        let Some(_held) = disk::claim(&path).io(READ)? else { continue };
        disk::remove(&path)?;
        removed += 1;
    }
    Ok(removed)
}

/// A sealed file that nobody else holds.
pub(crate) struct Held {
    pub(crate) id: SubmissionId,
    pub(crate) path: PathBuf,
    _lock: File,
}

/// Locks the sealed files in `dir` whose submissions are not among `known`. Ask the ledger again after this: whoever
/// lands a file lets go of it only once the ledger knows it.
pub(crate) fn hold_unknown(dir: &Path, known: &HashSet<SubmissionId>) -> Result<Vec<Held>, Fault> {
    let mut held = Vec::new();
    for path in files(dir, SEALED)? {
        let id = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        let Some(id) = id.filter(|id| !known.contains(id)) else { continue };
        if let Some(lock) = disk::claim(&path).io(READ)? {
            held.push(Held { id, path, _lock: lock });
        }
    }
    Ok(held)
}

fn files(dir: &Path, extension: &str) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).io(READ)? {
        let path = entry.io(READ)?.path();
        if path.extension().is_some_and(|is| is == extension) {
            found.push(path);
        }
    }
    Ok(found)
}
