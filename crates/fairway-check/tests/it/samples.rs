//! First specifications from samples: they load, their sample passes them, and they repeat nothing personal.

use std::path::Path;
use std::sync::Arc;

use fairway_check::{Sampled, infer};
use fairway_domain::PrivacyClass;
use fairway_spec::{FieldKind, Format, Role, Severity, Spec, SpecFiles};
use proptest::prelude::*;

use crate::support::{Seen, options, run_with};

fn inferred(sample: &[u8]) -> SpecFiles {
    match infer(sample, "local-flow/1".parse().unwrap(), "a test's sample".into()).unwrap() {
        Sampled::Spec(files) => files,
        Sampled::Refused(why) => panic!("{why}"),
    }
}

fn loaded(files: &SpecFiles) -> Arc<Spec> {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in &files.files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Spec::load(dir.path()).unwrap_or_else(|error| panic!("{error}\n{}", files.files["spec.yaml"]))
}

/// Findings of severity error and above that the sample's own specification makes.
fn faults(sample: &[u8], spec: &Spec) -> Vec<Seen> {
    let (_, found) = run_with(sample, spec, &options());
    found.into_iter().filter(|seen| seen.severity.parse::<Severity>().unwrap() >= Severity::Error).collect()
}

fn visits() -> String {
    let mut text = String::from(
        "Visit ID;NHS number;Home Postcode;DateOfBirth;First name;Kind;Visited on;Cost;Paid;Hours;Notes;Team;Seen at\n",
    );
    let nhs = ["9990000018", "9990000026", "9990000034", "9990000042"];
    for n in 0..40 {
        text += &format!(
            "V{n:04};{};LS{} 4AB;{:02}/07/19{};Amara{n};{};2025-03-{:02};{}.{:02};{};{};{};0{};2025-03-01 10:{:02}\n",
            nhs[n % 3],
            n % 9 + 1,
            n % 28 + 1,
            40 + n,
            ["Day centre", "Home visit"][n % 2],
            n % 28 + 1,
            n * 3,
            n,
            if n % 2 == 0 { "Y" } else { "N" },
            if n % 7 == 0 { "n/a".to_owned() } else { n.to_string() },
            ["Seen by Brian", "", "Left early"][n % 3],
            n % 4,
            n + 10
        );
    }
    text
}

#[test]
fn a_sample_shows_its_forms_lists_keys_and_persons() {
    let sample = visits();
    let files = inferred(sample.as_bytes());
    let spec = loaded(&files);
    let field = |header: &str| spec.fields.iter().find(|field| field.header == header).unwrap();
    assert_eq!(faults(sample.as_bytes(), &spec), []);
    assert_eq!(spec.dialect.delimiter, b';');
    assert_eq!(spec.missing_values, ["", "n/a"]);
    assert!(field("Visit ID").limits.unique && field("Visit ID").class == PrivacyClass::Direct);
    assert_eq!(
        (field("NHS number").format, field("NHS number").role),
        (Some(Format::NhsNumber), Some(Role::NhsNumber))
    );
    assert_eq!(
        (field("Home Postcode").format, field("Home Postcode").class),
        (Some(Format::Postcode), PrivacyClass::Direct)
    );
    assert_eq!((field("DateOfBirth").kind, field("DateOfBirth").role), (FieldKind::Date, Some(Role::BirthDate)));
    assert_eq!((field("First name").class, field("First name").role), (PrivacyClass::Direct, Some(Role::Forename)));
    assert_eq!((field("Kind").kind, field("Kind").class), (FieldKind::Code, PrivacyClass::Sensitive));
    assert_eq!((field("Visited on").kind, field("Visited on").class), (FieldKind::Date, PrivacyClass::Quasi));
    assert_eq!((field("Cost").kind, field("Paid").kind), (FieldKind::Decimal, FieldKind::Boolean));
    assert_eq!((field("Hours").kind, field("Notes").class), (FieldKind::Integer, PrivacyClass::Direct));
    assert_eq!(field("Team").kind, FieldKind::Code, "a leading zero makes a code");
    assert!(spec.fields.iter().all(|field| field.confidence.as_str() == "assumed" && !field.notes.is_empty()));
    assert_eq!(field("Hours").notes, "filled in 34 of 40, all a whole number, 6 words for nothing");
}

#[test]
fn a_first_specification_repeats_no_value_that_may_be_personal() {
    let files = inferred(visits().as_bytes());
    let said: String = files.files.values().chain(&files.notes).map(String::as_str).collect();
    for secret in ["Amara", "Brian", "999000", "4AB", "/07/19", "V00", "Left early"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    assert!(said.contains("Home visit"), "codes are written");
}

#[test]
fn a_value_seen_once_or_twice_is_no_code() {
    let sample = format!("Kind,N\n{}Edith,1\n", "Day,1\nNight,2\n".repeat(20));
    let files = inferred(sample.as_bytes());
    assert_eq!(files.files.keys().collect::<Vec<_>>(), ["spec.yaml"]);
    assert!(!files.files["spec.yaml"].contains("Edith"));
}

#[test]
fn a_header_that_no_specification_can_have_is_refused() {
    for (sample, says) in [
        ("a,,c\n1,2,3\n", "column 2 has no name"),
        ("a,b,a\n", "column 3 has the name of one before it"),
        ("a, b\n", "blanks at its ends"),
        ("", "no header"),
        ("%PDF-1.4\n", "not CSV"),
    ] {
        match infer(sample.as_bytes(), "a/b".parse().unwrap(), String::new()).unwrap() {
            Sampled::Refused(why) => assert!(why.contains(says), "{sample}: {why}"),
            Sampled::Spec(_) => panic!("{sample} was taken"),
        }
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-9]{1,5}",
        2 => "-?[0-9]{1,4}\\.[0-9]{1,3}",
        1 => "£?[0-9]{1,3}(,[0-9]{3}){1,2}(\\.[0-9]{2})?",
        2 => "20[0-2][0-9]-0[1-9]-[0-2][1-8]",
        2 => "[0-2][1-8]/0[1-9]/20[0-2][0-9]",
        1 => "[0-2][1-8]/0[1-9]/2024 1[0-9]:[0-5][0-9]",
        1 => Just("Y".to_owned()),
        1 => Just("N".to_owned()),
        1 => Just("n/a".to_owned()),
        1 => Just("NULL".to_owned()),
        2 => Just(String::new()),
        2 => "[A-C]",
        1 => "[ -~]{0,8}",
        1 => "999000001[0-9]",
        1 => "LS[0-9] [0-9][A-B]{2}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_sample_passes_the_specification_it_gave(
        kinds in prop::collection::vec(prop::collection::vec(cell(), 1..4), 2..5),
        picks in prop::collection::vec(any::<u8>(), 1..60),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        // Each column draws from a few values of its own, so that forms and lists come out.
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        let headers = (0..kinds.len()).map(|n| format!("{}{n}", ["Kind ", "Item date ", "Ref no ", "Sum "][n % 4]));
        writer.write_record(headers).unwrap();
        for (row, pick) in picks.iter().enumerate() {
            let cells = kinds.iter().enumerate().map(|(n, kind)| kind[(usize::from(*pick) + row * n) % kind.len()].as_str());
            let cells: Vec<&str> = cells.collect();
            if cells.iter().any(|cell| !cell.trim().is_empty()) {
                writer.write_record(cells).unwrap();
            }
        }
        let sample = writer.into_inner().unwrap();
        let files = inferred(&sample);
        let spec = loaded(&files);
        let found: Vec<Seen> = faults(&sample, &spec).into_iter().filter(|seen| seen.rule != "records-all-rejected" && seen.rule != "record-blank").collect();
        prop_assert!(found.is_empty(), "{found:#?}\n{}\n{}", files.files["spec.yaml"], String::from_utf8_lossy(&sample));
    }
}
