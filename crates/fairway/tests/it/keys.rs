//! The keyholder beside the program: stopped, sealed, killed, stolen; and the life of its keys.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::centre::{CUSTODIANS, Centre, files};

const COLUMNS: [&str; 4] =
    ["LA_Code", "Der_NHS_LA_Combined_Person_ID", "Der_LA_Person_Unique_Identifier_Pseudo", "Event_Type"];
const AGREEMENT: &str = "DARS-NIC-000001-A1B2C-v1.0";

fn landed() -> (Centre, Value) {
    let centre = Centre::with_people(20, &[]);
    let receipt = centre.land(&centre.path("313/submission.csv"), "313");
    (centre, receipt)
}

fn keys(centre: &Centre) -> Vec<Value> {
    centre.run(&["keyholder", "keys", "--json"]).ended(0).json().as_array().unwrap().clone()
}

/// The pseudonyms of an extract, by column.
fn pseudonyms(folder: &str) -> HashSet<String> {
    let mut rows = csv::Reader::from_path(Path::new(folder).join("extract.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    let cells = rows.iter().flat_map(|row| row.iter().map(|cell| cell.rsplit('_').next().unwrap().to_owned()));
    cells.filter(|cell| cell.len() == 56).collect()
}

fn release(centre: &Centre, epoch: u32) -> crate::centre::Answer {
    let text = |text: String| text.replace("key_epoch: 1", &format!("key_epoch: {epoch}"));
    let agreement = centre.agreement(AGREEMENT, &COLUMNS, text);
    centre.run(&["release", "--agreement", &agreement, "--json"])
}

#[test]
fn without_the_keyholder_files_land_jobs_wait_in_words_and_all_ends_well_when_it_is_back() {
    let (centre, receipt) = landed();
    centre.kill_keyholder();
    for _ in 0..7 {
        let waits = centre.run(&["work", "--until-idle"]).ended(20);
        assert!(waits.out.contains("fairway keyholder serve") && waits.out.contains("tried again"), "{}", waits.out);
    }
    assert_eq!(centre.status(&receipt)["state"], "landed");
    assert!(!centre.data().join("warehouse/deidentified").join("asc_cld").exists());
    centre.people("210", 20, &[]);
    centre.land(&centre.path("210/submission.csv"), "210");

    centre.serve_keys();
    let named = |words: &str| CUSTODIANS.iter().all(|name| words.contains(name));
    let sealed =
        centre.run(&["keyholder", "unlock", "--as", "SIRO", "--passphrase-file", &centre.path("passphrases/SIRO")]);
    assert!(sealed.ended(0).out.contains("1 of 2"));
    let waits = centre.run(&["work", "--until-idle"]).ended(20);
    assert!(waits.out.contains("sealed: 1 of the 2") && named(&waits.out), "{}", waits.out);
    assert!(named(&centre.run(&["keyholder", "status"]).ended(12).err));

    centre.run(&["keyholder", "unlock", "--passphrases", &centre.path("passphrases")]).ended(0);
    centre.work();
    assert_eq!(centre.status(&receipt)["state"], "deidentified");
    centre.run(&["keyholder", "seal"]).ended(0);
    let refused = release(&centre, 1).ended(12).json();
    assert!(refused["reasons"].to_string().contains("sealed"), "{refused}");
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn a_keyholder_killed_at_any_moment_of_a_job_leaves_nothing_half_made() {
    let (centre, receipt) = landed();
    let mut cut = 0;
    for moment in 0..8_u64 {
        let mut work = centre.command(&["work", "--until-idle", "--quiet"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(30 + moment * 70));
        centre.kill_keyholder();
        cut += u32::from(!work.wait().unwrap().success());
        centre.start_keyholder();
        let rows = centre.run(&["query", "SELECT count(*) AS n FROM asc_cld", "--format", "json"]);
        let whole = rows.code != 0 || rows.json()[0]["n"] == centre.status(&receipt)["rows_loaded"];
        assert!(whole, "{}", rows.out);
    }
    centre.work();
    assert!(cut > 0, "no job was cut off");
    assert_eq!(centre.status(&receipt)["state"], "deidentified");
    assert_eq!(keys(&centre).len(), 1, "the national repository has one key");
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn a_keyholder_killed_while_a_key_is_made_keeps_it_or_never_had_it() {
    let (centre, _) = landed();
    centre.work();
    for moment in 0..6_u64 {
        let reference = format!("DARS-NIC-00001{moment}-A1B2C-v1.0");
        let agreement = centre.agreement(&reference, &COLUMNS, |text| text);
        let mut release = centre.command(&["release", "--agreement", &agreement, "--quiet"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(60 + moment * 25));
        centre.kill_keyholder();
        release.wait().unwrap();
        centre.start_keyholder();
        centre.run(&["release", "--agreement", &agreement]).ended(0);
    }
    let keys = keys(&centre);
    assert_eq!(keys.len(), 7);
    assert!(keys.iter().all(|key| key["state"] == "active" && key["held"] == "active"), "{keys:?}");
    assert!(keys.iter().all(|key| key["canaries"].as_array().unwrap().len() == 16));
}

#[test]
fn stolen_data_show_no_identifier_and_no_key_and_stolen_keys_show_nothing() {
    let (centre, _) = landed();
    centre.work();
    release(&centre, 1).ended(0);
    let mut rows = csv::Reader::from_path(centre.path("313/submission.csv")).unwrap();
    let at = rows.headers().unwrap().iter().position(|name| name == "NHS Number").unwrap();
    let numbers = rows.records().map(|row| row.unwrap()[at].to_owned()).filter(|number| number.len() == 10);
    let mut needles: HashSet<Vec<u8>> = numbers.map(String::into_bytes).collect();
    needles.insert(b"AGE-SECRET-KEY-".to_vec());
    for name in CUSTODIANS {
        needles.insert(format!("the words of {name}").into_bytes());
    }
    assert!(needles.len() > 10);
    let keys_folder = Path::new(&centre.path("data.keys")).to_owned();
    let outbox = centre.data().join("outbox");
    let register = centre.data().join("register");
    for folder in [centre.data(), keys_folder.clone()] {
        // What goes back to its sender, and the register itself, hold NHS numbers by design.
        let mine = |path: &Path| !path.starts_with(outbox.join("313")) && !path.starts_with(&register);
        for path in files(&folder).into_iter().filter(|path| mine(path) && path.is_file()) {
            let bytes = std::fs::read(&path).unwrap();
            let found = needles.iter().find(|needle| memchr::memmem::find(&bytes, needle).is_some());
            assert!(found.is_none(), "{} holds {:?}", path.display(), String::from_utf8_lossy(found.unwrap()));
        }
    }
    // The thief of the data has the program, but no keyholder.
    centre.kill_keyholder();
    std::fs::rename(&keys_folder, centre.path("elsewhere")).unwrap();
    assert!(release(&centre, 1).ended(12).out.contains("does not answer"));
    // The thief of the keys has the program, but no passphrase.
    std::fs::rename(centre.path("elsewhere"), &keys_folder).unwrap();
    std::fs::write(centre.path("guess"), "a guess at a passphrase\n").unwrap();
    centre.serve_keys();
    let guess = centre.path("guess");
    let refused = centre.run(&["keyholder", "unlock", "--as", "SIRO", "--passphrase-file", &guess]).ended(12);
    assert!(refused.err.contains("not the passphrase of SIRO") && !refused.err.contains("guess at"), "{}", refused.err);
    assert!(release(&centre, 1).ended(12).out.contains("sealed"));
}

#[test]
fn a_key_is_recorded_rotated_bridged_retired_and_destroyed_by_two() {
    let (centre, _) = landed();
    centre.work();
    let before = release(&centre, 1).ended(0).json();
    let log = centre.run(&["audit", "list", "--json", "--limit", "100"]).ended(0).out;
    let recorded = keys(&centre).into_iter().find(|key| key["domain"] == AGREEMENT).unwrap();
    assert!(log.contains(recorded["commitment"].as_str().unwrap()), "the commitment is in the log");
    assert!(log.contains(recorded["canaries"][15].as_str().unwrap()), "and the canaries");

    centre.run(&["keyholder", "rotate", "national-repository"]).ended(12);
    centre.run(&["keyholder", "rotate", "DARS-NIC-999999-A1B2C-v1.0"]).ended(12);
    let rotated = centre.run(&["keyholder", "rotate", AGREEMENT]).ended(0);
    assert!(rotated.out.contains("key_epoch: 2"), "{}", rotated.out);
    let refused = release(&centre, 1).ended(12).json();
    assert!(refused["reasons"].to_string().contains("verify-only"), "{refused}");
    let after = release(&centre, 2).ended(0).json();

    let agreement = centre.path(&format!("{AGREEMENT}.yaml"));
    let bridged = centre.run(&["keyholder", "bridge", "--agreement", &agreement]).ended(0).out;
    let folder = bridged.lines().last().unwrap().trim().to_owned();
    let mut rows = csv::Reader::from_path(Path::new(&folder).join("bridge.csv")).unwrap();
    let pairs: HashMap<String, String> =
        rows.records().map(|row| row.unwrap()).map(|row| (row[1].to_owned(), row[2].to_owned())).collect();
    let (old, new) = (pseudonyms(before["folder"].as_str().unwrap()), pseudonyms(after["folder"].as_str().unwrap()));
    assert!(!old.is_empty() && old.is_disjoint(&new));
    assert_eq!(pairs.keys().cloned().collect::<HashSet<_>>(), old);
    assert_eq!(pairs.values().cloned().collect::<HashSet<_>>(), new);
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(Path::new(&folder).join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["files"][0]["name"], "bridge.csv");

    let destroy = |by: &str, and: &str| {
        centre.run(&["keyholder", "destroy", AGREEMENT, "--epoch", "1", "--by", by, "--approved-by", and])
    };
    assert!(destroy("Ada", " ada ").ended(12).err.contains("two people"));
    destroy("Ada", "Grace").ended(0);
    centre.run(&["keyholder", "destroy", AGREEMENT, "--epoch", "2", "--by", "Ada", "--approved-by", "Grace"]).ended(12);
    centre.run(&["keyholder", "retire", AGREEMENT, "--epoch", "2"]).ended(0);
    let states: Vec<(String, String)> = keys(&centre)
        .iter()
        .filter(|key| key["domain"] == AGREEMENT)
        .map(|key| (key["state"].as_str().unwrap().into(), key["held"].as_str().unwrap().into()))
        .collect();
    assert_eq!(states, [("destroyed".into(), "destroyed".into()), ("verify-only".into(), "verify-only".into())]);
    assert_eq!(keys(&centre)[0]["commitment"], recorded["commitment"], "its record stays");
    assert_eq!(centre.run(&["keyholder", "bridge", "--agreement", &agreement]).code, 12);
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn keys_are_not_made_again_over_keys_that_are_there() {
    let centre = Centre::new();
    let phrases = centre.path("passphrases");
    let again = [
        "keyholder",
        "init",
        "--threshold",
        "2",
        "--custodian",
        "SIRO",
        "--custodian",
        "Security",
        "--passphrases",
        &phrases,
    ];
    assert!(centre.run(&again).ended(12).err.contains("has keys and custodians already"));
    centre.run(&["init"]).ended(0);
}
