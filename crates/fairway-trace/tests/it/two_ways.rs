//! The same question asked two ways: of the register, and of the handbook's sentences applied to every row in turn.

use fairway_domain::{NhsNumber, TraceOutcome};
use fairway_trace::{Gender, PartialDate, Query, Soundex};
use proptest::prelude::*;

use crate::support::{Files, number};

const FAMILY: [&str; 6] = ["SMITH", "SMYTHE", "JONES", "JOHNS", "O'NEIL", ""];
const GIVEN: [&str; 5] = ["ANN", "ANNE", "ROBERT", "RUPERT", ""];
const BORN: [&str; 7] = ["19450312", "19451203", "19540312", "19450321", "194503", "1945", ""];
const PLACES: [&str; 5] = ["LE15 6AA", "LE15 7BB", "NG1 1AA", "ZZ99 3VZ", ""];

#[derive(Debug, Clone)]
struct Row {
    number: u32,
    given: usize,
    family: usize,
    gender: u8,
    born: usize,
    place: usize,
    before: usize,
    sensitive: bool,
}

prop_compose! {
    fn any_row()(given in 0..5usize, family in 0..6usize, gender in 1u8..3, born in 0..7usize,
                 place in 0..5usize, before in 0..5usize, sensitive in prop::bool::weighted(0.1)) -> Row {
        Row { number: 0, given, family, gender, born, place, before, sensitive }
    }
}

fn files(rows: &[Row]) -> Files {
    rows.iter().fold(Files::new(), |files, row| {
        let sensitive = if row.sensitive { "S" } else { "" };
        let (given, family, born, place) = (GIVEN[row.given], FAMILY[row.family], BORN[row.born], PLACES[row.place]);
        let rest = format!("{given},,{family},{},{born},,,,,{place},,{sensitive}", row.gender);
        let files = files.person(row.number, &rest).replaced(100 + row.number, row.number);
        if PLACES[row.before].is_empty() { files } else { files.earlier(row.number, "postcode", PLACES[row.before]) }
    })
}

fn query(row: &Row, asked: Option<NhsNumber>) -> Query<'static> {
    Query {
        nhs_number: asked,
        family_name: FAMILY[row.family],
        given_name: GIVEN[row.given],
        gender: if row.gender == 1 { Gender::Male } else { Gender::Female },
        date_of_birth: PartialDate::parse(BORN[row.born]).ok(),
        postcode: PLACES[row.place],
        ..Query::default()
    }
}

/// The people left by the alphanumeric step, with those who are left when the postcode is not looked at.
fn naive<'a>(rows: &'a [Row], asked: &Row) -> (Vec<&'a Row>, Vec<&'a Row>) {
    let sounds = |a: &str, b: &str| Soundex::of(a).is_some() && Soundex::of(a) == Soundex::of(b);
    let but_place = |row: &&Row| {
        sounds(FAMILY[row.family], FAMILY[asked.family])
            && (GIVEN[asked.given].is_empty() || sounds(GIVEN[row.given], GIVEN[asked.given]))
            && row.gender == asked.gender
            && BORN[row.born].starts_with(BORN[asked.born])
    };
    let place = |row: &&Row| asked.place == 4 || row.place == asked.place || row.before == asked.place;
    let near: Vec<_> = rows.iter().filter(but_place).collect();
    (near.iter().copied().filter(place).collect(), near)
}

fn expected(rows: &[Row], asked: &Row) -> (TraceOutcome, Option<u32>) {
    if FAMILY[asked.family].is_empty() || BORN[asked.born].is_empty() {
        return (TraceOutcome::NotTraced, None);
    }
    let (left, near) = naive(rows, asked);
    let with_place = asked.place != 4;
    let open: Vec<_> = left.into_iter().filter(|row| !(with_place && row.sensitive)).collect();
    let hidden = with_place && near.iter().any(|row| row.sensitive);
    match open[..] {
        [] => (TraceOutcome::NotFound, None),
        [one] if !hidden => (TraceOutcome::Matched, Some(one.number)),
        _ => (TraceOutcome::Multiple, None),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_register_answers_as_a_scan_of_all_rows_does(
        mut rows in prop::collection::vec(any_row(), 1..40),
        asked in prop::collection::vec(any_row(), 20),
        turn in 0usize..40,
    ) {
        (0..).zip(&mut rows).for_each(|(n, row)| row.number = n);
        let register = files(&rows).read().unwrap();
        let turn = turn % rows.len();
        rows.rotate_left(turn);
        let turned = files(&rows).read().unwrap();
        for ask in &asked {
            let answer = register.trace(&query(ask, None)).unwrap();
            let (outcome, found) = expected(&rows, ask);
            prop_assert_eq!(answer.outcome, outcome);
            prop_assert_eq!(answer.matched.map(|person| person.nhs_number()), found.map(number));
            let again = turned.trace(&query(ask, None)).unwrap();
            prop_assert_eq!(again.matched.map(|person| person.nhs_number()), found.map(number));
        }
    }

    #[test]
    fn a_cross_check_names_the_owner_of_the_number_or_nobody(
        mut rows in prop::collection::vec(any_row(), 1..12),
        asked in prop::collection::vec(any_row(), 12),
    ) {
        (0..).zip(&mut rows).for_each(|(n, row)| row.number = n);
        let register = files(&rows).read().unwrap();
        for (ask, row) in asked.iter().zip(&rows) {
            let current = register.trace(&query(ask, Some(number(row.number)))).unwrap();
            let old = register.trace(&query(ask, Some(number(100 + row.number)))).unwrap();
            prop_assert_eq!(current.outcome == TraceOutcome::CrossChecked, old.outcome == TraceOutcome::Superseded);
            for answer in [current, old].into_iter().filter(|answer| matches!(answer.dbs_code, 30 | 40)) {
                prop_assert_eq!(answer.matched.map(|person| person.nhs_number()), Some(number(row.number)));
            }
            let same_day = BORN[ask.born].len() == 8 && BORN[ask.born] == BORN[row.born];
            prop_assert!(!same_day || current.outcome == TraceOutcome::CrossChecked);
        }
    }
}
