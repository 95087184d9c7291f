//! Types, formats and constraints of the Table Schema in a specification of our own.

use std::sync::Arc;

use fairway_spec::Spec;

use crate::support::{one, options, run_with};

const SPEC: &str = r#"
dataset: local-flow
release: v1
title: A local flow
fields:
  - {name: Ref, type: string, class: direct, constraints: {required: true, pattern: "[A-Z]{2}[0-9]{3}"}}
  - {name: Start, type: date, format: "%Y-%m-%d", class: quasi, constraints: {minimum: 2020-01-01}, notInFuture: true}
  - {name: Cost, type: number, class: plain, constraints: {minimum: 0, exclusiveMaximum: 100.5, pattern: '[0-9]+(\.[0-9]{1,2})?'}}
  - {name: Weight, type: number, bareNumber: true, class: plain, constraints: {maximum: 2.5}}
  - {name: Postcode, type: string, class: direct, constraints: {pattern: "[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}"}}
  - {name: Kind, type: string, class: plain, constraints: {enum: [day, night]}}
  - {name: Level, type: integer, class: plain, constraints: {enum: [1, 2, 5]}}
  - {name: Active, type: boolean, trueValues: [Y], falseValues: [N], class: plain}
  - {name: Word, type: string, class: plain, constraints: {minLength: 3, maxLength: 5}}
  - {name: Seen, type: datetime, format: "%d %b %Y %H:%M", class: plain}
  - {name: Ends, type: date, format: "%d/%m/%Y", class: plain, constraints: {maximum: 2030-12-31}}
"#;
const HEADER: &str = "Ref,Start,Cost,Weight,Postcode,Kind,Level,Active,Word,Seen,Ends\n";
const GOOD: &str = "AB123,2024-02-29,12.50,2.4999,LS1 4AB,day,5,Y,four,03 Feb 2024 10:15,31/12/2030\n";

fn spec(text: &str) -> Arc<Spec> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("spec.yaml"), text).unwrap();
    Spec::load(dir.path()).unwrap()
}

#[test]
fn a_record_within_all_forms_and_limits_is_clean() {
    let (summary, found) = run_with(format!("{HEADER}{GOOD},,,,,,,,,,\n").as_bytes(), &spec(SPEC), &options());
    let rules: Vec<_> = found.iter().map(|seen| seen.rule.as_str()).collect();
    assert_eq!(rules, ["record-blank"], "{found:#?}");
    assert_eq!(summary.records, 2);
}

#[test]
fn each_form_and_each_limit_speaks_where_it_is_broken() {
    let spec = spec(SPEC);
    for (column, sent, rule, message) in [
        ("Ref", "ab123", "pattern-mismatch", "Ref is not written as the specification asks"),
        ("Ref", "", "mandatory-blank", "Enter Ref"),
        ("Start", "29/02/2024", "date-format", "Start is not a date as yyyy-mm-dd"),
        ("Start", "2023-02-29", "date-impossible", "Start is not a day of the calendar"),
        ("Start", "2019-12-31", "below-minimum", "Start must be at least 2020-01-01"),
        ("Start", "2029-12-31", "date-in-future", "Start lies in the future"),
        ("Cost", "1,200.00", "decimal-format", "Cost is not a number with at most two decimals"),
        ("Cost", "100.50", "above-maximum", "Cost must be less than 100.5"),
        ("Cost", "-1", "pattern-mismatch", "Cost is not written as the specification asks"),
        ("Weight", "2.6", "above-maximum", "Weight must be at most 2.5"),
        ("Weight", "heavy", "number-format", "Weight is not a number"),
        ("Postcode", "LS14AB", "pattern-mismatch", "Postcode is not written as the specification asks"),
        ("Kind", "dusk", "value-not-in-list", "Kind is not a value of its list"),
        ("Kind", "Day", "value-capitals", "Kind is written in other letters than its list has"),
        ("Level", "3", "value-not-in-list", "Level is not a value of its list"),
        ("Active", "yes", "boolean-format", "Active is not Y or N"),
        ("Word", "no", "text-too-short", "Word is shorter than 3 characters"),
        ("Word", "longer", "text-too-long", "Word is longer than 5 characters"),
        ("Seen", "2024-02-03", "datetime-format", "Seen is not a date with time as dd Mon yyyy hh:mm"),
        ("Ends", "01/01/2031", "above-maximum", "Ends must be at most 2030-12-31"),
    ] {
        let at = HEADER.trim_end().split(',').position(|name| name == column).unwrap();
        let mut cells: Vec<String> = GOOD.trim_end().split(',').map(str::to_owned).collect();
        cells[at] = if sent.contains(',') { format!("\"{sent}\"") } else { sent.to_owned() };
        let file = format!("{HEADER}{GOOD}{}\n", cells.join(","));
        let (_, found) = run_with(file.as_bytes(), &spec, &options());
        let seen = one(&found, rule);
        assert_eq!((seen.column.as_str(), seen.message.as_str(), seen.record), (column, message, Some(2)));
        assert_eq!(found.len(), 1, "{column} {sent}: {found:#?}");
    }
}

#[test]
fn what_a_specification_says_wrongly_of_a_form_is_refused() {
    for (field, says) in [
        ("{name: A, type: date, class: plain}", "a date has a format"),
        ("{name: A, type: date, format: yyyy, class: plain}", "is no pattern of dates"),
        ("{name: A, type: sum, class: plain}", "`sum` is no type"),
        ("{name: A, type: string, format: phone, class: plain}", "is no format of the type string"),
        ("{name: A, type: integer, class: plain, constraints: {minimum: x}}", "no value of the field's type"),
        ("{name: A, type: string, class: plain, constraints: {pattern: '(?=a)'}}", "`pattern` cannot be used"),
        ("{name: A, type: string, class: plain, constraints: {minimum: 1}}", "no value of the field's type"),
        ("{name: A, type: string, constraints: {unique: true}}", "no privacy class"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let text = format!("dataset: a\nrelease: b\ntitle: A\nfields:\n  - {field}\n");
        std::fs::write(dir.path().join("spec.yaml"), text).unwrap();
        let said = Spec::load(dir.path()).map(|_| ()).unwrap_err().to_string();
        assert!(said.contains(says), "{field}: {said}");
    }
}
