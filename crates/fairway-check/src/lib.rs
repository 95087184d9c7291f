//! Whether a file meets its specification: one pass over the bytes, in bounded memory, every fault placed.
//!
//! A file is read as text whatever its encoding ([`Encoding`]), split into records leniently with every departure noted,
//! its header matched to the specification's, and each record judged cell by cell and rule by rule. Findings stream to
//! a [`FindingSink`]; what remains is a [`CheckSummary`]. The core reads no clock, no file and starts no thread.

mod across;
mod desk;
mod facts;
mod finding;
mod header;
mod judge;
mod pass;
mod plan;
mod read;
mod records;
pub mod report;
mod sniff;
mod summary;

use std::io::Read;

use fairway_domain::Fault;
use fairway_spec::Spec;

pub use across::{Comparison, Follow, Imprint, ImprintKey};
pub use finding::{CheckOptions, FieldStatus, Finding, FindingSink, NoFindings, Place, Validity, Verdict};
pub use read::Encoding;
pub use records::{Record, Records};
pub use sniff::{Sniffed, sniff};
pub use summary::{CheckSummary, DatasetFigures, KindFigures, Tally};

use pass::Pass;

/// Checks a file against its specification. Findings go to `sink` in the order of the file; `progress` hears how many
/// bytes of the file as sent have been read, after each block.
///
/// # Errors
/// When the input cannot be read, the sink cannot write, or the specification contradicts itself. Bad data is no error.
pub fn check(
    input: impl Read,
    spec: &Spec,
    options: &CheckOptions,
    sink: &mut dyn FindingSink,
    progress: &mut dyn FnMut(u64),
) -> Result<CheckSummary, Fault> {
    let mut pass = Pass::open(input, spec, options, sink)?;
    let mut read = 0;
    while pass.step(sink)? {
        let now = pass.reader.input().bytes_read();
        if now != read {
            read = now;
            progress(read);
        }
    }
    let summary = pass.finish(sink)?;
    progress(summary.bytes);
    Ok(summary)
}
