//! Makes up populations and publishes tables about them, one after another, for somebody else's solver to attack: one JSON
//! object a line, with the texts of the tables as a reader has them and the truth beside. `tables N` protects them as
//! Fairway does; `tables N weak` rounds every number and every total by itself, as a careless program would.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program of the tests, whose output is its result")]

use std::collections::{BTreeMap, BTreeSet};

use fairway_deid::disclosure::{Cell, Definition, Population, Profile, Published, PublishedCell, Totals, protect};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

type Unit = (Vec<Vec<String>>, u64);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let weak = arguments.next().is_some_and(|word| word == "weak");
    for seed in 0..count {
        println!("{}", case(&mut ChaCha8Rng::seed_from_u64(seed), seed, weak));
    }
}

const DIMENSIONS: [&str; 5] = ["area", "region", "sex", "service", "submission"];

fn case(random: &mut ChaCha8Rng, seed: u64, weak: bool) -> Value {
    let name = if weak || seed % 5 > 0 { "asc_default" } else { "tre" };
    let mut profile = Profile::named(name).unwrap().unwrap();
    if weak || seed % 7 == 0 {
        profile.rounding.totals = Totals::Own;
    }
    let units = units(random);
    let mut population = Population::new(DIMENSIONS.iter().map(ToString::to_string).collect());
    population.relate("area", "region");
    for (tuples, count) in &units {
        let tuples: Vec<Vec<&str>> = tuples.iter().map(|tuple| tuple.iter().map(String::as_str).collect()).collect();
        population.add(&tuples, *count);
    }
    let (mut earlier, mut tables, mut refused): (Vec<Published>, _, _) = (Vec::new(), Vec::new(), 0);
    for (at, definition) in definitions(random).into_iter().enumerate() {
        let history = if weak { &[] } else { earlier.as_slice() };
        let Ok(table) = protect(&profile, &population, &definition, false, history) else {
            refused += 1;
            continue;
        };
        let scale = profile.scale(false);
        let cell = |cell: &Cell| {
            let shown = if weak { scale.shown(cell.count) } else { cell.shown };
            json!({ "key": cell.key, "text": profile.text(shown), "truth": cell.count })
        };
        let cells: Vec<Value> = table.cells.iter().map(cell).collect();
        tables.push(json!({ "by": definition.by, "filter": definition.filter, "cells": cells }));
        let kept = |cell: &Cell| PublishedCell { key: cell.key.clone(), shown: cell.shown, range: cell.range };
        earlier.push(Published { id: at.to_string(), definition, cells: table.cells.iter().map(kept).collect() });
    }
    json!({ "case": seed, "profile": name, "dimensions": DIMENSIONS, "units": units, "tables": tables, "refused": refused })
}

/// Areas belong to regions. Some people use two services; some are in a first submission and its revision, some in one.
fn units(random: &mut ChaCha8Rng) -> Vec<Unit> {
    let (areas, services) = (random.random_range(2..6_u32), random.random_range(2..4_u32));
    let mut units: BTreeMap<Vec<Vec<String>>, u64> = BTreeMap::new();
    for _ in 0..random.random_range(4..24) {
        let area = random.random_range(0..areas);
        let sex = *["F", "M"].choose(random).unwrap();
        let used: BTreeSet<u32> = (0..random.random_range(1..=2)).map(|_| random.random_range(0..services)).collect();
        let sent: &[&str] =
            [&["first", "revised"][..], &["first", "revised"], &["first"], &["revised"]].choose(random).unwrap();
        let tuple = |service: &u32, sent: &&str| {
            vec![
                format!("a{area}"),
                format!("r{}", area % 2),
                sex.to_owned(),
                format!("s{service}"),
                (*sent).to_owned(),
            ]
        };
        let tuples = used.iter().flat_map(|service| sent.iter().map(move |sent| tuple(service, sent))).collect();
        let count = if random.random_ratio(2, 3) { random.random_range(1..10) } else { random.random_range(10..120) };
        *units.entry(tuples).or_default() += count;
    }
    units.into_iter().collect()
}

/// A table, then others about overlapping people: by other dimensions, and the same as it was before the revision.
fn definitions(random: &mut ChaCha8Rng) -> Vec<Definition> {
    let shapes: [&[&str]; 8] = [
        &["area"],
        &["region"],
        &["sex"],
        &["area", "sex"],
        &["region", "service"],
        &["sex", "service"],
        &["area", "service"],
        &["region", "sex"],
    ];
    let of = |by: &[&str], submission: &str| Definition {
        by: by.iter().map(ToString::to_string).collect(),
        filter: BTreeMap::from([("submission".to_owned(), BTreeSet::from([submission.to_owned()]))]),
    };
    let first = *shapes.choose(random).unwrap();
    let mut all = vec![of(first, "first"), of(first, "revised")];
    for _ in 0..random.random_range(1..3) {
        let submission = *["first", "revised"].choose(random).unwrap();
        let mut next = of(shapes.choose(random).unwrap(), submission);
        if random.random_ratio(1, 4) {
            next.filter.insert("sex".into(), BTreeSet::from(["F".to_owned()]));
        }
        all.push(next);
    }
    all
}
