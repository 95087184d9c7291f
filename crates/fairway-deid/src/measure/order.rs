//! Whether rows stand in the order of a column, so that their places tell something.

use rustc_hash::FxHashMap;

/// Steps from one value to another before an order is taken for one: fewer happen by chance.
const STEPS: u32 = 20;

#[derive(Default)]
pub(super) struct Orders(FxHashMap<usize, Order>);

struct Order {
    last: Vec<u8>,
    steps: u32,
    rises: bool,
    falls: bool,
}

impl Orders {
    pub(super) fn take(&mut self, column: usize, cell: &[u8]) {
        let new = || Order { last: cell.to_vec(), steps: 0, rises: false, falls: false };
        let order = self.0.entry(column).or_insert_with(new);
        if (order.rises && order.falls) || order.last == cell {
            return;
        }
        order.steps += 1;
        if order.last.as_slice() < cell {
            order.rises = true
        } else {
            order.falls = true
        }
        order.last.clear();
        order.last.extend_from_slice(cell);
    }

    pub(super) fn in_order(&self) -> impl Iterator<Item = usize> {
        let mut columns: Vec<usize> = self
            .0
            .iter()
            .filter(|(_, order)| order.steps >= STEPS && order.rises != order.falls)
            .map(|(at, _)| *at)
            .collect();
        columns.sort_unstable();
        columns.into_iter()
    }
}
