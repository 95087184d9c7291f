//! What readers of all tables know, as a system of ranges over groups of units.

use std::collections::HashMap;

use super::Range;

/// A number in some table, as the audit sees it.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// What a reader is told.
    pub range: Range,
    /// The number itself.
    pub truth: u64,
    /// What a reader must take for possible, from first to last.
    pub wanted: Option<(u64, u64)>,
}

/// Units that are in exactly the same cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Atom {
    /// Cells it is in, ascending.
    pub cells: Vec<u32>,
    /// How many there are.
    pub count: u64,
}

/// All cells, and the groups of units they are made of.
#[derive(Debug, Default)]
pub(super) struct System {
    pub cells: Vec<Known>,
    pub atoms: Vec<Atom>,
}

/// Atoms that hang together, with the cells they are in; places in the system.
#[derive(Debug)]
pub(super) struct Block {
    pub atoms: Vec<usize>,
    pub cells: Vec<u32>,
}

impl System {
    /// Puts units that are in the same cells together.
    pub(super) fn new(cells: Vec<Known>, memberships: impl IntoIterator<Item = (Vec<u32>, u64)>) -> Self {
        let mut counts: HashMap<Vec<u32>, u64> = HashMap::new();
        for (mut cells, count) in memberships {
            cells.sort_unstable();
            cells.dedup();
            if !cells.is_empty() {
                *counts.entry(cells).or_default() += count;
            }
        }
        let mut atoms: Vec<Atom> = counts.into_iter().map(|(cells, count)| Atom { cells, count }).collect();
        atoms.sort_unstable_by(|one, other| one.cells.cmp(&other.cells));
        Self { cells, atoms }
    }

    /// Whether a cell ties its atoms together: it tells something about them, or is asked about.
    fn ties(&self, cell: u32) -> bool {
        let known = &self.cells[cell as usize];
        !known.range.is_open() || known.wanted.is_some()
    }

    /// The blocks in which something is asked about, in a fixed order.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut parents: Vec<usize> = (0..self.cells.len()).collect();
        for atom in &self.atoms {
            let mut tying = atom.cells.iter().filter(|cell| self.ties(**cell)).map(|cell| *cell as usize);
            if let Some(first) = tying.next() {
                tying.for_each(|cell| join(&mut parents, first, cell));
            }
        }
        let mut places: HashMap<usize, usize> = HashMap::new();
        let mut blocks: Vec<Block> = Vec::new();
        for cell in 0..self.cells.len() {
            if self.ties(cell as u32) {
                let root = root(&mut parents, cell);
                let place = *places.entry(root).or_insert_with(|| {
                    blocks.push(Block { atoms: Vec::new(), cells: Vec::new() });
                    blocks.len() - 1
                });
                blocks[place].cells.push(cell as u32);
            }
        }
        for (at, atom) in self.atoms.iter().enumerate() {
            if let Some(cell) = atom.cells.iter().find(|cell| self.ties(**cell)) {
                let root = root(&mut parents, *cell as usize);
                blocks[places[&root]].atoms.push(at);
            }
        }
        blocks.retain(|block| block.cells.iter().any(|cell| self.cells[*cell as usize].wanted.is_some()));
        blocks
    }
}

fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parents, one), root(parents, other));
    parents[one.max(other)] = one.min(other);
}
