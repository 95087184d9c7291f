//! Whether a file meets its specification: one pass over the bytes, in bounded memory, every fault placed.
//!
//! A file is read as text whatever its encoding ([`Encoding`]), split into records leniently with every departure noted,
//! its header matched to the specification's, and each record judged cell by cell and rule by rule. Findings stream to
//! a [`FindingSink`]; what remains is a [`CheckSummary`]. Blocks of records are judged by several threads and put
//! together in the order of the file: what is said depends on neither threads nor blocks. No clock is read, no file.

mod across;
mod brief;
#[cfg(not(target_arch = "wasm32"))]
mod crew;
mod desk;
mod drive;
mod examiner;
mod facts;
mod finding;
mod header;
mod judge;
mod opening;
mod outcome;
mod pass;
mod plan;
mod quality;
mod read;
mod records;
pub mod report;
mod sample;
mod sniff;
mod summary;

pub use across::{Comparison, Follow, Imprint, ImprintKey};
pub use drive::check;
pub use finding::{CheckOptions, FieldStatus, Finding, FindingSink, NoFindings, Place, RawRecord, Validity, Verdict};
pub use plan::with_severities;
pub use quality::QualityRow;
pub use read::Encoding;
pub use records::{Record, Records};
pub use sample::{Sampled, infer};
pub use sniff::{Sniffed, sniff, sniff_among};
pub use summary::{CheckSummary, DatasetFigures, KindFigures, Tally};
