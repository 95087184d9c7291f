//! The log as files for others: tiles, bundles of entries and the signed checkpoint, below `log/`.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, FaultExt};
use fairway_log::{
    Bundle, Frontier, PrivateKey, PublicKey, Signs, TileAt, TreeHead, checkpoint, open, record_hash, tiles_between,
};

use crate::database::Conn;
use crate::directory::DataDirectory;
use crate::disk;
use crate::error::{IoExt, SqlExt};
use crate::leaf::{self, Leaf};
use crate::store::{Store, blocking};
use crate::text;

const UNSIGNED: &str = "checkpoint of the log cannot be signed";

/// A log's signed head.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// How many entries, and their hash.
    pub head: TreeHead,
    /// The signed note.
    pub note: Vec<u8>,
    /// Whose signature it bears.
    pub key: PublicKey,
}

/// The key by which a log is known: `log/log.vkey`. `None` before the first checkpoint.
pub(crate) fn public_key(directory: &DataDirectory) -> Result<Option<PublicKey>, Fault> {
    match fs::read_to_string(directory.log_public_key()) {
        Ok(text) => PublicKey::parse(&text).fault("log.vkey holds no key").map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).io("log.vkey cannot be read"),
    }
}

/// The last checkpoint of a data directory, by its own key.
pub(crate) fn last(directory: &DataDirectory) -> Result<Option<Checkpoint>, Fault> {
    let file = directory.log().join(CHECKPOINT);
    let key = match public_key(directory)? {
        Some(key) => key,
        None if file.exists() => return Err(Fault::new("log.vkey is missing, and there is a checkpoint")),
        None => return Ok(None),
    };
    let note = match fs::read(file) {
        Ok(note) => note,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).io("checkpoint of the log cannot be read"),
    };
    let head = open(&note, &key).ok_or_else(|| Fault::new("checkpoint of the log was not signed by the log's key"))?;
    Ok(Some(Checkpoint { head, note, key }))
}

/// The file of the checkpoint, below `log/`.
pub const CHECKPOINT: &str = "checkpoint";

impl Store {
    /// Signs the log as it is now, after its tiles are on disk. Where nothing was written since, the last checkpoint stands.
    ///
    /// # Errors
    /// When the log is not the one of the last checkpoint, or the disk refuses: then nothing new is signed.
    pub async fn checkpoint(&self) -> Result<Checkpoint, Fault> {
        let place = self.directory().clone();
        let (lock, key, before) = blocking(move || {
            disk::make_folder(&place.log())?;
            let lock = File::options().create(true).truncate(false).write(true).open(place.log().join(".lock"));
            let lock = lock.io("lock of the log cannot be made")?;
            lock.lock().io("lock of the log cannot be taken")?;
            let key = private_key(&place)?;
            Ok((lock, key, last(&place)?))
        })
        .await?;
        let mut conn = self.reader().await?;
        let size = leaf::size(&mut conn).await?;
        let old = before.as_ref().map_or(0, |checkpoint| checkpoint.head.size);
        let tree = self.grown(&mut conn, before.as_ref().map(|one| one.head), size).await?;
        if let Some(stands) = before.filter(|one| one.head.size == size) {
            return Ok(stands);
        }
        for tile in tiles_between(old, size) {
            self.write_tile(&mut conn, tile).await?;
        }
        let head = TreeHead { size, root: tree.root() };
        let note = checkpoint(head, &key).ok_or_else(|| Fault::new(UNSIGNED))?;
        let (file, bytes) = (self.directory().log().join(CHECKPOINT), note.clone());
        blocking(move || write_whole(&file, &bytes)).await?;
        drop(lock);
        Ok(Checkpoint { head, note, key: key.public().clone() })
    }

    /// The last checkpoint that was signed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_checkpoint(&self) -> Result<Option<Checkpoint>, Fault> {
        last(self.directory())
    }

    /// The tree of `size` entries, which has grown out of the one that was signed.
    async fn grown(&self, conn: &mut Conn, signed: Option<TreeHead>, size: u64) -> Result<Frontier, Fault> {
        const REWRITTEN: &str = "log is not the one that its last checkpoint signed: run fairway audit verify";
        if let Some(signed) = signed
            && !self.holds(conn, signed).await?
        {
            return Err(Fault::new(REWRITTEN));
        }
        leaf::frontier(conn, size).await?.ok_or_else(|| Fault::new("audit log has holes: run fairway audit verify"))
    }

    async fn holds(&self, conn: &mut Conn, head: TreeHead) -> Result<bool, Fault> {
        if leaf::size(conn).await? < head.size {
            return Ok(false);
        }
        Ok(leaf::frontier(conn, head.size).await?.is_some_and(|tree| tree.root() == head.root))
    }

    /// Whether the log is, or has grown out of, the one of a head.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn has_grown_out_of(&self, head: TreeHead) -> Result<bool, Fault> {
        self.holds(&mut *self.reader().await?, head).await
    }

    async fn write_tile(&self, conn: &mut Conn, tile: TileAt) -> Result<(), Fault> {
        const HOLES: &str = "audit log has holes or is damaged: run fairway audit verify";
        let kept = leaf::nodes_of(conn, &tile.seqs).await?;
        let hashes: Vec<_> = kept.iter().filter_map(|(_, nodes)| leaf::node(nodes, tile.level)).collect();
        if hashes.len() != tile.seqs.len() {
            return Err(Fault::new(HOLES));
        }
        let mut files = Vec::new();
        if let Some(bundle) = &tile.bundle {
            let entries = entries(conn, bundle).await?;
            let same = entries.len() == hashes.len()
                && entries.iter().zip(&hashes).all(|(entry, hash)| record_hash(entry) == *hash);
            if !same {
                return Err(Fault::new(HOLES));
            }
            files.push((self.directory().log().join(&bundle.path), bundle_of(&entries)));
        }
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
        files.push((self.directory().log().join(&tile.path), bytes));
        blocking(move || files.iter().try_for_each(|(path, bytes)| write_tile_file(path, bytes))).await
    }

    /// Figures and reasons that were not forgotten, with number and salt, of the entries after `after`; a thousand at most.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn audit_payloads(&self, after: u64) -> Result<Vec<(u64, Vec<u8>, String)>, Fault> {
        let rows: Vec<(i64, Vec<u8>, String)> = sqlx::query_as(
            "SELECT seq, salt, payload FROM audit_payload WHERE seq > $1 AND payload IS NOT NULL ORDER BY seq LIMIT 1000",
        )
        .bind(text::to_sql(after)?)
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("audit log cannot be read")?;
        rows.into_iter().map(|(seq, salt, payload)| Ok((text::from_sql(seq)?, salt, payload))).collect()
    }
}

#[derive(sqlx::FromRow)]
struct LeafRow {
    seq: i64,
    at: String,
    actor: String,
    role: String,
    org: String,
    verb: String,
    object: String,
    agreement: String,
    decision: String,
    phase: String,
    prev_intent: Option<i64>,
    commitment: Vec<u8>,
    chained: Option<Vec<u8>>,
}

impl LeafRow {
    fn read(self) -> Result<Leaf, Fault> {
        Ok(Leaf {
            seq: text::from_sql(self.seq)?,
            at: self.at,
            actor: self.actor,
            role: self.role,
            org: self.org,
            verb: self.verb,
            object: self.object,
            agreement: self.agreement,
            decision: self.decision,
            phase: self.phase,
            prev_intent: self.prev_intent.map(text::from_sql).transpose()?,
            commitment: self.commitment,
            chained: self.chained,
        })
    }
}

/// The entries of a bundle in their canonical encoding.
async fn entries(conn: &mut Conn, bundle: &Bundle) -> Result<Vec<Vec<u8>>, Fault> {
    let rows: Vec<LeafRow> = sqlx::query_as(
        "SELECT seq, at, actor, role, org, verb, object, agreement, decision, phase, prev_intent, commitment, chained
         FROM audit WHERE seq BETWEEN $1 AND $2 ORDER BY seq",
    )
    .bind(text::to_sql(bundle.first)?)
    .bind(text::to_sql(bundle.last)?)
    .fetch_all(conn)
    .await
    .sql("audit log cannot be read")?;
    rows.into_iter().map(|row| row.read()?.encode()).collect()
}

/// Each entry behind its length in two bytes; [`Leaf::encode`] has seen to it that it fits.
fn bundle_of(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend_from_slice(&u16::try_from(entry.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    bytes
}

/// The key that checkpoints are signed with, made on first use. A log that has a checkpoint gets no new one.
fn private_key(directory: &DataDirectory) -> Result<PrivateKey, Fault> {
    let path = directory.log_key();
    match fs::read_to_string(&path) {
        Ok(text) => {
            return with_public_half(directory, PrivateKey::parse(&text).fault("log.key holds no key of a log")?);
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).io("log.key cannot be read"),
        Err(_) if directory.log_public_key().exists() => {
            return Err(Fault::new(
                "log.key is gone: restore it from a backup, or nothing can be signed in this log's name",
            ));
        }
        Err(_) => {}
    }
    let name = format!("fairway/{:08x}", u32::from_be_bytes(*leaf::salt()?.first_chunk().unwrap_or(&[0; 4])));
    let key = PrivateKey::new(&name, Signs::Notes, leaf::salt()?).fault(UNSIGNED)?;
    disk::make_folder(path.parent().unwrap_or(directory.root()))?;
    write_whole(&path, format!("{}\n", key.to_text()).as_bytes())?;
    with_public_half(directory, key)
}

/// Puts the public half where others read it, unless it is there.
fn with_public_half(directory: &DataDirectory, key: PrivateKey) -> Result<PrivateKey, Fault> {
    let path = directory.log_public_key();
    if !path.exists() {
        write_whole(&path, format!("{}\n", key.public().to_text()).as_bytes())?;
    }
    Ok(key)
}

/// Writes a tile; a part of it that was published before is then out of date.
fn write_tile_file(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).io("folder of the log cannot be made")?;
    }
    write_whole(path, bytes)?;
    let part = PathBuf::from(format!("{}.p", path.display()));
    match fs::remove_dir_all(&part) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).io("part of a tile cannot be taken away"),
        _ => Ok(()),
    }
}

/// Puts a file in place, whole and on disk, for its owner alone.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let what = || format!("{} cannot be written", path.display());
    let part = path.with_extension("part");
    let written = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    if let Err(error) = written {
        // What is half there is of no use; that it may not go away changes nothing.
        drop(fs::remove_file(&part));
        return Err(error).io(what());
    }
    path.parent().map_or(Ok(()), disk::sync_folder)
}
