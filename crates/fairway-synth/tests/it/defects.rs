use std::collections::{HashMap, HashSet};

use crate::support::{Output, options};

#[test]
fn each_spoiled_cell_is_where_the_list_says_and_no_other_cell_differs() {
    let clean = Output::of(options(700, "asc-cld/r2"));
    let mut spoiled = options(700, "asc-cld/r2");
    spoiled.defects = 0.3;
    let spoiled = Output::of(spoiled);
    let mut listed: HashMap<(usize, String), (String, String)> = HashMap::new();
    for defect in spoiled.records("defects.csv") {
        let place = (defect.get("record").parse().unwrap(), defect.get("column").to_owned());
        let cells = (defect.get("original").to_owned(), defect.get("spoiled").to_owned());
        assert!(listed.insert(place, cells).is_none());
    }
    let (before, after) = (csv(&clean), csv(&spoiled));
    assert_eq!(before.len(), after.len());
    for (number, (old, new)) in before.iter().zip(&after).enumerate().skip(1) {
        for (column, (was, is)) in old.iter().zip(new).enumerate() {
            let found = listed.remove(&(number, before[0][column].clone()));
            assert_eq!(found, (was != is).then(|| (was.clone(), is.clone())), "record {number}");
        }
    }
    assert!(listed.is_empty());
}

fn csv(output: &Output) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(output.path("submission.csv")).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_share_of_records_is_spoiled_one_way_each_and_in_all_ways_together() {
    let mut options = options(2_000, "asc-cld/r2");
    options.defects = 0.5;
    let output = Output::of(options);
    let defects = output.records("defects.csv");
    let records: HashSet<&str> = defects.iter().map(|defect| defect.get("record")).collect();
    assert_eq!(records.len() as u64, output.report.defects);
    let share = output.report.defects as f64 / output.report.records as f64;
    assert!((0.45..0.55).contains(&share), "{share}");
    let kinds: HashSet<&str> = defects.iter().map(|defect| defect.get("kind")).collect();
    assert_eq!(kinds.len(), 47, "{kinds:?}");
    let of_one: HashSet<(&str, &str)> = defects.iter().map(|d| (d.get("record"), d.get("kind"))).collect();
    assert_eq!(of_one.len(), records.len());
}

#[test]
fn a_clean_run_lists_no_defect() {
    let output = Output::of(options(50, "asc-cld/r1"));
    assert!(output.records("defects.csv").is_empty());
    assert_eq!(output.report.defects, 0);
}

#[test]
fn a_release_1_file_is_spoiled_with_its_own_words_alone() {
    let mut options = options(500, "asc-cld/r1");
    options.defects = 1.0;
    let output = Output::of(options);
    assert!(output.records("defects.csv").iter().all(|defect| defect.get("family") != "release"));
}
