//! The interval audit: for every cell that is not shown, whether each number it could be is still possible to somebody who
//! has read every table.

use super::block::Local;
use super::bounds;
use super::profile::AuditLimits;
use super::programme::{Optimum, extreme};
use super::system::System;

/// How near a solution is to be to count as the whole number.
const NEAR: f64 = 1e-4;

/// A cell that readers can narrow.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Narrowed {
    /// The cell.
    pub cell: u32,
    /// Least and greatest that it can still be, to four decimals; as wanted on the side that is not narrowed.
    pub from: f64,
    pub to: f64,
    /// Cells that narrow it.
    pub by: Vec<u32>,
}

/// What an audit took, and found.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Audited {
    pub narrowed: Vec<Narrowed>,
    pub asked: usize,
    /// Settled by carrying bounds alone.
    pub by_bounds: usize,
    pub solves: usize,
    /// Why it was given up, if it was.
    pub given_up: Option<String>,
}

pub(super) fn audit(system: &System, limits: &AuditLimits) -> Audited {
    let mut audited = Audited::default();
    for block in system.blocks() {
        let local = Local::new(system, &block);
        let open = unsettled(&local, &mut audited);
        if open.is_empty() {
            continue;
        }
        if local.atoms() > limits.largest_block {
            audited.given_up = Some(format!(
                "{} groups of people or events hang together, and {} can be audited at a time",
                local.atoms(),
                limits.largest_block
            ));
            return audited;
        }
        ask(&local, &open, &mut audited);
        if audited.solves > limits.most_solves {
            audited.given_up = Some(format!("The audit takes more than {} linear programmes", limits.most_solves));
            return audited;
        }
    }
    audited
}

/// Rows asked about that bounds do not show to be wide enough.
fn unsettled(block: &Local, audited: &mut Audited) -> Vec<usize> {
    let wanted: Vec<(usize, (i64, i64))> =
        block.rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.wanted?))).collect();
    audited.asked += wanted.len();
    let exact = bounds::exact(block);
    let is_wide = |(at, (from, to)): &(usize, (i64, i64))| {
        exact.as_ref().is_some_and(|ranges| ranges[*at].0 <= *from && *to <= ranges[*at].1)
    };
    let open: Vec<usize> = wanted.iter().filter(|one| !is_wide(one)).map(|(at, _)| *at).collect();
    audited.by_bounds += wanted.len() - open.len();
    open
}

/// Asks for all rows at once, and then for each that this has not shown to be wide enough.
fn ask(block: &Local, rows: &[usize], audited: &mut Audited) {
    let together = [extreme(block, rows, false), extreme(block, rows, true)];
    audited.solves += 2;
    for row in rows {
        let Some((from, to)) = block.rows[*row].wanted else { continue };
        let seen = |upwards: bool| together[usize::from(upwards)].as_ref().map(|one| one.value(block, *row));
        let mut narrowed = Narrowed { cell: block.rows[*row].cell, from: from as f64, to: to as f64, by: Vec::new() };
        let mut is_narrowed = false;
        for (upwards, end) in [(false, from), (true, to)] {
            if seen(upwards).is_some_and(|value| (value - end as f64).abs() < NEAR) {
                continue;
            }
            audited.solves += 1;
            let alone = extreme(block, &[*row], upwards);
            let reached = alone.as_ref().map_or(block.rows[*row].truth as f64, |one| one.value(block, *row));
            if (reached - end as f64).abs() >= NEAR {
                is_narrowed = true;
                *(if upwards { &mut narrowed.to } else { &mut narrowed.from }) = (reached * 1e4).round() / 1e4;
                narrowed.by.extend(binding(block, *row, alone.as_ref()));
            }
        }
        if is_narrowed {
            narrowed.by.sort_unstable();
            narrowed.by.dedup();
            audited.narrowed.push(narrowed);
        }
    }
}

/// Cells that keep a row from its end; all of the block where the solver does not say.
fn binding(block: &Local, row: usize, optimum: Option<&Optimum>) -> Vec<u32> {
    let all: Vec<usize> = (0..block.rows.len()).collect();
    let rows = optimum.map_or(&all, |one| &one.binding);
    rows.iter().filter(|at| **at != row).map(|at| block.rows[*at].cell).collect()
}
