//! Bounds carried from cell to atom and back. Where cells and atoms hang together without a circle, what comes out is
//! exact: each value between the bounds is taken by some whole-numbered solution. With circles it is too wide at most.

use super::block::Local;

/// Beyond any count; sums of it stay below the largest number.
const ENDLESS: i64 = 1 << 40;

/// The least and greatest of every cell, in the block's order, each cell that is asked about held to its own range alone.
/// `None` where there is a circle, so that these would prove nothing.
pub(super) fn exact(block: &Local) -> Option<Vec<(i64, i64)>> {
    let edges: usize = block.rows.iter().map(|row| row.atoms.len()).sum();
    let nodes = block.atoms() + block.rows.iter().filter(|row| !row.atoms.is_empty()).count();
    if edges + 1 != nodes {
        return None;
    }
    let mut atoms = vec![(0_i64, ENDLESS); block.atoms()];
    // Each pass carries a bound one cell further, and no way is longer than there are cells.
    for _ in 0..=block.rows.len() {
        if !pass(block, &mut atoms) {
            break;
        }
    }
    Some(block.rows.iter().map(|row| within(row.low, row.high, sums(&row.atoms, &atoms))).collect())
}

fn pass(block: &Local, atoms: &mut [(i64, i64)]) -> bool {
    let mut changed = false;
    for row in &block.rows {
        let (least, most) = sums(&row.atoms, atoms);
        let high = row.high.unwrap_or(ENDLESS);
        for at in &row.atoms {
            let (low, top) = atoms[*at];
            let new = (low.max(row.low.saturating_sub(most - top)), top.min(high - (least - low)));
            changed |= new != (low, top);
            atoms[*at] = new;
        }
    }
    changed
}

fn sums(members: &[usize], atoms: &[(i64, i64)]) -> (i64, i64) {
    members.iter().fold((0, 0), |(least, most), at| (least + atoms[*at].0, most + atoms[*at].1))
}

fn within(low: i64, high: Option<i64>, (least, most): (i64, i64)) -> (i64, i64) {
    (least.max(low), most.min(high.unwrap_or(i64::MAX)))
}
