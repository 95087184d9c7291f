use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn profile() -> Profile {
    Profile::named("asc_default").unwrap().unwrap()
}

fn table(by: &[&str]) -> Definition {
    Definition { by: by.iter().map(ToString::to_string).collect(), filter: BTreeMap::new() }
}

fn people(dimensions: &[&str], rows: &[(&[&str], u64)]) -> Population {
    let mut population = Population::new(dimensions.iter().map(ToString::to_string).collect());
    for (values, count) in rows {
        population.add(&[values.to_vec()], *count);
    }
    population
}

fn published(id: &str, definition: &Definition, table: &Protected) -> Published {
    let cell = |cell: &Cell| PublishedCell { key: cell.key.clone(), shown: cell.shown, range: cell.range };
    Published { id: id.into(), definition: definition.clone(), cells: table.cells.iter().map(cell).collect() }
}

fn shown(table: &Protected) -> Vec<String> {
    table.cells.iter().map(|cell| profile().text(cell.shown)).collect()
}

#[test]
fn every_profile_reads_and_says_where_each_part_comes_from() {
    assert_eq!(Profile::names(), ["asc_default", "asc_publication", "nhs_secondary_care", "opensafely", "tre"]);
    for name in Profile::names() {
        let profile = Profile::named(name).unwrap().unwrap();
        assert_eq!(profile.name, name);
        let Profile { small, withheld, rounding, percentages, averages, dominance, national, audit, .. } = profile;
        let sources = [small.source, withheld.source, rounding.source, percentages.source];
        let others = [averages.source, dominance.source, national.source, audit.source];
        assert!(sources.iter().chain(&others).all(|source| source.len() > 10), "{name}");
    }
    assert!(Profile::named("none").unwrap().is_none());
}

#[test]
fn one_to_seven_are_not_shown_and_others_are_rounded_to_the_nearest_five() {
    let counts = [0, 1, 7, 8, 12, 13, 1_002, 1_003].map(|count| profile().count_alone(count));
    assert_eq!(counts, ["0", "[c]", "[c]", "10", "10", "15", "1000", "1005"]);
}

#[test]
fn a_number_of_its_own_tells_its_range_and_no_more() {
    for name in Profile::names() {
        for national in [false, true] {
            let scale = Profile::named(name).unwrap().unwrap().scale(national);
            for count in 0..60 {
                let (shown, range) = (scale.shown(count), scale.range(scale.shown(count)));
                let same: Vec<u64> = (0..80).filter(|other| scale.shown(*other) == shown).collect();
                let told = Range { low: same[0], high: same.last().copied() };
                assert_eq!(range, told, "{name}, national {national}, {count}");
            }
        }
    }
}

#[test]
fn a_table_by_itself_needs_no_mending_and_its_totals_are_sums_of_what_it_shows() {
    let rows: [(&[&str], u64); 4] = [(&["F", "18"], 22), (&["F", "65"], 4), (&["M", "18"], 41), (&["M", "65"], 9)];
    let table = protect(&profile(), &people(&["sex", "age"], &rows), &table(&["sex", "age"]), false, &[]).unwrap();
    assert_eq!(shown(&table), ["20", "[c]", "40", "10"]);
    let total = |sex: Option<&str>, age: Option<&str>| {
        let key = vec![sex.map(str::to_owned), age.map(str::to_owned)];
        table.sums.iter().find(|(one, _)| *one == key).unwrap().1
    };
    assert_eq!(total(Some("F"), None), Some(20));
    assert_eq!(total(None, Some("18")), Some(60));
    assert_eq!(total(None, None), Some(70));
    assert_eq!((table.report.small, table.report.withheld, table.report.rounds), (1, 0, 0));
}

#[test]
fn a_number_that_narrows_a_small_one_beside_an_earlier_total_is_withheld() {
    // 27 is shown as 25, that is 23 to 27; 23 is shown as 25, at least 23: what is left is at most 4.
    let population = people(&["sex", "age"], &[(&["F", "18"], 23), (&["F", "65"], 4)]);
    let by_sex = protect(&profile(), &population, &table(&["sex"]), false, &[]).unwrap();
    let earlier = [published("by sex", &table(&["sex"]), &by_sex)];
    let both = protect(&profile(), &population, &table(&["sex", "age"]), false, &earlier).unwrap();
    assert_eq!(shown(&both), ["[w]", "[c]"]);
    assert_eq!((both.report.rounds, both.report.withheld), (1, 1));
    let total = both.sums.iter().find(|(key, _)| key.iter().all(Option::is_none)).unwrap();
    assert_eq!(total.1, None, "a sum without a part of it would be far off");
}

#[test]
fn parts_of_a_small_number_are_withheld_since_each_tells_of_the_other() {
    let population = people(&["sex", "age"], &[(&["F", "18"], 3), (&["F", "65"], 2), (&["M", "18"], 90)]);
    let by_sex = protect(&profile(), &population, &table(&["sex"]), false, &[]).unwrap();
    assert_eq!(shown(&by_sex), ["[c]", "90"]);
    let earlier = [published("by sex", &table(&["sex"]), &by_sex)];
    let both = protect(&profile(), &population, &table(&["sex", "age"]), false, &earlier).unwrap();
    assert_eq!(shown(&both), ["[w]", "[w]", "90", "0"]);
}

#[test]
fn a_table_that_earlier_ones_leave_no_room_for_is_refused_with_its_gaps() {
    let population = people(&["sex", "age"], &[(&["F", "18"], 23), (&["F", "65"], 4)]);
    let cell = |value: Option<&str>, count: u64| PublishedCell {
        key: vec![value.map(str::to_owned)],
        shown: Shown::Count(count),
        range: Range { low: count, high: Some(count) },
    };
    let exact = |id: &str, by: &str, cells| Published { id: id.into(), definition: table(&[by]), cells };
    let earlier = [exact("one", "sex", vec![cell(Some("F"), 27)]), exact("two", "age", vec![cell(Some("18"), 23)])];
    let (why, report) = protect(&profile(), &population, &table(&["sex", "age"]), false, &earlier).unwrap_err();
    assert!(why[0].starts_with("1 small numbers could be worked out"), "{why:?}");
    assert!(!report.passed);
    let gap = &report.gaps[0];
    assert_eq!((gap.table.as_str(), gap.from, gap.to), ("this", 4.0, 4.0));
    assert_eq!(gap.by, ["one", "two"]);
}

#[test]
fn numbers_that_the_data_no_longer_bear_out_tell_nothing() {
    let population = people(&["sex"], &[(&["F"], 5)]);
    let before = people(&["sex"], &[(&["F"], 40)]);
    let earlier = protect(&profile(), &before, &table(&["sex"]), false, &[]).unwrap();
    let now = protect(&profile(), &population, &table(&["sex"]), false, &[published("x", &table(&["sex"]), &earlier)])
        .unwrap();
    assert_eq!((shown(&now), now.report.earlier_cells_outdated), (vec!["[c]".to_owned()], 1));
}

#[test]
fn a_person_in_several_rows_is_counted_in_each_and_no_total_is_made() {
    let mut population = Population::new(vec!["service".into()]);
    population.add(&[vec!["home"], vec!["day"]], 12);
    population.add(&[vec!["home"]], 20);
    let table = protect(&profile(), &population, &table(&["service"]), false, &[]).unwrap();
    assert_eq!(shown(&table), ["10", "30"]);
    assert!(table.sums.is_empty());
}

#[test]
fn where_nought_is_not_shown_rows_that_nobody_is_in_keep_their_range() {
    let tre = Profile::named("tre").unwrap().unwrap();
    let population = people(&["sex", "age"], &[(&["F", "18"], 23), (&["M", "65"], 40), (&["M", "18"], 3)]);
    let table = protect(&tre, &population, &table(&["sex", "age"]), false, &[]).unwrap();
    let shown: Vec<String> = table.cells.iter().map(|cell| tre.text(cell.shown)).collect();
    assert_eq!(shown, ["25", "[c]", "[c]", "40"]);
    assert!(table.report.passed);
}

#[test]
fn percentages_come_from_rounded_numbers_and_tell_of_no_small_one() {
    let rows: [(&[&str], u64); 6] =
        [(&["a", "x"], 22), (&["a", "y"], 41), (&["b", "x"], 22), (&["b", "y"], 3), (&["c", "x"], 4), (&["c", "y"], 2)];
    let table = protect(&profile(), &people(&["of", "by"], &rows), &table(&["of", "by"]), false, &[]).unwrap();
    assert_eq!(percentages(&profile(), &table, 1), ["33", "67", "[c]", "[c]", "[c]", "[c]"]);
}

#[test]
fn a_sum_that_few_people_make_up_is_not_shown() {
    let rows: [(&[&str], u64); 4] = [(&["a"], 10), (&["b"], 10), (&["c"], 3), (&["d"], 10)];
    let table = protect(&profile(), &people(&["of"], &rows), &table(&["of"]), false, &[]).unwrap();
    let even = Contributions { n: 10, sum: 1_234_500, largest: vec![150_000; 3], ..Contributions::default() };
    let one =
        Contributions { n: 10, sum: 1_000_000, largest: vec![880_000, 20_000, 10_000], ..Contributions::default() };
    let rest =
        Contributions { n: 10, sum: 1_000_000, largest: vec![500_000, 460_000, 5_000], ..Contributions::default() };
    let values = [even.clone(), one, even, rest];
    assert_eq!(sums(&profile(), &table, &values), ["12350", "[c]", "[c]", "[c]"]);
    assert_eq!(averages(&profile(), &table, &values, Measured::Mean), ["1234.5", "[c]", "[c]", "[c]"]);
}

#[test]
fn a_median_has_eight_on_each_side() {
    let table =
        protect(&profile(), &people(&["of"], &[(&["a"], 17), (&["b"], 15)]), &table(&["of"]), false, &[]).unwrap();
    let with = |n, sides| Contributions { n, median: Some((-1_250, sides, sides)), ..Contributions::default() };
    assert_eq!(averages(&profile(), &table, &[with(17, 8), with(15, 7)], Measured::Median), ["-12.5", "[c]"]);
}

/// People by three dimensions, and tables by some of them, one after another.
fn histories() -> impl Strategy<Value = (Vec<(Vec<u8>, u64)>, Vec<u8>)> {
    let person = (vec(0_u8..3, 3), prop_oneof![3 => 1_u64..10, 1 => 10_u64..200]);
    (vec(person, 1..14), vec(1_u8..8, 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whatever_is_published_is_true_adds_up_and_comes_out_the_same_again((rows, tables) in histories()) {
        let names = ["a", "b", "c"];
        let mut population = Population::new(names.iter().map(ToString::to_string).collect());
        for (values, count) in &rows {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            population.add(&[values.iter().map(String::as_str).collect()], *count);
        }
        let mut earlier = Vec::new();
        for (at, mask) in tables.iter().enumerate() {
            let by: Vec<&str> = names.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, name)| *name).collect();
            let definition = table(&by);
            let first = protect(&profile(), &population, &definition, false, &earlier);
            prop_assert_eq!(&first, &protect(&profile(), &population, &definition, false, &earlier));
            let Ok(protected) = first else { continue };
            prop_assert_eq!(protected.cells.iter().map(|cell| cell.count).sum::<u64>(), rows.iter().map(|row| row.1).sum::<u64>());
            for cell in &protected.cells {
                prop_assert!(cell.range.contains(cell.count));
                prop_assert!(cell.shown != Shown::Small || (1..=7).contains(&cell.count));
                prop_assert!(!(1..=7).contains(&cell.count) || !matches!(cell.shown, Shown::Count(_)));
            }
            let keys: BTreeSet<_> = protected.cells.iter().map(|cell| &cell.key).collect();
            prop_assert_eq!(keys.len(), protected.cells.len());
            let whole = protected.sums.iter().find(|(key, _)| key.iter().all(Option::is_none)).unwrap().1;
            let counts = protected.cells.iter().map(|cell| match cell.shown {
                Shown::Count(count) => Some(count),
                Shown::Small => Some(0),
                Shown::Withheld => None,
            });
            prop_assert_eq!(whole, counts.sum::<Option<u64>>());
            earlier.push(published(&at.to_string(), &definition, &protected));
            // What was published already is published again as it is.
            let again = protect(&profile(), &population, &definition, false, &earlier).unwrap();
            prop_assert_eq!(shown(&again), shown(&protected));
        }
    }
}
