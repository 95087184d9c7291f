//! From landing to release.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use fairway_deid::scan::{Fit, Needles, Scanner};

use crate::centre::{Centre, fairway, files};

const COLUMNS: [&str; 10] = [
    "LA_Code",
    "Der_NHS_LA_Combined_Person_ID",
    "Der_NHS_Number_Traced_Pseudo",
    "Der_LA_Person_Unique_Identifier_Pseudo",
    "Der_Unique_Record_ID",
    "Der_File_Record_ID",
    "Der_Birth_Year",
    "Der_Postcode_yr2011_LSOA",
    "Event_Type",
    "Event_Start_Date",
];

/// The values of one column of a CSV, by header.
fn column(path: &Path, header: &str) -> Vec<String> {
    let mut rows = csv::Reader::from_path(path).unwrap();
    let at = rows.headers().unwrap().iter().position(|name| name == header).unwrap();
    rows.records().map(|row| row.unwrap()[at].to_owned()).collect()
}

fn release(centre: &Centre, reference: &str) -> serde_json::Value {
    let agreement = centre.agreement(reference, &COLUMNS, |text| text);
    centre.run(&["release", "--agreement", &agreement, "--json"]).ended(0).json()
}

#[test]
fn a_file_goes_from_land_to_release_and_every_row_is_accounted_for() {
    let centre = Centre::with_people(60, &[]);
    let file = centre.path("313/submission.csv");
    let records = column(Path::new(&file), "LA Code").len() as i64;
    let receipt = centre.land(&file, "313");
    assert_eq!(receipt["state"], "landed");
    centre.work();

    let status = centre.status(&receipt);
    assert_eq!(status["state"], "deidentified");
    assert_eq!((status["rows_in"].as_i64(), status["rows_loaded"].as_i64()), (Some(records), Some(records)));
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld"), records);

    let released = release(&centre, "DARS-NIC-000001-A1B2C-v1.0");
    let manifest = &released["manifest"];
    assert_eq!(manifest["rows"].as_i64(), Some(records));
    let folder = Path::new(released["folder"].as_str().unwrap());
    for file in manifest["files"].as_array().unwrap() {
        let bytes = std::fs::read(folder.join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(file["bytes"].as_u64(), Some(bytes.len() as u64));
    }
    assert_eq!(column(&folder.join("extract.csv"), "LA_Code").len() as i64, records);
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn a_data_directory_is_closed_to_other_people() {
    use std::os::unix::fs::PermissionsExt;
    let centre = Centre::new();
    let mode = std::fs::metadata(centre.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}

#[test]
fn the_same_bytes_from_the_same_council_give_the_first_receipt() {
    let centre = Centre::with_people(30, &[]);
    let file = centre.path("313/submission.csv");
    let (first, second) = (centre.land(&file, "313"), centre.land(&file, "313"));
    assert_eq!(first["submission"], second["submission"]);
    assert_eq!((&first["again"], &second["again"]), (&false.into(), &true.into()));
    centre.work();
    let third = centre.land(&file, "313");
    assert_eq!(
        (first["submission"].clone(), third["state"].as_str()),
        (third["submission"].clone(), Some("deidentified"))
    );
    assert_eq!(files(&centre.data().join("landing")).len(), 1);
}

/// Everything in a submission that names a person.
fn identifiers(file: &Path) -> Vec<(&'static str, Fit, String)> {
    let mut all = Vec::new();
    for (header, fit) in [
        ("NHS Number", Fit::Token),
        ("LA Person Unique Identifier", Fit::Token),
        ("First Name", Fit::Cell),
        ("Last Name", Fit::Cell),
        ("Date of Birth", Fit::Token),
        ("Postcode", Fit::Token),
        ("Event Reference", Fit::Token),
    ] {
        let values: HashSet<String> = column(file, header).into_iter().filter(|value| !value.is_empty()).collect();
        all.extend(values.into_iter().map(|value| ("identifier", fit, value)));
    }
    all
}

#[test]
fn no_identifier_of_the_input_is_in_a_release_and_a_planted_one_is_found() {
    let centre = Centre::with_people(60, &[]);
    let file = centre.path("313/submission.csv");
    centre.land(&file, "313");
    centre.work();
    let released = release(&centre, "DARS-NIC-000001-A1B2C-v1.0");
    let extract = Path::new(released["folder"].as_str().unwrap()).join("extract.csv");
    let known = identifiers(Path::new(&file));
    let number = known.iter().find(|(_, _, value)| value.starts_with("999")).unwrap().2.clone();
    let needles = Needles::new(known.iter().map(|(label, fit, value)| (*label, *fit, value.as_bytes()))).unwrap();
    let scanner = Scanner::new().with_needles(needles);

    let text = std::fs::read_to_string(&extract).unwrap();
    assert!(scanner.csv(text.as_bytes()).unwrap().is_clean());
    let planted = text.replacen(",Service,", &format!(",{number},"), 1);
    assert_ne!(text, planted);
    assert!(!scanner.csv(planted.as_bytes()).unwrap().is_clean());
}

#[test]
fn no_identifier_lies_in_clear_in_ledger_tables_reports_or_sealed_files() {
    let centre = Centre::with_people(40, &["--defects", "0.2"]);
    let file = centre.path("313/submission.csv");
    let receipt = centre.land(&file, "313");
    centre.work();
    if centre.status(&receipt)["state"] == "needs_confirmation" {
        centre.run(&["accept", receipt["submission"].as_str().unwrap()]).ended(0);
        centre.work();
    }
    // The return file and the register are where identifiers belong; the copy of the reference data holds postcodes.
    let kept = ["outbox", "register", "reference"];
    let numbers: Vec<(&str, Fit, String)> = identifiers(Path::new(&file))
        .into_iter()
        .filter(|(_, _, value)| value.len() == 10 && value.starts_with("999"))
        .collect();
    let scanner = Scanner::new().with_needles(
        Needles::new(numbers.iter().map(|(label, fit, value)| (*label, *fit, value.as_bytes()))).unwrap(),
    );
    let mut looked = 0;
    for path in files(&centre.data()) {
        let below = path.strip_prefix(centre.data()).unwrap();
        if kept.iter().any(|folder| below.starts_with(folder)) {
            continue;
        }
        let report = scanner.binary(std::fs::File::open(&path).unwrap()).unwrap();
        assert!(report.is_clean(), "{}: {:?}", below.display(), report.tallies);
        looked += 1;
    }
    assert!(looked > 15, "{looked} files");
    // A search that finds nothing anywhere proves nothing: the council's own file has them all.
    assert!(!scanner.binary(std::fs::File::open(&file).unwrap()).unwrap().is_clean());
}

#[test]
fn pseudonyms_of_two_agreements_share_nothing_and_neither_does_the_order_of_rows() {
    let centre = Centre::with_people(60, &[]);
    centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    let extracts: Vec<_> = ["DARS-NIC-000001-A1B2C-v1.0", "DARS-NIC-000002-D3E4F-v1.0"]
        .iter()
        .map(|reference| Path::new(release(&centre, reference)["folder"].as_str().unwrap()).join("extract.csv"))
        .collect();
    for name in &COLUMNS[1..5] {
        let [first, second] = [0, 1].map(|at| column(&extracts[at], name).into_iter().collect::<HashSet<_>>());
        assert!(first.len() > 20 && first.is_disjoint(&second), "{name}");
    }
    let [first, second] = [0, 1].map(|at| column(&extracts[at], "Event_Start_Date"));
    assert_ne!(first, second);
    let numbers: Vec<usize> = column(&extracts[0], "Der_File_Record_ID").iter().map(|n| n.parse().unwrap()).collect();
    assert_eq!(numbers, (1..=first.len()).collect::<Vec<_>>());
}

#[test]
fn the_same_person_has_the_same_pseudonym_in_the_next_submission() {
    let centre = Centre::with_people(40, &[]);
    centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    let agreement = "DARS-NIC-000001-A1B2C-v1.0";
    let before = release(&centre, agreement);
    let text = std::fs::read_to_string(centre.path("313/submission.csv")).unwrap();
    let shorter: String = text.lines().take(text.lines().count() - 3).flat_map(|line| [line, "\r\n"]).collect();
    let next = centre.path("next.csv");
    std::fs::write(&next, shorter).unwrap();
    let receipt = centre.land(&next, "313");
    centre.work();
    if centre.status(&receipt)["state"] == "needs_confirmation" {
        centre.run(&["accept", receipt["submission"].as_str().unwrap()]).ended(0);
        centre.work();
    }
    let after = release(&centre, agreement);
    let people = |released: &serde_json::Value| -> HashSet<String> {
        let path = Path::new(released["folder"].as_str().unwrap()).join("extract.csv");
        column(&path, "Der_LA_Person_Unique_Identifier_Pseudo").into_iter().collect()
    };
    let (before, after) = (people(&before), people(&after));
    assert!(after.is_subset(&before) && after.len() + 3 >= before.len());
}

#[test]
fn the_trace_finds_whom_it_names_and_says_so_to_the_council() {
    let centre = Centre::with_people(200, &["--unknown-nhs-numbers", "0.3", "--register-noise", "0.2"]);
    let file = centre.path("313/submission.csv");
    let receipt = centre.land(&file, "313");
    centre.work();
    centre.run(&["accept", receipt["submission"].as_str().unwrap()]).ended(0);
    centre.work();
    let people = column(Path::new(&file), "LA Person Unique Identifier");
    let numbers = column(Path::new(&centre.path("313/truth.csv")), "nhs_number");
    let truth: HashMap<String, String> = people.into_iter().zip(numbers).collect();
    let outbox = centre.data().join("outbox/313").join(format!("trace-{}", receipt["submission"].as_str().unwrap()));
    let returned = outbox.join("trace-return.csv");
    let found = column(&returned, "Trace Result NHS Number");
    let asked = column(&returned, "LA Person Unique Identifier");
    assert_eq!(asked.iter().collect::<HashSet<_>>().len(), asked.len(), "one row a person");
    let named: Vec<_> = asked.iter().zip(&found).filter(|(_, number)| !number.is_empty()).collect();
    let wrong = named.iter().filter(|(person, number)| truth.get(*person) != Some(number)).count();
    assert!(named.len() * 100 >= asked.len() * 80, "{} of {}", named.len(), asked.len());
    assert!(wrong * 100 <= named.len(), "{wrong} of {} are another person", named.len());
    let status = centre.status(&receipt);
    let tallied: u64 = status["traces"].as_array().unwrap().iter().map(|trace| trace["people"].as_u64().unwrap()).sum();
    assert_eq!(tallied as usize, asked.len());
}

#[test]
fn derived_columns_are_as_the_department_reads_them() {
    let centre = Centre::with_people(60, &[]);
    centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    let columns: Vec<String> = {
        let answer = centre.run(&["query", "SELECT * FROM asc_cld LIMIT 1", "--format", "json"]).ended(0).json();
        answer[0].as_object().unwrap().keys().cloned().collect()
    };
    let spec = fairway_spec::resolve("asc-cld/r2").unwrap();
    for derived in &spec.derived {
        assert!(columns.contains(&derived.column), "{}", derived.column);
    }
    for field in spec.fields.iter().filter(|field| field.class == fairway_domain::PrivacyClass::Direct) {
        assert!(!columns.contains(&field.column), "{} names a person", field.column);
    }
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld WHERE \"LA_Name\" <> 'Wigan'"), 0);
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld WHERE \"Der_Postcode_Local_Authority\" <> 'E08000010'"), 0);
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld WHERE \"Der_Birth_Month\" NOT BETWEEN 1 AND 12"), 0);
    assert_eq!(
        centre.number(
            "SELECT count(*) FROM asc_cld WHERE \"Der_NHS_LA_Combined_Person_ID\" <> \
             coalesce(\"Der_NHS_Number_Traced_Pseudo\", \"Der_NHS_Number_Pseudo\")"
        ),
        0
    );
    let spread = "SELECT count(DISTINCT \"Der_Postcode_LSOA_Code\") FROM asc_cld";
    assert!(centre.number(spread) > 10);
}

#[test]
fn a_changed_log_is_noticed() {
    let centre = Centre::with_people(30, &[]);
    centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    let answer = centre.run(&["audit", "verify", "--json"]).ended(0).json();
    assert_eq!(answer["verified"], true);
    // Pages keep old copies of rows that moved, and the newest may still be in the file beside: each copy is changed, so
    // that the one in use is among them.
    let entry = b"LoadCommitted";
    let mut changed = 0;
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
        let Ok(mut bytes) = std::fs::read(centre.data().join(name)) else { continue };
        let places: Vec<usize> =
            (0..bytes.len().saturating_sub(entry.len())).filter(|at| bytes[*at..].starts_with(entry)).collect();
        changed += places.len();
        places.into_iter().for_each(|at| bytes[at] ^= 1);
        std::fs::write(centre.data().join(name), bytes).unwrap();
    }
    assert!(changed > 0);
    let answer = centre.run(&["audit", "verify", "--json"]).ended(20).json();
    assert_eq!(answer["verified"], false);
    assert!(!answer["problems"].as_array().unwrap().is_empty());
}

#[test]
fn a_question_is_recorded_without_what_was_typed_into_it() {
    let centre = Centre::with_people(30, &[]);
    centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    centre.run(&["query", "SELECT count(*) FROM asc_cld WHERE \"Gender\" = '9990000042'"]).ended(0);
    let log = centre.run(&["audit", "list", "--json"]).ended(0).out;
    assert!(log.contains("TablesQueried") && !log.contains("9990000042"), "{log}");
    for refused in
        ["DROP TABLE asc_cld", "SELECT 1; SELECT 2", "COPY asc_cld TO 'x.csv'", "SELECT nothing FROM asc_cld"]
    {
        centre.run(&["query", refused]).ended(12);
    }
}

#[test]
fn release_one_files_travel_too() {
    let centre = Centre::new();
    let out = centre.path("r1");
    fairway(&[
        "synth",
        "--people",
        "40",
        "--la",
        "210",
        "--release",
        "r1",
        "--period-end",
        "2024-03-31",
        "--seed",
        "3",
        "--out",
        &out,
    ])
    .ended(0);
    let receipt = centre.land(&centre.path("r1/submission.csv"), "210");
    centre.work();
    let status = centre.status(&receipt);
    assert_eq!(
        (status["specification"].as_str(), status["state"].as_str()),
        (Some("asc-cld/r1"), Some("deidentified"))
    );
    // Without a register nobody is traced, and the answer says so.
    assert_eq!(status["traces"][0]["outcome"], "not_traced");
}
