//! One cell: kind, list, shape, and whether it has to be filled.

use fairway_check::Verdict;

use crate::support::{example, one, run, run_with, spec};

/// Record 1 of the example is a request, 2 an assessment, 4 a service that goes on, 5 a review, 7 a carer's service.
#[track_caller]
fn cell(record: usize, header: &str, value: &str) -> (String, String, String) {
    let (_, found) = run(&example("r2").with(record, header, value).bytes());
    let seen = found.iter().find(|seen| seen.column == header && seen.record == Some(record as u64));
    let seen = seen.unwrap_or_else(|| panic!("nothing said of {header}: {found:#?}"));
    (seen.rule.clone(), seen.status.clone(), seen.validity.clone())
}

fn said(rule: &str, status: &str, validity: &str) -> (String, String, String) {
    (rule.into(), status.into(), validity.into())
}

#[test]
fn a_mandatory_blank_asks_for_the_value_in_the_fields_own_words() {
    let (summary, found) = run(&example("r2").with(1, "Event Start Date", "").bytes());
    let seen = one(&found, "mandatory-blank");
    assert_eq!(seen.message, "Enter the date the event started");
    assert_eq!((seen.status.as_str(), seen.validity.as_str()), ("mandatory", "blank_mandatory"));
    assert_eq!(summary.verdict, Verdict::Confirm);
}

#[test]
fn what_is_mandatory_depends_on_the_record() {
    assert_eq!(cell(4, "Service Type", ""), said("mandatory-blank", "mandatory", "blank_mandatory"));
    assert_eq!(cell(5, "Review Reason", ""), said("mandatory-blank", "mandatory", "blank_mandatory"));
    assert_eq!(cell(1, "Review Reason", "Planned"), said("not-applicable-filled", "not_applicable", "valid"));
    assert_eq!(cell(5, "Request: Route of Access", "Spaceship").0, "not-applicable-filled");
}

#[test]
fn nothing_is_asked_for_where_the_field_that_decides_is_blank_or_unreadable() {
    for event_type in ["", "Servce"] {
        let sheet = example("r2").with(4, "Event Type", event_type).with(4, "Service Component", "");
        let (_, found) = run(&sheet.bytes());
        assert!(found.iter().all(|seen| seen.column == "Event Type"), "{found:#?}");
        let wrong = sheet.with(4, "Service Type", "Taxi");
        let (_, found) = run(&wrong.bytes());
        let seen = found.iter().find(|seen| seen.column == "Service Type").unwrap();
        assert_eq!((seen.rule.as_str(), seen.status.as_str()), ("value-not-in-list", "undetermined"));
    }
}

#[test]
fn values_of_a_list_are_compared_letter_for_letter() {
    assert_eq!(cell(1, "Gender", "Man"), said("value-not-in-list", "mandatory", "invalid"));
    assert_eq!(cell(1, "Gender", "female"), said("value-capitals", "mandatory", "invalid"));
    assert_eq!(cell(1, "Gender", "Female "), said("value-capitals", "mandatory", "invalid"));
}

#[test]
fn a_value_of_release_1_is_told_apart_and_its_conditions_still_hold() {
    let sheet = example("r2").with(1, "Client Type", "Service User").with(1, "Total Hrs Caring per week", "0-4 hours");
    let (_, found) = run(&sheet.bytes());
    let seen = found.iter().find(|seen| seen.column == "Client Type").unwrap();
    assert!(["value-of-earlier-release", "value-capitals"].contains(&seen.rule.as_str()), "{seen:?}");
    assert_eq!(one(&found, "not-applicable-filled").column, "Total Hrs Caring per week");
    let (_, found) = run(&example("r2").with(7, "Service Type", "Carer Support: Direct to Carer").bytes());
    let seen = one(&found, "value-of-earlier-release");
    assert_eq!((seen.validity.as_str(), seen.severity.as_str()), ("release_1", "error"));
    assert!(seen.message.contains("Unpaid carer support: Direct to unpaid carer"), "{}", seen.message);
    assert_eq!(found.len(), 1);
}

#[test]
fn a_release_1_file_is_clean_against_release_1_and_full_of_release_1_values_against_release_2() {
    let bytes = example("r1").bytes();
    let (summary, found) = run_with(&bytes, &spec("asc-cld/r1"), &crate::support::options());
    assert_eq!((summary.verdict, found), (Verdict::Clean, vec![]));
    let (summary, found) = run(&bytes);
    assert_eq!(summary.verdict, Verdict::Confirm);
    assert!(found.iter().filter(|seen| seen.validity == "release_1").count() > 10);
}

#[test]
fn the_word_null_is_a_blank_that_is_mentioned() {
    assert_eq!(cell(1, "Date of Death", "NULL"), said("null-literal", "applicable", "blank_allowed"));
    let (_, found) = run(&example("r2").with(1, "Gender", "NULL").bytes());
    let rules: Vec<&str> = found.iter().map(|seen| seen.rule.as_str()).collect();
    assert_eq!(rules, ["mandatory-blank", "null-literal"]);
}

#[test]
fn dates_numbers_and_shapes_are_judged_by_their_kind() {
    for (record, header, value, rule) in [
        (1, "Event Start Date", "2025-06-02", "date-format"),
        (1, "Event Start Date", "31/06/2025", "date-impossible"),
        (1, "Date of Birth", "01/01/2100", "date-in-future"),
        (4, "Unit Cost", "£21.50", "decimal-format"),
        (7, "No. of adults being cared for", "two", "integer-format"),
        (1, "NHS Number", "999000047", "nhs-number-format"),
        (1, "NHS Number", "9990000477", "nhs-number-check-digit"),
        (1, "NHS Number", "0000000000", "nhs-number-placeholder"),
        (1, "Postcode", "HX1 1A", "postcode-format"),
        (1, "Postcode", "ZZ99 3VZ", "postcode-pseudo"),
        (1, "GP Practice Code", "B8400", "gp-practice-format"),
        (4, "Provider CQC Location ID", "123456789", "cqc-location-format"),
        (1, "LA Code", "21", "council-format"),
        (1, "Event Description", "=1+1", "formula-cell"),
        (1, "Event Description", "-1+1", "formula-cell"),
    ] {
        assert_eq!(cell(record, header, value).0, rule, "{header}");
    }
    for (record, header, value) in [
        (1, "NHS Number", "999 000 0476"),
        (1, "Postcode", "hx11aa"),
        (4, "Unit Cost", "21.5"),
        (1, "First Name", " Ada"),
    ] {
        let (summary, found) = run(&example("r2").with(record, header, value).bytes());
        assert_eq!((summary.verdict, found), (Verdict::Clean, vec![]), "{header}");
    }
}

#[test]
fn a_hyphen_before_a_number_is_no_formula() {
    let (_, found) = run(&example("r2").with(4, "Unit Cost", "-21.50").bytes());
    assert!(found.iter().all(|seen| seen.rule != "formula-cell"), "{found:#?}");
    assert_eq!(one(&found, "cost-not-positive").column, "Unit Cost");
}

#[test]
fn findings_repeat_a_value_only_where_that_is_asked_for() {
    let bytes = example("r2").with(1, "NHS Number", "9990000477").with(2, "First Name", "=Zebedee").bytes();
    let (summary, found) = run(&bytes);
    let told = format!("{summary:?}{found:?}");
    assert!(!told.contains("9990000477") && !told.contains("Zebedee"));
    let options = fairway_check::CheckOptions { show_values: true, ..crate::support::options() };
    let (_, found) = run_with(&bytes, &spec("asc-cld/r2"), &options);
    assert_eq!(one(&found, "nhs-number-check-digit").value.as_deref(), Some("9990000477"));
}
