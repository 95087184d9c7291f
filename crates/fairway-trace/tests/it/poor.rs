//! Records that say little or say it wrongly: found where that is safe, and nobody named where it is not.

use fairway_domain::NhsNumber;
use fairway_trace::{Gender, Mode, Parameters, Query, Register, Requests, Tracer, train_file};
use proptest::prelude::*;

use crate::support::{Files, date, number};

/// A name of its own for every number.
fn name(n: u32) -> String {
    const SYLLABLES: [&str; 12] = ["BA", "DOR", "FEN", "GI", "HUL", "KAM", "LO", "MIS", "NET", "PRU", "SAN", "WIL"];
    (0..3).map(|at| SYLLABLES[(n / 12u32.pow(at) % 12) as usize]).collect()
}

/// Five people to test with among 1,500 others, in households of three that share name, street and postcode.
fn town() -> Register {
    let files = Files::new()
        .person(1, "EDWARD,WILLIAM,GODWIN,1,19330526,,3 TAMARISK ROW,WELLS,,NG1 1AB,,")
        .person(2, "AGNES,CARMICHAEL,POLLARD,2,19410709,,8 QUINCE LANE,FROME,,NG2 2BA,,")
        .person(3, "BABY,,OVERTON,2,20200102,,9 QUINCE LANE,FROME,,NG2 2BA,,")
        .person(4, "ZEBEDEE,,HARTLEY,1,19390411,,2 MILL LANE,FROME,,NG3 3AA,,")
        .person(5, "TRYPHENA,ROSE,HARTLEY,2,19420817,,2 MILL LANE,FROME,,NG3 3AA,,");
    (100..1_600)
        .fold(files, |files, n| {
            let (home, day) = (n / 3, 1 + n % 28);
            let (family, place) = (name(home), format!("NG{} {}AA", 4 + home % 20, home % 10));
            let born = format!("{}{:02}{day:02}", 1925 + n % 70, 1 + n % 12);
            let row =
                format!("{},,{family},{},{born},,{} HIGH STREET,TOWN,,{place},,", name(n % 61 * 7), 1 + n % 2, home);
            files.person(n, &row)
        })
        .read()
        .unwrap()
}

fn found(register: &Register, query: &Query<'_>) -> Option<NhsNumber> {
    let tracer = Tracer::new(register, Mode::Fairway, Parameters::default());
    tracer.trace(query).unwrap().matched.map(|person| person.nhs_number())
}

#[test]
fn people_are_found_by_what_is_left_of_their_record() {
    let register = town();
    let edward = Query { given_name: "Eddy", family_name: "Godwin", gender: Gender::Male, ..Query::default() };
    let agnes =
        Query { gender: Gender::Female, date_of_birth: date("19410709"), postcode: "NG2 2BA", ..Query::default() };
    for (what, query, n) in [
        ("a nickname and a wrong digit", Query { date_of_birth: date("19330526"), ..edward.clone() }, 1),
        ("a date that is none", Query { born_as_written: "19331526", postcode: "NG1 1AB", ..edward.clone() }, 1),
        ("a slip that sounds otherwise", Query { given_name: "Agnes", family_name: "Pollarc", ..agnes.clone() }, 2),
        ("the family name as given name", Query { given_name: "Pollard", ..agnes.clone() }, 2),
        ("a further name as family name", Query { given_name: "Agnes", family_name: "Carmichael", ..agnes.clone() }, 2),
        ("a title instead of a name", Query { given_name: "Mrs", family_name: "Pollard", ..agnes.clone() }, 2),
        ("a title before the name", Query { given_name: "Mrs Agnes", family_name: "Pollard", ..agnes }, 2),
        (
            "a street under another postcode",
            Query { address_line1: "3 Tamarisk Row", postcode: "NG9 4XY", ..edward.clone() },
            1,
        ),
        (
            "the same in a line below",
            Query { address_below: ["", "3 Tamarisk Row", "", ""], postcode: "NG9 4XY", ..edward },
            1,
        ),
    ] {
        assert_eq!(found(&register, &query), Some(number(n)), "{what}");
    }
}

#[test]
fn a_placeholder_in_the_register_is_not_another_name() {
    let register = town();
    let named = Query {
        given_name: "Olivia",
        family_name: "Overton",
        gender: Gender::Female,
        date_of_birth: date("20200102"),
        postcode: "NG2 2BA",
        ..Query::default()
    };
    assert_eq!(found(&register, &named), Some(number(3)));
    assert_eq!(found(&register, &Query { given_name: "Baby of Agnes", date_of_birth: None, ..named }), None);
}

#[test]
fn one_detail_at_an_address_is_enough_only_where_it_is_the_persons_own_and_rare() {
    let register = town();
    let home = Query { postcode: "NG3 3AA", address_line1: "2 Mill Lane", ..Query::default() };
    assert_eq!(found(&register, &Query { given_name: "Zebedee", ..home.clone() }), Some(number(4)));
    assert_eq!(found(&register, &Query { date_of_birth: date("19420817"), ..home.clone() }), Some(number(5)));
    for shared in [
        home.clone(),
        Query { family_name: "Hartley", ..home.clone() },
        Query { family_name: "Hartley", gender: Gender::Male, ..home.clone() },
        Query { family_name: "Hartley", given_name: "Mr", ..home.clone() },
        Query { family_name: "Hartley", date_of_birth: date("19000101"), ..home.clone() },
        Query { given_name: "Twin One", gender: Gender::Female, ..home.clone() },
        Query { given_name: "Z", ..home },
        Query { given_name: "Zebedee", postcode: "ZZ99 3VZ", ..Query::default() },
        Query { given_name: "Zebedee", postcode: "NG3", ..Query::default() },
    ] {
        assert_eq!(found(&register, &shared), None, "{shared:?}");
    }
}

/// People of a name and a street of their own, three to a postcode, in homes of this many.
fn homes_of(people: u32) -> Files {
    (100..1_600).fold(Files::new(), |files, n| {
        let home = n / people;
        let place = format!("NG{} {}AA", 4 + home / 3 % 20, home / 60 % 10);
        let row = format!(
            "{},,{},{},19{:02}{:02}{:02},,{} {} LANE,TOWN,,{place},,",
            name(n % 61 * 7),
            name(home),
            1 + n % 2,
            25 + n % 70,
            1 + n % 12,
            1 + n % 28,
            1 + home % 90,
            name(home / 3 + 700)
        );
        files.person(n, &row)
    })
}

#[test]
fn a_family_name_at_the_very_house_is_enough_only_where_the_register_shows_that_hardly_any_two_share_a_home() {
    let asked = |home: u32| (name(home), format!("{} {} Lane", 1 + home % 90, name(home / 3 + 700)), home);
    for (people, accepted) in [(1, true), (2, false)] {
        let files = homes_of(people);
        let register = files.read().unwrap();
        let mut rows = csv::Reader::from_reader(files.register.as_bytes());
        let mut requests = String::from("given_name,family_name,date_of_birth,address_line1,postcode\n");
        for row in rows.records().map(Result::unwrap) {
            requests += &[&row[1], &row[3], &row[5], &row[7], &row[10]].join(",");
            requests.push('\n');
        }
        let learnt = train_file(&register, Requests::new(requests.as_bytes()).unwrap(), "a test", 1).unwrap();
        let (family, street, home) = asked(700 / people);
        let place = format!("NG{} {}AA", 4 + home / 3 % 20, home / 60 % 10);
        let query = Query { family_name: &family, address_line1: &street, postcode: &place, ..Query::default() };
        let found = |query: &Query<'_>, parameters: &Parameters| {
            let tracer = Tracer::new(&register, Mode::Fairway, parameters.clone());
            tracer.trace(query).unwrap().matched.is_some()
        };
        assert_eq!(found(&query, &learnt), accepted, "{people} to a home");
        assert!(!found(&query, &Parameters::default()), "where people live together, as most do");
        let elsewhere = format!("{} {} Lane", 2 + home % 90, name(home / 3 + 700));
        for other in [
            Query { address_line1: &elsewhere, ..query.clone() },
            Query { address_line1: "", ..query.clone() },
            Query { postcode: "ZZ99 3VZ", ..query.clone() },
            Query { family_name: "", ..query },
        ] {
            assert!(!found(&other, &learnt), "{other:?}");
        }
    }
}

#[test]
fn a_rare_given_name_at_a_postcode_says_little_once_the_street_is_another() {
    let register = town();
    let there = Query { given_name: "Zebedee", family_name: "Overton", postcode: "NG3 3AA", ..Query::default() };
    let (here, elsewhere) = ("2 Mill Lane", "31 Tamarisk Row");
    let probability = |street| {
        let tracer = Tracer::new(&register, Mode::Fairway, Parameters::default());
        tracer.decide(&Query { address_line1: street, ..there.clone() }).unwrap().probability
    };
    assert!(probability(here) > 0.9);
    assert!(probability(elsewhere) < probability("") && probability(elsewhere) < 0.5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Somebody of a registered household who is not in the register: the same family name, street and postcode, whatever
    /// else is blank or stands for nothing.
    #[test]
    fn whoever_is_not_registered_is_not_taken_for_those_they_live_with(
        home in 34u32..533,
        given in prop::sample::select(vec!["", "Baby of Ann", "Twin Two", "Unknown", "Mrs", "Quentin"]),
        born in prop::sample::select(vec!["", "19000101", "19010101", "20120817"]),
        other in prop::sample::select(vec!["", "Not Known"]),
        gender in prop::sample::select(vec![Gender::Male, Gender::Female, Gender::NotKnown]),
        with_street in any::<bool>(),
    ) {
        thread_local!(static TOWN: Register = town());
        let (family, place) = (name(home), format!("NG{} {}AA", 4 + home % 20, home % 10));
        let street = format!("{home} High Street");
        let query = Query {
            family_name: &family,
            given_name: given,
            other_given_names: other,
            gender,
            date_of_birth: date(if born.is_empty() { "19000101" } else { born }),
            address_line1: if with_street { &street } else { "" },
            postcode: &place,
            ..Query::default()
        };
        prop_assert_eq!(TOWN.with(|town| found(town, &query)), None);
    }
}
