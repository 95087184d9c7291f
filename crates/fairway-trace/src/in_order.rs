//! Work on several threads whose results come in the order of what they were made from.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Takes portions from `next` until there are none, makes something of each with `work` on this many threads, and hands
/// what was made to `take` in the order of the portions: what `take` sees is the same whatever the number of threads.
///
/// # Errors
/// The first error in the order of the portions, whoever had it; by then `take` may have seen what came before.
pub fn in_order<I: Send, O: Send, E: Send>(
    threads: usize,
    next: impl FnMut() -> Result<Option<I>, E> + Send,
    work: impl Fn(I) -> Result<O, E> + Sync,
    take: impl FnMut(O) -> Result<(), E> + Send,
) -> Result<(), E> {
    let input = Mutex::new(Input { next, number: 0, over: false });
    let output = Mutex::new(Output { take, number: 0, waiting: BTreeMap::new(), error: None });
    std::thread::scope(|scope| {
        let run = || {
            loop {
                // Bound first, so that the lock is free again while the work is done.
                let portion = lock(&input).portion();
                let Some((number, portion)) = portion else { return };
                let made = portion.and_then(&work);
                let goes_on = lock(&output).made(number, made);
                if !goes_on {
                    lock(&input).over = true;
                }
            }
        };
        for _ in 1..threads.max(1) {
            scope.spawn(run);
        }
        run();
    });
    match output.into_inner().unwrap_or_else(PoisonError::into_inner).error {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Input<N> {
    next: N,
    number: u64,
    over: bool,
}

impl<I, E, N: FnMut() -> Result<Option<I>, E>> Input<N> {
    /// The next portion with its number, or the error in its place; nothing after the last.
    fn portion(&mut self) -> Option<(u64, Result<I, E>)> {
        if self.over {
            return None;
        }
        let portion = (self.next)().transpose();
        self.over = !matches!(portion, Some(Ok(_)));
        self.number += 1;
        portion.map(|portion| (self.number - 1, portion))
    }
}

struct Output<T, O, E> {
    take: T,
    number: u64,
    waiting: BTreeMap<u64, O>,
    /// The error of the earliest portion that has one.
    error: Option<(u64, E)>,
}

impl<O, E, T: FnMut(O) -> Result<(), E>> Output<T, O, E> {
    /// Hands on what is next in order. Says whether it goes on.
    fn made(&mut self, number: u64, made: Result<O, E>) -> bool {
        match made {
            Ok(made) => drop(self.waiting.insert(number, made)),
            Err(error) => self.fail(number, error),
        }
        while let Some(made) = self.waiting.remove(&self.number) {
            if self.error.as_ref().is_none_or(|(at, _)| self.number < *at)
                && let Err(error) = (self.take)(made)
            {
                self.fail(self.number, error);
            }
            self.number += 1;
        }
        self.error.is_none()
    }

    fn fail(&mut self, number: u64, error: E) {
        if self.error.as_ref().is_none_or(|(earlier, _)| number < *earlier) {
            self.error = Some((number, error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(threads: usize, wrong_at: Option<u32>) -> (Vec<u32>, Result<(), u32>) {
        let mut numbers = 0..500_u32;
        let mut taken = Vec::new();
        let work = |n: u32| {
            // Later portions are done sooner.
            std::hint::black_box((0..(500 - n) * 20).sum::<u32>());
            if Some(n) == wrong_at { Err(n) } else { Ok(n * 2) }
        };
        let ended = in_order(
            threads,
            || Ok(numbers.next()),
            work,
            |n| {
                taken.push(n);
                Ok(())
            },
        );
        (taken, ended)
    }

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        let due: Vec<u32> = (0..500).map(|n| n * 2).collect();
        for threads in [0, 1, 2, 5] {
            assert_eq!(run(threads, None), (due.clone(), Ok(())));
        }
    }

    #[test]
    fn the_first_error_in_order_ends_the_work() {
        for threads in [1, 3] {
            let (taken, ended) = run(threads, Some(17));
            assert_eq!(ended, Err(17));
            assert!(taken.len() <= 17 && taken.iter().zip(0..).all(|(n, at)| *n == at * 2), "{taken:?}");
        }
        let ended = in_order(2, || Err::<Option<u8>, _>("unreadable"), Ok::<u8, _>, |_| Ok(()));
        assert_eq!(ended, Err("unreadable"));
        let mut one = Some(1);
        assert_eq!(in_order(2, || Ok(one.take()), Ok::<u8, &str>, |_| Err("full")), Err("full"));
    }
}
