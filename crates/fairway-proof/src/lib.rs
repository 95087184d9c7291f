//! What must hold for any bytes at all, told once: each function takes bytes and panics where a promise is broken. The
//! fuzzer hunts for such bytes (`fuzz/`); hostile files and whatever was once found are tried with every test run.
//!
//! No function here has an opinion of its own about the data: it compares the check with itself (read in one piece and in
//! many, checked and loaded), with other people's readers, or with a slow and obvious way to the same answer.

mod described;
mod file;
mod text;
mod trace;

pub use described::{expression, table_schema};
pub use file::{generic, header, judge_with, reader, table};
pub use text::{date, nhs_number, postcode};
pub use trace::{trace_answers, trace_request};

/// What a fuzz target is called, and what it tries.
pub type Target = (&'static str, fn(&[u8]));

/// Every target. `fuzz/` has a binary for each, `tests/corpora/fuzz/` a folder of kept inputs.
pub const TARGETS: &[Target] = &[
    ("date", date),
    ("expression", expression),
    ("header", header),
    ("nhs_number", nhs_number),
    ("postcode", postcode),
    ("reader", reader),
    ("table", table),
    ("table_schema", table_schema),
    ("trace_answers", trace_answers),
    ("trace_request", trace_request),
];
