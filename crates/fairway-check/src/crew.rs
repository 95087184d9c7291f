//! Several threads that judge blocks, and the order kept: the caller's thread reads, puts together, and judges as well
//! while it would have to wait.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use fairway_domain::Fault;

/// Work and what came of it, numbered in the order it was handed out.
pub(crate) struct Board<J, D> {
    state: Mutex<State<J, D>>,
    /// There is work, or there will be none.
    work: Condvar,
    /// Something is done.
    done: Condvar,
}

struct State<J, D> {
    jobs: VecDeque<(u64, J)>,
    done: BTreeMap<u64, D>,
    /// Number of the next job to be handed out.
    next: u64,
    /// Number of the next job whose outcome is due.
    due: u64,
    closed: bool,
    broken: bool,
}

impl<J, D> Board<J, D> {
    fn new() -> Self {
        let state =
            State { jobs: VecDeque::new(), done: BTreeMap::new(), next: 0, due: 0, closed: false, broken: false };
        Self { state: Mutex::new(state), work: Condvar::new(), done: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<J, D>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many jobs were handed out whose outcome was not taken.
    pub fn pending(&self) -> usize {
        let state = self.lock();
        usize::try_from(state.next - state.due).unwrap_or(usize::MAX)
    }

    /// Hands out a job.
    pub fn put(&self, job: J) {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.jobs.push_back((number, job));
        drop(state);
        self.work.notify_one();
    }

    /// The outcome of the job that is next in order, `None` where none is pending. Until it is there, `work` is done
    /// here as well.
    ///
    /// # Errors
    /// When a worker broke down.
    pub fn take(&self, mut work: impl FnMut(J) -> D) -> Result<Option<D>, Fault> {
        let mut state = self.lock();
        while state.due < state.next {
            let due = state.due;
            if let Some(outcome) = state.done.remove(&due) {
                state.due += 1;
                return Ok(Some(outcome));
            }
            if state.broken {
                return Err(Fault::new("a thread that judges records broke down"));
            }
            if let Some((number, job)) = state.jobs.pop_front() {
                drop(state);
                let outcome = work(job);
                state = self.lock();
                state.done.insert(number, outcome);
            } else {
                state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
        Ok(None)
    }

    /// Takes all pending jobs back, done or not, in order.
    pub fn recall<B>(&self, undone: impl Fn(J) -> B, done: impl Fn(D) -> B) -> Vec<B> {
        let mut state = self.lock();
        let mut back: BTreeMap<u64, B> = state.jobs.drain(..).map(|(number, job)| (number, undone(job))).collect();
        loop {
            while let Some((number, outcome)) = state.done.pop_first() {
                back.insert(number, done(outcome));
            }
            if state.broken || back.len() as u64 == state.next - state.due {
                state.due = state.next;
                return back.into_values().collect();
            }
            state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Does jobs until there will be none.
    fn serve(&self, mut work: impl FnMut(J) -> D) {
        let mut state = self.lock();
        while !state.closed {
            let Some((number, job)) = state.jobs.pop_front() else {
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(state);
            let guard = Guard(self, |state| state.broken = true);
            let outcome = work(job);
            std::mem::forget(guard);
            state = self.lock();
            state.done.insert(number, outcome);
            self.done.notify_one();
        }
    }
}

/// Marks the board when it is dropped, also by a panic.
struct Guard<'b, J, D>(&'b Board<J, D>, fn(&mut State<J, D>));

impl<J, D> Drop for Guard<'_, J, D> {
    fn drop(&mut self) {
        self.1(&mut self.0.lock());
        self.0.work.notify_all();
        self.0.done.notify_all();
    }
}

/// Runs `lead` here and a worker on each of `helpers` other threads, until `lead` ends.
pub(crate) fn with_crew<J: Send, D: Send, W: FnMut(J) -> D + Send, T>(
    workers: Vec<W>,
    lead: impl FnOnce(&Board<J, D>) -> T,
) -> T {
    let board = Board::new();
    std::thread::scope(|scope| {
        let board = &board;
        let _close = Guard(board, |state| state.closed = true);
        for worker in workers {
            scope.spawn(move || board.serve(worker));
        }
        lead(board)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_come_in_the_order_of_the_jobs_and_recalled_ones_come_back() {
        let workers: Vec<_> = (0..3).map(|_| |job: u64| job * 2).collect();
        with_crew(workers, |board| {
            (0..50).for_each(|job| board.put(job));
            let taken: Vec<u64> = (0..20).map(|_| board.take(|job| job * 2).unwrap().unwrap()).collect();
            assert_eq!(taken, (0..20).map(|job| job * 2).collect::<Vec<_>>());
            assert_eq!(board.recall(|job| job, |done| done / 2), (20..50).collect::<Vec<_>>());
            assert_eq!(board.pending(), 0);
            board.put(7);
            assert_eq!(board.take(|job| job * 2).unwrap(), Some(14));
            assert_eq!(board.take(|job| job * 2).unwrap(), None);
        });
    }

    #[test]
    fn a_worker_that_breaks_down_is_said_and_nobody_waits_for_it() {
        let broken = std::panic::catch_unwind(|| {
            with_crew(vec![|_: u64| -> u64 { std::panic::resume_unwind(Box::new(())) }], |board| {
                board.put(1);
                while board.pending() > 0 && !board.lock().jobs.is_empty() {
                    std::thread::yield_now();
                }
                assert!(board.take(|job| job).is_err());
            });
        });
        assert!(broken.is_err());
    }
}
