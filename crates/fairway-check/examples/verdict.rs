//! Checks files and says each verdict as a line of JSON: `cargo run -p fairway-check --example verdict < pairs`, where each
//! line of the input is a specification, a tab and a file. For comparing with other checkers.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, Write, stdin, stdout};

use fairway_check::{CheckOptions, NoFindings, check};
use fairway_spec::{Severity, resolve};
use jiff::civil::date;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let line = line?;
        let Some((spec, file)) = line.split_once('\t') else { return Err("a line is SPEC, a tab, FILE".into()) };
        writeln!(out, "{}", verdict(spec, file)?)?;
    }
    Ok(())
}

fn verdict(spec: &str, file: &str) -> Result<Value, Box<dyn Error>> {
    let spec = match resolve(spec) {
        Ok(spec) => spec,
        Err(error) => return Ok(json!({ "valid": null, "problem": error.to_string() })),
    };
    let summary = check(File::open(file)?, &spec, &CheckOptions::new(date(2026, 5, 1)), &mut NoFindings, &mut |_| {})?;
    let grave = summary.tallies.iter().filter(|tally| tally.severity >= Severity::Error);
    let rules: BTreeSet<&str> = grave.map(|tally| tally.rule.as_str()).collect();
    Ok(json!({ "valid": rules.is_empty(), "rules": rules, "unchecked": spec.unchecked }))
}
