use tlog_tiles::{Error, Hash, HashReader, Tile, check_tree, prove_tree};

use crate::checkpoint::TreeHead;
use crate::tile::{HEIGHT, path};

/// Why a later checkpoint is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// It has fewer entries than one that was seen before.
    #[error("the log has fewer entries than before")]
    Shorter,
    /// It has as many entries, but others.
    #[error("the log has as many entries as before, but not the same")]
    Other,
    /// What was seen before is not the beginning of it, or the tiles do not show it.
    #[error("the log's tiles do not show that it only grew")]
    NotGrown,
}

/// Gives the bytes of a tile by its path below the log's folder, a whole one where a part is asked for and not there.
pub type Tiles<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

struct Reader<'a> {
    tiles: &'a Tiles<'a>,
    size: u64,
}

impl HashReader for Reader<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        indexes.iter().map(|index| self.read(*index)).collect()
    }
}

impl Reader<'_> {
    fn read(&self, index: u64) -> Result<Hash, Error> {
        let tile = Tile::from_index(HEIGHT, index).parent(0, self.size).ok_or(Error::IndexesNotInTree)?;
        let part = path(&tile);
        let whole = part.split(".p/").next().unwrap_or(&part);
        let bytes = (self.tiles)(&part).or_else(|| (self.tiles)(whole)).ok_or(Error::InvalidTile)?;
        tile.hash_at_index(&bytes, index)
    }
}

/// Whether a log whose head was `seen` has only grown to become `now`. The tiles are
/// not trusted: the proof read off them is held against both heads.
///
/// # Errors
/// Why that cannot be believed.
pub fn consistent(seen: TreeHead, now: TreeHead, tiles: &Tiles<'_>) -> Result<(), Doubt> {
    if now.size < seen.size {
        return Err(Doubt::Shorter);
    }
    if now.size == seen.size {
        return if now.root == seen.root { Ok(()) } else { Err(Doubt::Other) };
    }
    if seen.size == 0 {
        return Ok(());
    }
    let proof = prove_tree(now.size, seen.size, &Reader { tiles, size: now.size }).map_err(|_| Doubt::NotGrown)?;
    check_tree(&proof, now.size, now.root, seen.size, seen.root).map_err(|_| Doubt::NotGrown)
}
