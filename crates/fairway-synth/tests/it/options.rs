use std::collections::HashSet;

use fairway_synth::{PERSONS_IN_RANGE, SharedPeople, SynthError, SynthOptions, generate_with, persons_needed};
use jiff::civil::date;

use crate::support::{Output, REFERENCE, options};

fn refused(options: &SynthOptions) -> SynthError {
    generate_with(&REFERENCE, options, &mut |_| {}).unwrap_err()
}

fn numbers(output: &Output, file: &str, column: &str) -> HashSet<String> {
    output.records(file).iter().map(|record| record.get(column).to_owned()).collect()
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let mut unknown = options(10, "asc-cld/r2");
    unknown.organisation = "ZZ9".parse().unwrap();
    assert!(refused(&unknown).to_string().starts_with("ZZ9 is not the code of a council"));
    let mut middle = options(10, "asc-cld/r2");
    middle.period_end = date(2026, 9, 29);
    assert!(refused(&middle).to_string().contains("last day of a month"));
    let mut share = options(10, "asc-cld/r2");
    share.defects = 1.5;
    assert_eq!(refused(&share).to_string(), "defects is a share from 0 to 1, and 1.5 is not");
    share.defects = f64::NAN;
    assert!(matches!(refused(&share), SynthError::Share { .. }));
    assert!(matches!(refused(&options(0, "asc-cld/r2")), SynthError::Nobody));
    let release = refused(&options(10, "asc-cld/r9")).to_string();
    assert!(release.contains("asc-cld/r9 is not a specification that people are made up for"), "{release}");
}

#[test]
fn a_missing_reference_folder_is_named() {
    let mut options = options(10, "asc-cld/r2");
    options.reference = "no/such/folder".into();
    let error = fairway_synth::generate(&options, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("no/such/folder/names"), "{error}");
}

#[test]
fn a_folder_that_is_a_file_is_an_error_and_not_a_panic() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut options = options(10, "asc-cld/r2");
    options.out = file.path().to_owned();
    assert!(matches!(refused(&options), SynthError::Io { .. }));
}

#[test]
fn more_people_than_the_range_has_numbers_for_are_refused_saying_so() {
    let mut options = options(PERSONS_IN_RANGE / 2 + 1, "asc-cld/r2");
    assert!(refused(&options).to_string().contains("the 999 range has NHS numbers for 900000 people"));
    options.people = 10;
    options.first_person = Some(PERSONS_IN_RANGE - 19);
    assert!(matches!(refused(&options), SynthError::Exhausted { .. }));
    options.first_person = Some(u64::MAX);
    assert!(matches!(refused(&options), SynthError::Exhausted { .. }));
}

#[test]
fn the_last_people_of_the_range_can_be_made_up() {
    let mut options = options(10, "asc-cld/r2");
    options.first_person = Some(PERSONS_IN_RANGE - persons_needed(10));
    assert_eq!(Output::of(options).report.next_person, PERSONS_IN_RANGE);
}

#[test]
fn two_councils_share_nobody_unless_asked() {
    let here = Output::of(options(1_000, "asc-cld/r2"));
    let mut there = options(1_000, "asc-cld/r2");
    there.organisation = "210".parse().unwrap();
    let there = Output::of(there);
    let register = |output: &Output| numbers(output, "register.csv", "nhs_number");
    let retired = |output: &Output| numbers(output, "superseded.csv", "old_nhs_number");
    let all = |output: &Output| register(output).union(&retired(output)).cloned().collect::<HashSet<String>>();
    assert!(all(&here).is_disjoint(&all(&there)));
}

#[test]
fn shared_people_have_one_register_row_and_are_clients_of_both() {
    let here = Output::of(options(400, "asc-cld/r2"));
    let mut there = options(300, "asc-cld/r1");
    there.organisation = "210".parse().unwrap();
    there.shared = Some(SharedPeople {
        share: 0.1,
        organisation: "313".parse().unwrap(),
        people: 400,
        first_person: here.report.first_person,
    });
    let there = Output::of(there);
    let clients = |output: &Output| numbers(output, "truth.csv", "person");
    let both: HashSet<String> = clients(&here).intersection(&clients(&there)).cloned().collect();
    assert_eq!(both.len(), 30);
    let lines = |output: &Output| -> HashSet<String> {
        String::from_utf8(output.bytes("register.csv")).unwrap().lines().skip(1).map(str::to_owned).collect()
    };
    assert_eq!(lines(&here).intersection(&lines(&there)).count(), 60, "a shared client and the person beside them");
    let all = numbers(&here, "register.csv", "nhs_number").len() + numbers(&there, "register.csv", "nhs_number").len();
    let distinct =
        numbers(&here, "register.csv", "nhs_number").union(&numbers(&there, "register.csv", "nhs_number")).count();
    assert_eq!(all - distinct, 60);
    let flagged = there.records("truth.csv").iter().filter(|r| r.get("flags").ends_with("shared")).count();
    assert!(flagged >= 30);
}

#[test]
fn people_cannot_be_shared_with_a_council_that_has_too_few_or_the_same_places() {
    let mut here = options(300, "asc-cld/r2");
    here.first_person = Some(0);
    let mut shared =
        SharedPeople { share: 0.5, organisation: "210".parse().unwrap(), people: 100, first_person: 10_000 };
    here.shared = Some(shared.clone());
    assert!(refused(&here).to_string().contains("fewer people"));
    shared.people = 200;
    shared.first_person = 599;
    here.shared = Some(shared);
    assert!(refused(&here).to_string().contains("overlap"));
}

#[test]
fn a_council_without_postcodes_in_the_sample_has_people_from_all_england_and_says_so() {
    let mut barnet = options(50, "asc-cld/r2");
    barnet.organisation = "717".parse().unwrap();
    let report = Output::of(barnet).report;
    assert!(report.notes.iter().any(|note| note.contains("Barnet") && note.contains("all of England")), "{report:?}");
    assert!(Output::of(options(50, "asc-cld/r2")).report.notes.is_empty());
}

#[test]
fn a_county_takes_the_postcodes_of_its_districts() {
    let mut surrey = options(200, "asc-cld/r2");
    surrey.organisation = "805".parse().unwrap();
    let output = Output::of(surrey);
    assert!(output.report.notes.is_empty());
    let areas: HashSet<String> = numbers(&output, "register.csv", "postcode")
        .iter()
        .map(|postcode| postcode.chars().take_while(char::is_ascii_alphabetic).collect())
        .collect();
    assert!(areas.len() <= 4, "{areas:?}");
}

#[test]
fn a_council_larger_than_its_stretch_is_told_which_numbers_it_takes() {
    let mut large = options(4_000, "asc-cld/r2");
    large.out = tempfile::tempdir().unwrap().path().to_owned();
    let report = Output::of(large).report;
    assert_eq!((report.first_person, report.next_person), (0, 8_000));
    assert!(report.notes.iter().any(|note| note.contains("8000 or more")), "{report:?}");
}

#[test]
fn progress_ends_at_the_last_person() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(1_500, "asc-cld/r2");
    options.out = dir.path().to_owned();
    let mut seen = Vec::new();
    let report = generate_with(&REFERENCE, &options, &mut |progress| seen.push(progress)).unwrap();
    assert_eq!(seen.iter().map(|p| p.people).collect::<Vec<_>>(), [1_024, 1_500]);
    assert_eq!(seen.last().map(|p| (p.of, p.records)), Some((1_500, report.records)));
}
