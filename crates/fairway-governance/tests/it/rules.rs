//! Each rule alone: the sample and its request with one thing changed.

use fairway_governance::{Agreement, Areas, Period, ReleaseRequest, reasons};
use jiff::civil::{Date, date};

use crate::support::{code, request, sample, today};

fn on(day: Date, change: impl Fn(&mut Agreement, &mut ReleaseRequest)) -> Vec<String> {
    let (mut agreement, mut request) = (sample(), request());
    change(&mut agreement, &mut request);
    reasons(&agreement, &request, day).iter().map(|reason| format!("{}: {reason}", reason.rule)).collect()
}

fn after(change: impl Fn(&mut Agreement, &mut ReleaseRequest)) -> Vec<String> {
    on(today(), change)
}

#[test]
fn the_sample_unchanged_gives_no_reason() {
    assert_eq!(after(|_, _| {}), [""; 0]);
}

#[test]
fn the_first_and_the_last_day_are_days_of_the_agreement() {
    for day in [date(2021, 7, 1), date(2024, 6, 30)] {
        assert_eq!(on(day, |_, _| {}), [""; 0], "{day}");
    }
    assert_eq!(
        on(date(2021, 6, 30), |_, _| {}),
        ["agreement-not-started: The agreement starts on 2021-07-01. Ask again on that day."]
    );
    assert_eq!(
        on(date(2024, 7, 1), |_, _| {}),
        ["agreement-expired: The agreement ended on 2024-06-30. Have it renewed, with a new end date."]
    );
}

#[test]
fn every_party_signs_and_a_signature_counts_from_its_day() {
    let missing = |who| {
        format!(
            "agreement-unsigned: {who} has not signed. Have it signed, and put the signature with its date into the \
             document."
        )
    };
    assert_eq!(after(|a, _| a.signed.truncate(1)), [missing("NHS Sample Integrated Care Board (QZZ)")]);
    assert_eq!(after(|a, _| a.signed[0].date = date(2022, 5, 5)), [missing("Sample Commissioning Support Unit (0AB)")]);
    assert_eq!(after(|a, _| a.signed[0].date = date(2022, 5, 4)), [""; 0]);
    assert_eq!(after(|a, _| a.signed[0].organisation = " 0ab ".into()), [""; 0]);
    assert_eq!(after(|a, _| a.controllers = vec![a.recipient.clone()]), [""; 0], "one party in two places signs once");
    assert_eq!(
        after(|a, _| a.controllers.clear()),
        [
            "agreement-unsigned: The agreement names no data controller. Name who answers for the data, and have them sign."
        ]
    );
}

#[test]
fn purpose_and_legal_basis_are_stated() {
    assert_eq!(
        after(|a, _| (a.purpose, a.legal_basis) = (" \n".into(), String::new())),
        [
            "purpose-blank: The agreement states no purpose. State what the data are for, under purpose.",
            "purpose-blank: The agreement states no legal basis. State the law, under legal_basis."
        ]
    );
}

#[test]
fn the_recipient_is_the_agreements_and_has_a_code() {
    let malformed = after(|a, _| {
        a.recipient.organisation = "The unit".into();
        a.signed[0].organisation = "The unit".into();
        let theirs =
            fairway_governance::Assurance { organisation: "The unit".into(), ..a.particulars.assurances[0].clone() };
        a.particulars.assurances.push(theirs);
    });
    assert_eq!(
        malformed,
        ["recipient-malformed: The recipient's code The unit is not an organisation's code. Give its code in the \
             Organisation Data Service: 2 to 10 letters and digits."]
    );
    assert_eq!(after(|_, r| r.recipient = Some(code("0ab"))), [""; 0]);
    assert_eq!(
        after(|_, r| r.recipient = Some(code("QOP"))),
        ["recipient-other: QOP is not the recipient of the agreement, which is 0AB. Release to the agreement's \
             recipient, or draw up an agreement with the other."]
    );
}

#[test]
fn the_dataset_is_the_agreements() {
    assert_eq!(
        after(|_, r| r.dataset = "sus".into()),
        ["dataset-other: The agreement is about the dataset asc-cld, not sus. Ask for the dataset that the agreement \
             names, spelt as in its specification."]
    );
}

#[test]
fn columns_are_named_once_and_exist() {
    assert_eq!(
        after(|a, _| a.columns.push("LA_Code".into())),
        ["column-twice: The agreement names the column LA_Code more than once. Name it once."]
    );
    assert_eq!(
        after(|a, _| a.columns.extend(["Event start date".into(), "Shoe_Size".into(), "Shoe_Size2".into()])),
        [
            "column-unknown: The dataset asc-cld has no column Event start date. Write Event_Start_Date, letter for \
             letter, if that is meant.",
            "column-unknown: The dataset asc-cld has no column Shoe_Size. Take it out of the agreement, or spell it as \
             the specification does.",
            "column-unknown: The dataset asc-cld has no column Shoe_Size2. Take it out of the agreement, or spell it as \
             the specification does."
        ]
    );
    let none = "columns-none: The agreement names no column. List the columns that it entitles to.";
    assert_eq!(after(|a, _| a.columns.clear()), [none]);
    let none_asked = "columns-none: No column is asked for. Ask for columns that the agreement names.";
    assert_eq!(after(|_, r| r.columns = Some(Vec::new())), [none_asked]);
}

#[test]
fn a_column_that_identifies_or_stays_in_the_safe_haven_is_not_released() {
    assert_eq!(
        after(|a, _| a.columns.push("Slipped_Through".into())),
        [
            "column-direct: The column Slipped_Through identifies a person by itself, and is never released. Take it out \
             of the agreement; a pseudonym or a derived column may do."
        ]
    );
    assert_eq!(
        after(|a, _| a.columns.push("NHS_Number".into())),
        ["column-in-safe-haven: The column NHS_Number is seen in the safe haven alone, and is not released. Take it \
             out of the agreement; a derived column may do, such as a pseudonym, an age band or an area."]
    );
}

#[test]
fn a_column_that_the_agreement_does_not_name_cannot_be_asked_for() {
    assert_eq!(after(|_, r| r.columns = Some(vec!["Gender".into(), "LA_Code".into()])), [""; 0]);
    assert_eq!(
        after(|_, r| r.columns = Some(vec!["Gender".into(), "Ethnicity".into(), "Ethnicity".into()])),
        ["column-not-named: The agreement does not name the column Ethnicity. Ask without it, or have the agreement \
             name it."]
    );
}

#[test]
fn month_of_birth_with_ages_on_exact_days_is_refused_and_any_two_of_them_are_not() {
    let clues = ["Der_Birth_Month", "Der_Age_Event_Start_Date"];
    assert_eq!(
        after(|a, _| a.columns.extend(clues.map(String::from))),
        ["birth-date-narrowed: Der_Birth_Month, Der_Age_Event_Start_Date and Event_Start_Date together narrow a date \
             of birth to less than a month. Leave out one of them; an age band may do for the age."]
    );
    for clue in clues {
        assert_eq!(after(|a, _| a.columns.push(clue.into())), [""; 0], "{clue}");
    }
    let without_the_day = after(|a, _| {
        a.columns.extend(clues.map(String::from));
        a.columns.retain(|column| column != "Event_Start_Date");
    });
    assert_eq!(without_the_day, [""; 0]);
    let not_asked_for = after(|a, r| {
        a.columns.extend(clues.map(String::from));
        r.columns = Some(vec!["Der_Birth_Month".into(), "Event_Start_Date".into()]);
    });
    assert_eq!(not_asked_for, [""; 0]);
}

#[test]
fn areas_are_councils_that_the_agreement_covers_and_that_have_records() {
    assert_eq!(
        after(|a, _| a.areas = Areas::Only(vec!["816".into(), "999".into(), "Cumbria County".into()])),
        [
            "area-unknown: No council has the code 999, which the agreement names. Give the council's code in the \
             Organisation Data Service, such as 816.",
            "area-unknown: No council has the code Cumbria County, which the agreement names. Give the council's code \
             in the Organisation Data Service, such as 816."
        ]
    );
    assert_eq!(
        after(|_, r| r.areas = Some(vec![code("816"), code("503")])),
        ["area-not-covered: The agreement does not cover the council 503. Ask without it, or have the agreement name \
             it."]
    );
    assert_eq!(
        after(|a, _| a.areas = Areas::Only(Vec::new())),
        ["area-not-covered: The agreement names no area. List the councils' codes under areas, or write: areas: all."]
    );
    assert_eq!(
        after(|_, r| r.areas = Some(vec![code("102")])),
        ["areas-without-data: No record is held of any council asked for that the agreement covers. Ask again when a \
             submission of one of them has been de-identified."]
    );
    assert_eq!(after(|a, r| (a.areas, r.areas) = (Areas::All, Some(vec![code("503")]))), [""; 0]);
}

#[test]
fn periods_have_days_and_lie_within_the_agreements() {
    let whole = Period { from: date(2021, 4, 1), to: date(2022, 3, 31) };
    assert_eq!(after(|_, r| r.period = Some(whole)), [""; 0]);
    assert_eq!(
        after(|_, r| r.period = Some(Period { to: date(2022, 4, 1), ..whole })),
        [
            "period-outside: The period asked for (2021-04-01 to 2022-04-01) is not within the agreement's (2021-04-01 to \
             2022-03-31). Ask for days within it, or have the agreement's period extended."
        ]
    );
    assert_eq!(
        after(|_, r| r.period = Some(Period { from: date(2021, 6, 2), to: date(2021, 6, 1) })),
        [
            "period-empty: The period asked for ends before it begins (2021-06-02 to 2021-06-01). Correct the dates, the \
             first day first."
        ]
    );
    assert_eq!(
        after(|a, _| a.period = Period { from: date(2021, 6, 2), to: date(2021, 6, 1) }),
        ["period-empty: The agreement's period ends before it begins (2021-06-02 to 2021-06-01). Correct the dates, \
             the first day first."]
    );
}
