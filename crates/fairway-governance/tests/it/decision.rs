use std::collections::BTreeSet;

use fairway_domain::{KeyDomain, PrivacyClass};
use fairway_governance::{Agreement, Areas, Decision, Period, ReleaseRequest, decide, reasons};
use jiff::civil::date;
use proptest::prelude::*;

use crate::support::{code, granted, request, sample, today};

#[test]
fn what_is_granted_is_what_the_agreement_says() {
    let extract = granted(&sample(), &request());
    assert_eq!(extract.agreement(), &sample().reference);
    assert_eq!((extract.recipient(), extract.dataset()), (&code("0AB"), "asc-cld"));
    let names: Vec<_> = extract.columns().iter().map(|column| column.name.clone()).collect();
    assert_eq!(names, sample().columns);
    assert_eq!(extract.columns()[1].class, PrivacyClass::Quasi);
    assert_eq!(extract.areas(), [code("816")], "503 is not covered, 102 has no records");
    assert_eq!(extract.period(), sample().period);
    assert_eq!(extract.key_domain(), &KeyDomain { name: "DARS-NIC-000001-A1B2C-v1.0".into(), epoch: 1 });
    assert_eq!((extract.decided_on(), extract.expires()), (today(), date(2024, 6, 30)));
}

#[test]
fn a_narrower_request_narrows_the_extract_and_keeps_the_agreements_order() {
    let june = Period { from: date(2021, 6, 1), to: date(2021, 6, 30) };
    let narrow = ReleaseRequest {
        columns: Some(vec!["Service_Type".into(), "LA_Code".into()]),
        areas: Some(vec![code("816"), code("102")]),
        period: Some(june),
        ..request()
    };
    let extract = granted(&sample(), &narrow);
    let names: Vec<_> = extract.columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["LA_Code", "Service_Type"]);
    assert_eq!((extract.areas(), extract.period()), (&[code("816")][..], june));
}

#[test]
fn all_areas_are_those_that_have_records_in_order_and_once() {
    let agreement = Agreement { areas: Areas::All, ..sample() };
    let request = ReleaseRequest { areas_with_data: ["816", "503", "816"].map(code).into(), ..request() };
    assert_eq!(granted(&agreement, &request).areas(), ["503", "816"].map(code));
}

#[test]
fn the_next_key_of_an_agreement_is_another_domain() {
    let agreement = Agreement { key_epoch: 2, ..sample() };
    assert_eq!(granted(&agreement, &request()).key_domain().epoch, 2);
}

#[test]
fn all_that_is_wrong_is_said_together() {
    let mut agreement = sample();
    agreement.purpose.clear();
    agreement.recipient.organisation = "?".into();
    agreement.signed.clear();
    agreement.areas = Areas::Only(vec!["816".into(), "000".into()]);
    agreement.period = Period { from: date(2022, 1, 1), to: date(2021, 1, 1) };
    let columns =
        ["LA_Code", "Shoe_Size", "Slipped_Through", "NHS_Number", "Der_Birth_Month", "Der_Age_Event_Start_Date"];
    agreement.columns.extend(columns.map(String::from));
    let request = ReleaseRequest {
        dataset: "sus".into(),
        recipient: Some(code("QOP")),
        areas: Some(vec![code("503")]),
        ..request()
    };
    let Decision::Refused(refusal) = decide(&agreement, &request, date(2025, 1, 1)) else {
        panic!("it was granted");
    };
    insta::assert_snapshot!(refusal, @r#"
    Nothing can be released under DARS-NIC-000001-A1B2C-v1.0
      - The agreement ended on 2024-06-30. Have it renewed, with a new end date.
      - Sample Commissioning Support Unit (?) has not signed. Have it signed, and put the signature with its date into the document.
      - NHS Sample Integrated Care Board (QZZ) has not signed. Have it signed, and put the signature with its date into the document.
      - The agreement does not say until when the assurances of ? hold. State dsfc_until and dspt_until under assurances.
      - The recipient's code ? is not an organisation's code. Give its code in the Organisation Data Service: 2 to 10 letters and digits.
      - QOP is not the recipient of the agreement, which is ?. Release to the agreement's recipient, or draw up an agreement with the other.
      - The agreement is about the dataset asc-cld, not sus. Ask for the dataset that the agreement names, spelt as in its specification.
      - The agreement names the column LA_Code more than once. Name it once.
      - The dataset sus has no column Shoe_Size. Take it out of the agreement, or spell it as the specification does.
      - No council has the code 000, which the agreement names. Give the council's code in the Organisation Data Service, such as 816.
      - The agreement does not cover the council 503. Ask without it, or have the agreement name it.
      - No record is held of any council asked for that the agreement covers. Ask again when a submission of one of them has been de-identified.
      - The agreement's period ends before it begins (2022-01-01 to 2021-01-01). Correct the dates, the first day first.
      - The agreement states no purpose. State what the data are for, under purpose.
      - The column Slipped_Through identifies a person by itself, and is never released. Take it out of the agreement; a pseudonym or a derived column may do.
      - The column NHS_Number is seen in the safe haven alone, and is not released. Take it out of the agreement; a derived column may do, such as a pseudonym, an age band or an area.
      - Der_Birth_Month, Der_Age_Event_Start_Date and Event_Start_Date together narrow a date of birth to less than a month. Leave out one of them; an age band may do for the age.
    An agreement is changed by those who drew it up, and signed again by every party
    "#);
}

type Change = fn(&mut Agreement, &mut ReleaseRequest);

/// One thing made wrong, by number; each has its rule.
const WRONGS: [(&str, Change); 16] = [
    ("agreement-not-started", |a, _| a.start = date(2022, 5, 5)),
    ("agreement-expired", |a, _| a.end = date(2022, 5, 3)),
    ("agreement-unsigned", |a, _| a.signed.clear()),
    ("purpose-blank", |a, _| a.legal_basis.clear()),
    ("recipient-malformed", |a, _| a.recipient.organisation = "0".into()),
    ("recipient-other", |_, r| r.recipient = Some(code("QOP"))),
    ("dataset-other", |a, _| a.dataset = "sus".into()),
    ("column-twice", |a, _| a.columns.push("Gender".into())),
    ("column-unknown", |a, _| a.columns.insert(0, "gender".into())),
    ("column-direct", |a, _| a.columns.push("Slipped_Through".into())),
    ("column-in-safe-haven", |a, _| a.columns.insert(3, "Date_of_Birth".into())),
    ("column-not-named", |_, r| r.columns = Some(vec!["Ethnicity".into()])),
    ("area-unknown", |a, _| a.areas = Areas::Only(vec!["816".into(), "8160".into()])),
    ("area-not-covered", |_, r| r.areas = Some(vec![code("816"), code("503")])),
    ("areas-without-data", |_, r| r.areas_with_data.clear()),
    ("period-outside", |_, r| r.period = Some(Period { from: date(2021, 3, 31), to: date(2021, 4, 30) })),
];

proptest! {
    #[test]
    fn a_column_that_is_not_named_or_not_asked_for_is_never_in_the_extract(
        named in prop::collection::btree_set(0usize..18, 1..18),
        asked in prop::option::of(prop::collection::btree_set(0usize..18, 1..18)),
    ) {
        let mut request = request();
        let names: Vec<String> = request.available.iter().map(|offered| offered.column.name.clone()).collect();
        let agreement = Agreement { columns: named.iter().map(|n| names[*n].clone()).collect(), ..sample() };
        request.columns = asked.as_ref().map(|asked| asked.iter().map(|n| names[*n].clone()).collect());
        let all: BTreeSet<usize> = (0..18).collect();
        if let Decision::Granted(extract) = decide(&agreement, &request, today()) {
            let wanted = named.intersection(asked.as_ref().unwrap_or(&all));
            let want: Vec<_> = wanted.map(|n| names[*n].as_str()).collect();
            let have: Vec<_> = extract.columns().iter().map(|column| column.name.as_str()).collect();
            prop_assert_eq!(have, want);
            prop_assert!(extract.columns().iter().all(|column| column.class != PrivacyClass::Direct));
        }
    }

    #[test]
    fn whatever_is_wrong_together_nothing_is_granted_and_every_rule_speaks(wrong in prop::collection::btree_set(0usize..WRONGS.len(), 1..6)) {
        let (mut agreement, mut request) = (sample(), request());
        wrong.iter().for_each(|n| WRONGS[*n].1(&mut agreement, &mut request));
        prop_assert!(matches!(decide(&agreement, &request, today()), Decision::Refused(_)));
        let rules: BTreeSet<_> = reasons(&agreement, &request, today()).iter().map(|reason| reason.rule).collect();
        for n in &wrong {
            prop_assert!(rules.contains(WRONGS[*n].0), "{}", WRONGS[*n].0);
        }
    }

    #[test]
    fn the_decision_depends_on_the_day_through_the_term_alone(day in 0i32..3000) {
        let day = date(2018, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        let within = (date(2021, 7, 1)..=date(2024, 6, 30)).contains(&day);
        prop_assert_eq!(matches!(decide(&sample(), &request(), day), Decision::Granted(_)), within);
    }
}
