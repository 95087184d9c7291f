//! Rules about several records, held against an oracle that compares every record with every other.

use std::path::Path;
use std::sync::Arc;

use fairway_check::{CheckOptions, Verdict};
use fairway_spec::Spec;
use jiff::civil::date;
use proptest::prelude::*;

use crate::support::{Seen, Sheet, example, one, options, run, run_with};

type Row = [&'static str; 4];

/// What is said: the rule, the record, the column and the earlier record, as the message names it.
type Said = (String, u64, String, String);

fn pairs() -> Arc<Spec> {
    Spec::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pairs")).unwrap()
}

fn checked(rows: &[Row], spec: &Spec, options: &CheckOptions) -> Vec<Seen> {
    let mut sheet = Sheet { rows: vec![["one", "two", "three", "four"].map(str::to_owned).to_vec()] };
    sheet.rows.extend(rows.iter().map(|row| row.map(str::to_owned).to_vec()));
    run_with(&sheet.bytes(), spec, options).1
}

/// The first record before `record` for which something is so, as its number.
fn first(rows: &[Row], record: usize, so: impl Fn(&Row) -> bool) -> Option<String> {
    rows[..record].iter().position(so).map(|at| (at + 1).to_string())
}

/// What agrees by `by` in `column`: the record differs from the first that said something.
fn disagrees(rows: &[Row], record: usize, by: usize, column: usize, takes_part: fn(&Row) -> bool) -> Option<String> {
    let own = &rows[record];
    if own[by].is_empty() || own[column].is_empty() || !takes_part(own) {
        return None;
    }
    let together = |row: &Row| row[by] == own[by] && !row[column].is_empty() && takes_part(row);
    let earlier = rows[..record].iter().position(together)?;
    (rows[earlier][column] != own[column]).then(|| (earlier + 1).to_string())
}

fn expected(rows: &[Row]) -> Vec<Said> {
    let mut said = Vec::new();
    for (record, own) in rows.iter().enumerate() {
        let mut say = |rule: &str, column: &str, other: Option<String>| {
            said.extend(other.map(|other| (rule.to_owned(), record as u64 + 1, column.to_owned(), other)));
        };
        // A record without any value is none at all.
        if own.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        say("same", "", first(rows, record, |row| row == own));
        let alike = |columns: &'static [usize]| {
            let whole = columns.iter().all(|column| !own[*column].is_empty());
            whole
                .then(|| first(rows, record, |row| columns.iter().all(|column| row[*column] == own[*column])))
                .flatten()
        };
        say("unique-one", "one", alike(&[0]));
        say("unique-both", "two", alike(&[1, 2]));
        say("agree-two", "two", disagrees(rows, record, 0, 1, |_| true));
        say("agree-three", "three", disagrees(rows, record, 0, 2, |_| true));
        say("agree-where", "three", disagrees(rows, record, 1, 2, |row| row[3].is_empty()));
    }
    for (record, own) in rows.iter().enumerate() {
        for (at, column) in [(2, "three"), (3, "four")] {
            if !own[at].is_empty() && rows.iter().all(|row| row[0] != own[at]) {
                said.push(("among-one".to_owned(), record as u64 + 1, column.to_owned(), "none".to_owned()));
            }
        }
    }
    said
}

fn cell() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just(""), Just("x"), Just("y"), Just("z"), Just("w w")]
}

proptest! {
    #[test]
    fn an_oracle_that_compares_every_pair_says_the_same(rows in prop::collection::vec([cell(), cell(), cell(), cell()], 0..24)) {
        let of_across = |seen: &&Seen| !seen.rule.starts_with("record-") && !seen.rule.starts_with("file-");
        let found: Vec<Said> = checked(&rows, &pairs(), &options())
            .iter()
            .filter(of_across)
            .filter(|seen| seen.rule != "records-all-rejected")
            .map(|seen| (seen.rule.clone(), seen.record.unwrap(), seen.column.clone(), seen.message.clone()))
            .collect();
        prop_assert_eq!(found, expected(&rows));
    }

    #[test]
    fn what_has_no_room_in_memory_is_remembered_all_the_same(
        rows in prop::collection::vec([cell(), cell(), cell(), cell()], 0..80),
        key_bytes in prop_oneof![Just(0), 1usize..6000],
        block_bytes in 1usize..200,
    ) {
        let roomy = checked(&rows, &pairs(), &options());
        let tight = CheckOptions { key_bytes, block_bytes, ..options() };
        prop_assert_eq!(checked(&rows, &pairs(), &tight), roomy);
    }
}

/// Records that nearly all begin with one or two values of their own, and refer to others far before and behind.
#[test]
fn a_long_file_in_hardly_any_memory_is_judged_as_in_plenty() {
    let mut sheet = Sheet { rows: vec![["one", "two", "three", "four"].map(str::to_owned).to_vec()] };
    let number = |nth: usize| (nth.wrapping_mul(2_654_435_761) % 9_000).to_string();
    sheet.rows.extend((0..20_000).map(|nth| {
        let own = if nth % 7 == 0 { number(nth % 2100) } else { format!("own {nth}") };
        vec![own, number(nth % 49), if nth % 3 == 0 { String::new() } else { number(nth) }, number(nth / 40)]
    }));
    let bytes = sheet.bytes();
    let (roomy, found) = run_with(&bytes, &pairs(), &options());
    for rule in ["unique-one", "agree-two", "agree-three", "among-one"] {
        let count = roomy.tallies.iter().filter(|tally| tally.rule == rule).map(|tally| tally.count).sum::<u64>();
        assert!(count > 100, "{count} of {rule}");
    }
    for key_bytes in [20_000, 200_000] {
        let tight = CheckOptions { key_bytes, block_bytes: 4096, ..options() };
        let (summary, others) = run_with(&bytes, &pairs(), &tight);
        assert!(found == others, "{key_bytes} bytes");
        assert_eq!(format!("{roomy:?}"), format!("{summary:?}"));
    }
}

#[test]
fn a_repeated_record_is_said_at_the_later_one_by_the_number_of_the_first() {
    let mut sheet = example("r2");
    sheet.rows.push(sheet.rows[4].clone());
    let (_, found) = run(&sheet.bytes());
    let seen = one(&found, "record-identical");
    assert_eq!((seen.record, seen.column.as_str()), (Some(10), ""));
    assert_eq!(seen.message, "The record is the same as record 4, character for character");
    let seen = one(&found, "event-reference-repeated");
    assert_eq!((seen.record, seen.letter.as_str()), (Some(10), "Z"));
}

#[test]
fn the_same_day_and_number_in_other_writing_is_the_same() {
    let spaced = example("r2").with(2, "NHS Number", "999 000 0476");
    assert_eq!(run(&spaced.bytes()).1.iter().filter(|seen| seen.rule.starts_with("person-two")).count(), 0);
    let other = example("r2").with(2, "Date of Birth", "14/02/1942");
    let (_, found) = run(&other.bytes());
    let seen: Vec<_> = found.iter().filter(|seen| seen.rule == "person-two-births").collect();
    assert_eq!((seen.len(), seen[0].record), (1, Some(2)));
    assert_eq!(
        seen[0].message,
        "Date of Birth differs from that of record 1, which has the same LA Person Unique Identifier"
    );
}

#[test]
fn a_linked_person_may_come_later_and_is_missed_at_the_end() {
    let (_, found) = run(&example("r2").with(7, "Adult 1 Linked Person_ID", "P0006").bytes());
    assert_eq!(found.iter().filter(|seen| seen.rule == "linked-person-not-in-file").count(), 0);
    let (_, found) = run(&example("r2").with(7, "Adult 1 Linked Person_ID", "P0999").bytes());
    let seen = found.last().unwrap();
    assert_eq!((seen.rule.as_str(), seen.record), ("linked-person-not-in-file", Some(7)));
    assert_eq!(seen.message, "Adult 1 Linked Person_ID is the LA Person Unique Identifier of no record in the file");
    assert!(seen.byte > found.first().unwrap().byte || found.len() == 1);
}

#[test]
fn no_value_of_a_cell_is_repeated() {
    let mut sheet = example("r2").with(7, "Adult 1 Linked Person_ID", "P0999").with(2, "NHS Number", "9990001219");
    sheet.rows.push(sheet.rows[4].clone());
    for seen in run(&sheet.bytes()).1 {
        assert!(!seen.message.contains("P0") && !seen.message.contains("999"), "{}", seen.message);
    }
}

/// The example's request, again on each of these days, a hundred times a day.
pub fn ending_on(days: &[&str]) -> Sheet {
    let base = example("r2");
    let mut sheet = base.clone();
    sheet.rows.truncate(1);
    for day in days {
        for _ in 0..100 {
            let mut row = base.rows[1].clone();
            row[base.column("Event Start Date")] = (*day).to_owned();
            row[base.column("Event End Date")] = (*day).to_owned();
            row[base.column("Event Reference")] = format!("R{}", sheet.rows.len());
            sheet.rows.push(row);
        }
    }
    sheet
}

#[test]
fn the_period_that_events_show_stands_beside_the_stated_one() {
    let (summary, found) = run(&ending_on(&["05/05/2025", "06/07/2025"]).bytes());
    let seen = one(&found, "period-other-than-events");
    assert_eq!(
        seen.message,
        "The file says that it covers 1 April 2025 to 31 March 2026, but its events end in 1 May 2025 to 31 July 2025"
    );
    assert_eq!((seen.record, seen.line, seen.column.as_str()), (None, None, "Reporting Period End Date"));
    let months = &one(&found, "month-nearly-empty").message;
    assert!(
        months.starts_with("Fewer than 2 % of the ended events end in April 2025, June 2025, August 2025"),
        "{months}"
    );
    let absent: Vec<&str> =
        found.iter().filter(|seen| seen.rule == "event-type-absent").map(|seen| seen.message.as_str()).collect();
    assert_eq!(absent.len(), 3);
    assert_eq!(absent[0], "No record has the Event Type Assessment");
    let figures = summary.dataset.unwrap();
    assert_eq!(figures.derived_period, Some((date(2025, 5, 1), date(2025, 7, 31))));
    assert_eq!((figures.kinds[0].kind.as_str(), figures.kinds[0].events), ("Request", 200));
    assert_eq!(figures.kinds[0].ended, [(date(2025, 5, 1), 100), (date(2025, 7, 1), 100)]);
}

#[test]
fn a_file_that_is_not_read_to_its_end_says_nothing_of_figures() {
    let mut bytes = ending_on(&["05/05/2025"]).bytes();
    bytes.extend(vec![b'a'; 10 << 20]);
    let (summary, found) = run(&bytes);
    assert_eq!((summary.verdict, summary.dataset), (Verdict::StoppedEarly, None));
    assert!(found.iter().all(|seen| seen.rule != "period-other-than-events"));
}
