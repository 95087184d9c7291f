//! What goes to standard output, and progress on standard error.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

pub use fairway_domain::wording::grouped;
use fairway_service::Progress;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde::Serialize;

/// Prints one line.
pub fn line(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Whether standard output takes colour: a terminal, and the reader has not said otherwise (`NO_COLOR`, `CLICOLOR`).
pub fn takes_colour() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}

/// Prints a value as JSON over several lines.
pub fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)
}

/// Prints a value as JSON on one line.
pub fn json_line(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)
}

/// Progress bars on standard error; nothing where standard error is not a terminal.
pub struct Bars {
    all: MultiProgress,
    bars: Mutex<HashMap<String, ProgressBar>>,
    hidden: bool,
}

impl Bars {
    /// Bars for people; none with `quiet` or without a terminal.
    pub fn new(quiet: bool) -> Self {
        let hidden = quiet || !io::stderr().is_terminal();
        Self { all: MultiProgress::new(), bars: Mutex::new(HashMap::new()), hidden }
    }

    /// How many bytes of a file have been read, with rate and time left.
    pub fn read(&self, step: &str, bytes: u64, total: Option<u64>) {
        const KNOWN: &str = "  {msg:<28} {bar:30} {percent:>3}% {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} left";
        const OPEN: &str = "  {msg:<28} {spinner} {decimal_bytes}, {decimal_bytes_per_sec}";
        if !self.hidden {
            self.bar(step, total, if total.is_some() { KNOWN } else { OPEN }).set_position(bytes);
        }
    }

    fn bar(&self, step: &str, total: Option<u64>, template: &str) -> ProgressBar {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        bars.entry(step.to_owned())
            .or_insert_with(|| {
                let bar = self.all.add(total.map_or_else(ProgressBar::no_length, ProgressBar::new));
                if let Ok(style) = ProgressStyle::with_template(template) {
                    bar.set_style(style);
                }
                bar.set_message(step.to_owned());
                bar
            })
            .clone()
    }
}

impl Progress for Bars {
    fn at(&self, step: &str, done: u64, total: Option<u64>) {
        const KNOWN: &str = "  {msg:<28} {bar:30} {percent:>3}% {human_pos}/{human_len} {eta}";
        const OPEN: &str = "  {msg:<28} {spinner} {human_pos}";
        if !self.hidden {
            self.bar(step, total, if total.is_some() { KNOWN } else { OPEN }).set_position(done);
        }
    }

    fn finished(&self, step: &str) {
        let bar = self.bars.lock().unwrap_or_else(PoisonError::into_inner).remove(step);
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }
}
