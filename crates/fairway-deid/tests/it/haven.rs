//! Made-up people go through the safe haven: identifiers into encrypted cells, derived columns and pseudonyms into an
//! extract, and the extract's bytes are searched for every identifier that went in.

use std::path::{Path, PathBuf};

use fairway_deid::cipher::{BlindIndex, CellCipher, LoadKey, VaultKey};
use fairway_deid::directory::PostcodeDirectory;
use fairway_deid::keyring::{Keyring, RootKey};
use fairway_deid::row;
use fairway_deid::scan::{Fit, Kind, Needles, Scanner};
use fairway_domain::{ImportId, KeyDomain, KeyState, NhsNumber, PersonUid, Subject, Value};
use jiff::civil::{Date, date};
use uuid::Uuid;

struct Made {
    number: String,
    local: String,
    surname: &'static str,
    born: Date,
    postcode: &'static str,
    uid: PersonUid,
}

/// People with NHS numbers of the 999 test range.
fn people() -> Vec<Made> {
    let numbers = (0..u32::MAX).filter_map(|n| {
        let nine: [u8; 9] = format!("999{n:06}").bytes().map(|b| b - b'0').collect::<Vec<_>>().try_into().ok()?;
        NhsNumber::check_digit(nine).map(|check| format!("999{n:06}{check}"))
    });
    let surnames = ["White", "Long", "Mensah", "Kowalska", "O'Brien"];
    let postcodes = ["SM1 1EA", "HG1 1AA", "DT1 1AA", "ZZ99 3VZ", "WC1A 1AA"];
    let made = numbers.skip(417).take(200).enumerate().map(|(i, number)| Made {
        number,
        local: format!("LP{:06}", i * 37),
        surname: surnames[i % 5],
        born: date(1930 + i16::try_from(i % 70).unwrap(), 1 + i8::try_from(i % 12).unwrap(), 28),
        postcode: postcodes[i % 5],
        uid: PersonUid(Uuid::from_u128(0x9e37_79b9_7f4a_7c15 * (i as u128 + 1)).into_bytes()),
    });
    made.collect()
}

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference")
}

fn cell(value: Value<'_>) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text.to_owned(),
        _ => String::new(),
    }
}

fn extract(people: &[Made], directory: &PostcodeDirectory, holder: &Keyring, domain: &str) -> String {
    let domain = KeyDomain { name: domain.into(), epoch: 1 };
    let uids: Vec<PersonUid> = people.iter().map(|person| person.uid).collect();
    let pseudonyms = holder.pseudonyms(&domain, Subject::Person, &uids).unwrap();
    let mut csv = String::from("person,birth_year,age,sector,lsoa,council,status,start\n");
    for (person, pseudonym) in people.iter().zip(pseudonyms) {
        let address = row::Address::read(directory, Some(person.postcode));
        let born = Some(person.born);
        let age = row::department_years(born, Some(date(2025, 6, 30)));
        let cells = [
            pseudonym.0,
            cell(row::year(born)),
            cell(age),
            cell(address.sector()),
            cell(address.area(directory.area("lsoa2011").unwrap())),
            cell(address.area(directory.area("upper_tier").unwrap())),
            cell(address.status()),
            "2025-04-28".to_owned(),
        ];
        csv.push_str(&cells.join(","));
        csv.push('\n');
    }
    csv
}

fn scanner(people: &[Made]) -> Scanner {
    let needles = people.iter().flat_map(|person| {
        [
            ("NHS number", Fit::Token, person.number.as_str()),
            ("local identifier", Fit::Token, person.local.as_str()),
            ("surname", Fit::Cell, person.surname),
            ("postcode", Fit::Token, person.postcode),
        ]
    });
    let dates = people.iter().map(|person| person.born);
    Scanner::new().with_needles(Needles::new(needles).unwrap()).with_birth_dates(dates)
}

#[test]
fn nothing_that_identifies_a_person_is_in_an_extract_and_a_planted_one_is_found() {
    let holder = ring();
    let directory = PostcodeDirectory::from_reference(&reference()).unwrap();
    let people = people();
    let csv = extract(&people, &directory, &holder, "DARS-NIC-000001-A1B2C-v1.0");
    let scanner = scanner(&people);
    let report = scanner.csv(csv.as_bytes()).unwrap();
    assert!(report.is_clean(), "{:?}", report.tallies);
    assert_eq!(report.rows, 200);

    let person = &people[150];
    let born = person.born.strftime("%d/%m/%Y").to_string();
    for (planted, kind) in [
        (person.number.as_str(), Kind::Given("NHS number")),
        (person.local.as_str(), Kind::Given("local identifier")),
        (person.surname, Kind::Given("surname")),
        (person.postcode, Kind::Given("postcode")),
        (born.as_str(), Kind::BirthDate),
    ] {
        let leaky = format!("{csv}{planted},1,2,3,4,5,6,7,8\n");
        let report = scanner.csv(leaky.as_bytes()).unwrap();
        let tally = report.tallies.iter().find(|tally| tally.kind == kind).unwrap();
        assert_eq!((tally.column.as_deref(), tally.count, &tally.first[..]), (Some("person"), 1, &[201][..]));
        assert!(!format!("{report:?}").contains(planted), "a report holds no value");
    }
}

#[test]
fn two_agreements_share_no_pseudonym() {
    let holder = ring();
    let uids: Vec<PersonUid> = people().iter().map(|person| person.uid).collect();
    let of = |name: &str| {
        let domain = KeyDomain { name: name.into(), epoch: 1 };
        let made = holder.pseudonyms(&domain, Subject::Person, &uids).unwrap();
        made.into_iter().map(|pseudonym| pseudonym.0[4..].to_owned()).collect::<std::collections::HashSet<_>>()
    };
    let (a, b) = (of("DARS-NIC-000001-A1B2C-v1.0"), of("DARS-NIC-000002-D3E4F-v1.0"));
    assert_eq!((a.len(), b.len(), a.intersection(&b).count()), (200, 200, 0));
}

#[test]
fn a_vault_holds_no_identifier_in_the_clear_and_loses_all_with_its_load_key() {
    let vault = VaultKey::generate().unwrap();
    let import = ImportId::new(Uuid::from_u128(7));
    let load = LoadKey::generate().unwrap();
    let wrapped = vault.wrap_key(import, &load).unwrap();
    let index = BlindIndex::new(&vault.index_key()).unwrap();
    let people = people();

    let (mut bytes, mut sealed) = (Vec::new(), Vec::new());
    let mut cipher = CellCipher::new(&load);
    for (record, person) in (1..).zip(&people) {
        for (column, clear) in [("number", person.number.as_str()), ("surname", person.surname)] {
            cipher.seal(column, record, clear.as_bytes(), &mut sealed).unwrap();
            bytes.extend_from_slice(&sealed);
        }
        bytes.extend(index.digest("nhs_number", None, person.number.as_bytes()));
    }
    assert!(scanner(&people).binary(&bytes[..]).unwrap().is_clean());

    let mut reader = CellCipher::new(&vault.unwrap_key(import, &wrapped).unwrap());
    assert_eq!(reader.open("surname", 200, &sealed).unwrap(), people[199].surname.as_bytes());
    assert!(CellCipher::new(&LoadKey::generate().unwrap()).open("surname", 200, &sealed).is_err());
}

/// A ring whose agreements of these tests have an active key.
fn ring() -> Keyring {
    let mut ring = Keyring::new(RootKey::generate().unwrap());
    for name in ["DARS-NIC-000001-A1B2C-v1.0", "DARS-NIC-000002-D3E4F-v1.0"] {
        let made = ring.prepare(&KeyDomain { name: name.into(), epoch: 1 }).unwrap();
        ring.set_state(&made.key_id, KeyState::Active).unwrap();
    }
    ring
}
