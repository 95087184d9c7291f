//! The tree of RFC 6962, held against the vectors that Certificate Transparency's own implementations are held against
//! (google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc; Apache-2.0) and against its definition.

use std::collections::HashMap;

use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use fairway_log::{Doubt, Frontier, Hash, TreeHead, consistent, record_hash, tiles_between};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const INPUTS: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_empty_tree_and_the_trees_of_certificate_transparency_have_their_hashes() {
    let mut frontier = Frontier::default();
    let empty = HEX.decode(b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").unwrap();
    assert_eq!(frontier.root().0[..], empty);
    for (input, root) in INPUTS.iter().zip(ROOTS) {
        frontier.push(record_hash(&HEX.decode(input.as_bytes()).unwrap()));
        assert_eq!(HEX.encode(&frontier.root().0), root, "{} entries", frontier.size());
    }
}

/// RFC 6962, section 2.1, word for word.
fn defined(leaves: &[Hash]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => leaf.0,
        _ => {
            let k = 1 << (leaves.len() - 1).ilog2();
            let (left, right) = leaves.split_at(k);
            Sha256::new().chain_update([1]).chain_update(defined(left)).chain_update(defined(right)).finalize().into()
        }
    }
}

/// A log in memory: its hashes by where they are kept, and its tiles.
#[derive(Default)]
struct Log {
    frontier: Frontier,
    nodes: HashMap<(u8, u64), Hash>,
}

impl Log {
    fn of(size: u64, from: u64, word: &str) -> Self {
        let mut log = Self::default();
        for seq in 1..=size {
            let text = if seq > from { format!("{word} {seq}") } else { format!("entry {seq}") };
            for (level, hash) in log.frontier.push(record_hash(text.as_bytes())).into_iter().enumerate() {
                log.nodes.insert((level as u8, seq), hash);
            }
        }
        log
    }

    fn head(&self) -> TreeHead {
        TreeHead { size: self.frontier.size(), root: self.frontier.root() }
    }

    fn tiles(&self) -> HashMap<String, Vec<u8>> {
        let all = tiles_between(0, self.frontier.size()).into_iter();
        let bytes = |seqs: Vec<u64>, level| seqs.iter().flat_map(|seq| self.nodes[&(level, *seq)].0).collect();
        all.map(|tile| (tile.path, bytes(tile.seqs, tile.level))).collect()
    }

    fn follows(&self, seen: TreeHead) -> Result<(), Doubt> {
        let tiles = self.tiles();
        consistent(seen, self.head(), &|path| tiles.get(path).cloned())
    }
}

#[test]
fn a_tree_of_any_size_is_the_one_of_the_definition_and_begins_again_from_its_edge() {
    let leaves: Vec<Hash> = (0..300u32).map(|n| record_hash(&n.to_be_bytes())).collect();
    let log = Log::of(300, 0, "entry");
    let mut frontier = Frontier::default();
    for (at, leaf) in leaves.iter().enumerate() {
        frontier.push(*leaf);
        assert_eq!(frontier.root().0, defined(&leaves[..=at]));
    }
    for size in 0..=300 {
        let peaks = Frontier::nodes(size).iter().map(|node| log.nodes[&(node.level, node.seq)]).collect();
        let again = Frontier::new(size, peaks).unwrap();
        assert_eq!(again.root(), Log::of(size, 0, "entry").frontier.root());
    }
    assert!(Frontier::new(3, vec![leaves[0]]).is_none());
}

#[test]
fn a_log_that_was_cut_or_rewritten_is_doubted() {
    let now = Log::of(600, 600, "");
    assert_eq!(now.follows(Log::of(601, 601, "").head()), Err(Doubt::Shorter));
    assert_eq!(now.follows(Log::of(600, 599, "other").head()), Err(Doubt::Other));
    assert_eq!(now.follows(Log::of(0, 0, "").head()), Ok(()));
}

#[test]
fn a_tile_that_was_edited_or_is_missing_shows_nothing() {
    let (seen, now) = (Log::of(300, 300, "").head(), Log::of(70_000, 70_000, ""));
    let whole = now.tiles();
    assert_eq!(now.follows(seen), Ok(()));
    for path in ["tile/0/001", "tile/1/000", "tile/1/001.p/17"] {
        let mut edited = whole.clone();
        edited.get_mut(path).unwrap()[3] ^= 1;
        let without = |asked: &str| whole.get(asked).filter(|_| asked != path).cloned();
        assert_eq!(consistent(seen, now.head(), &|path| edited.get(path).cloned()), Err(Doubt::NotGrown), "{path}");
        assert_eq!(consistent(seen, now.head(), &without), Err(Doubt::NotGrown), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_log_that_only_grew_is_believed_and_no_other(old in 1u64..900, more in 1u64..900, forked in 0u64..900) {
        let now = Log::of(old + more, old + more, "");
        prop_assert_eq!(now.follows(Log::of(old, old, "").head()), Ok(()));
        let forked = forked % old;
        prop_assert_eq!(now.follows(Log::of(old, forked, "other").head()), Err(Doubt::NotGrown));
    }
}
