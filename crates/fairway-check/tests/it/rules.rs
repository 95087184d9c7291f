//! Rules about records, and about what all records of a file have in common.

use fairway_check::{CheckOptions, Verdict};
use jiff::civil::date;

use crate::support::{Sheet, example, one, options, run, run_with, spec};

fn run_as(sheet: &Sheet, sender: &str) -> (Verdict, Vec<crate::support::Seen>) {
    let options = CheckOptions { sender: Some(sender.parse().unwrap()), ..options() };
    let (summary, found) = run_with(&sheet.bytes(), &spec("asc-cld/r2"), &options);
    (summary.verdict, found)
}

#[test]
fn another_councils_code_refuses_the_file_at_each_record_that_bears_it() {
    assert_eq!(run_as(&example("r2"), "210"), (Verdict::Clean, vec![]));
    let (verdict, found) = run_as(&example("r2"), "816");
    assert_eq!(verdict, Verdict::Rejected);
    assert_eq!(found.len(), 9);
    assert_eq!(found[0].rule, "organisation-other");
    assert_eq!(found[0].message, "LA Code must be 816, the code of the council that sends the file");
    let (_, found) = run_as(&example("r2").with(3, "LA Code", "816"), "210");
    assert_eq!(one(&found, "organisation-other").record, Some(3));
}

#[test]
fn two_councils_in_one_file_are_seen_without_knowing_the_sender() {
    let (summary, found) = run(&example("r2").with(3, "LA Code", "816").bytes());
    assert_eq!(summary.verdict, Verdict::Rejected);
    assert_eq!(one(&found, "organisation-mixed").record, Some(3));
}

#[test]
fn a_second_reporting_period_refuses_the_file() {
    let (summary, found) = run(&example("r2").with(9, "Reporting Period Start Date", "01/01/2025").bytes());
    assert_eq!(summary.verdict, Verdict::Rejected);
    let seen = one(&found, "period-mixed");
    assert_eq!((seen.record, seen.column.as_str()), (Some(9), "Reporting Period Start Date"));
}

#[test]
fn a_period_is_over_whole_and_a_year_long() {
    let periods = [
        ("01/04/2025", "31/03/2026", None),
        ("01/05/2025", "30/04/2026", None),
        ("01/04/2026", "31/03/2026", Some("period-start-after-end")),
        ("01/07/2025", "30/06/2026", Some("period-end-in-future")),
        ("01/04/2025", "30/03/2026", Some("period-not-whole-months")),
        ("01/01/2026", "31/03/2026", Some("period-not-twelve-months")),
    ];
    for (start, end, rule) in periods {
        let sheet =
            example("r2").with_all("Reporting Period Start Date", start).with_all("Reporting Period End Date", end);
        let (_, found) = run(&sheet.bytes());
        let of_period: Vec<&str> =
            found.iter().map(|seen| seen.rule.as_str()).filter(|rule| rule.starts_with("period")).collect();
        assert_eq!(of_period, rule.into_iter().collect::<Vec<_>>(), "{start} to {end}");
    }
}

#[test]
fn today_decides_what_lies_in_the_future() {
    let spec = spec("asc-cld/r2");
    let early = CheckOptions::new(date(2026, 3, 30));
    let (summary, found) = run_with(&example("r2").bytes(), &spec, &early);
    assert_eq!(summary.verdict, Verdict::Rejected);
    assert_eq!(one(&found, "period-end-in-future").column, "Reporting Period End Date");
}

#[test]
fn a_record_about_nobody_is_left_out_and_counted() {
    let sheet = example("r2").with(2, "NHS Number", "").with(2, "LA Person Unique Identifier", "NULL");
    let (summary, found) = run(&sheet.bytes());
    assert_eq!((summary.verdict, summary.records, summary.records_rejected), (Verdict::Confirm, 9, 1));
    let seen = one(&found, "person-unidentified");
    assert_eq!((seen.record, seen.column.as_str(), seen.severity.as_str()), (Some(2), "", "reject"));
}

#[test]
fn a_file_of_which_nothing_can_be_loaded_is_refused() {
    let sheet = example("r2").with_all("NHS Number", "").with_all("LA Person Unique Identifier", "");
    let (summary, found) = run(&sheet.bytes());
    assert_eq!((summary.verdict, summary.records, summary.records_rejected), (Verdict::Rejected, 9, 9));
    assert_eq!(found.last().map(|seen| seen.rule.as_str()), Some("records-all-rejected"));
}

#[test]
fn a_rule_says_nothing_where_the_cell_was_spoken_of_already() {
    let (_, found) = run(&example("r2").with(1, "Event End Date", "32/13/2025").bytes());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, "date-impossible");
}

#[test]
fn dates_out_of_order_are_placed_at_the_field_the_rule_names() {
    let sheet = example("r2").with(1, "Event Start Date", "05/06/2025").with(1, "Event End Date", "04/06/2025");
    let (_, found) = run(&sheet.bytes());
    let seen = one(&found, "event-end-before-start");
    assert_eq!((seen.column.as_str(), seen.letter.as_str()), ("Event End Date", "AB"));
    assert_eq!(seen.message, "Event End Date must be on or after Event Start Date");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_rule_without_a_condition_that_the_check_does_not_know_is_no_silent_rule() {
    let mut spec = (*spec("asc-cld/r2")).clone();
    let known = spec.rules.iter().position(|rule| rule.id == "null-literal").unwrap();
    spec.rules[known].id = "nul-literal".into();
    let mut kept = crate::support::Kept::default();
    let error = fairway_check::check(&b""[..], &spec, &options(), &mut kept, &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "rule has no condition and is none that the check knows by id: nul-literal");
}

#[test]
fn the_specification_decides_what_a_built_in_rule_does() {
    let mut spec = (*spec("asc-cld/r2")).clone();
    for rule in spec.rules.iter_mut().filter(|rule| rule.id == "record-ragged") {
        rule.stage = fairway_spec::Stage::Record;
    }
    let mut sheet = example("r2");
    sheet.rows[3].pop();
    let (summary, found) = run_with(&sheet.bytes(), &spec, &options());
    assert_eq!((summary.verdict, summary.records_rejected), (Verdict::Confirm, 1));
    assert_eq!(one(&found, "record-ragged").record, Some(3));
}

#[test]
fn the_example_of_the_standard_is_a_placeholder() {
    let (_, found) = run(&example("r2").with(1, "NHS Number", "943 476 5919").bytes());
    assert_eq!(one(&found, "nhs-number-placeholder").validity, "invalid");
}

#[test]
fn a_file_of_the_pilot_may_be_blank_but_for_whom_it_is_about() {
    let base = Sheet::open("../../specs/asc-cld/v5/examples/valid.csv");
    let pilot = spec("asc-cld/v5");
    let mut sheet = base.clone();
    for header in pilot.headers().filter(|header| *header != "Person Unique Identifier") {
        sheet = sheet.with_all(header, "");
    }
    sheet.rows.truncate(2);
    let (summary, found) = run_with(&sheet.bytes(), &pilot, &options());
    assert_eq!((summary.verdict, found), (Verdict::Clean, vec![]));
    let wrong =
        base.with(1, "Gender", "Man").with(1, "Event Start Date", "2021-06-02").with(2, "Ethnicity", "white irish");
    let (summary, found) = run_with(&wrong.bytes(), &pilot, &options());
    assert_eq!(summary.verdict, Verdict::Confirm);
    assert!(found.iter().all(|seen| seen.severity == "warning"), "{found:?}");
}
