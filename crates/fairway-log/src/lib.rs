//! The log as others can verify it: entries in one canonical encoding are the leaves of a Merkle tree (RFC 6962), its
//! hashes and entries are cut into tiles (<https://c2sp.org/tlog-tiles>), its head is signed as a checkpoint
//! (<https://c2sp.org/tlog-checkpoint>) and co-signed by witnesses (<https://c2sp.org/tlog-cosignature>).
//!
//! The tree's arithmetic and the notes' form are those of two kept crates; here is what Fairway writes with them.
//!
//! *Invariant:* no clock, no file, no database: who calls says what time it is and reads the tiles.

mod checkpoint;
mod entry;
mod frontier;
mod key;
mod tile;
mod witness;

pub use checkpoint::{Cosignature, TreeHead, checkpoint, cosignature, open};
pub use entry::{Entry, Phase, TooLong, commitment};
pub use frontier::{Frontier, Node};
pub use key::{KeyError, PrivateKey, PublicKey, Signs};
pub use tile::{BUNDLE_ENTRIES, Bundle, TileAt, entries_of, tiles_between};
pub use tlog_tiles::{Hash, record_hash};
pub use witness::{Doubt, Tiles, consistent};
