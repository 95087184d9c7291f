//! How fast a file is checked: `cargo run --release -p fairway-check --example measure -- FILE [SPEC] [--load|--csv]`.
//!
//! Prints what the check came to; run it twice, so that the file is in memory and the disk does not count.

use std::fs::File;
use std::io::Write;
use std::time::Instant;

use fairway_check::report::{CsvFindings, text};
use fairway_check::{CheckOptions, CheckSummary, NoFindings, Records, check};
use fairway_spec::Spec;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, rest @ ..] = arguments.as_slice() else { return Err("name a file".into()) };
    let name = rest.iter().find(|argument| !argument.starts_with("--")).map_or("asc-cld/r2", String::as_str);
    let input = File::open(file)?;
    let megabytes = input.metadata()?.len() as f64 / 1e6;
    let spec = fairway_spec::resolve(name)?;
    let options = CheckOptions::new(jiff::civil::date(2026, 5, 1));
    let begun = Instant::now();
    let (records, summary) = if rest.iter().any(|argument| argument == "--load") {
        (load(input, &spec, &options)?, None)
    } else {
        let summary = run(input, &spec, &options, rest.iter().any(|argument| argument == "--csv"))?;
        (summary.records, Some(summary))
    };
    let seconds = begun.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{records} records, {megabytes:.0} MB in {seconds:.3} s: {:.0} MB/s", megabytes / seconds)?;
    if let Some(summary) = summary {
        write!(out, "{}", text(&summary))?;
    }
    Ok(())
}

fn run(input: File, spec: &Spec, options: &CheckOptions, csv: bool) -> Result<CheckSummary, fairway_domain::Fault> {
    if csv {
        let mut sink = CsvFindings::new(std::io::sink(), false)?;
        check(input, spec, options, &mut sink, &mut |_| {})
    } else {
        check(input, spec, options, &mut NoFindings, &mut |_| {})
    }
}

fn load(input: File, spec: &Spec, options: &CheckOptions) -> Result<u64, fairway_domain::Fault> {
    let mut records = Records::open(input, spec, options)?;
    let (mut count, mut filled) = (0, 0);
    while let Some(record) = records.next()? {
        count += 1;
        filled += (0..spec.fields.len()).filter(|field| !record.value(*field).is_null()).count();
    }
    std::hint::black_box(filled);
    Ok(count)
}
