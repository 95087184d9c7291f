//! One block, numbered from nought, ready to be asked.

use std::collections::HashMap;

use super::system::{Block, System};

/// What is known of one cell.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its place in the system.
    pub cell: u32,
    /// Atoms in it.
    pub atoms: Vec<usize>,
    pub low: i64,
    pub high: Option<i64>,
    pub truth: i64,
    pub wanted: Option<(i64, i64)>,
}

/// A block with its own numbers for atoms.
#[derive(Debug)]
pub(super) struct Local {
    /// How many units each atom has.
    pub truths: Vec<i64>,
    pub rows: Vec<Row>,
}

impl Local {
    pub(super) fn new(system: &System, block: &Block) -> Self {
        let places: HashMap<u32, usize> = block.cells.iter().enumerate().map(|(at, cell)| (*cell, at)).collect();
        let mut rows: Vec<Row> = block.cells.iter().map(|cell| row(system, *cell)).collect();
        let mut truths = Vec::with_capacity(block.atoms.len());
        for (at, atom) in block.atoms.iter().map(|atom| &system.atoms[*atom]).enumerate() {
            truths.push(atom.count.cast_signed());
            for place in atom.cells.iter().filter_map(|cell| places.get(cell)) {
                rows[*place].atoms.push(at);
            }
        }
        Self { truths, rows }
    }

    pub(super) fn atoms(&self) -> usize {
        self.truths.len()
    }
}

fn row(system: &System, cell: u32) -> Row {
    let known = &system.cells[cell as usize];
    Row {
        cell,
        atoms: Vec::new(),
        low: known.range.low.cast_signed(),
        high: known.range.high.map(u64::cast_signed),
        truth: known.truth.cast_signed(),
        wanted: known.wanted.map(|(from, to)| (from.cast_signed(), to.cast_signed())),
    }
}
