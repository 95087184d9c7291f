use signed_note::{Note, Signature, VerifierList};
use tlog_tiles::{Checkpoint, Hash};

use crate::key::{PrivateKey, PublicKey, Signs, seconds};

/// The head of a tree: how many entries, and the hash over all of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeHead {
    /// Entries.
    pub size: u64,
    /// The tree's hash.
    pub root: Hash,
}

/// That a witness saw a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The witness.
    pub witness: String,
    /// When, in seconds since 1970.
    pub seconds: u64,
}

/// Signs the head of a log as a note, whose origin is the key's name.
///
/// Gives `None` for a key that does not sign notes.
pub fn checkpoint(head: TreeHead, key: &PrivateKey) -> Option<Vec<u8>> {
    if key.public().signs() != Signs::Notes {
        return None;
    }
    let text = Checkpoint::new(key.public().name(), head.size, head.root, "").ok()?.to_bytes();
    let mut note = Note::new(&text, &[]).ok()?;
    note.add_sigs(&[key]).ok()?;
    Some(note.to_bytes())
}

/// Reads a checkpoint that `key`'s log has signed; `None` where it is none.
pub fn open(note: &[u8], key: &PublicKey) -> Option<TreeHead> {
    let note = signed_by(note, key)?;
    let checkpoint = Checkpoint::from_bytes(note.text()).ok()?;
    let head = TreeHead { size: checkpoint.size(), root: *checkpoint.hash() };
    (checkpoint.origin() == key.name()).then_some(head)
}

/// The line by which a witness signs a checkpoint at a time, to be put below those that are there.
pub fn cosignature(note: &[u8], witness: &PrivateKey, seconds: u64) -> Option<Vec<u8>> {
    if witness.public().signs() != Signs::Cosignatures {
        return None;
    }
    let text = Note::from_bytes(note).ok()?.text().to_vec();
    let signature = witness.cosign(&text, seconds);
    let line = Signature::new(witness.public().name().to_owned(), witness.public().id(), signature).ok()?;
    Some([note, &line.to_bytes()[..]].concat())
}

impl Cosignature {
    /// What `witness` said of a note; `None` where it did not sign it.
    pub fn of(note: &[u8], witness: &PublicKey) -> Option<Self> {
        let note = signed_by(note, witness)?;
        let (verified, _) = note.verify(&VerifierList::new(vec![Box::new(witness.clone())])).ok()?;
        let times = verified.iter().filter_map(|signature| seconds(signature.signature()));
        times.max().map(|seconds| Self { witness: witness.name().to_owned(), seconds })
    }
}

fn signed_by(note: &[u8], key: &PublicKey) -> Option<Note> {
    let note = Note::from_bytes(note).ok()?;
    let (verified, _) = note.verify(&VerifierList::new(vec![Box::new(key.clone())])).ok()?;
    (!verified.is_empty()).then_some(note)
}
