use fairway_domain::{Column, ColumnKind, PrivacyClass};
use fairway_governance::{
    Agreement, Areas, BirthClue, LinkDecision, Linkage, OfferedColumn, ReleaseRequest, decide_link,
};

use crate::support::{code, request, sample, today};

const COLUMNS: [(&str, PrivacyClass, Option<BirthClue>); 5] = [
    ("Admission_Date", PrivacyClass::Quasi, Some(BirthClue::DayOfAge)),
    ("Admission_Method", PrivacyClass::Sensitive, None),
    ("Birth_Month", PrivacyClass::Quasi, Some(BirthClue::BirthMonth)),
    ("Age_At_Start", PrivacyClass::Quasi, Some(BirthClue::AgeOnDay)),
    ("Slipped_Through", PrivacyClass::Direct, None),
];

fn other(dataset: &str) -> ReleaseRequest {
    let offered =
        |(name, class, birth_clue)| OfferedColumn { column: Column::new(name, ColumnKind::Text, class), birth_clue };
    ReleaseRequest {
        dataset: dataset.into(),
        available: COLUMNS.map(offered).into(),
        safe_haven: vec!["Spell_Number".into()],
        areas_with_data: vec![code("816")],
        ..request()
    }
}

fn agreement(columns: &[&str]) -> Agreement {
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    Agreement { linkages: vec![Linkage { dataset: "admitted-care".into(), columns, areas: Areas::All }], ..sample() }
}

fn refused(agreement: &Agreement, right: &ReleaseRequest) -> Vec<String> {
    match decide_link(agreement, &request(), right, today()) {
        LinkDecision::Refused(refusal) => refusal.reasons,
        LinkDecision::Granted(granted) => panic!("granted: {granted:?}"),
    }
}

#[test]
fn a_pair_that_is_named_is_granted_with_the_columns_of_each_side_and_one_key_domain() {
    let agreement = agreement(&["Admission_Method", "Admission_Date"]);
    let LinkDecision::Granted(granted) = decide_link(&agreement, &request(), &other("admitted-care"), today()) else {
        panic!("refused");
    };
    assert_eq!((granted.left().dataset(), granted.right().dataset()), ("asc-cld", "admitted-care"));
    let columns: Vec<&str> = granted.right().columns().iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["Admission_Method", "Admission_Date"]);
    assert_eq!(granted.left().key_domain(), granted.right().key_domain());
    assert_eq!(granted.right().areas(), [code("816")]);
}

#[test]
fn a_pair_that_is_not_named_is_refused_beside_every_other_reason() {
    let mut agreement = agreement(&["Admission_Method"]);
    agreement.purpose = String::new();
    let reasons = refused(&agreement, &other("emergency-care"));
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[1].contains("only with admitted-care, and emergency-care was asked for"), "{reasons:?}");
    agreement.linkages.clear();
    assert!(refused(&agreement, &other("admitted-care"))[1].contains("linked with none"));
}

#[test]
fn every_rule_is_looked_at_on_the_other_side_and_a_shared_reason_is_said_once() {
    let mut agreement = agreement(&["Spell_Number", "Slipped_Through", "Nowhere"]);
    agreement.purpose = String::new();
    let reasons = refused(&agreement, &other("admitted-care"));
    for part in ["Spell_Number", "Slipped_Through", "Nowhere"] {
        assert!(reasons.iter().any(|reason| reason.contains(part)), "{part}: {reasons:?}");
    }
    assert_eq!(reasons.iter().filter(|reason| reason.contains("purpose")).count(), 1, "{reasons:?}");
}

#[test]
fn columns_of_both_sides_that_narrow_a_birth_date_together_are_refused() {
    // The sample's own columns have the days of events; an age on a day and a month come from the other side.
    let reasons = refused(&agreement(&["Birth_Month", "Age_At_Start"]), &other("admitted-care"));
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(
        reasons[0].contains("Birth_Month of admitted-care") && reasons[0].contains("Event_Start_Date"),
        "{reasons:?}"
    );
    let alone = refused(&agreement(&["Birth_Month", "Age_At_Start", "Admission_Date"]), &other("admitted-care"));
    assert_eq!(alone.len(), 1, "{alone:?}");
}
