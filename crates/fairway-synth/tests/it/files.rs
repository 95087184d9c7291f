use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use fairway_domain::NhsNumber;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::support::{FILES, Output, Record, options};

fn digest(output: &Output) -> String {
    let mut all = String::new();
    for name in FILES {
        let hash = Sha256::digest(output.bytes(name));
        let hex = hash.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        writeln!(all, "{} {name}", &hex[..16]).unwrap();
    }
    all
}

fn noisy(people: u64) -> Output {
    let mut options = options(people, "asc-cld/r2");
    options.unknown_nhs_numbers = 0.2;
    options.register_noise = 0.5;
    Output::of(options)
}

#[test]
fn the_same_options_give_the_same_bytes_and_another_seed_others() {
    let with = |seed: u64| {
        let mut options = options(80, "asc-cld/r2");
        (options.seed, options.defects, options.register_noise, options.unknown_nhs_numbers) = (seed, 0.1, 0.3, 0.2);
        digest(&Output::of(options))
    };
    assert_eq!(with(1), with(1));
    let (one, two) = (with(1), with(2));
    // Numbers go with places in the 999 range, so those that are superseded are the same under any seed.
    let differ = |(one, two): (&str, &str)| one != two || one.ends_with("superseded.csv");
    assert!(one.lines().zip(two.lines()).all(differ));
}

#[test]
fn a_small_run_has_the_bytes_it_always_had() {
    let mut options = options(40, "asc-cld/r2");
    (options.defects, options.register_noise, options.unknown_nhs_numbers) = (0.1, 0.3, 0.2);
    insta::assert_snapshot!(digest(&Output::of(options)), @r"
    614bc89a80804d7a submission.csv
    740c365881722b4a register.csv
    39d1d0528bac48ee history.csv
    fb8c4f178100fd08 superseded.csv
    eec265a85274ce41 admitted_care.csv
    fed4a1efe320f5a3 emergency_care.csv
    e01e604a88e067c6 truth.csv
    3f39a49ea72c097d defects.csv
    ");
}

#[test]
fn more_people_leave_the_first_ones_as_they_are() {
    let (few, many) = (Output::of(options(50, "asc-cld/r2")), Output::of(options(51, "asc-cld/r2")));
    for name in ["register.csv", "history.csv", "truth.csv"] {
        assert!(many.bytes(name).starts_with(&few.bytes(name)), "{name}");
    }
}

#[test]
fn the_register_holds_every_client_and_as_many_others_with_numbers_of_the_999_range() {
    let output = Output::of(options(2_000, "asc-cld/r2"));
    let register = output.records("register.csv");
    assert_eq!(register.len(), 4_000);
    let numbers: HashSet<&str> = register.iter().map(|r| r.get("nhs_number")).collect();
    assert_eq!(numbers.len(), 4_000);
    let superseded = output.records("superseded.csv");
    let old: HashSet<&str> = superseded.iter().map(|r| r.get("old_nhs_number")).collect();
    assert!(old.len() == superseded.len() && (30..=50).contains(&old.len()) && old.is_disjoint(&numbers));
    assert!(superseded.iter().all(|r| numbers.contains(r.get("nhs_number"))));
    let all = numbers.iter().chain(&old);
    assert!(all.clone().all(|number| number.starts_with("999") && NhsNumber::parse(number).is_ok()));
    let clients: HashSet<String> =
        output.records("submission.csv").iter().map(|r| r.get("NHS Number").to_owned()).collect();
    assert!(clients.iter().all(|number| numbers.contains(number.as_str()) || old.contains(number.as_str())));
    assert!(clients.iter().any(|number| old.contains(number.as_str())), "some councils still use an old number");
    let sensitive = register.iter().filter(|r| r.is("sensitive", "S")).count();
    let dead = register.iter().filter(|r| !r.blank("date_of_death")).count();
    assert!((1..40).contains(&sensitive) && (200..900).contains(&dead), "{sensitive} sensitive, {dead} dead");
}

#[test]
fn the_history_is_of_registered_people_and_differs_from_what_holds_now() {
    let output = Output::of(options(500, "asc-cld/r2"));
    let register = output.records("register.csv");
    let current: HashMap<&str, &Record> = register.iter().map(|r| (r.get("nhs_number"), r)).collect();
    let history = output.records("history.csv");
    assert!(history.len() > 600);
    for earlier in &history {
        let person = current[earlier.get("nhs_number")];
        let field = earlier.get("field");
        assert!(field == "family_name" || field == "postcode");
        assert!(!earlier.blank("value"));
        assert!(field == "family_name" || !person.is("postcode", earlier.get("value")));
    }
}

#[test]
fn the_truth_names_a_person_for_each_record_and_the_register_agrees() {
    let output = noisy(1_500);
    let register = output.records("register.csv");
    let people: HashMap<&str, &Record> = register.iter().map(|r| (r.get("nhs_number"), r)).collect();
    let (records, truth) = (output.records("submission.csv"), output.records("truth.csv"));
    assert_eq!(records.len(), truth.len());
    let mut local: HashMap<&str, &str> = HashMap::new();
    for (index, (record, known)) in records.iter().zip(&truth).enumerate() {
        assert_eq!(known.get("record"), (index + 1).to_string());
        let id = record.get("LA Person Unique Identifier");
        assert_eq!(local.entry(id).or_insert(known.get("person")), &known.get("person"));
        let absent = known.get("flags").split(';').any(|flag| flag == "absent");
        assert_eq!(known.blank("nhs_number"), absent);
        if let Some(person) = people.get(known.get("nhs_number")) {
            agree(record, person, known.get("flags"));
        } else {
            assert!(absent);
        }
    }
    assert_eq!(local.values().collect::<HashSet<_>>().len(), local.len());
}

/// Each detail is the register's, unless a flag says in what it differs.
fn agree(record: &Record, person: &Record, flags: &str) {
    let flagged = |with: &str| flags.split(';').any(|flag| flag.starts_with(with));
    let upper = |header: &str| record.get(header).to_ascii_uppercase();
    let swapped = flagged("names_swapped");
    assert_eq!(record.get("NHS Number") != person.get("nhs_number"), flagged("nn_"));
    assert!(swapped || (upper("First Name") != person.get("given_name")) == flagged("fn_"));
    assert!(swapped || (upper("Last Name") != person.get("family_name")) == flagged("sn_"));
    assert_eq!(record.get("Postcode") != person.get("postcode"), flagged("pc_"));
    let birth = record.day("Date of Birth").unwrap();
    assert_eq!(birth != Date::strptime("%Y%m%d", person.get("date_of_birth")).unwrap(), flagged("dob_"));
    let gender = if person.is("gender", "1") { "Male" } else { "Female" };
    assert_eq!(!record.is("Gender", gender), flagged("sex_"));
}

#[test]
fn shares_of_unknown_numbers_and_of_other_details_are_those_asked_for() {
    let output = noisy(3_000);
    let truth = output.records("truth.csv");
    let mut people: HashMap<&str, &str> = HashMap::new();
    truth.iter().for_each(|record| _ = people.insert(record.get("person"), record.get("flags")));
    let share = |test: &dyn Fn(&str) -> bool| {
        let counted = people.values().filter(|flags| flags.split(';').any(test)).count();
        counted as f64 / people.len() as f64
    };
    let numbers = share(&|flag| ["nn_missing", "nn_typo", "nn_other"].contains(&flag));
    let details = share(&|flag| !flag.is_empty() && !flag.starts_with("nn_"));
    assert!((0.17..0.23).contains(&numbers), "{numbers}");
    assert!((0.46..0.54).contains(&details), "{details}");
    let flags: HashSet<&str> = people.values().flat_map(|flags| flags.split(';')).collect();
    assert!(flags.len() >= 24, "{flags:?}");
}

#[test]
fn health_activity_is_of_registered_people_while_they_live() {
    let output = Output::of(options(800, "asc-cld/r2"));
    let register = output.records("register.csv");
    let people: HashMap<&str, &Record> = register.iter().map(|r| (r.get("nhs_number"), r)).collect();
    let compact = |day: &str| format!("{}{}{}", &day[6..], &day[3..5], &day[..2]);
    for (file, start, end) in [
        ("admitted_care.csv", "Admission Date", "Discharge Date"),
        ("emergency_care.csv", "Arrival Date", "Departure Date"),
    ] {
        let health = output.records(file);
        assert!(health.len() > 150, "{file}: {}", health.len());
        let numbered: Vec<&Record> = health.iter().filter(|visit| !visit.blank("NHS Number")).collect();
        assert!(numbered.len() < health.len() && numbered.len() * 100 > health.len() * 95, "{file}");
        for visit in numbered {
            let person = people[visit.get("NHS Number")];
            let (start, end) = (compact(visit.get(start)), compact(visit.get(end)));
            assert!(start <= end);
            assert!(person.blank("date_of_death") || end.as_str() <= person.get("date_of_death"));
            assert!(visit.get("Provider Code").starts_with('R'));
            assert_eq!(compact(visit.get("Date of Birth")), person.get("date_of_birth"));
        }
    }
}
