//! What a check is told with.

use std::path::Path;

use fairway_check::report::{About, CsvFindings, JsonLines, text, text_about, write_html, write_summary};
use fairway_check::{CheckOptions, CheckSummary, FindingSink, Follow, ImprintKey, check};

use crate::across::ending_on;
use crate::support::{Sheet, example, options, run, run_with, spec};

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

fn summary_json(summary: &CheckSummary, about: &About) -> serde_json::Value {
    let mut bytes = Vec::new();
    write_summary(&mut bytes, summary, about).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn about() -> About {
    About {
        file: Some("july <2026>.csv".into()),
        chosen: Some("It was named.".into()),
        checked_on: Some(options().today),
        size: None,
    }
}

#[test]
fn json_lines_say_what_findings_csv_says() {
    let mut lines = JsonLines::new(Vec::new());
    let summary = into(&faulty(), &mut lines, false);
    let mut rows = CsvFindings::new(Vec::new(), false).unwrap();
    into(&faulty(), &mut rows, false);
    let (lines, rows) = (lines.finish().unwrap(), rows.finish().unwrap());
    let lines: Vec<serde_json::Value> =
        lines.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect();
    let mut rows = csv::Reader::from_reader(&rows[..]);
    let header = rows.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len() as u64, summary.tallies.iter().map(|t| t.count).sum::<u64>());
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        for (name, cell) in header.iter().zip(row) {
            let said =
                line.get(name).map_or(String::new(), |v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
            assert_eq!(said, cell, "{name}");
        }
    }
}

#[test]
fn the_summary_is_one_json_document() {
    let (summary, _) = run(&faulty().bytes());
    insta::assert_json_snapshot!(summary_json(&summary, &About::default()));
}

fn schema() -> jsonschema::Validator {
    let mut schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../../docs/schema/summary.schema.json")).unwrap();
    forbid_other_names(&mut schema);
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn the_published_schema_holds_for_every_summary() {
    let schema = schema();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora/handmade/csv");
    let mut files: Vec<Vec<u8>> =
        std::fs::read_dir(corpus).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    assert!(files.len() > 30);
    files.extend([faulty().bytes(), example("r2").bytes()]);
    for file in files {
        let (summary, _) = run(&file);
        for about in [About::default(), about()] {
            let document = summary_json(&summary, &about);
            let errors: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{document:#}");
        }
    }
    let mut other = summary_json(&run(&faulty().bytes()).0, &about());
    other["surprise"] = true.into();
    assert!(!schema.is_valid(&other), "a name that the schema does not describe passes");
}

/// Readers are to bear names they do not know; the test is not.
fn forbid_other_names(schema: &mut serde_json::Value) {
    if let Some(map) = schema.as_object_mut() {
        if map.contains_key("properties") {
            map.insert("additionalProperties".into(), false.into());
        }
        map.values_mut().for_each(forbid_other_names);
    }
}

#[test]
fn the_period_that_the_events_show_and_their_months_are_in_every_report() {
    let sheet = ending_on(&["05/05/2025", "06/07/2025"]);
    let follow =
        |earlier| CheckOptions { follow: Some(Follow { key: ImprintKey::new([7; 16]), earlier }), ..options() };
    let first = run_with(&sheet.bytes(), &spec("asc-cld/r2"), &follow(None)).0;
    let (summary, _) = run_with(&sheet.bytes(), &spec("asc-cld/r2"), &follow(first.imprint));
    let document = summary_json(&summary, &about());
    let months = serde_json::json!([{ "month": "2025-05", "events": 100 }, { "month": "2025-07", "events": 100 }]);
    let expected = serde_json::json!({
        "derived_period_start": "2025-05-01",
        "derived_period_end": "2025-07-31",
        "kinds": [{ "kind": "Request", "events": 200, "ended": months }],
        "earlier": "compared",
    });
    assert_eq!(document["dataset"], expected);
    assert!(schema().is_valid(&document), "{document:#}");
    let text = text(&summary).replace('\n', " ");
    let period = "reporting period 01/04/2025 to 31/03/2026. The events show a period of 01/05/2025 to 31/07/2025.";
    assert!(text.contains(period) && text.contains("Compared with the earlier submission."), "{text}");
    let page = page(&summary);
    assert!(page.contains("<dd>01/05/2025 to 31/07/2025</dd>") && page.contains("Compared with the earlier"), "{page}");
}

#[test]
fn the_page_says_why_each_rule_matters() {
    let (summary, _) = run(&faulty().bytes());
    let spec = spec("asc-cld/r2");
    let page = page(&summary);
    for rule in summary.tallies.iter().map(|tally| spec.rule(&tally.rule).unwrap()) {
        assert!(
            !rule.why.is_empty() && page.contains(&format!("Why it matters: {}", escaped(&rule.why))),
            "{}",
            rule.id
        );
    }
}

/// As the page writes it.
fn escaped(text: &str) -> String {
    text.replace('\'', "&#39;").replace('"', "&#34;")
}

#[test]
fn the_text_says_what_was_not_read() {
    let text = |bytes: &[u8], size| text_about(&run(bytes).0, &About { size, ..about() }, false);
    let stopped = text(b"a;b;c\n1;2;3\n", Some(1 << 20));
    assert!(stopped.contains("The check stopped before the first record: no record was read."), "{stopped}");
    assert!(!text(&faulty().bytes(), None).contains("stopped"));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let (summary, _) = run(&faulty().bytes());
    let coloured = text_about(&summary, &about(), true);
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text_about(&summary, &about(), false));
}

fn page(summary: &CheckSummary) -> String {
    let mut page = Vec::new();
    write_html(&mut page, summary, &about()).unwrap();
    String::from_utf8(page).unwrap()
}

#[test]
fn the_page_escapes_what_others_wrote() {
    let page = page(&run(&faulty().bytes()).0);
    assert!(page.contains("july &#60;2026&#62;.csv"));
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
}

#[test]
fn the_page_names_every_rule_and_column_with_findings() {
    let (summary, _) = run(&faulty().bytes());
    let page = page(&summary);
    for tally in &summary.tallies {
        assert!(page.contains(&format!("id=\"rule-{}\"", tally.rule)), "{}", tally.rule);
        assert!(page.contains(&tally.column) && page.contains(&tally.hint), "{tally:?}");
    }
}
