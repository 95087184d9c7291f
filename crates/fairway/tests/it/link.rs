//! Hospital activity of the same made-up people, landed by its specification, and linked with their care.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::Value;

use crate::centre::Centre;

const PERIOD: &str = "2024-04-01..2025-03-31";

/// A centre with a council's care, and the hospital activity of the same people.
fn centre() -> Centre {
    let centre = Centre::with_people(120, &[]);
    for (file, words) in [
        ("313/submission.csv", &[][..]),
        ("313/admitted_care.csv", &["--period", PERIOD]),
        ("313/emergency_care.csv", &["--period", PERIOD]),
    ] {
        let path = centre.path(file);
        let mut all = vec!["land", path.as_str(), "--org", "313", "--json"];
        all.extend(words);
        let receipt = centre.run(&all).ended(0).json();
        centre.work();
        if centre.status(&receipt)["state"] == "needs_confirmation" {
            centre.run(&["accept", receipt["submission"].as_str().unwrap()]).ended(0);
            centre.work();
        }
        assert_eq!(centre.status(&receipt)["state"], "deidentified", "{file}");
    }
    centre
}

fn agreement(centre: &Centre, reference: &str, linkages: &str) -> String {
    centre.agreement(reference, &["LA_Code", "Der_Birth_Year", "Event_Type", "Event_Start_Date"], |text| {
        text.replace("areas: all\n", &format!("areas: all\n{linkages}"))
    })
}

const ADMITTED: &str = "linkages:\n  - dataset: admitted-care\n    columns: [Admission_Date, Admission_Method, Der_NHS_Number_Traced_Pseudo]\n    areas: all\n";

fn rows(folder: &Path, name: &str) -> Vec<HashMap<String, String>> {
    csv::Reader::from_path(folder.join(name)).unwrap().deserialize().map(|row| row.unwrap()).collect()
}

/// NHS numbers of a file.
fn numbers(centre: &Centre, file: &str) -> Vec<String> {
    let mut rows = csv::Reader::from_path(centre.path(file)).unwrap();
    let at = rows.headers().unwrap().iter().position(|name| name == "NHS Number").unwrap();
    rows.records().map(|row| row.unwrap()[at].to_owned()).collect()
}

fn link(centre: &Centre, agreement: &str, with: &str) -> Value {
    centre.run(&["link", "--agreement", agreement, "--with", with, "--json"]).ended(0).json()
}

#[test]
fn a_pair_that_the_agreement_names_is_linked_person_by_person_in_its_own_key_domain() {
    let centre = centre();
    let first = agreement(&centre, "LINK-1", ADMITTED);
    let linked = link(&centre, &first, "admitted-care");
    let folder = Path::new(linked["folder"].as_str().unwrap()).to_owned();
    let extract = rows(&folder, "extract.csv");
    // Each record of one with each of the other about the same person: counted from the files that were landed.
    let stays = numbers(&centre, "313/admitted_care.csv");
    let per_person = |number: &String| stays.iter().filter(|stay| *stay == number).count();
    let care: Vec<String> = numbers(&centre, "313/submission.csv").into_iter().filter(|n| !n.is_empty()).collect();
    let known: usize = care.iter().map(per_person).sum();
    assert!(extract.len() >= known && known > 20, "{} of {known}", extract.len());
    assert_eq!(linked["manifest"]["rows"].as_u64(), Some(extract.len() as u64));
    assert_eq!(linked["manifest"]["linked_with"]["dataset"], "admitted-care");
    for row in &extract {
        assert_eq!(row["Link_Person"], row["admitted_care_Der_NHS_Number_Traced_Pseudo"]);
        assert_eq!((row["Link_Class"].as_str(), row["LA_Code"].as_str()), ("traced_exact", "313"));
        assert!(!row["admitted_care_Link_Class"].is_empty() && !row["admitted_care_Admission_Date"].is_empty());
    }
    // Another agreement's pseudonyms share nothing with these.
    let second = agreement(&centre, "LINK-2", ADMITTED);
    let other = link(&centre, &second, "admitted-care");
    let people = |rows: &[HashMap<String, String>]| -> HashSet<String> {
        rows.iter().map(|row| row["Link_Person"].clone()).collect()
    };
    let theirs = rows(Path::new(other["folder"].as_str().unwrap()), "extract.csv");
    assert_eq!(theirs.len(), extract.len());
    assert!(people(&extract).len() > 5 && people(&extract).is_disjoint(&people(&theirs)));
    // Linking again gives the same rows and the same pseudonyms.
    let again = link(&centre, &first, "admitted-care");
    assert_eq!(people(&rows(Path::new(again["folder"].as_str().unwrap()), "extract.csv")), people(&extract));
    let log = centre.run(&["audit", "list", "--json"]).ended(0).out;
    assert!(log.contains("LinkCompleted"));
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn small_numbers_of_the_quality_of_a_link_are_not_shown_and_others_are_rounded() {
    let centre = centre();
    let linked = link(&centre, &agreement(&centre, "LINK-1", ADMITTED), "admitted-care");
    let folder = Path::new(linked["folder"].as_str().unwrap()).to_owned();
    let lines = rows(&folder, "link-quality.csv");
    let kinds: HashSet<&str> = lines.iter().map(|line| line["by"].as_str()).collect();
    assert_eq!(kinds, HashSet::from(["all", "area", "sex", "age_band", "link_class"]));
    for line in &lines {
        for count in [&line["people_linked"], &line["people_not_linked"]] {
            let number: Option<u64> = count.parse().ok();
            assert!(count == "[c]" || number.is_some_and(|n| n == 0 || (n >= 10 && n % 5 == 0)), "{line:?}");
        }
    }
    assert!(lines.iter().any(|line| line["people_linked"] == "[c]"));
    let people: HashSet<String> = numbers(&centre, "313/submission.csv").into_iter().collect();
    let stays: HashSet<String> = numbers(&centre, "313/admitted_care.csv").into_iter().collect();
    let both = people.intersection(&stays).filter(|number| !number.is_empty()).count() as i64;
    let all = lines.iter().find(|line| line["by"] == "all" && line["dataset"] == "asc-cld").unwrap();
    assert!((all["people_linked"].parse::<i64>().unwrap() - both).abs() <= 5, "{all:?} {both}");
    assert_eq!(lines.iter().find(|line| line["by"] == "area").unwrap()["value"], "313");
}

#[test]
fn a_pair_that_the_agreement_does_not_name_is_refused_with_every_reason() {
    let centre = centre();
    let named = agreement(&centre, "LINK-1", ADMITTED);
    let refused = centre.run(&["link", "--agreement", &named, "--with", "emergency-care", "--json"]).ended(12).json();
    assert!(refused["reasons"][0].as_str().unwrap().contains("only with admitted-care"), "{refused}");
    let none = centre.agreement("LINK-2", &["LA_Code", "Postcode"], |text| text.replace("2099-12-31", "2025-02-01"));
    let refused = centre.run(&["link", "--agreement", &none, "--with", "admitted-care", "--json"]).ended(12).json();
    let reasons = refused["reasons"].to_string();
    for part in ["linked with none", "Postcode", "2025"] {
        assert!(reasons.contains(part), "{part}: {reasons}");
    }
    let direct = agreement(&centre, "LINK-3", &ADMITTED.replace("Admission_Method", "Spell_Number"));
    let refused = centre.run(&["link", "--agreement", &direct, "--with", "admitted-care"]).ended(12).err;
    assert!(refused.contains("Spell_Number"), "{refused}");
    let nothing = centre.run(&["link", "--agreement", &named, "--with", "nothing"]).ended(12).err;
    assert!(nothing.contains("nothing") && nothing.contains("spec list"), "{nothing}");
    assert!(
        !centre.data().join("outbox/QOP").exists()
            || std::fs::read_dir(centre.data().join("outbox/QOP")).unwrap().next().is_none()
    );
}

#[test]
fn hospital_activity_goes_the_whole_way_and_the_second_time_changes_nothing() {
    let centre = centre();
    for (table, file) in [("admitted_care", "313/admitted_care.csv"), ("emergency_care", "313/emergency_care.csv")] {
        let records = numbers(&centre, file).len() as i64;
        assert_eq!(centre.number(&format!("SELECT count(*) FROM {table}")), records);
        let known =
            format!("SELECT count(*) FROM {table} WHERE \"Der_Link_Class\" IN ('traced_exact', 'traced_scored')");
        assert!(centre.number(&known) * 100 >= records * 90, "{table}");
        assert!(centre.number(&format!("SELECT count(DISTINCT \"Der_Age_Band\") FROM {table}")) > 3);
        let path = centre.path(file);
        let again = centre.run(&["land", &path, "--org", "313", "--json"]).ended(0).json();
        assert_eq!((&again["again"], &again["dataset"]), (&true.into(), &table.replace('_', "-").into()));
        centre.work();
        assert_eq!(centre.number(&format!("SELECT count(*) FROM {table}")), records);
    }
}
