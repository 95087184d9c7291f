//! Ten thousand cells that identify made-up people, through the whole path; then every file is searched for them.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use fairway_deid::scan::{Fit, Needles, Scanner};
use jiff::civil::Date;

use crate::centre::{Centre, files};

/// Columns that identify a person, with how their values are looked for.
const NAMING: [(&str, &str, Fit); 5] = [
    ("NHS Number", "NHS number", Fit::Token),
    ("LA Person Unique Identifier", "LA person identifier", Fit::Token),
    ("First Name", "first name", Fit::Cell),
    ("Last Name", "last name", Fit::Cell),
    ("Postcode", "postcode", Fit::Token),
];
/// Where identifiers belong: the council's own answers, the register, and the public list of all postcodes.
const KEPT: [&str; 3] = ["outbox", "register", "reference"];

/// The canaries of a file and how many cells hold one.
fn canaries(file: &str) -> (Scanner, HashSet<(usize, String)>, usize) {
    let mut rows = csv::Reader::from_path(file).unwrap();
    let headers = rows.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let columns = NAMING.map(|(name, ..)| at(name));
    let (born, mut births) = (at("Date of Birth"), HashSet::new());
    let (mut all, mut cells) = (HashSet::new(), 0);
    for row in rows.records().map(Result::unwrap) {
        for (kind, column) in columns.iter().enumerate().filter(|(_, column)| !row[**column].is_empty()) {
            all.insert((kind, row[*column].to_owned()));
            cells += 1;
        }
        births.extend(Date::strptime("%d/%m/%Y", &row[born]));
        cells += usize::from(!row[born].is_empty());
    }
    let needles = Needles::new(all.iter().map(|(kind, value)| (NAMING[*kind].1, NAMING[*kind].2, value.as_bytes())));
    (Scanner::new().with_needles(needles.unwrap()).with_birth_dates(births), all, cells)
}

/// The files of a data directory outside the folders where identifiers belong.
fn sinks(centre: &Centre) -> Vec<PathBuf> {
    let is_kept = |path: &Path| KEPT.iter().any(|folder| path.starts_with(centre.data().join(folder)));
    files(&centre.data()).into_iter().filter(|path| !is_kept(path)).collect()
}

/// Whether numbers, identifiers of the council or postcodes stand in these bytes; names are words of files, too.
fn numbers(all: &HashSet<(usize, String)>) -> Scanner {
    let tokens = all.iter().filter(|(kind, _)| NAMING[*kind].2 == Fit::Token);
    Scanner::new().with_needles(
        Needles::new(tokens.map(|(kind, value)| (NAMING[*kind].1, Fit::Token, value.as_bytes()))).unwrap(),
    )
}

#[test]
fn ten_thousand_canaries_are_in_no_file_outside_the_vault_and_one_planted_in_each_is_found() {
    let centre = Centre::with_people(600, &[]);
    let file = centre.path("313/submission.csv");
    let (scanner, all, cells) = canaries(&file);
    assert!(cells >= 10_000, "only {cells} cells");
    let receipt = centre.land(&file, "313");
    let worked = centre.run(&["work", "--until-idle"]).ended(0);
    assert_eq!(centre.status(&receipt)["state"], "deidentified");

    let bytes = numbers(&all);
    for said in [&worked.out, &worked.err, &centre.run(&["audit", "list", "--limit", "1000", "--json"]).ended(0).out] {
        assert!(bytes.binary(said.as_bytes()).unwrap().is_clean(), "what was said");
    }
    let sinks = sinks(&centre);
    assert!(sinks.len() > 20, "{} files", sinks.len());
    let canary = &all.iter().find(|(kind, _)| *kind == 0).unwrap().1;
    let mut looked = HashSet::new();
    for path in &sinks {
        let content = fs::read(path).unwrap();
        let report = bytes.binary(content.as_slice()).unwrap();
        assert!(report.is_clean(), "{}: {:?}", path.display(), report.tallies);
        // One planted in a copy of each kind of file is found.
        let kind = path.strip_prefix(centre.data()).unwrap().components().next().unwrap().as_os_str().to_owned();
        if looked.insert((kind, path.extension().map(ToOwned::to_owned))) {
            let half = content.len() / 2;
            let spoiled = [&content[..half], b" ", canary.as_bytes(), b" ", &content[half..]].concat();
            assert!(!bytes.binary(spoiled.as_slice()).unwrap().is_clean(), "{}", path.display());
        }
    }
    // Parquet hides what it holds from a search of bytes: the rows themselves, every column, names and birth dates too.
    let days: Vec<&str> = vec!["Event_Start_Date", "Event_End_Date", "Date_of_Death", "Reporting_Period_Start_Date"];
    let mut rows = scanner;
    for column in days.into_iter().chain(["Reporting_Period_End_Date", "ImportDate", "Der_Event_End_Date"]) {
        rows = rows.allowing(column, fairway_deid::scan::Kind::BirthDate);
    }
    let answer = centre.run(&["query", "SELECT * FROM asc_cld", "--format", "csv", "--limit", "1000000"]).ended(0).out;
    let report = rows.csv(answer.as_bytes()).unwrap();
    assert!(report.is_clean(), "{:?}", report.tallies);
    let planted = answer.replacen(",Service,", &format!(",{canary},"), 1);
    assert!(!rows.csv(planted.as_bytes()).unwrap().is_clean());
}
