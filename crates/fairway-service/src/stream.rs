//! Rows made on a thread of their own, so that reading and encrypting go on while tables are written.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use fairway_domain::port::RowSource;
use fairway_domain::{Fault, Row};

/// Rows sent at a time.
const BATCH: usize = 512;
/// Batches that may wait.
const WAITING: usize = 8;

type Step = Vec<Row>;

/// Where the making thread puts its rows.
pub(crate) struct RowSender {
    to: SyncSender<Result<Vec<Step>, Fault>>,
    batch: Vec<Step>,
    /// Rows that were taken come back here, for the room they have.
    back: Receiver<Vec<Step>>,
    spent: Vec<Step>,
}

impl RowSender {
    /// Rows to be filled, one per table, empty.
    pub(crate) fn fresh(&mut self, tables: usize) -> Step {
        if self.spent.is_empty() {
            self.spent = self.back.try_recv().unwrap_or_default();
        }
        let mut rows = self.spent.pop().unwrap_or_default();
        rows.resize_with(tables, Row::default);
        rows.iter_mut().for_each(Row::clear);
        rows
    }

    /// Sends one row per table. Says `false` when nobody takes them any more.
    pub(crate) fn send(&mut self, rows: Step) -> bool {
        self.batch.push(rows);
        self.batch.len() < BATCH || self.flush()
    }

    fn flush(&mut self) -> bool {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        batch.is_empty() || self.to.send(Ok(batch)).is_ok()
    }
}

/// The rows that `make` sends, from a thread of its own. When `make` fails, so does the source, and nothing is committed.
pub(crate) fn rows_from(make: impl FnOnce(&mut RowSender) -> Result<(), Fault> + Send + 'static) -> Box<dyn RowSource> {
    let (to, from) = sync_channel(WAITING);
    let (used, back) = sync_channel(WAITING);
    std::thread::spawn(move || {
        let mut sender = RowSender { to, batch: Vec::with_capacity(BATCH), back, spent: Vec::new() };
        match make(&mut sender) {
            Ok(()) => {
                sender.flush();
                // The end is said, so that a thread that died is not taken for one.
                let _taken = sender.to.send(Ok(Vec::new()));
            }
            Err(fault) => {
                let _taken = sender.to.send(Err(fault));
            }
        }
    });
    Box::new(Rows { from, batch: Vec::new().into_iter(), used, spent: Vec::new(), ended: false })
}

struct Rows {
    from: Receiver<Result<Vec<Step>, Fault>>,
    batch: std::vec::IntoIter<Step>,
    used: SyncSender<Vec<Step>>,
    spent: Vec<Step>,
    ended: bool,
}

impl RowSource for Rows {
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault> {
        loop {
            if let Some(mut made) = self.batch.next() {
                for (row, made) in rows.iter_mut().zip(&mut made) {
                    std::mem::swap(row, made);
                }
                self.spent.push(made);
                return Ok(true);
            }
            // Whoever makes rows has enough of them, or is gone.
            let _given_back = self.used.try_send(std::mem::take(&mut self.spent));
            if self.ended {
                return Ok(false);
            }
            let batch = self.from.recv().map_err(|_| Fault::new("rows stopped before their end"))??;
            self.ended = batch.is_empty();
            self.batch = batch.into_iter();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairway_domain::Value;

    fn numbers(mut source: Box<dyn RowSource>) -> Result<Vec<i64>, Fault> {
        let (mut rows, mut seen) = (vec![Row::default()], Vec::new());
        while source.next(&mut rows)? {
            seen.extend(rows[0].get(0).integer());
            rows[0].clear();
        }
        Ok(seen)
    }

    fn row(number: i64) -> Row {
        let mut row = Row::default();
        row.push(Value::Integer(number));
        row
    }

    #[test]
    fn every_row_arrives_in_order() {
        let source = rows_from(|to| {
            (0..5_000).for_each(|n| {
                to.send(vec![row(n)]);
            });
            Ok(())
        });
        assert_eq!(numbers(source).unwrap(), (0..5_000).collect::<Vec<_>>());
    }

    #[test]
    fn a_fault_on_the_way_is_a_fault_at_the_end() {
        let source = rows_from(|to| {
            to.send(vec![row(1)]);
            Err(Fault::new("payload ended early"))
        });
        assert_eq!(numbers(source).unwrap_err().to_string(), "payload ended early");
    }

    #[test]
    fn a_thread_that_dies_is_not_taken_for_the_end() {
        let source = rows_from(|to| {
            to.send(vec![row(1)]);
            panic!("planted");
        });
        assert!(numbers(source).is_err());
    }
}
