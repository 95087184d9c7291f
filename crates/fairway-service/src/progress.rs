/// Hears how far long work has come. Counts are of bytes, records or rows, as `step` says.
pub trait Progress: Send + Sync {
    /// `done` of `total` (where the total is known) of the step called `step`.
    fn at(&self, step: &str, done: u64, total: Option<u64>);

    /// The step called `step` is over.
    fn finished(&self, step: &str);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn at(&self, _step: &str, _done: u64, _total: Option<u64>) {}

    fn finished(&self, _step: &str) {}
}
