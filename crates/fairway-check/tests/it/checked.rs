//! The sender's file back: the same records, each with what was said of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fairway_check::report::{About, CHECKED, FolderOptions, QUALITY, ReportFolder};
use fairway_check::{CheckSummary, check};
use proptest::prelude::*;

use crate::support::{Seen, example, options, run, spec};

const ADDED: usize = 4;

/// A file's `checked.csv`, where it has one.
fn checked(bytes: &[u8]) -> (CheckSummary, Option<Vec<u8>>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let how = FolderOptions { checked: true, ..FolderOptions::default() };
    let mut sink = ReportFolder::begin(folder.path(), how).unwrap();
    let summary = check(bytes, &spec("asc-cld/r2"), &options(), &mut sink, &mut |_| {}).unwrap();
    sink.finish(&summary, &About::default()).unwrap();
    let read = |name: &str| std::fs::read(folder.path().join(name)).ok();
    (summary, read(CHECKED), read(QUALITY).unwrap())
}

fn rows(bytes: &[u8]) -> Vec<csv::ByteRecord> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    reader.byte_records().map(Result::unwrap).collect()
}

fn text(cell: &[u8]) -> &str {
    std::str::from_utf8(cell).unwrap()
}

/// Every record bears the findings about it and no other, those included that show only at the end.
fn assert_results_are_those_of_the_records(name: &Path, bytes: &[u8]) {
    let (summary, found) = run(bytes);
    let (_, Some(written), _) = checked(bytes) else { return assert_eq!(summary.records, 0, "{name:?}") };
    let rows = rows(&written);
    assert_eq!(rows.len() as u64, summary.records + 1, "{name:?}");
    let width = rows[0].len() - ADDED;
    let mut by_record: BTreeMap<u64, Vec<&Seen>> = BTreeMap::new();
    for seen in &found {
        by_record.entry(seen.record.unwrap_or_default()).or_default().push(seen);
    }
    for (row, record) in rows[1..].iter().zip(1..) {
        let of_record = by_record.remove(&record).unwrap_or_default();
        let results: Vec<&str> = (0..ADDED).map(|at| text(&row[width + at])).collect();
        assert_eq!(results[1], of_record.len().to_string(), "{name:?}, record {record}");
        assert_eq!(results[0].is_empty(), of_record.is_empty());
        for seen in of_record {
            assert!(results[2].split("; ").any(|rule| rule == seen.rule), "{name:?}, record {record}: {}", seen.rule);
            assert!(seen.message.is_ascii() && results[3].contains(&seen.message), "{name:?}: {}", seen.message);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn records_bear_their_own_results_whatever_the_record_before_had(faults in proptest::collection::vec(0u8..16, 9)) {
        let wrong = [("Gender", "Man"), ("Date of Birth", "1950"), ("Ethnicity", "None"), ("First Name", "=1+1")];
        let mut sheet = example("r2");
        for (record, faults) in (1..).zip(faults) {
            for (_, (header, value)) in wrong.iter().enumerate().filter(|(bit, _)| faults >> bit & 1 == 1) {
                sheet = sheet.with(record, header, value);
            }
        }
        assert_results_are_those_of_the_records(Path::new("made up"), &sheet.bytes());
    }
}

#[test]
fn a_clean_file_comes_back_byte_for_byte_with_four_columns() {
    let sent = example("r2").bytes();
    let (_, written, _) = checked(&sent);
    let written = String::from_utf8(written.unwrap()).unwrap();
    let added = ",Fairway result,Fairway findings,Fairway rules,Fairway messages\r\n";
    assert!(written.contains(added));
    let back = written.replace(added, "\n").replace(",,0,,\r\n", "\n");
    assert_eq!(back, String::from_utf8(sent).unwrap());
}

#[test]
fn the_results_of_every_file_of_the_corpus_are_those_of_its_records() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora/handmade");
    let mut files: Vec<PathBuf> = ["csv", "formula", "disguise", "dates", "nhs_number"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(corpus.join(folder)).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() > 80);
    files.iter().for_each(|file| assert_results_are_those_of_the_records(file, &std::fs::read(file).unwrap()));
}

#[test]
fn what_shows_only_at_the_end_is_added_to_its_record() {
    let person = "Adult 1 Linked Person_ID";
    let sheet = example("r2").with(2, person, "NOBODY-1").with(7, person, "NOBODY-2").with(7, "Gender", "Man");
    let (bytes, plain) = (sheet.bytes(), example("r2").with(7, "Gender", "Man").bytes());
    assert!(
        run(&bytes).1.iter().any(|seen| seen.rule == "linked-person-not-in-file" && seen.record == Some(2)),
        "{:?}",
        run(&bytes).1
    );
    assert_results_are_those_of_the_records(Path::new("linked"), &bytes);
    let (late, early) = (checked(&bytes).1.unwrap(), checked(&plain).1.unwrap());
    let differ = |(at, (a, b)): (usize, (&[u8], &[u8]))| (a != b).then_some(at);
    let lines = |bytes: &'static [u8]| bytes.split(|b| *b == b'\n').collect::<Vec<_>>();
    let (late, early) = (lines(late.leak()), lines(early.leak()));
    let changed: Vec<usize> = late.iter().copied().zip(early.iter().copied()).enumerate().filter_map(differ).collect();
    assert_eq!(changed, [2, 7]);
    assert_eq!(late.len(), early.len());
}

#[test]
fn windows_1252_stays_windows_1252() {
    let sheet = example("r2").with(1, "First Name", "Zo#").with(2, "Gender", "Man");
    let sent: Vec<u8> = sheet.bytes().into_iter().map(|b| if b == b'#' { 0xeb } else { b }).collect();
    let written = checked(&sent).1.unwrap();
    assert!(written.windows(3).any(|w| w == b"Zo\xeb"));
    assert!(String::from_utf8(written).is_err());
}

#[test]
fn utf_16_comes_back_as_utf_8_with_a_mark() {
    let text = String::from_utf8(example("r2").with(1, "First Name", "Zoë").bytes()).unwrap();
    let sent: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let written = String::from_utf8(checked(&sent).1.unwrap()).unwrap();
    assert!(written.starts_with("\u{feff}LA Code,") && written.contains("Zoë"), "{written}");
}

#[test]
fn a_record_with_too_few_or_too_many_cells_is_written_so_that_its_results_stand_where_they_should() {
    let mut sheet = example("r2");
    sheet.rows[2].truncate(10);
    sheet.rows[4].extend(["one".into(), "more, here".into()]);
    let written = rows(&checked(&sheet.bytes()).1.unwrap());
    let width = written[0].len() - ADDED;
    for record in [2, 4] {
        assert_eq!(text(&written[record][width + 2]), "record-ragged");
    }
    assert_eq!(written[2].len(), width + ADDED);
    assert_eq!(text(&written[4][width + ADDED + 1]), "more, here");
}

#[test]
fn a_cell_like_a_formula_cannot_run_in_a_spreadsheet() {
    let sent = example("r2").with(3, "First Name", "=cmd|' /C calc'!A0").bytes();
    let (_, written, _) = checked(&sent);
    let column = example("r2").column("First Name");
    assert_eq!(text(&rows(&written.unwrap())[3][column]), "'=cmd|' /C calc'!A0");
    let mut sheet = example("r2");
    for (at, row) in sheet.rows.iter_mut().enumerate() {
        row.push(if at == 0 { "Extra".into() } else { "@SUM(1)".into() });
    }
    let written = rows(&checked(&sheet.bytes()).1.unwrap());
    let width = written[0].len() - ADDED;
    assert!(written[1..].iter().all(|row| &row[width - 1] == b"'@SUM(1)"));
}

#[test]
fn a_file_without_a_header_is_not_written_back() {
    assert_eq!(checked(b"a;b;c\n1;2;3\n").1, None);
}

#[test]
fn the_quality_table_counts_every_field_of_every_record_and_names_no_person() {
    let (summary, _, table) = checked(&example("r2").with(1, "Gender", "Man").bytes());
    let table = String::from_utf8(table).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        vec!["organisation", "module", "field", "status", "validity", "value", "count"]
    );
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for row in reader.records().map(Result::unwrap) {
        *counts.entry(row[2].to_owned()).or_default() += row[6].parse::<u64>().unwrap();
    }
    assert_eq!(counts.len(), 50);
    assert!(counts.values().all(|count| *count == summary.records), "{counts:?}");
    assert!(table.contains(",Gender,Mandatory,Failed: Invalid,Not in the list,1\n"), "{table}");
    assert!(table.contains(",NHS Number,Mandatory,Passed: Valid,N/A - PID,"), "{table}");
}
