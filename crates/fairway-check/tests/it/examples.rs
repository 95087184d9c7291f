//! Every rule of the specifications with an example is broken by it.

use std::collections::BTreeMap;

use fairway_check::{Follow, ImprintKey, Verdict};
use fairway_spec::{Rule, Spec};

use crate::support::{Sheet, options, run_with, spec};

#[track_caller]
fn examples_break_their_rules(release: &str) {
    let spec = spec(&format!("asc-cld/{release}"));
    let base = Sheet::open(&format!("../../specs/asc-cld/{release}/examples/valid.csv"));
    let (summary, found) = run_with(&base.bytes(), &spec, &options());
    assert_eq!((summary.verdict, found), (Verdict::Clean, vec![]));
    let mut silent = Vec::new();
    for rule in spec.rules.iter().filter(|rule| !(rule.example.is_empty() && rule.example_records.is_empty())) {
        // Beside an unchanged record, so that rules about a file see a difference.
        let breaks = (1..base.rows.len()).any(|record| {
            if !rule.example_records.is_empty() {
                return together_break(&base, record, rule, &spec);
            }
            let mut sheet = base.clone();
            sheet.rows.push(sheet.rows[record].clone());
            let last = sheet.rows.len() - 1;
            let of_file = rule.id.starts_with("period-");
            for (header, value) in &rule.example {
                sheet = if of_file { sheet.with_all(header, value) } else { sheet.with(last, header, value) };
            }
            let mut options = options();
            if rule.id == "organisation-other" {
                options.sender = "210".parse().ok();
            }
            run_with(&sheet.bytes(), &spec, &options).1.iter().any(|seen| seen.rule == rule.id)
        });
        if !breaks {
            silent.push(rule.id.as_str());
        }
    }
    assert_eq!(silent, [""; 0]);
}

/// Whether the records of an example, all made from one record, break their rule. The first of those against an earlier
/// submission is of that; shares are looked at from a number of records on.
fn together_break(base: &Sheet, record: usize, rule: &Rule, spec: &Spec) -> bool {
    let across = rule.across.as_ref().unwrap();
    let times = if across.counts() { 100 } else { 1 };
    let sheet_of = |records: &[BTreeMap<String, String>]| {
        let mut sheet = base.clone();
        sheet.rows.truncate(1);
        for cells in records {
            let mut row = base.rows[record].clone();
            cells.iter().for_each(|(header, value)| row[base.column(header)] = value.clone());
            sheet.rows.extend(std::iter::repeat_n(row, times));
        }
        sheet.bytes()
    };
    let mut options = options();
    let mut records = &rule.example_records[..];
    if across.needs_earlier() {
        let mut follow = Follow { key: ImprintKey::new([7; 16]), earlier: None };
        options.follow = Some(follow.clone());
        follow.earlier = run_with(&sheet_of(&records[..1]), spec, &options).0.imprint;
        options.follow = Some(follow);
        records = &records[1..];
    }
    run_with(&sheet_of(records), spec, &options).1.iter().any(|seen| seen.rule == rule.id)
}

#[test]
fn every_example_of_version_5_breaks_its_rule() {
    examples_break_their_rules("v5");
}

#[test]
fn every_example_of_release_1_breaks_its_rule() {
    examples_break_their_rules("r1");
}

#[test]
fn every_example_of_release_2_breaks_its_rule() {
    examples_break_their_rules("r2");
}
