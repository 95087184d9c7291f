use tlog_tiles::{EMPTY_HASH, Hash, node_hash};

/// Where a hash of the tree is kept: with the entry that completed its subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// The subtree has 2^level entries.
    pub level: u8,
    /// The number of its last entry, from 1.
    pub seq: u64,
}

/// The right edge of the tree: the roots of its whole subtrees, from the largest to the smallest. It is all that
/// appending needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Where the hashes of a tree of `size` entries lie, in the order in which [`Self::new`] wants them.
    pub fn nodes(size: u64) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut seq = 0;
        for level in (0..64).rev().filter(|level| size >> level & 1 == 1) {
            seq += 1 << level;
            nodes.push(Node { level, seq });
        }
        nodes
    }

    /// The edge of a tree of `size` entries; `None` when there are not as many hashes as it has subtrees.
    pub fn new(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// Entries so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf. Gives the hashes that it completes, the leaf's own first, each a level above the one before.
    pub fn push(&mut self, leaf: Hash) -> Vec<Hash> {
        let mut completed = vec![leaf];
        let mut last = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                last = node_hash(left, last);
                completed.push(last);
            }
        }
        self.peaks.push(last);
        self.size += 1;
        completed
    }

    /// The tree's hash.
    pub fn root(&self) -> Hash {
        let joined = self.peaks.iter().rev().copied().reduce(|right, left| node_hash(left, right));
        joined.unwrap_or(EMPTY_HASH)
    }
}
