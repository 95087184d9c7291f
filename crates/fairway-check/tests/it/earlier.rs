//! A file held against the sender's earlier submission, of which an imprint alone is kept.

use std::sync::Arc;

use fairway_check::{CheckOptions, Comparison, Follow, Imprint, ImprintKey};
use proptest::prelude::*;

use crate::support::{Seen, Sheet, example, one, options, run_with, spec};

const KEY: [u8; 16] = *b"a key for tests.";

fn following(earlier: Option<Arc<Imprint>>) -> CheckOptions {
    CheckOptions { follow: Some(Follow { key: ImprintKey::new(KEY), earlier }), ..options() }
}

fn imprint_of(sheet: &Sheet) -> Arc<Imprint> {
    run_with(&sheet.bytes(), &spec("asc-cld/r2"), &following(None)).0.imprint.unwrap()
}

fn against(earlier: &Sheet, now: &Sheet) -> Vec<Seen> {
    let (summary, found) = run_with(&now.bytes(), &spec("asc-cld/r2"), &following(Some(imprint_of(earlier))));
    assert_eq!(summary.dataset.unwrap().earlier, Some(Comparison::Compared));
    found
}

#[test]
fn the_same_file_again_lacks_nothing() {
    assert_eq!(against(&example("r2"), &example("r2")), []);
}

#[test]
fn an_event_that_ended_in_the_period_and_is_gone_is_named_by_its_number() {
    let mut now = example("r2");
    now.rows.remove(7);
    let found = against(&example("r2"), &now);
    let seen = one(&found, "event-vanished");
    assert_eq!(seen.message, "Record 7 of the earlier submission ended in this period and is not in this file");
    assert_eq!((seen.record, seen.column.as_str(), found.len()), (None, "", 1));
    let later = now.with_all("Reporting Period Start Date", "01/03/2026");
    assert!(against(&example("r2"), &later).iter().all(|seen| seen.rule != "event-vanished"));
}

#[test]
fn an_open_service_may_end_but_not_vanish_or_start_anew() {
    let ended = example("r2").with(4, "Event End Date", "01/12/2025").with(4, "Event Outcome", "NFA: Other");
    assert_eq!(against(&example("r2"), &ended), []);
    let mut gone = example("r2");
    gone.rows.remove(4);
    let found = against(&example("r2"), &gone);
    assert_eq!((one(&found, "open-service-vanished").message.contains("Record 4 "), found.len()), (true, 1));
    let anew = example("r2").with(4, "Event Start Date", "02/07/2025");
    let found = against(&example("r2"), &anew);
    let seen = one(&found, "service-restarted");
    assert_eq!((seen.record, seen.column.as_str(), found.len()), (Some(4), "Event Start Date", 1));
    assert_eq!(
        seen.message,
        "Event Start Date differs from that of record 4 of the earlier submission, which was open"
    );
}

#[test]
fn numbers_that_change_by_more_than_a_fifth_are_said_by_kind() {
    let many = |count: usize| {
        let mut sheet = example("r2");
        for number in 0..count {
            let mut row = sheet.rows[1].clone();
            row[sheet.column("Event Reference")] = format!("R{number}");
            row[sheet.column("LA Person Unique Identifier")] = format!("P1{number}");
            row[sheet.column("NHS Number")] = String::new();
            sheet.rows.push(row);
        }
        sheet
    };
    let of_volume = |now| against(&many(199), &many(now)).into_iter().filter(|seen| seen.rule == "volume-changed");
    assert_eq!(of_volume(239).count(), 0);
    let said: Vec<String> = of_volume(240).map(|seen| seen.message).collect();
    assert_eq!(said, ["Request has 241 records, and had 200 in the earlier submission"]);
}

#[test]
fn an_imprint_reads_back_and_holds_nothing_of_a_person() {
    let imprint = imprint_of(&example("r2"));
    let mut bytes = Vec::new();
    imprint.write(&mut bytes).unwrap();
    assert_eq!(Imprint::read(&bytes[..]).unwrap(), *imprint);
    assert_eq!(imprint.events(), 8);
    let sheet = example("r2");
    let text = String::from_utf8_lossy(&bytes);
    for header in ["NHS Number", "LA Person Unique Identifier", "Last Name", "Postcode", "Event Reference"] {
        let column = sheet.column(header);
        assert!(sheet.rows[1..].iter().all(|row| row[column].is_empty() || !text.contains(&row[column])), "{header}");
    }
    for length in [0, 10, bytes.len() - 1] {
        assert!(Imprint::read(&bytes[..length]).is_err(), "{length}");
    }
    assert!(Imprint::read(&vec![b'a'; 2 << 20][..]).is_err());
}

#[test]
fn an_imprint_that_does_not_fit_is_not_compared_and_says_why() {
    let imprint = imprint_of(&example("r2"));
    let mut empty = example("r2");
    empty.rows.truncate(2);
    let compared = |sheet: &Sheet, release: &str, key: [u8; 16]| {
        let follow = Some(Follow { key: ImprintKey::new(key), earlier: Some(imprint.clone()) });
        let (summary, found) = run_with(&sheet.bytes(), &spec(release), &CheckOptions { follow, ..options() });
        assert!(found.iter().all(|seen| !seen.rule.contains("vanished")));
        summary.dataset.unwrap().earlier
    };
    assert_eq!(compared(&empty, "asc-cld/r1", KEY), Some(Comparison::OtherRelease));
    assert_eq!(compared(&empty, "asc-cld/r2", [0; 16]), Some(Comparison::OtherKey));
    assert_eq!(compared(&empty.with_all("LA Code", "816"), "asc-cld/r2", KEY), Some(Comparison::OtherOrganisation));
}

/// A service: person, start and end.
type Service = (&'static str, &'static str, &'static str);

fn sheet_of(services: &[Service]) -> Sheet {
    let base = example("r2");
    let mut sheet = base.clone();
    // One request that stays, so that a file has a period even without services.
    sheet.rows.truncate(2);
    for (person, start, end) in services {
        let mut row = base.rows[4].clone();
        for (header, value) in
            [("LA Person Unique Identifier", person), ("Event Start Date", start), ("Event End Date", end)]
        {
            row[base.column(header)] = (*value).to_owned();
        }
        row[base.column("NHS Number")] = String::new();
        row[base.column("Event Reference")] = String::new();
        sheet.rows.push(row);
    }
    sheet
}

/// What is said of each earlier record or each record now, by comparing every pair.
fn expected(before: &[Service], now: &[Service]) -> Vec<(String, Option<u64>, u64)> {
    let same = |a: &Service, b: &Service| a.0 == b.0 && a.1 == b.1;
    let number = |at: usize| at as u64 + 2;
    let first = |at: usize| before.iter().position(|other| same(other, &before[at])) == Some(at);
    let mut restarted = Vec::new();
    let mut said = Vec::new();
    for (at, service) in now.iter().enumerate() {
        let open =
            (0..before.len()).find(|open| first(*open) && before[*open].0 == service.0 && before[*open].2.is_empty());
        let Some(open) = open.filter(|_| !before.iter().any(|other| same(other, service))) else { continue };
        let met = now.iter().any(|other| same(other, &before[open]));
        if !met && !restarted.contains(&open) {
            restarted.push(open);
            said.push(("service-restarted".to_owned(), Some(number(at)), number(open)));
        }
    }
    for (rule, of_open) in [("event-vanished", false), ("open-service-vanished", true)] {
        for (at, service) in before.iter().enumerate() {
            let gone = first(at) && !now.iter().any(|other| same(other, service)) && !restarted.contains(&at);
            let belongs = if of_open { service.2.is_empty() } else { service.2.ends_with("2025") };
            if gone && belongs {
                said.push((rule.to_owned(), None, number(at)));
            }
        }
    }
    said.sort();
    said
}

fn service() -> impl Strategy<Value = Service> {
    let person = prop_oneof![Just("P0001"), Just("P0002"), Just("P0003")];
    let start = prop_oneof![Just("01/03/2024"), Just("02/03/2024"), Just("03/03/2024")];
    let end = prop_oneof![Just(""), Just("05/04/2024"), Just("05/05/2025")];
    (person, start, end)
}

proptest! {
    #[test]
    fn comparing_every_pair_says_the_same(
        before in prop::collection::vec(service(), 0..10),
        now in prop::collection::vec(service(), 0..10),
    ) {
        let mut found: Vec<(String, Option<u64>, u64)> = against(&sheet_of(&before), &sheet_of(&now))
            .into_iter()
            .filter(|seen| ["event-vanished", "open-service-vanished", "service-restarted"].contains(&seen.rule.as_str()))
            .map(|seen| {
                let digits = |word: &str| word.trim_end_matches(',').parse::<u64>().ok();
                let number = seen.message.split(' ').find_map(digits).unwrap();
                (seen.rule, seen.record, number)
            })
            .collect();
        found.sort();
        prop_assert_eq!(found, expected(&before, &now));
    }
}
