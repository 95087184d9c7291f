//! Bad input is an expected result: a clear message, an exit code, nothing lost.

use std::path::Path;

use fairway_synth::{Spoiler, spoil};

use crate::centre::{Centre, fairway};

/// What `fairway check` must say of each whole-file spoiler: exit code and words of the first finding.
fn expected(spoiler: Spoiler) -> (i32, &'static str) {
    match spoiler {
        Spoiler::MissingColumn => (10, "missing"),
        Spoiler::ExtraColumn => (10, "not in the specification"),
        Spoiler::RepeatedColumn => (10, "occurs again"),
        Spoiler::MisnamedColumn => (10, "must be called"),
        Spoiler::SwappedColumns => (10, "order"),
        Spoiler::RaggedRecord => (10, "has 49 values"),
        Spoiler::Utf16 => (11, "UTF-16"),
        Spoiler::ByteOrderMark => (11, "byte order mark"),
        Spoiler::Windows1252 => (0, ""),
        Spoiler::Semicolons => (13, "semicolon"),
        Spoiler::NulByte => (10, "NUL"),
        Spoiler::OpenQuote => (10, "quote"),
        Spoiler::FormulaCell => (10, "formula"),
        Spoiler::Empty => (10, "empty"),
        Spoiler::HeaderOnly => (10, "no record"),
        Spoiler::OtherCouncil | Spoiler::MixedCouncils => (10, "council"),
        Spoiler::MixedPeriods => (10, "period"),
        Spoiler::WidePeriod => (11, "period"),
    }
}

#[test]
fn every_way_to_spoil_a_file_is_named_in_words() {
    let centre = Centre::with_people(30, &[]);
    let clean = centre.path("313/submission.csv");
    let mut problems = Vec::new();
    for spoiler in Spoiler::ALL {
        let file = centre.path(&format!("{}.csv", spoiler.as_str()));
        spoil(Path::new(&clean), spoiler, Path::new(&file)).unwrap();
        let answer = fairway(&["check", &file, "--org", "313"]);
        let (code, words) = expected(spoiler);
        if answer.code != code || !answer.out.to_lowercase().contains(&words.to_lowercase()) {
            problems.push(format!("{spoiler:?}: ended with {}, says\n{}{}", answer.code, answer.out, answer.err));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_rejected_file_keeps_its_report_and_loses_its_payload() {
    let centre = Centre::with_people(30, &[]);
    let file = centre.path("misnamed.csv");
    spoil(Path::new(&centre.path("313/submission.csv")), Spoiler::MisnamedColumn, Path::new(&file)).unwrap();
    let receipt = centre.land(&file, "313");
    centre.work();
    let status = centre.status(&receipt);
    assert_eq!((status["state"].as_str(), status["payload_destroyed"].as_bool()), (Some("rejected"), Some(true)));
    let id = receipt["submission"].as_str().unwrap();
    assert!(!centre.data().join("landing").join(format!("{id}.age")).exists());
    let findings = std::fs::read_to_string(Path::new(status["report"].as_str().unwrap()).join("findings.csv")).unwrap();
    assert!(findings.contains("must be called"));
    assert!(centre.data().join("outbox/313").join(format!("check-{id}")).join("findings.csv").is_file());
    let refused = centre.run(&["accept", id]).ended(12);
    assert!(refused.err.contains("rejected"), "{}", refused.err);
    // The corrected file goes its way.
    let mended = centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    assert_eq!(centre.status(&mended)["state"], "deidentified");
}

#[test]
fn what_is_no_file_of_a_known_council_is_refused_at_the_door() {
    let centre = Centre::with_people(20, &[]);
    let file = centre.path("313/submission.csv");
    for (file, council, words) in [
        (centre.path("313").as_str(), "313", "folder"),
        (centre.path("nowhere.csv").as_str(), "313", "no file"),
        (file.as_str(), "QOP", "council"),
    ] {
        let refused = centre.run(&["land", file, "--org", council]).ended(12);
        assert!(refused.err.contains(words), "{}", refused.err);
    }
    centre.run(&["land", &file, "--org", "not a code"]).ended(2);
    let elsewhere = fairway(&["land", &file, "--org", "313", "--data", &centre.path("nothing-here")]).ended(12);
    assert!(elsewhere.err.contains("fairway init"), "{}", elsewhere.err);
}

#[test]
fn an_empty_file_lands_and_is_rejected_in_words() {
    let centre = Centre::new();
    let file = centre.path("empty.csv");
    std::fs::write(&file, "").unwrap();
    let receipt = centre.land(&file, "313");
    centre.work();
    assert_eq!(centre.status(&receipt)["state"], "rejected");
}

#[test]
fn another_councils_file_is_rejected() {
    let centre = Centre::with_people(20, &[]);
    let receipt = centre.land(&centre.path("313/submission.csv"), "210");
    centre.work();
    assert_eq!(centre.status(&receipt)["state"], "rejected");
}

#[test]
fn a_file_with_errors_waits_for_its_sender_and_loads_what_can_be_loaded() {
    let centre = Centre::with_people(80, &["--defects", "0.3"]);
    let receipt = centre.land(&centre.path("313/submission.csv"), "313");
    let said = centre.work().out;
    let id = receipt["submission"].as_str().unwrap();
    assert!(said.contains(&format!("fairway accept {id}")), "{said}");
    assert_eq!(centre.status(&receipt)["state"], "needs_confirmation");
    centre.run(&["accept", id, "--json"]).ended(0);
    centre.work();
    let status = centre.status(&receipt);
    let number = |key: &str| status[key].as_i64().unwrap();
    assert_eq!(status["state"], "deidentified");
    assert_eq!(number("rows_in"), number("rows_loaded") + number("rows_rejected"));
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld"), number("rows_loaded"));
    // What is in no list does not reach an analyst as it was typed.
    let lists = "SELECT count(*) FROM asc_cld WHERE \"Event_Type\" NOT IN \
                 ('Request', 'Assessment', 'Service', 'Review', 'Invalid and not mapped')";
    assert_eq!(centre.number(lists), 0);
}

#[test]
fn another_keyholder_is_a_fault_that_names_the_key_and_nothing_is_lost() {
    let centre = Centre::with_people(20, &[]);
    let receipt = centre.land(&centre.path("313/submission.csv"), "313");
    let other = Centre::new();
    let socket = other.path("data.keys/run/keyholder.sock");
    let failed = centre.command(&["work", "--until-idle"]).env("FAIRWAY_KEYHOLDER", socket).output().unwrap();
    let said = String::from_utf8_lossy(&failed.stdout);
    assert_eq!(failed.status.code(), Some(20), "{said}");
    assert!(said.contains("key"), "{said}");
    centre.work();
    assert_eq!(centre.status(&receipt)["state"], "deidentified");
}

#[test]
fn an_agreement_that_is_over_or_asks_for_too_much_is_refused_with_every_reason() {
    let centre = Centre::with_people(20, &[]);
    centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    let asks = ["LA_Code", "NHS_Number", "Favourite_Colour"];
    let agreement =
        centre.agreement("DARS-NIC-000009-Z9Z9Z-v1.0", &asks, |text| text.replace("2099-12-31", "2025-06-30"));
    let refused = centre.run(&["release", "--agreement", &agreement, "--json"]).ended(12).json();
    let reasons = refused["reasons"].to_string();
    for words in ["ended on 2025-06-30", "NHS_Number", "Favourite_Colour"] {
        assert!(reasons.contains(words), "{reasons}");
    }
    assert!(!centre.data().join("outbox/QOP").exists());
    let log = centre.run(&["audit", "list", "--json"]).ended(0).out;
    assert!(log.contains("ReleaseRefused"));

    let misspelt =
        centre.agreement("DARS-NIC-000008-Z9Z9Z-v1.0", &["LA_Code"], |text| text.replace("purpose", "porpoise"));
    let refused = centre.run(&["release", "--agreement", &misspelt]).ended(12);
    assert!(refused.err.contains("porpoise"), "{}", refused.err);
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_done() {
    let centre = Centre::with_people(120, &[]);
    let file = centre.path("313/submission.csv");
    // A file-size limit stands for a full disk: writing beyond it fails in the same place.
    let limited = |words: &str, kib: u32| {
        let program = env!("CARGO_BIN_EXE_fairway");
        let line = format!("trap '' XFSZ; ulimit -f {kib}; exec {program} {words} --data {}", centre.data().display());
        std::process::Command::new("bash").args(["-c", &line]).output().unwrap()
    };
    let full = limited(&format!("land {file} --org 313"), 40);
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(20), "{said}");
    assert!(said.contains("no room") || said.contains("File too large"), "{said}");
    let receipt = centre.land(&file, "313");
    let full = limited("work --until-idle", 48);
    assert_ne!(full.status.code(), Some(0), "{}", String::from_utf8_lossy(&full.stdout));
    centre.work();
    let status = centre.status(&receipt);
    assert_eq!(status["state"], "deidentified");
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld"), status["rows_loaded"].as_i64().unwrap());
    centre.run(&["audit", "verify"]).ended(0);
}
