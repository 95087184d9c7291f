//! The gate on real bytes: a small extract that passes, and one thing wrong in it at each place where it can be.

use fairway_deid::measure::{ColumnPlan, MeasureLimits, MeasurePlan, Tells, csv};
use fairway_domain::ColumnKind;
use fairway_governance::gate::Trial;

const KEY: &str = "k0a1";
const ROWS: u64 = 40;
/// Places of the sample agreement's columns.
const AREA: usize = 0;
const PERSON: usize = 1;
const YEAR: usize = 2;
const START: usize = 9;
const END: usize = 10;

fn pseudonym(person: u64) -> String {
    let symbols = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mixed = |at: u32| (person + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(at);
    KEY.chars().chain((0..52).map(|at| symbols[(mixed(at) % 32) as usize] as char)).collect()
}

fn plan(columns: &[String]) -> MeasurePlan {
    let column = |(at, name): (usize, &String)| ColumnPlan {
        name: name.clone(),
        kind: match at {
            YEAR => ColumnKind::Integer,
            START | END => ColumnKind::Date,
            _ => ColumnKind::Text,
        },
        tells: match at {
            AREA => Tells::Area,
            PERSON => Tells::Combined,
            _ => Tells::Something,
        },
        codes: None,
    };
    MeasurePlan {
        columns: columns.iter().enumerate().map(column).collect(),
        key_id: KEY.into(),
        person: vec![PERSON],
        known: vec![YEAR, 4],
        limits: MeasureLimits { birth_window_days: 30, small_group: 5, own_people: 10, provider_people: 10 },
        ..MeasurePlan::default()
    }
}

type Table = Vec<Vec<String>>;

fn table(columns: &[String]) -> Table {
    let mut table = vec![columns.to_vec()];
    for n in 0..ROWS {
        let mut row: Vec<String> = (0..columns.len()).map(|at| format!("Word {}", (n * 7 + at as u64) % 5)).collect();
        row[AREA] = "816".into();
        row[PERSON] = pseudonym(n);
        row[YEAR] = "1940".into();
        row[START] = format!("2021-{:02}-{:02}", 4 + n % 9, 1 + (n * 11) % 27);
        row[END] = format!("2021-12-{:02}", 1 + (n * 5) % 27);
        table.push(row);
    }
    table
}

fn text(table: &Table) -> String {
    table.iter().map(|row| row.join(",") + "\n").collect()
}

/// The reasons against an extract of these bytes, its Parquet file with the cells of `parquet`.
fn reasons(lawful: &Trial, bytes: &str, parquet: &str) -> Vec<&'static str> {
    let plan = plan(&lawful.columns);
    let mut trial = lawful.clone();
    let measured = |bytes: &str| csv(&plan, "extract.csv", bytes.as_bytes()).unwrap().facts;
    trial.facts = measured(bytes);
    trial.facts.key_is_the_recorded_one = true;
    let mut other = measured(parquet).files.remove(0);
    (other.name, other.canonical) = ("extract.parquet".into(), true);
    trial.facts.files.push(other);
    trial.reasons().into_iter().map(|reason| reason.rule).collect()
}

#[test]
fn an_extract_with_one_thing_wrong_anywhere_is_refused_for_that_and_passes_when_it_is_put_right() {
    let lawful = Trial::lawful().unwrap();
    let sound = table(&lawful.columns);
    assert_eq!(reasons(&lawful, &text(&sound), &text(&sound)), [""; 0]);
    let anywhere = [
        ("9434765919", "identifier-in-output"),
        ("943 476 5919", "identifier-in-output"),
        ("LS1 4AP", "identifier-in-output"),
        ("ZZ99 3VZ", "identifier-in-output"),
        ("ada@example.org", "identifier-in-output"),
        ("01632 960123", "identifier-in-output"),
    ];
    let mut tried = 0;
    let mut try_one = |bytes: &str, parquet: &str, reason: &str| {
        let given = reasons(&lawful, bytes, parquet);
        assert!(given.contains(&reason), "{reason} is not among {given:?}");
        tried += 1;
    };
    for row in 1..sound.len() {
        for at in 0..lawful.columns.len() {
            let with = |value: &str| {
                let mut table = sound.clone();
                table[row][at] = value.to_owned();
                text(&table)
            };
            for (value, reason) in anywhere {
                try_one(&with(value), &with(value), reason);
            }
            let (formula, day, word) = match at {
                PERSON => ("pseudonym-foreign", "pseudonym-foreign", "pseudonym-foreign"),
                AREA => ("formula-in-output", "identifier-in-output", "area-in-output"),
                YEAR => ("formula-in-output", "cell-of-another-kind", "cell-of-another-kind"),
                START | END => ("formula-in-output", "", "cell-of-another-kind"),
                _ => ("formula-in-output", "identifier-in-output", ""),
            };
            for (value, reason) in [("=1+1", formula), ("1931-05-07", day), ("soup", word)] {
                if !reason.is_empty() {
                    try_one(&with(value), &with(value), reason);
                }
            }
            let cell = &sound[row][at];
            try_one(&with(&format!("\"{cell}\"")), &text(&sound), "file-not-canonical");
            try_one(&with(&format!("{cell} ")), &text(&sound), "files-differ");
        }
        let mut shorter = sound.clone();
        shorter.remove(row);
        try_one(&text(&shorter), &text(&sound), "files-differ");
        let mut swapped = sound.clone();
        swapped.swap(row, 1 + row % (sound.len() - 1));
        try_one(&text(&swapped), &text(&sound), "files-differ");
    }
    for at in 0..lawful.columns.len() {
        let mut renamed = sound.clone();
        renamed[0][at].push('x');
        try_one(&text(&renamed), &text(&renamed), "columns-differ");
    }
    assert!(tried >= 5_000, "{tried}");
}
