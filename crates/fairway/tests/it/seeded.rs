//! Every defect that is put into a file on purpose is found where it lies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::centre::fairway;

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(path).unwrap().deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn every_seeded_defect_that_has_a_rule_is_found_at_its_record_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (out, report) = (path("313"), path("report"));
    fairway(&[
        "synth",
        "--people",
        "1500",
        "--la",
        "313",
        "--release",
        "r2",
        "--period-end",
        "2025-03-31",
        "--seed",
        "11",
        "--defects",
        "0.1",
        "--out",
        &out,
    ])
    .ended(0);
    fairway(&["check", &path("313/submission.csv"), "--spec", "asc-cld/r2", "--out", &report]);
    let found: BTreeSet<(String, String, String)> = rows(&folder.path().join("report/findings.csv"))
        .into_iter()
        .map(|row| (row["record"].clone(), row["rule"].clone(), row["column"].clone()))
        .collect();
    let defects = rows(&folder.path().join("313/defects.csv"));
    // A defect may change several columns; its finding stands at one of them.
    let mut seeded: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    for defect in defects.iter().filter(|defect| !defect["rule"].is_empty()) {
        let at = |column: &str| (defect["record"].clone(), defect["rule"].clone(), column.to_owned());
        *seeded.entry((&defect["kind"], &defect["record"])).or_default() |=
            found.contains(&at(&defect["column"])) || found.contains(&at(""));
    }
    let missed: Vec<_> = seeded.iter().filter(|(_, found)| !**found).map(|(defect, _)| defect).collect();
    assert!(seeded.len() > 300 && missed.is_empty(), "{} of {}: {missed:#?}", missed.len(), seeded.len());
}
