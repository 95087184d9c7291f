//! The check as a WebAssembly module, in constant memory: the host hands over the file piece by piece and takes the
//! findings as they are made. Plain C calls, no glue code: see `host` for what a host has to offer.
//!
//! [`run`] is all there is on other machines; that both come to the same is tested (`tests/wasm`).

use std::io::{Read, Write};

use fairway_check::report::{About, CsvFindings, write_summary};
use fairway_check::{CheckOptions, Verdict, check};
use fairway_domain::Fault;
use fairway_spec::Spec;
use jiff::civil::Date;

#[cfg(target_arch = "wasm32")]
mod host;

/// Checks a file; writes `findings.csv` to `findings` as it goes and `summary.json` to `summary` at the end.
///
/// # Errors
/// When something cannot be read or written. Bad data is no error.
pub fn run(
    input: impl Read,
    spec: &Spec,
    today: Date,
    findings: impl Write,
    mut summary: impl Write,
) -> Result<Verdict, Fault> {
    let mut sink = CsvFindings::new(findings, false)?;
    let told = check(input, spec, &CheckOptions::new(today), &mut sink, &mut |_| {})?;
    sink.finish()?;
    write_summary(&mut summary, &told, &About { checked_on: Some(today), ..About::default() })?;
    Ok(told.verdict)
}
