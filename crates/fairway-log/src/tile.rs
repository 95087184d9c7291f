use tlog_tiles::Tile;

/// Entries in a whole bundle, and hashes in a whole tile: the height of C2SP's tiles is 8.
pub const BUNDLE_ENTRIES: u64 = 256;
pub(crate) const HEIGHT: u8 = 8;

/// A tile of hashes, with where they are kept and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileAt {
    /// Below the log's folder, such as `tile/0/x001/234.p/17`.
    pub path: String,
    /// Each hash is of the subtree of 2^level entries …
    pub level: u8,
    /// … that ends with these, in order.
    pub seqs: Vec<u64>,
    /// The entries below it, where it is one of the lowest.
    pub bundle: Option<Bundle>,
}

/// A bundle of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Below the log's folder, such as `tile/entries/000`.
    pub path: String,
    /// The first entry's number, from 1.
    pub first: u64,
    /// The last one's.
    pub last: u64,
}

/// The tiles to write when a log of `old` entries has become one of `new`.
pub fn tiles_between(old: u64, new: u64) -> Vec<TileAt> {
    Tile::new_tiles(HEIGHT, old, new).into_iter().map(TileAt::from).collect()
}

impl From<Tile> for TileAt {
    fn from(tile: Tile) -> Self {
        let level = tile.level() * HEIGHT;
        let first = tile.level_index() * BUNDLE_ENTRIES;
        let seqs: Vec<u64> = (0..u64::from(tile.width())).map(|at| (first + at + 1) << level).collect();
        let path = path(&tile);
        let bundle = (level == 0).then(|| Bundle {
            path: path.replacen("tile/0/", "tile/entries/", 1),
            first: first + 1,
            last: first + u64::from(tile.width()),
        });
        Self { path, level, seqs, bundle }
    }
}

/// C2SP's path: the crate's, which follows Go's checksum database, without the height.
pub(crate) fn path(tile: &Tile) -> String {
    tile.path().replacen("tile/8/", "tile/", 1)
}

/// The entries of a bundle, each behind its length in two bytes, the higher first; `None` where it breaks off.
pub fn entries_of(bundle: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut entries, mut rest) = (Vec::new(), bundle);
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = after;
    }
    rest.is_empty().then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_lie_where_c2sp_says() {
        let paths = |old, new| tiles_between(old, new).into_iter().map(|tile| tile.path).collect::<Vec<_>>();
        assert_eq!(paths(0, 70_000).last().unwrap(), "tile/2/000.p/1");
        assert_eq!(paths(0, 1), ["tile/0/000.p/1"]);
        assert_eq!(paths(255, 257), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
        assert_eq!(paths(1_234_067 * 256, 1_234_067 * 256 + 1), ["tile/0/x001/x234/067.p/1"]);
        assert!(paths(300, 300).is_empty());
    }

    #[test]
    fn a_tile_knows_its_entries() {
        let tiles = tiles_between(0, 700);
        let third = tiles[2].clone();
        assert_eq!(third.bundle.unwrap(), Bundle { path: "tile/entries/002.p/188".into(), first: 513, last: 700 });
        assert_eq!((third.level, third.seqs.len(), third.seqs[0]), (0, 188, 513));
        assert_eq!((tiles[3].level, tiles[3].seqs.clone(), tiles[3].bundle.clone()), (8, vec![256, 512], None));
    }

    #[test]
    fn a_bundle_that_breaks_off_is_none() {
        assert_eq!(entries_of(&[0, 2, 7, 8, 0, 0, 0, 1, 9]).unwrap(), [&[7, 8][..], &[], &[9]]);
        assert_eq!(entries_of(&[]).unwrap(), Vec::<&[u8]>::new());
        for broken in [&[0][..], &[0, 1], &[0, 1, 7, 0]] {
            assert!(entries_of(broken).is_none());
        }
    }
}
