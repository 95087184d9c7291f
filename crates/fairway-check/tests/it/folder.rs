//! The folder of reports: whole or not there, and the same findings in every file.

use std::path::Path;

use calamine::{Data, DataType, Reader};
use fairway_check::report::{About, CHECKED, FINDINGS, FolderOptions, PAGE, QUALITY, ReportFolder, SUMMARY, WORKBOOK};
use fairway_check::{CheckOptions, CheckSummary, Finding, FindingSink, check};
use fairway_domain::Fault;

use crate::support::{example, options, run, spec};

fn faulty() -> Vec<u8> {
    example("r2").with(1, "Gender", "=Man").with(3, "NHS Number", "9990000477").with(5, "Postcode", "ZZ99 3VZ").bytes()
}

fn report(folder: &Path, bytes: &[u8], how: FolderOptions) -> (CheckSummary, Vec<&'static str>) {
    let options = CheckOptions { show_values: how.show_values, ..options() };
    let mut sink = ReportFolder::begin(folder, how).unwrap();
    let summary = check(bytes, &spec("asc-cld/r2"), &options, &mut sink, &mut |_| {}).unwrap();
    let names = sink.finish(&summary, &About::default()).unwrap();
    (summary, names)
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_folder_holds_the_files_it_names_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("a/b");
    let (_, names) = report(&at, &faulty(), FolderOptions { durable: true, ..FolderOptions::default() });
    assert_eq!(files(&at), names);
    assert_eq!(names, [FINDINGS, QUALITY, PAGE, "report.txt", SUMMARY]);
    let (_, names) =
        report(&at, &faulty(), FolderOptions { checked: true, workbook: true, ..FolderOptions::default() });
    assert_eq!(files(&at), names);
    assert_eq!(names, [CHECKED, FINDINGS, QUALITY, PAGE, "report.txt", WORKBOOK, SUMMARY]);
}

#[test]
fn a_check_that_is_broken_off_leaves_no_file_behind() {
    struct Full(ReportFolder, u64);
    impl FindingSink for Full {
        fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
            self.1 += 1;
            if self.1 > 2 { Err(Fault::new("disk is full")) } else { self.0.take(finding) }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut sink = Full(ReportFolder::begin(folder.path(), FolderOptions::default()).unwrap(), 0);
    check(&faulty()[..], &spec("asc-cld/r2"), &options(), &mut sink, &mut |_| {}).unwrap_err();
    drop(sink);
    assert_eq!(files(folder.path()), Vec::<String>::new());
}

#[test]
fn an_earlier_report_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    report(folder.path(), &faulty(), FolderOptions { checked: true, workbook: true, ..FolderOptions::default() });
    assert!(folder.path().join(WORKBOOK).exists());
    let (_, names) = report(folder.path(), &example("r2").bytes(), FolderOptions::default());
    assert_eq!(files(folder.path()), names);
    let summary = std::fs::read_to_string(folder.path().join(SUMMARY)).unwrap();
    assert!(summary.contains("\"clean\""), "{summary}");
}

#[test]
fn the_workbook_holds_every_finding_as_text_and_numbers() {
    let folder = tempfile::tempdir().unwrap();
    report(folder.path(), &faulty(), FolderOptions { workbook: true, show_values: true, ..FolderOptions::default() });
    let (summary, seen) = run(&faulty());
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join(WORKBOOK)).unwrap();
    assert_eq!(book.sheet_names(), ["Summary", "By rule", "Findings"]);
    let findings = book.worksheet_range("Findings").unwrap();
    assert_eq!(findings.height(), seen.len() + 1);
    for (row, seen) in findings.rows().skip(1).zip(&seen) {
        let number = |at: usize| row[at].as_i64().and_then(|n| u64::try_from(n).ok());
        assert_eq!((number(0), number(1), number(4)), (seen.record, seen.line, seen.byte));
        assert_eq!((row[2].to_string(), row[5].to_string()), (seen.column.clone(), seen.rule.clone()));
        assert_eq!((row[9].to_string(), row[10].to_string()), (seen.message.clone(), seen.hint.clone()));
    }
    let formula = findings.rows().find(|row| row[5] == Data::String("formula-cell".into())).unwrap();
    assert_eq!(formula[11], Data::String("=Man".into()));
    assert_eq!(book.worksheet_formula("Findings").unwrap().cells().filter(|c| !c.2.is_empty()).count(), 0);
    assert_eq!(book.worksheet_range("By rule").unwrap().height(), summary.tallies.len() + 1);
}
