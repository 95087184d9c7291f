use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn key(number: u64) -> Key {
    Key::of(u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64 | u128::from(number) << 44)
}

fn row(key: Key, number: u64) -> Vec<u8> {
    [key.order.to_le_bytes(), (key.rest | number).to_le_bytes()].concat()
}

/// Runs of these keys, with the number of its run beside each.
fn filled(runs: &[Vec<u64>], room: &mut Room) -> Runs {
    let mut all = Runs::new(16);
    for (number, keys) in runs.iter().enumerate() {
        let rows: BTreeMap<Key, u64> = keys.iter().map(|nth| (key(*nth), number as u64)).collect();
        let mut run = all.begin(room).unwrap();
        rows.iter().for_each(|(key, number)| run.add(*key, &row(*key, *number), room).unwrap());
        all.end(run, room).unwrap();
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_key_is_found_as_it_was_noted_last(runs in prop::collection::vec(prop::collection::vec(0u64..600, 0..400), 0..9)) {
        let mut room = Room::new(3000);
        let mut all = filled(&runs, &mut room);
        for nth in 0..600 {
            let last = runs.iter().rposition(|keys| keys.contains(&nth));
            let found = all.find(key(nth), &room).unwrap().map(Key::read);
            prop_assert_eq!(found, last.map(|number| (key(nth), number as u64)));
        }
    }
}

#[test]
fn keys_alike_in_their_first_half_are_told_apart_over_pages() {
    let mut room = Room::new(1 << 20);
    let alike: Vec<Key> = (0..1000_u64).map(|rest| Key { order: 7, rest: rest << 40 }).collect();
    let mut runs = Runs::new(16);
    let mut run = runs.begin(&mut room).unwrap();
    alike.iter().for_each(|key| run.add(*key, &row(*key, 1), &mut room).unwrap());
    runs.end(run, &mut room).unwrap();
    assert!(alike.iter().all(|key| runs.find(*key, &room).unwrap().is_some()));
    assert!(runs.find(Key { order: 7, rest: 1000 << 40 }, &room).unwrap().is_none());
}

#[test]
fn there_are_few_runs_and_nothing_of_a_row_can_be_read_in_their_files() {
    let mut room = Room::new(1 << 20);
    let keys: Vec<Vec<u64>> = (0..64).map(|run| (run * 100..run * 100 + 100).collect()).collect();
    let mut all = filled(&keys, &mut room);
    assert!(all.runs.len() <= 6, "{}", all.runs.len());
    assert_eq!(all.runs.iter().map(Run::rows).sum::<u64>(), 6400);
    let plain = row(key(5), 0);
    for run in &mut all.runs {
        let bytes = run.sheet.raw();
        assert!(!bytes.is_empty() && !bytes.windows(16).any(|at| at == plain));
    }
}

#[test]
fn the_filter_says_no_of_nearly_all_that_it_has_not() {
    let mut filter = Filter::of(20_000);
    (0..16_000).for_each(|nth| filter.note(key(nth)));
    assert!((0..16_000).all(|nth| filter.may_have(key(nth))));
    let wrong = (16_000..116_000).filter(|nth| filter.may_have(key(*nth))).count();
    assert!(wrong < 3_000, "{wrong} of 100,000");
}
