use std::collections::BTreeMap;
use std::path::PathBuf;

use fairway_deid::disclosure::Population;
use fairway_store::Counted;
use jiff::civil::date;

use super::super::{Measure, Plan, TableRequest, history, write_public};
use super::*;

const BY: [&str; 2] = ["Gender", "Der_Working_Age_Band"];

fn plan(by: &[&str]) -> Plan {
    let request = TableRequest {
        dataset: "asc-cld".into(),
        by: by.iter().map(ToString::to_string).collect(),
        counted: None,
        measure: Measure::Count,
        profile: None,
        filter: BTreeMap::new(),
        period: None,
        organisations: None,
        agreement: None,
        recipient: None,
        requester: None,
        out: PathBuf::new(),
    };
    Plan {
        request,
        profile: Profile::named("asc_default").unwrap().unwrap(),
        counted: Counted::People,
        agreement: None,
        imports: Vec::new(),
        dimensions: Vec::new(),
        national: false,
        title: "A test".into(),
    }
}

/// 27 women, of whom 4 are 65 or above, and 88 men: once by gender, and now by both.
fn made() -> MadeTable {
    let people = || {
        let mut people = Population::new(BY.iter().map(ToString::to_string).collect());
        for (gender, age, count) in
            [("Female", "18 to 64", 23), ("Female", "65+", 4), ("Male", "18 to 64", 38), ("Male", "65+", 50)]
        {
            people.add(&[vec![gender, age]], count);
        }
        people
    };
    let definition =
        |by: &[&str]| Definition { by: by.iter().map(ToString::to_string).collect(), filter: BTreeMap::new() };
    let plan = plan(&BY);
    let (profile, by_gender) = (&plan.profile, definition(&BY[..1]));
    let first = protect(profile, &people(), &by_gender, false, &[]).unwrap();
    let cells = first.cells.iter();
    let cells =
        cells.map(|cell| PublishedCell { key: cell.key.clone(), shown: cell.shown, range: cell.range }).collect();
    let earlier = vec![Published { id: "by gender".into(), definition: by_gender, cells }];
    let definition = definition(&BY);
    let protected = protect(profile, &people(), &definition, false, &earlier).unwrap();
    let table = TableDocument::new(&plan, &protected, None, date(2026, 11, 24));
    let record = history::record(&plan, &definition, &protected).unwrap();
    MadeTable { plan, definition, population: people(), earlier, report: protected.report, table, record }
}

/// The facts of a table whose files say `told`.
fn read(made: &MadeTable, told: &TableDocument, spoil: impl FnOnce(&Path)) -> ExtractFacts {
    let folder = tempfile::tempdir().unwrap();
    write_public(folder.path(), told).unwrap();
    spoil(folder.path());
    facts(folder.path(), &Expected { made, all: &[] }).unwrap().0
}

#[test]
fn a_table_reads_back_as_it_was_protected() {
    let made = made();
    let numbers: Vec<&str> = made.table.rows.iter().map(|row| row.number.as_str()).collect();
    assert_eq!(numbers, ["[w]", "[c]", "40", "50"]);
    let facts = read(&made, &made.table, |_| {});
    let figures = facts.figures.unwrap();
    assert_eq!((figures.narrowed, figures.untrue), (0, 0));
    assert_eq!((figures.numbers, figures.small, figures.withheld, figures.held_against), (4, 1, 1, 1));
    assert!(facts.files.iter().all(|file| file.canonical && file.content == facts.files[0].content));
    assert!(facts.identifiers.is_empty() && facts.formulas.is_empty() && facts.misfits.is_empty());
    assert_eq!(facts.files[0].columns, made.table.header());
}

#[test]
fn a_number_put_back_in_place_of_a_withheld_or_a_small_one_is_seen_in_the_bytes() {
    let made = made();
    // 25 says 23 to 27, so that four of 27 women at most are 65 or above; 5 says it by itself.
    for (row, number) in [(0, "25"), (1, "5")] {
        let mut planted = made.table.clone();
        planted.rows[row].number = number.into();
        let figures = read(&made, &planted, |_| {}).figures.unwrap();
        assert!(figures.narrowed > 0, "{number}: {figures:?}");
        assert_eq!(figures.untrue, 1, "{number}");
    }
    for (row, number) in [(2, "45"), (3, "51"), (3, "fifty")] {
        let mut planted = made.table.clone();
        planted.rows[row].number = number.into();
        assert!(read(&made, &planted, |_| {}).figures.unwrap().untrue > 0, "{number}");
    }
    let mut planted = made.table.clone();
    planted.rows.pop();
    assert!(read(&made, &planted, |_| {}).figures.unwrap().untrue > 0, "a row less");
    let mut planted = made.table.clone();
    planted.totals[0].number = "117".into();
    assert!(read(&made, &planted, |_| {}).figures.unwrap().untrue > 0, "a total");
}

#[test]
fn one_file_that_tells_something_else_than_the_others_is_seen() {
    let made = made();
    for name in [TABLE_CSV, TABLE_JSON, TABLE_HTML] {
        let facts = read(&made, &made.table, |folder| {
            let text = fs::read_to_string(folder.join(name)).unwrap();
            fs::write(folder.join(name), text.replacen("[c]", "4", 1)).unwrap();
        });
        assert!(facts.files.iter().any(|file| file.content != facts.files[0].content), "{name}");
    }
    let facts = read(&made, &made.table, |folder| fs::write(folder.join(TABLE_JSON), "{}").unwrap());
    assert!(facts.figures.is_none());
}

#[test]
fn an_identifier_among_the_values_is_found() {
    let made = made();
    let mut planted = made.table.clone();
    planted.rows[0].values[0] = "999 000 0018".into();
    let facts = read(&made, &planted, |_| {});
    assert_eq!(facts.identifiers.len(), 1, "{:?}", facts.identifiers);
}
