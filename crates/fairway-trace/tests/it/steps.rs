use fairway_domain::{TraceOutcome as O, TraceStep as S};
use fairway_trace::{Answer, Gender, Query, Register};

use crate::support::{date, number, sian, village};

/// Outcome, step, codes and the number found.
fn told(answer: Answer<'_>) -> (O, S, u8, u8, Option<String>) {
    let found = answer.matched.map(|person| person.nhs_number().as_str().to_string());
    assert_eq!(answer.outcome.is_found(), found.is_some());
    (answer.outcome, answer.step, answer.dbs_code, answer.mpt_code, found)
}

fn found(n: u32) -> Option<String> {
    Some(number(n).as_str().to_string())
}

fn register() -> Register {
    village().read().unwrap()
}

#[test]
fn number_and_birth_date_are_enough() {
    let query = Query { nhs_number: Some(number(1)), date_of_birth: date("19450312"), ..Query::default() };
    assert_eq!(told(register().trace(&query).unwrap()), (O::CrossChecked, S::CrossCheck, 30, 0, found(1)));
    let wrong_otherwise = Query { family_name: "Other", given_name: "Name", gender: Gender::Male, ..query };
    assert_eq!(register().trace(&wrong_otherwise).unwrap().outcome, O::CrossChecked);
}

#[test]
fn a_superseded_number_gives_the_current_one() {
    for old in [11, 12] {
        let query = Query { nhs_number: Some(number(old)), date_of_birth: date("19450312"), ..Query::default() };
        assert_eq!(told(register().trace(&query).unwrap()), (O::Superseded, S::CrossCheck, 40, 90, found(1)));
    }
}

#[test]
fn a_partly_agreeing_birth_date_needs_both_names() {
    let query = Query { nhs_number: Some(number(1)), date_of_birth: date("19451203"), ..sian() };
    assert_eq!(register().trace(&query).unwrap().outcome, O::CrossChecked);
    let initial = Query { given_name: "S", family_name: "Jonson", ..query.clone() };
    assert_eq!(register().trace(&initial).unwrap().outcome, O::CrossChecked);
    let other_initial = Query { given_name: "Mair", ..query.clone() };
    assert_eq!(told(register().trace(&other_initial).unwrap()), (O::NotFound, S::Alphanumeric, 31, 98, None));
    let maiden_name = Query { family_name: "Price", ..query };
    assert_eq!(register().trace(&maiden_name).unwrap().outcome, O::NotFound);
}

#[test]
fn where_a_name_is_missing_the_outward_part_of_a_postcode_held_now_or_before_confirms() {
    let query = Query { nhs_number: Some(number(1)), date_of_birth: date("1945"), ..Query::default() };
    assert_eq!(
        told(register().trace(&query).unwrap()),
        (O::NotFound, S::CrossCheck, 31, 98, None),
        "one part is too little"
    );
    let query = Query { date_of_birth: date("194503"), ..query };
    assert_eq!(register().trace(&query).unwrap().outcome, O::NotFound, "nothing confirms");
    for place in ["LE15 9ZZ", "CF10 4BY"] {
        let query = Query { postcode: place, ..query.clone() };
        assert_eq!(register().trace(&query).unwrap().outcome, O::CrossChecked, "{place}");
        let one_name = Query { family_name: "Other", ..query.clone() };
        assert_eq!(register().trace(&one_name).unwrap().outcome, O::CrossChecked, "{place}");
        let both_names = Query { given_name: "Sian", ..one_name };
        assert_eq!(register().trace(&both_names).unwrap().outcome, O::NotFound, "names are there and decide");
    }
    let elsewhere = Query { postcode: "LE1 6AA", ..query };
    assert_eq!(register().trace(&elsewhere).unwrap().outcome, O::NotFound);
}

#[test]
fn every_detail_must_agree_and_sound_is_enough_for_names() {
    let register = register();
    assert_eq!(told(register.trace(&sian()).unwrap()), (O::Matched, S::Alphanumeric, 20, 0, found(1)));
    let alike = Query { family_name: "JOHNS", given_name: "Shawn", postcode: "CF10 1EP", ..sian() };
    assert_eq!(told(register.trace(&alike).unwrap()), (O::Matched, S::Alphanumeric, 20, 0, found(1)));
    for wrong in [
        Query { family_name: "Price", ..sian() },
        Query { given_name: "Mair", ..sian() },
        Query { gender: Gender::Male, ..sian() },
        Query { date_of_birth: date("19450313"), ..sian() },
        Query { postcode: "LE15 6AB", ..sian() },
    ] {
        assert_eq!(told(register.trace(&wrong).unwrap()), (O::NotFound, S::Alphanumeric, 21, 98, None), "{wrong:?}");
    }
}

#[test]
fn details_not_given_are_passed_over_and_a_partial_date_stands_for_all_it_allows() {
    let register = register();
    let least = Query { given_name: "", postcode: "", date_of_birth: date("1945"), ..sian() };
    assert_eq!(register.trace(&least).unwrap().outcome, O::Matched);
    assert_eq!(register.trace(&Query { date_of_birth: date("194503"), ..sian() }).unwrap().outcome, O::Matched);
    assert_eq!(register.trace(&Query { date_of_birth: date("194504"), ..sian() }).unwrap().outcome, O::NotFound);
}

#[test]
fn without_family_name_birth_year_or_gender_the_step_is_not_run() {
    let register = register();
    for little in [
        Query { family_name: " ", ..sian() },
        Query { date_of_birth: None, ..sian() },
        Query { gender: Gender::NotKnown, ..sian() },
        Query { gender: Gender::NotSpecified, ..sian() },
        Query::default(),
    ] {
        assert_eq!(told(register.trace(&little).unwrap()), (O::NotTraced, S::None, 21, 96, None));
    }
    let number_alone = Query { nhs_number: Some(number(1)), ..Query::default() };
    assert_eq!(told(register.trace(&number_alone).unwrap()), (O::NotTraced, S::None, 31, 96, None));
}

#[test]
fn two_who_sound_alike_are_several_and_never_one_of_them() {
    let twins = Query {
        family_name: "Obrien",
        given_name: "Mark",
        gender: Gender::Male,
        date_of_birth: date("19620817"),
        ..Query::default()
    };
    assert_eq!(told(register().trace(&twins).unwrap()), (O::Multiple, S::Alphanumeric, 22, 97, None));
    let with_number = Query { nhs_number: Some(number(50)), ..twins.clone() };
    assert_eq!(told(register().trace(&with_number).unwrap()), (O::Multiple, S::Alphanumeric, 32, 97, None));
    let right_number = Query { nhs_number: Some(number(3)), ..twins };
    assert_eq!(told(register().trace(&right_number).unwrap()), (O::CrossChecked, S::CrossCheck, 30, 0, found(3)));
}

#[test]
fn a_number_that_fails_gives_way_to_the_other_details() {
    let register = register();
    let of_another = Query { nhs_number: Some(number(4)), ..sian() };
    assert_eq!(told(register.trace(&of_another).unwrap()), (O::Matched, S::Alphanumeric, 33, 0, found(1)));
    let of_nobody = Query { nhs_number: Some(number(50)), family_name: "Nobody", ..sian() };
    assert_eq!(told(register.trace(&of_nobody).unwrap()), (O::NotFound, S::Alphanumeric, 31, 98, None));
    let alone = Query { nhs_number: Some(number(50)), date_of_birth: date("19450312"), ..Query::default() };
    assert_eq!(told(register.trace(&alone).unwrap()), (O::NotFound, S::CrossCheck, 31, 98, None));
}

#[test]
fn the_dead_are_answered_with_their_date() {
    let register = register();
    let query = Query { nhs_number: Some(number(4)), date_of_birth: date("19301105"), ..Query::default() };
    assert_eq!(register.trace(&query).unwrap().matched.unwrap().date_of_death(), date("20200401"));
}

fn rose() -> Query<'static> {
    Query {
        family_name: "Hidden",
        given_name: "Rose",
        gender: Gender::Female,
        date_of_birth: date("19790601"),
        ..Query::default()
    }
}

#[test]
fn a_sensitive_person_is_found_by_number_or_by_name_and_marked() {
    let register = register();
    assert_eq!(told(register.trace(&rose()).unwrap()), (O::Matched, S::Alphanumeric, 20, 92, found(5)));
    let by_number = Query { nhs_number: Some(number(5)), ..rose() };
    assert_eq!(told(register.trace(&by_number).unwrap()), (O::CrossChecked, S::CrossCheck, 30, 92, found(5)));
}

#[test]
fn no_answer_depends_on_where_a_sensitive_person_is() {
    let register = register();
    let places = ["TR19 7AA", "TR18 2AB", "LE15 6AA"];
    for base in [
        rose(),
        Query { nhs_number: Some(number(5)), date_of_birth: date("197906"), given_name: "", ..rose() },
        Query { nhs_number: Some(number(5)), date_of_birth: date("197906"), family_name: "", ..rose() },
    ] {
        let answers = places.map(|place| told(register.trace(&Query { postcode: place, ..base.clone() }).unwrap()));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(answers[0].4, None);
    }
}

#[test]
fn someone_like_a_sensitive_person_is_not_taken_for_them() {
    let files = village().person(6, "ROSE,,HIDDEN,2,19790601,,3 PARK ROAD,,,LE15 6AA,C82001,");
    let register = files.read().unwrap();
    for place in ["", "LE15 6AA"] {
        let query = Query { postcode: place, ..rose() };
        assert_eq!(told(register.trace(&query).unwrap()), (O::Multiple, S::Alphanumeric, 22, 97, None));
    }
}

#[test]
fn a_postcode_that_stands_for_no_place_confirms_no_birth_date() {
    let register = village().person(6, "TOM,,DOE,1,19800101,,,,,ZZ99 3VZ,,").read().unwrap();
    let query = Query {
        nhs_number: Some(number(6)),
        date_of_birth: date("19800102"),
        postcode: "ZZ99 3VZ",
        ..Query::default()
    };
    assert_eq!(register.trace(&query).unwrap().outcome, O::NotFound);
}

#[test]
fn a_blank_in_the_register_agrees_with_nothing() {
    let register = village().person(6, ",,DOE,1,19800101,,,,,,,").person(7, "TIM,,POE,1,,,,,,,,").read().unwrap();
    let doe = Query { family_name: "Doe", gender: Gender::Male, date_of_birth: date("1980"), ..Query::default() };
    assert_eq!(register.trace(&doe).unwrap().outcome, O::Matched);
    assert_eq!(register.trace(&Query { given_name: "Tom", ..doe.clone() }).unwrap().outcome, O::NotFound);
    assert_eq!(register.trace(&Query { postcode: "LE15 6AA", ..doe.clone() }).unwrap().outcome, O::NotFound);
    let poe = Query { nhs_number: Some(number(7)), family_name: "Poe", given_name: "Tim", ..doe };
    assert_eq!(register.trace(&poe).unwrap().outcome, O::NotFound);
}

#[test]
fn debug_of_query_and_answer_shows_nobody() {
    let query = Query { nhs_number: Some(number(1)), ..sian() };
    insta::assert_snapshot!(format!("{query:?}"), @"Query { nhs_number: true, family_name: true, given_name: true, other_given_names: false, gender: true, date_of_birth: true, address_line1: false, address_below: false, postcode: true }");
    insta::assert_snapshot!(format!("{:?}", register().trace(&query).unwrap()), @"Answer { outcome: CrossChecked, step: CrossCheck, dbs_code: 30, mpt_code: 0, .. }");
}
