use fairway_domain::Refusal;
use fairway_governance::{Agreement, Areas};
use jiff::civil::date;
use proptest::prelude::*;

use crate::support::{SAMPLE, sample};

fn error(text: &str) -> String {
    Agreement::parse(text).unwrap_err().to_string()
}

/// The sample with one part written otherwise.
fn with(from: &str, to: &str) -> String {
    assert_eq!(SAMPLE.matches(from).count(), 1, "{from}");
    SAMPLE.replace(from, to)
}

#[test]
fn the_sample_is_read() {
    let agreement = sample();
    assert_eq!(agreement.reference.as_str(), "DARS-NIC-000001-A1B2C-v1.0");
    assert_eq!((agreement.recipient.organisation.as_str(), agreement.controllers.len()), ("0AB", 1));
    assert!(agreement.purpose.starts_with("To plan services") && agreement.legal_basis.contains("261(5)(d)"));
    assert_eq!((agreement.columns.len(), agreement.columns[0].as_str()), (14, "LA_Code"));
    assert_eq!(agreement.areas, Areas::Only(vec!["816".into(), "102".into()]));
    assert_eq!((agreement.start, agreement.end), (date(2021, 7, 1), date(2024, 6, 30)));
    assert_eq!((agreement.period.from, agreement.period.to), (date(2021, 4, 1), date(2022, 3, 31)));
    assert_eq!((agreement.key_epoch, agreement.signed.len()), (1, 2));
}

#[test]
fn areas_are_a_list_of_codes_kept_as_written_or_the_word_all() {
    let areas = |to: &str| Agreement::parse(&with("areas: [816, 102]", to)).unwrap().areas;
    assert_eq!(areas("areas: all"), Areas::All);
    assert_eq!(areas("areas: [013, 1E5, \"Z9D4Z\"]"), Areas::Only(vec!["013".into(), "1E5".into(), "Z9D4Z".into()]));
    assert_eq!(areas("areas: []"), Areas::Only(Vec::new()));
    for wrong in ["areas: some", "areas: 816", "areas: {816: 1}"] {
        assert_eq!(
            error(&with("areas: [816, 102]", wrong)),
            "line 52, areas: here belongs the word all, or a list of council codes such as [816, 102]",
            "{wrong}"
        );
    }
}

#[test]
fn what_may_be_left_out_may_be_left_out() {
    let draft = with("key_epoch: 1\n", "");
    let draft = draft.split("# Every party").next().unwrap();
    let draft = draft.replace("legal_basis:", "#");
    let agreement = Agreement::parse(&draft).unwrap();
    assert_eq!((agreement.key_epoch, agreement.signed.len(), agreement.legal_basis.as_str()), (1, 0, ""));
}

#[test]
fn an_unknown_a_missing_and_a_repeated_key_are_named_with_their_line() {
    insta::assert_snapshot!(error(&with("columns:\n", "column:\n")), @"line 30, column: there is no such key here; there are reference, title, recipient, controllers, purpose, legal_basis, dataset, columns, period, areas, linkages, start, end, key_epoch, signed, edition, processors, locations, legal, class, level, opt_outs, onward, commercial, disclosure_profile, reidentification, key_policy, approvals, conditions, delivery, assurances, retained_until, destroyed_by, limits, datasets");
    insta::assert_snapshot!(error(&with("  from: 2021-04-01\n", "")), @"line 48, from: the key is missing from the part that ends here");
    insta::assert_snapshot!(error(&with("key_epoch: 1", "key_epoch: 1\nend: 2025-01-01")), @"line 60, end: the key is there twice");
    insta::assert_snapshot!(error(&with("    by: Managing Director", "    by: Managing Director\n    role: MD")), @"line 65, role: there is no such key here; there are organisation, by, date");
    insta::assert_snapshot!(error(&with("dataset: asc-cld\n", "")), @"line 143, dataset: the key is missing from the part that ends here");
}

#[test]
fn every_date_and_reference_that_cannot_be_read_is_named_at_once() {
    let text = with("from: 2021-04-01", "from: 01/04/2021")
        .replace("start: 2021-07-01", "start: 2021-02-30")
        .replace("date: 2021-06-21", "date: soon")
        .replace("reference: DARS", "reference: DARS NIC/")
        .replace("key_epoch: 1", "key_epoch: 0");
    insta::assert_snapshot!(error(&text), @r#"
    line 9, reference: an agreement's reference has 3 to 64 letters, digits, hyphens and dots, such as DARS-NIC-000001-A1B2C-v1.0
    line 48, period.from: not a day of the calendar; write it year-month-day, such as 2021-04-01
    line 55, start: not a day of the calendar; write it year-month-day, such as 2021-04-01
    line 59, key_epoch: keys are counted from 1
    line 68, signed.date: not a day of the calendar; write it year-month-day, such as 2021-04-01
    "#);
}

#[test]
fn what_is_of_another_kind_is_named_with_its_line() {
    insta::assert_snapshot!(error(&with("title: Use of adult social care after a stay in hospital", "title:")), @"line 10, title: nothing stands here, where a text belongs");
    insta::assert_snapshot!(error(&with("key_epoch: 1", "key_epoch: first")), @"line 59, key_epoch: here belongs a whole number, such as 1");
    insta::assert_snapshot!(error(&with("dataset: asc-cld", "dataset: [asc-cld]")), @"line 29, dataset: here belongs a text");
    insta::assert_snapshot!(error(&with("recipient:", "recipient: 0AB\nx:")), @"line 13, recipient: here belong keys with their values, one a line");
    insta::assert_snapshot!(error(""), @"line 1: the document ends too early");
    insta::assert_snapshot!(error("reference: ["), @"line 1, reference: here belongs a text");
    insta::assert_snapshot!(error("just a text"), @"line 1: here belong keys with their values, one a line");
}

#[test]
fn a_document_that_cannot_be_read_makes_a_refusal() {
    let refusal = Refusal::from(Agreement::parse(&with("from: 2021-04-01", "from: April")).unwrap_err());
    insta::assert_snapshot!(refusal, @r#"
    The agreement cannot be read
      - line 48, period.from: not a day of the calendar; write it year-month-day, such as 2021-04-01
    Correct the document and try again; agreements/sample.yaml shows every key
    "#);
}

proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text in "(?s).{0,200}") {
        let _ = Agreement::parse(&text);
    }

    #[test]
    fn the_sample_with_a_line_missing_or_spoilt_is_judged_without_panic(line in 0usize..80, spoilt in "[ a-z:\\[\\]{}&*!|>'\"#-]{0,12}") {
        let lines: Vec<&str> = SAMPLE.lines().enumerate().map(|(n, text)| if n == line { &spoilt[..] } else { text }).collect();
        let _ = Agreement::parse(&lines.join("\n"));
    }
}
