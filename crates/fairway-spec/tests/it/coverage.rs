//! The collection's rules by their numbers, and what became of each: specs/asc-cld/coverage.csv.

use std::collections::{BTreeMap, BTreeSet};

use fairway_spec::{Severity, Stage};

use crate::support::{spec, specs_folder};

fn rows() -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(specs_folder().join("coverage.csv")).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn every_numbered_rule_is_checked_or_says_why_not() {
    let known: BTreeSet<String> = fairway_spec::builtin()
        .iter()
        .flat_map(|name| spec(&name.to_string()).rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>())
        .collect();
    let mut numbers = BTreeSet::new();
    for row in rows() {
        let number: u32 = row["number"].parse().unwrap();
        assert!(numbers.insert(number), "{number} is there twice");
        let ids: Vec<&str> = row["rules"].split_whitespace().collect();
        for id in &ids {
            assert!(known.contains(*id), "{number} names {id}, which no release has");
        }
        match row["where"].as_str() {
            "check" => assert!(!ids.is_empty(), "{number} names no rule"),
            "centre" => assert!(ids.is_empty() && !row["reason"].is_empty(), "{number} says no reason"),
            other => panic!("{number} is nowhere: {other}"),
        }
    }
    assert_eq!(numbers, (1..=59).chain(81..=99).collect());
}

#[test]
fn every_rule_says_why_it_matters() {
    for name in ["asc-cld/v5", "asc-cld/r1", "asc-cld/r2"] {
        for rule in &spec(name).rules {
            assert!(rule.why.ends_with('.'), "{name} {}: {:?}", rule.id, rule.why);
        }
    }
}

#[test]
fn an_error_rests_on_no_value_that_was_not_seen() {
    let r1 = spec("asc-cld/r1");
    let rule = r1.rule("long-term-component").unwrap();
    assert_eq!(rule.severity, Severity::Warning);
    assert!(rule.message.ends_with("(the list is inferred, not the official one)"), "{}", rule.message);
    let r2 = spec("asc-cld/r2");
    let rule = r2.rule("long-term-component").unwrap();
    assert_eq!((rule.severity, rule.stage), (Severity::Error, Stage::Record));
}
