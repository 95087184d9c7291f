//! What a check is told with.

use fairway_check::report::{CsvFindings, Json, text, write_summary};
use fairway_check::{CheckOptions, CheckSummary, FindingSink, check};

use crate::support::{Sheet, example, options, run, spec};

fn faulty() -> Sheet {
    example("r2")
        .with(1, "Gender", "Man")
        .with(2, "Gender", "")
        .with(3, "NHS Number", "9990000477")
        .with(4, "NHS Number", "")
        .with(4, "LA Person Unique Identifier", "")
        .with(5, "Postcode", "ZZ99 3VZ")
}

fn into(sheet: &Sheet, sink: &mut dyn FindingSink, show_values: bool) -> CheckSummary {
    let options = CheckOptions { show_values, ..options() };
    check(&sheet.bytes()[..], &spec("asc-cld/r2"), &options, sink, &mut |_| {}).unwrap()
}

#[test]
fn the_text_begins_with_the_verdict_and_puts_the_worst_first() {
    insta::assert_snapshot!(text(&run(&faulty().bytes()).0));
}

#[test]
fn a_clean_file_is_told_in_three_lines() {
    insta::assert_snapshot!(text(&run(&example("r2").bytes()).0), @r"
    Passed. The file meets Adult Social Care Client Level Data, Release 2 (asc-cld/r2).
    9 records; nothing to confirm. 4,600 bytes of text in ASCII.
    Organisation 210, reporting period 01/04/2025 to 31/03/2026.
    ");
}

#[test]
fn findings_csv_has_the_columns_that_were_agreed() {
    let mut findings = CsvFindings::new(Vec::new(), false).unwrap();
    into(&faulty(), &mut findings, false);
    insta::assert_snapshot!(String::from_utf8(findings.finish().unwrap()).unwrap());
}

#[test]
fn findings_csv_with_values_is_safe_in_a_spreadsheet() {
    let sheet = example("r2").with(1, "Gender", "=cmd()").with(2, "Gender", "Man");
    let mut findings = CsvFindings::new(Vec::new(), true).unwrap();
    into(&sheet, &mut findings, true);
    let text = String::from_utf8(findings.finish().unwrap()).unwrap();
    let values: Vec<&str> = text.lines().map(|line| line.rsplit(',').next().unwrap()).collect();
    assert_eq!(values, ["value", "'=cmd()", "Man"]);
}

#[test]
fn json_is_one_document_with_the_findings_and_the_summary() {
    let mut json = Json::new(Vec::new()).unwrap();
    let summary = into(&faulty(), &mut json, false);
    let document: serde_json::Value = serde_json::from_slice(&json.finish(&summary).unwrap()).unwrap();
    assert_eq!(
        document["findings"].as_array().unwrap().len() as u64,
        summary.tallies.iter().map(|t| t.count).sum::<u64>()
    );
    let mut alone = Vec::new();
    write_summary(&mut alone, &summary).unwrap();
    let alone: serde_json::Value = serde_json::from_slice(&alone).unwrap();
    assert_eq!(document["summary"], alone);
    insta::assert_json_snapshot!(alone);
}

#[test]
fn json_without_findings_is_a_document_too() {
    let mut json = Json::new(Vec::new()).unwrap();
    let summary = into(&example("r2"), &mut json, false);
    let document: serde_json::Value = serde_json::from_slice(&json.finish(&summary).unwrap()).unwrap();
    assert_eq!(document["findings"], serde_json::json!([]));
    assert_eq!(document["summary"]["verdict"], "clean");
}
