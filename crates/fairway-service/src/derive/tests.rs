use std::fs;
use std::path::Path;

use fairway_deid::cipher::LoadKey;
use fairway_domain::port::{CentreSecret, KeyholderStatus};
use fairway_domain::{KeyRecord, KeyState, Pseudonym};
use jiff::civil::date;
use zeroize::Zeroizing;

use super::*;

/// A dataset nobody has: what is derived is what its own `derived.yaml` says.
const SPEC: &str = r#"
dataset: test-visits
release: r1
title: Visits
conditions:
  hourly: >-
    "Unit" = 'Hour'
fields:
  - {name: Body, column: Body, type: string, role: organisation, class: plain, source: T, confidence: assumed}
  - {name: Person, column: Person, type: string, role: local_person, class: direct, source: T, confidence: assumed}
  - {name: Born, column: Born, type: date, format: '%d/%m/%Y', role: birth_date, class: direct, source: T, confidence: assumed}
  - {name: Home, column: Home, type: string, class: direct, source: T, confidence: assumed}
  - {name: Note, column: Note, type: string, class: direct, source: T, confidence: assumed}
  - {name: From, column: From_Day, type: date, format: '%d/%m/%Y', class: quasi, source: T, confidence: assumed}
  - {name: To, column: To_Day, type: date, format: '%d/%m/%Y', class: quasi, source: T, confidence: assumed}
  - {name: Unit, column: Unit, type: string, codeList: unit, class: plain, source: T, confidence: assumed}
  - {name: Price, column: Price, type: number, class: plain, source: T, confidence: assumed}
  - {name: Amount, column: Amount, type: number, class: plain, source: T, confidence: assumed}
"#;

const DERIVED: &str = r#"
bands:
  short: {unknown: none, source: T, bands: [[up to a week, null, 7], [longer, 8, null]]}
columns:
  - {column: Age, derivation: full_years, of: Born, at: [To_Day, From_Day], class: quasi, confidence: assumed}
  - {column: Born_In, derivation: year_month, of: birth_date, class: quasi, confidence: assumed}
  - {column: Output_Area, derivation: area, of: Home, area: OA11, class: quasi, confidence: assumed}
  - {column: Found, derivation: postcode_status, of: Home, class: quasi, confidence: assumed}
  - {column: Fell, derivation: mentions, of: Note, words: [fell, fall], class: sensitive, confidence: assumed}
  - {column: Days, derivation: calculated, kind: integer, class: plain, confidence: assumed,
     cases: [{value: 'days("From", "To")', plus: '1'}]}
  - {column: Length, derivation: band, of: Days, bands: short, class: plain, confidence: assumed}
  - column: A_Week
    derivation: calculated
    class: plain
    confidence: assumed
    cases:
      - {when: hourly, value: '"Price"', times: '"Amount"'}
      - {when: '"Unit" IS NOT NULL', value: '"Price"', rate: {of: Unit, attribute: units_per_week}, over: '3'}
  - {column: Last_Day, derivation: calculated, kind: date, class: plain, confidence: assumed,
     cases: [{when: '"From" > "To"', value: '"From"'}, {value: '"To"'}]}
  - {column: Visit, derivation: key, subject: record, class: quasi, confidence: assumed,
     of: [combined_person, Unit, {column: To_Day, when: NOT hourly}]}
"#;

fn spec() -> Arc<Spec> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), SPEC).unwrap();
    fs::write(folder.path().join("derived.yaml"), DERIVED).unwrap();
    fs::create_dir(folder.path().join("codelists")).unwrap();
    let list =
        "value,group,source,confidence,units_per_week\nHour,,T,assumed,\nMonth,,T,assumed,12/52\nOnce,,T,assumed,\n";
    fs::write(folder.path().join("codelists/unit.csv"), list).unwrap();
    Spec::load(folder.path()).unwrap()
}

fn references() -> References {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.csv");
    fs::write(&path, "pcds,doterm,laua,lsoa11,oa11\nSM1 1EA,,E09000029,E01000001,E00000007\n").unwrap();
    let postcodes = PostcodeDirectory::read_with(&[path.as_path() as &Path], &["oa11".to_owned()]).unwrap();
    References {
        postcodes_version: postcodes.version().to_string(),
        postcodes: Arc::new(postcodes),
        practices: Arc::default(),
    }
}

/// Pseudonyms that show what they were made of.
struct Open;

impl Keyholder for Open {
    fn status(&self) -> KeyholderStatus {
        KeyholderStatus::Ready
    }

    fn pseudonyms(&self, _: &KeyDomain, subject: Subject, uids: &[PersonUid]) -> Result<Vec<Pseudonym>, Fault> {
        Ok(uids.iter().map(|uid| Pseudonym(format!("{}-{:?}", subject.as_str(), uid.0))).collect())
    }

    fn keys(&self) -> Result<Vec<KeyRecord>, Fault> {
        Err(not_asked())
    }

    fn prepare(&self, _: &KeyDomain) -> Result<KeyRecord, Fault> {
        Err(not_asked())
    }

    fn set_state(&self, _: &str, _: KeyState) -> Result<KeyRecord, Fault> {
        Err(not_asked())
    }

    fn rekey(&self, _: &KeyDomain, _: &KeyDomain, _: Subject, _: &[&str]) -> Result<Vec<Pseudonym>, Fault> {
        Err(not_asked())
    }

    fn bridge(
        &self,
        _: &KeyDomain,
        _: &KeyDomain,
        _: Subject,
        _: &[&str],
    ) -> Result<Vec<(Pseudonym, Pseudonym)>, Fault> {
        Err(not_asked())
    }

    fn open(&self, _: &KeyDomain, _: Subject, _: &[&str]) -> Result<Option<Vec<PersonUid>>, Fault> {
        Err(not_asked())
    }

    fn secret(&self, _: CentreSecret) -> Result<Zeroizing<Vec<u8>>, Fault> {
        Err(not_asked())
    }
}

fn not_asked() -> Fault {
    Fault::new("not asked here")
}

/// What a test's record says.
#[derive(Clone, Copy)]
struct Said<'a> {
    born: &'a str,
    home: &'a str,
    note: &'a str,
    from: Option<Date>,
    to: Option<Date>,
    unit: &'a str,
    price: Option<i64>,
    amount: Option<i64>,
}

const SAID: Said<'static> = Said {
    born: "29/02/2004",
    home: "sm11ea",
    note: "Had a FALL in the night",
    from: Some(date(2022, 2, 20)),
    to: Some(date(2022, 2, 28)),
    unit: "Month",
    price: Some(1_000),
    amount: Some(250),
};

/// The derived cells of a record, by column.
fn derived(said: Said<'_>) -> HashMap<String, String> {
    let spec = spec();
    let key = LoadKey::generate().unwrap();
    let mut cipher = CellCipher::new(&key);
    let mut row = Row::default();
    row.push(Value::Integer(7));
    row.push(Value::Bytes(&[1; 16]));
    row.push(Value::Null);
    row.push(Value::Text("313"));
    row.push(said.from.map_or(Value::Null, Value::Date));
    row.push(said.to.map_or(Value::Null, Value::Date));
    row.push(if said.unit.is_empty() { Value::Null } else { Value::Text(said.unit) });
    for amount in [said.price, said.amount] {
        row.push(amount.map_or(Value::Null, Value::Decimal));
    }
    for (column, clear) in [("Born", said.born), ("Home", said.home), ("Note", said.note)] {
        let mut sealed = Vec::new();
        cipher.seal(column, 7, clear.as_bytes(), &mut sealed).unwrap();
        row.push(if clear.is_empty() { Value::Null } else { Value::Bytes(&sealed) });
    }
    row.push(Value::Null);
    let about = About {
        submission: "s".into(),
        persons: Persons::default(),
        import_date: date(2022, 4, 1),
        names: HashMap::new(),
    };
    let mut deriver = Deriver::new(&spec, about, references(), CellCipher::new(&key), Arc::new(Open)).unwrap();
    let mut out = Row::default();
    (0..deriver.first).for_each(|_| out.push(Value::Null));
    deriver.derive(&row, &mut out).unwrap();
    let cells = spec.derived.iter().enumerate().map(|(at, column)| {
        let cell = match out.get(deriver.first + at) {
            Value::Text(text) => text.to_owned(),
            Value::Integer(number) | Value::Decimal(number) => number.to_string(),
            Value::Date(day) => day.to_string(),
            _ => String::new(),
        };
        (column.column.clone(), cell)
    });
    cells.collect()
}

#[test]
fn a_specification_of_ones_own_has_every_kind_of_derived_column() {
    let made = derived(SAID);
    let is = |column: &str, value: &str| assert_eq!(made[column], value, "{column}");
    is("Age", "17");
    is("Born_In", "2004-02");
    is("Output_Area", "E00000007");
    is("Found", "live");
    is("Fell", "1");
    is("Days", "9");
    is("Length", "longer");
    // 10.00 × 12/52 ÷ 3 = 0.769…
    is("A_Week", "77");
    is("Last_Day", "2022-02-28");
}

#[test]
fn what_is_missing_is_null_or_the_word_for_it_and_never_a_guess() {
    let nothing = Said { born: "", home: "", note: "", from: None, to: None, unit: "", price: None, amount: None };
    let made = derived(nothing);
    for column in ["Age", "Born_In", "Output_Area", "Days", "A_Week", "Last_Day"] {
        assert_eq!(made[column], "", "{column}");
    }
    assert_eq!((made["Found"].as_str(), made["Fell"].as_str(), made["Length"].as_str()), ("blank", "0", "none"));
    // Not a day, and a unit without a rate.
    let odd = derived(Said { born: "31/02/2004", unit: "Once", ..SAID });
    assert_eq!((odd["Age"].as_str(), odd["A_Week"].as_str()), ("", ""));
}

#[test]
fn an_age_is_at_the_first_day_that_is_there() {
    assert_eq!(derived(Said { to: Some(date(2022, 3, 1)), ..SAID })["Age"], "18");
    assert_eq!(derived(Said { to: None, from: Some(date(2024, 2, 29)), ..SAID })["Age"], "20");
}

#[test]
fn the_first_case_that_is_true_counts_and_hundredths_are_exact() {
    // 10.01 an hour, 2.50 hours: 25.025 rounds away from nought.
    assert_eq!(derived(Said { unit: "Hour", price: Some(1_001), ..SAID })["A_Week"], "2503");
    assert_eq!(derived(Said { unit: "Hour", price: Some(-1_001), ..SAID })["A_Week"], "-2503");
    assert_eq!(derived(Said { unit: "Hour", price: Some(i64::MAX), amount: Some(i64::MAX), ..SAID })["A_Week"], "");
    // A condition that cannot be told is not true.
    assert_eq!(derived(Said { to: None, ..SAID })["Last_Day"], "");
}

#[test]
fn a_key_is_the_same_for_the_same_parts_alone() {
    let key = |said| derived(said)["Visit"].clone();
    let first = key(SAID);
    assert!(first.starts_with("record-"));
    assert_eq!(key(Said { price: None, note: "", ..SAID }), first);
    assert_ne!(key(Said { to: Some(date(2022, 2, 27)), ..SAID }), first);
    // The day counts for all but hours.
    let hour = Said { unit: "Hour", ..SAID };
    assert_eq!(key(Said { to: None, ..hour }), key(hour));
    assert_ne!(key(hour), first);
}
