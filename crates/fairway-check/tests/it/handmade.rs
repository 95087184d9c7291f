//! The hand-made hostile files, each with the verdict it must have.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fairway_check::{CheckOptions, Verdict};
use fairway_spec::{FieldKind, Spec};
use jiff::civil::date;

use crate::support::run_with;

/// Where a council's data is judged otherwise than the manifest asks, and why.
const OTHERWISE: &[(&str, &str, &str)] = &[
    ("csv/utf16le_bom.csv", "accept", "the manifest allows it: UTF-16 is read and reported"),
    ("csv/utf16be_nobom.csv", "accept", "UTF-16 is read and reported, with a mark or without"),
    ("csv/cp1252_name.csv", "accept", "Windows-1252 is what the national portal asks for"),
    ("csv/header_case_space.csv", "reject-file", "names must agree character for character; the nearest is named"),
    (
        "csv/pcd_in_freetext.csv",
        "accept",
        "free text is kept in the vault alone; releases are searched for identifiers",
    ),
    (
        "csv/dup_rows_exact.csv",
        "accept",
        "doubled events are a matter of all records, judged with the rules on datasets",
    ),
    ("dates/iso.csv", "reject-row", "the specification asks for dd/mm/yyyy"),
    ("dates/ambig.csv", "accept", "the specification has one form of date, so day and month are never guessed"),
];

/// Cases tried here, and cases whose manifest says where else, or why not.
const SEEN: usize = 124;
const ELSEWHERE: usize = 17;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora/handmade")
}

/// What became of a file, in the manifest's words.
fn outcome(bytes: &[u8], spec: &Spec) -> &'static str {
    let (summary, found) = run_with(bytes, spec, &CheckOptions::new(date(2026, 5, 1)));
    if summary.verdict.is_refused() {
        return "reject-file";
    }
    assert!(matches!(summary.verdict, Verdict::Clean | Verdict::Confirm));
    let at_record = |severity: &str| severity == "error" || severity == "reject";
    if found.iter().any(|seen| seen.record.is_some() && at_record(&seen.severity)) { "reject-row" } else { "accept" }
}

fn fits(must: &str, outcome: &str) -> bool {
    match must {
        "accept" | "accept-normalised" => outcome == "accept",
        // Refusing the whole file for it is stricter, and allowed.
        "reject-row" => outcome != "accept",
        must => outcome == must,
    }
}

#[test]
fn every_hand_made_file_has_its_verdict() {
    let spec = Spec::load(&corpus().join("spec")).unwrap();
    let mut dated = (*spec).clone();
    dated.fields.iter_mut().filter(|field| field.header == "dob").for_each(|field| field.kind = FieldKind::Date);
    let otherwise: BTreeMap<&str, &str> = OTHERWISE.iter().map(|(path, must, _)| (*path, *must)).collect();
    let mut manifest = csv::Reader::from_path(corpus().join("MANIFEST.csv")).unwrap();
    let (mut seen, mut elsewhere) = (0, 0);
    let mut wrong = Vec::new();
    for row in manifest.records().map(Result::unwrap) {
        let (path, must) = (&row[0], otherwise.get(&row[0]).copied().unwrap_or(&row[3]));
        if !row[5].is_empty() {
            elsewhere += 1;
            continue;
        }
        let bytes = std::fs::read(corpus().join(path)).unwrap();
        let outcome = outcome(&bytes, if path.starts_with("dates/") { &dated } else { &spec });
        seen += 1;
        if !fits(must, outcome) {
            wrong.push(format!("{path}: {must} wanted, {outcome} found"));
        }
    }
    assert_eq!(wrong, [""; 0]);
    // Each of the others has its reason in the manifest.
    assert_eq!((seen, elsewhere), (SEEN, ELSEWHERE));
    assert!(otherwise.keys().all(|path| corpus().join(path).exists()));
}

#[test]
fn the_harmless_file_that_virus_scanners_look_for_is_no_csv_of_ours() {
    let spec = Spec::load(&corpus().join("spec")).unwrap();
    let eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    assert_eq!(outcome(eicar.as_bytes(), &spec), "reject-file");
}

#[test]
fn a_cell_of_a_million_letters_is_left_out() {
    let spec = Spec::load(&corpus().join("spec")).unwrap();
    let good = std::fs::read_to_string(corpus().join("csv/good_crlf.csv")).unwrap();
    let (before, last) = good.trim_end().rsplit_once(',').unwrap();
    let spoiled = format!("{before},{}\r\n", "x".repeat(1 << 20));
    assert!(!last.contains('"'));
    assert_eq!(outcome(spoiled.as_bytes(), &spec), "reject-row");
}

#[test]
fn a_gzip_bomb_is_given_up_long_before_it_is_unpacked() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    (0..100).for_each(|_| encoder.write_all(&vec![b'0'; 1 << 20]).unwrap());
    let spec = Spec::load(&corpus().join("spec")).unwrap();
    let (summary, _) = run_with(&encoder.finish().unwrap(), &spec, &CheckOptions::new(date(2026, 5, 1)));
    assert_eq!(summary.verdict, Verdict::StoppedEarly);
    assert!(summary.text_bytes < 1 << 20);
}
