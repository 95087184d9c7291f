use jiff::civil::date;
use proptest::prelude::*;

use super::births::Births;
use super::*;
use crate::age::full_years;

const KEY: &str = "k0a1";

fn pseudonym(person: u64) -> String {
    let symbols = b"0123456789abcdefghjkmnpqrstvwxyz";
    let body = (0..52).map(|at| {
        let mixed = (person + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(at);
        symbols[(mixed % 32) as usize] as char
    });
    KEY.chars().chain(body).collect()
}

fn column(name: &str, kind: ColumnKind, tells: Tells) -> ColumnPlan {
    ColumnPlan { name: name.into(), kind, tells, codes: None }
}

fn plan() -> MeasurePlan {
    let codes: FxHashSet<String> = ["Home Care", "Day Centre"].map(String::from).into_iter().collect();
    MeasurePlan {
        columns: vec![
            column("council", ColumnKind::Text, Tells::Area),
            column("person", ColumnKind::Text, Tells::Combined),
            column("born", ColumnKind::Integer, Tells::Something),
            column("age", ColumnKind::Integer, Tells::Something),
            column("day", ColumnKind::Date, Tells::Something),
            ColumnPlan { codes: Some(Arc::new(codes)), ..column("service", ColumnKind::Text, Tells::Something) },
            column("cost", ColumnKind::Decimal, Tells::Something),
            column("home", ColumnKind::Text, Tells::Provider),
        ],
        key_id: KEY.into(),
        person: vec![1],
        known: vec![2, 5],
        own: Some(OwnPlan { code: "816".into(), area: Some(0), columns: vec![4, 5, 6] }),
        ages: vec![AgePlan { age: 3, at: vec![4] }],
        birth_month: None,
        birth_year: Some(2),
        limits: MeasureLimits { birth_window_days: 30, small_group: 5, own_people: 10, provider_people: 10 },
    }
}

/// Twenty-four people of one council, of whom nothing can be said.
fn extract() -> String {
    let mut text = String::from("council,person,born,age,day,service,cost,home\n");
    for n in 0..24u64 {
        let (day, service) = (1 + (n * 7) % 20, ["Home Care", "Day Centre"][(n % 2) as usize]);
        text += &format!("102,{},1940,{},2022-06-{day:02},{service},{}.50,\n", pseudonym(n), 81, 10 + n % 3);
    }
    text
}

fn measured(text: &str) -> ExtractFacts {
    csv(&plan(), "extract.csv", text.as_bytes()).unwrap().facts
}

#[test]
fn nothing_stands_against_a_plain_extract() {
    let facts = measured(&extract());
    assert_eq!((facts.files[0].rows, facts.files[0].canonical), (24, true));
    assert_eq!(facts.areas, [("102".to_owned(), 24)]);
    let none: Vec<(String, u64)> = Vec::new();
    for counted in [&facts.misfits, &facts.unlisted, &facts.formulas, &facts.foreign] {
        assert_eq!(counted, &none);
    }
    assert_eq!((facts.identifiers.len(), facts.in_order.len(), facts.pseudonyms), (0, 0, 24));
    assert_eq!((facts.births.people, facts.births.below, facts.small_providers), (24, 0, 0));
    assert_eq!((facts.groups.people, facts.groups.smallest, facts.groups.below), (24, 12, 0));
    assert_eq!(facts.own.unwrap().people, 0);
}

/// What is wrong of one kind with a column: nothing where another column is meant.
fn only(counted: &[(String, u64)], column: &str) -> bool {
    counted == [(column.to_owned(), 1)]
}

type Found = fn(&ExtractFacts, &str) -> bool;

#[test]
fn one_cell_changed_anywhere_is_told_with_its_column() {
    let sound = extract();
    let names: Vec<&str> = sound.lines().next().unwrap().split(',').collect();
    let identifier: Found =
        |facts, column| facts.identifiers.iter().any(|(found, _, count)| found == column && *count == 1);
    let planted: [(&str, &[usize], Found); 9] = [
        ("9434765919", &[0, 1, 3, 4, 5, 6, 7], identifier),
        ("LS1 4AP", &[0, 1, 2, 3, 4, 5, 6, 7], identifier),
        ("ada@example.org", &[0, 1, 2, 3, 4, 5, 6, 7], identifier),
        ("01632 960123", &[0, 1, 2, 3, 4, 5, 6, 7], identifier),
        ("1931-05-07", &[0, 5, 7], identifier),
        ("07/05/1931", &[0, 5, 7], identifier),
        ("=1+1", &[0, 2, 3, 4, 5, 6, 7], |facts, column| only(&facts.formulas, column)),
        ("soup", &[2, 3, 4, 6], |facts, column| only(&facts.misfits, column)),
        ("k0a2000000000000000000000000000000000000000000000000000000", &[1], |facts, column| {
            only(&facts.foreign, column)
        }),
    ];
    let mut tried = 0;
    for row in 1..=24 {
        for (value, columns, found) in &planted {
            for at in *columns {
                let mut lines: Vec<String> = sound.lines().map(String::from).collect();
                let mut cells: Vec<&str> = lines[row].split(',').collect();
                cells[*at] = value;
                lines[row] = cells.join(",");
                let facts = measured(&(lines.join("\n") + "\n"));
                assert!(found(&facts, names[*at]), "{value} in {} of row {row}: {facts:?}", names[*at]);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 24 * (7 + 7 * 3 + 3 * 2 + 3 + 7 + 4 + 1));
}

#[test]
fn words_beside_the_list_of_codes_and_bytes_in_another_form_are_told() {
    let facts = measured(&extract().replacen("Home Care", "Home care of Ada", 1));
    assert_eq!(facts.unlisted, [("service".to_owned(), 1)]);
    for (from, to) in [("\n102", "\r\n102"), (",Day", ",\"Day"), ("council,", "\u{feff}council,")] {
        let mut text = extract().replacen(from, to, 1);
        if to.contains('"') {
            text = text.replacen("\"Day Centre", "\"Day Centre\"", 1);
        }
        assert!(!measured(&text).files[0].canonical, "{to:?}");
    }
}

#[test]
fn rows_in_the_order_of_a_column_are_told() {
    let mut rows: Vec<String> =
        (0..30).map(|n| format!("102,{},1940,81,2022-06-{:02},Home Care,1.50,\n", pseudonym(n), n + 1)).collect();
    let head = "council,person,born,age,day,service,cost,home\n";
    assert_eq!(measured(&(head.to_owned() + &rows.concat())).in_order, ["day"]);
    rows.reverse();
    assert_eq!(measured(&(head.to_owned() + &rows.concat())).in_order, ["day"]);
    rows.swap(3, 9);
    assert_eq!(measured(&(head.to_owned() + &rows.concat())).in_order, [""; 0]);
}

#[test]
fn a_recipients_own_people_and_small_providers_are_counted() {
    let mut text = extract();
    for n in 0..3 {
        text += &format!("816,816_{},1940,81,2022-06-0{},Home Care,10.50,1-101\n", pseudonym(100 + n), n + 1);
    }
    let facts = measured(&text);
    let own = facts.own.unwrap();
    assert_eq!((own.people, own.smallest, own.below, own.alone), (3, 1, 3, 3));
    assert_eq!((facts.small_providers, facts.pseudonyms), (1, 27));
    assert_eq!(facts.foreign, []);
}

#[test]
fn ages_before_and_after_a_birthday_leave_few_days() {
    let mut births = Births::new(30);
    births.take(1, (80, date(2022, 5, 1)), (None, None));
    assert_eq!(births.facts().narrowest, Some(365));
    births.take(1, (81, date(2022, 5, 11)), (None, None));
    let facts = births.facts();
    assert_eq!((facts.people, facts.narrowest, facts.below), (1, Some(10), 1));
    let mut months = Births::new(30);
    months.take(2, (80, date(2022, 1, 15)), (Some(1941), Some(2)));
    assert_eq!(
        (months.facts().narrowest, months.facts().below),
        (None, 0),
        "a month is a month, though it has 28 days"
    );
}

proptest! {
    #[test]
    fn the_day_of_birth_is_never_outside_of_the_window(days in 0i32..20_000, events in prop::collection::vec(20_000i32..30_000, 1..20)) {
        let day = |days: i32| date(1930, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        let born = day(days);
        // With the year of birth as well: were the day outside, the two would contradict each other.
        let mut births = Births::new(400);
        for event in events {
            let age = full_years(born, day(event)).unwrap() as i16;
            births.take(1, (age, day(event)), (Some(born.year()), Some(i16::from(born.month()))));
            births.take(2, (age, day(event)), (Some(born.year()), None));
        }
        let facts = births.facts();
        prop_assert_eq!(facts.people, 2);
        prop_assert!(facts.below >= 1 && facts.narrowest.unwrap() >= 1, "{:?}", facts);
    }

    #[test]
    fn any_bytes_are_measured_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = csv(&plan(), "extract.csv", &bytes[..]);
    }
}
