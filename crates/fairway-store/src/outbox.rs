//! The outbox: what waits to be fetched lies in `outbox/<ORGANISATION>/<name>/`, whole and on disk, or not at all.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use fairway_domain::{Digest, Fault, OrganisationCode};
use sha2::{Digest as _, Sha256};

use crate::disk;
use crate::error::IoExt;

/// Where folders are built; organisations' codes never begin with a full stop.
const BUILDING: &str = ".building";
const READ: &str = "outbox cannot be read";

/// A file that waits in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedFile {
    /// Below the outbox: `816/report-1/findings.csv`.
    pub path: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub bytes: u64,
}

/// A folder of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The folder.
    pub folder: PathBuf,
    /// Its files, in order of their paths.
    pub files: Vec<PlacedFile>,
    /// Whether it was there before: then `write` made no difference, and the files are those of the first time.
    pub already_there: bool,
}

/// Puts the folder `name` into an organisation's outbox: `write` fills an empty folder, every file is put on disk, and
/// the folder gets its name at once. A folder that is there stays as it is.
///
/// # Errors
/// What `write` says; when `name` is not a plain file name; when the disk refuses. Then nothing is left behind.
pub fn place(
    outbox: &Path,
    organisation: &OrganisationCode,
    name: &str,
    write: impl FnOnce(&Path) -> Result<(), Fault>,
) -> Result<Placed, Fault> {
    check_name(name)?;
    let parent = outbox.join(organisation.as_str());
    let target = parent.join(name);
    if target.try_exists().io(READ)? {
        return placed(outbox, target, true);
    }
    let building = Building::start(outbox, organisation, name)?;
    write(&building.path)?;
    sync_tree(&building.path)?;
    disk::make_folder(&parent)?;
    let new = disk::rename_new(&building.path, &target).io("outbox folder cannot be named")?;
    disk::sync_folder(&parent)?;
    placed(outbox, target, !new)
}

/// What lies in a folder of the outbox.
fn placed(outbox: &Path, folder: PathBuf, already_there: bool) -> Result<Placed, Fault> {
    let mut files = Vec::new();
    for path in tree(&folder)?.files {
        let (digest, bytes) = measure(&path)?;
        let below = path.strip_prefix(outbox).unwrap_or(&path);
        files.push(PlacedFile { path: below.to_string_lossy().into_owned(), digest, bytes });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Placed { folder, files, already_there })
}

/// SHA-256 and length of a file.
///
/// # Errors
/// When the file cannot be read.
pub fn measure(path: &Path) -> Result<(Digest, u64), Fault> {
    let mut file = File::open(path).io(READ)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).io(READ)?;
        if read == 0 {
            return Ok((Digest(hasher.finalize().into()), bytes));
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// Takes away folders that killed processes left half built; what is being built now stays.
pub(crate) fn sweep(outbox: &Path) -> Result<(), Fault> {
    let building = outbox.join(BUILDING);
    if !building.try_exists().io(READ)? {
        return Ok(());
    }
    for entry in fs::read_dir(building).io(READ)? {
        let path = entry.io(READ)?.path();
        if let Some(_held) = disk::claim(&path).io(READ)? {
            fs::remove_dir_all(&path).io("half-built outbox folder cannot be removed")?;
        }
    }
    Ok(())
}

/// A folder being built, locked; it goes when it is dropped before it was renamed.
struct Building {
    path: PathBuf,
    _lock: File,
}

impl Building {
    fn start(outbox: &Path, organisation: &OrganisationCode, name: &str) -> Result<Self, Fault> {
        let unique = uuid::Uuid::new_v4();
        let path = outbox.join(BUILDING).join(format!("{organisation}-{name}-{unique}"));
        let lock = disk::create_claimed_folder(&path).io("outbox folder cannot be started")?;
        Ok(Self { path, _lock: lock })
    }
}

impl Drop for Building {
    fn drop(&mut self) {
        // What cannot be removed now is swept when the data directory is next opened.
        let _gone = fs::remove_dir_all(&self.path);
    }
}

#[derive(Default)]
struct Tree {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

/// Everything below a folder, and the folder.
fn tree(root: &Path) -> Result<Tree, Fault> {
    let mut tree = Tree::default();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).io(READ)? {
            let path = entry.io(READ)?.path();
            if path.is_dir() { open.push(path) } else { tree.files.push(path) }
        }
        tree.folders.push(folder);
    }
    Ok(tree)
}

fn sync_tree(root: &Path) -> Result<(), Fault> {
    let tree = tree(root)?;
    for file in &tree.files {
        File::open(file).and_then(|file| file.sync_all()).io("outbox file cannot be put on disk")?;
    }
    tree.folders.iter().try_for_each(|folder| disk::sync_folder(folder))
}

fn check_name(name: &str) -> Result<(), Fault> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if (1..=128).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('.') {
        return Ok(());
    }
    Err(Fault::new("outbox folder needs a name of letters, digits, hyphens, underscores and full stops"))
}
