//! The safe haven: who is one person, whose identifiers are gone, and with what an import was derived.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::centre::{Centre, files};

const TWO: [&str; 6] = ["--by", "Ada Byron", "--approved-by", "Grace Hopper", "--reason", "asked for by the council"];

/// A file of the same records, other bytes: a blank line more at its end for each `n`.
fn again(centre: &Centre, n: usize) -> String {
    let text = fs::read_to_string(centre.path("313/submission.csv")).unwrap();
    let path = centre.path(&format!("again-{n}.csv"));
    fs::write(&path, format!("{text}{}", "\r\n".repeat(n))).unwrap();
    path
}

/// The first two of the council's own identifiers in the file.
fn two_identifiers(centre: &Centre) -> [String; 2] {
    let mut rows = csv::Reader::from_path(centre.path("313/submission.csv")).unwrap();
    let at = rows.headers().unwrap().iter().position(|name| name == "LA Person Unique Identifier").unwrap();
    let mut found: Vec<String> = rows.records().map(|row| row.unwrap()[at].to_owned()).collect();
    found.dedup();
    [found[0].clone(), found[1].clone()]
}

/// The number of the person behind an identifier of the council.
fn find(centre: &Centre, identifier: &str) -> String {
    let mut command = centre.command(&["vault", "find", "--org", "313"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{identifier}").unwrap();
    let output = child.wait_with_output().unwrap();
    let answer = String::from_utf8(output.stdout).unwrap();
    assert!(answer.ends_with(" la_only\n"), "{answer}");
    answer.split(' ').next().unwrap().to_owned()
}

fn persons_of(centre: &Centre, receipt: &Value) -> i64 {
    centre.number(&format!(
        "SELECT count(DISTINCT Der_LA_Person_Unique_Identifier_Pseudo) FROM asc_cld WHERE ImportFileId = '{}'",
        receipt["submission"].as_str().unwrap()
    ))
}

fn vault(centre: &Centre, words: &[&str], code: i32) {
    centre.run(&[&["vault"], words, &TWO].concat()).ended(code);
}

#[test]
fn a_merge_counts_from_now_on_and_a_split_takes_it_back_without_rewriting_what_was() {
    let centre = Centre::with_people(20, &[]);
    let load = |n| {
        let receipt = centre.land(&again(&centre, n), "313");
        centre.work();
        receipt
    };
    let first = load(0);
    let people = persons_of(&centre, &first);
    let [one, other] = two_identifiers(&centre).map(|identifier| find(&centre, &identifier));
    vault(&centre, &["merge", &one, &other], 0);
    vault(&centre, &["merge", &one, &other], 12);
    vault(&centre, &["merge", &other, &one], 12);
    vault(&centre, &["merge", &one, "00000000000000000000000000000000"], 12);
    let second = load(1);
    vault(&centre, &["split", &one], 0);
    vault(&centre, &["split", &one], 12);
    let third = load(2);
    let counts = [&first, &second, &third].map(|receipt| persons_of(&centre, receipt));
    assert_eq!(counts, [people, people - 1, people]);
    let log = centre.run(&["audit", "list", "--limit", "100"]).ended(0).out;
    for verb in ["PersonLookedUp", "PersonsMerged", "PersonSplit"] {
        assert!(log.contains(verb), "{verb}");
    }
    let identifier = &two_identifiers(&centre)[0];
    assert!(!centre.run(&["audit", "list", "--limit", "100", "--json"]).ended(0).out.contains(identifier.as_str()));
}

#[test]
fn a_question_can_be_asked_of_the_tables_as_they_were() {
    let centre = Centre::with_people(20, &[]);
    let load = |n| {
        let receipt = centre.land(&again(&centre, n), "313");
        centre.work();
        receipt["submission"].as_str().unwrap().to_owned()
    };
    let (first, second) = (load(0), load(1));
    let rows = |as_of: &str| {
        let words = ["query", "SELECT count(*) AS n FROM asc_cld", "--format", "json", "--as-of", as_of];
        centre.run(&words).ended(0).json()[0]["n"].as_i64().unwrap()
    };
    let one = rows(&first);
    assert_eq!([rows(&second), rows("0"), rows("1"), rows("2999-12-31")], [2 * one, one, 2 * one, 2 * one]);
    for nothing in ["2001-01-01", "2", "never"] {
        centre.run(&["query", "SELECT count(*) FROM asc_cld", "--as-of", nothing]).ended(12);
    }
    assert_eq!(centre.run(&["warehouse", "vacuum", "--keep", "1d"]).ended(0).out, "0 files of 0 bytes taken away.\n");
    centre.run(&["warehouse", "vacuum", "--keep", "0d"]).ended(12);
}

#[test]
fn shredded_identifiers_are_gone_and_deidentified_rows_stay() {
    let centre = Centre::with_people(20, &[]);
    let receipt = centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    let id = receipt["submission"].as_str().unwrap();
    let rows = centre.number("SELECT count(*) FROM asc_cld");
    let alone = ["--by", "Ada Byron", "--approved-by", "ada byron", "--reason", "x"];
    let refused = centre.run(&[&["vault", "shred", id][..], &alone].concat()).ended(12);
    assert!(refused.err.contains("cannot both ask and agree"), "{}", refused.err);
    assert_eq!(files(&centre.data().join("landing")).len(), 1);
    vault(&centre, &["shred", id], 0);
    vault(&centre, &["shred", id], 0);
    assert_eq!(files(&centre.data().join("landing")).len(), 0);
    let status = centre.status(&receipt);
    assert_eq!((status["state"].as_str(), status["payload_destroyed"].as_bool()), (Some("deidentified"), Some(true)));
    assert!(status["identifiers_destroyed_at"].is_string());
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld"), rows);
    let log = centre.run(&["audit", "list", "--limit", "100"]).ended(0).out;
    assert_eq!(log.matches("IdentifiersDestroyed").count(), 1);
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn a_step_that_needs_shredded_identifiers_is_refused_with_the_reason() {
    let centre = Centre::with_people(20, &[]);
    let receipt = centre.land(&centre.path("313/submission.csv"), "313");
    centre.run(&["work", "--jobs", "2"]).ended(0);
    assert_eq!(centre.status(&receipt)["state"], "loaded");
    vault(&centre, &["shred", receipt["submission"].as_str().unwrap()], 0);
    centre.run(&["work", "--jobs", "1"]);
    let status = centre.status(&receipt);
    assert_eq!(status["state"], "loaded");
    let error = status["jobs"].as_array().unwrap().iter().find_map(|job| job["last_error"].as_str()).unwrap();
    assert!(error.starts_with("Two people had them destroyed on "), "{error}");
}

#[test]
fn a_new_postcode_directory_is_used_from_its_day_on_and_touches_nothing_before() {
    let centre = Centre::with_people(20, &[]);
    let versions = || {
        centre
            .run(&["query", "SELECT DISTINCT ImportFileId, Der_Postcode_Directory FROM asc_cld", "--format", "json"])
            .ended(0)
            .json()
    };
    let first = centre.land(&again(&centre, 0), "313");
    centre.work();
    let before = versions();

    let later = centre.path("ONSPD_LATER.csv");
    fs::write(&later, "pcds,doterm,oslaua,lsoa21\nSM1 1EA,,E09000029,E01004142\n").unwrap();
    let newer = centre.path("ONSPD_NEWER.csv");
    fs::write(&newer, "pcds,doterm,oslaua,lsoa21\nSM1 1EB,,E09000029,E01004142\n").unwrap();
    centre.run(&["reference", "add", &later, "--kind", "postcodes", "--from", "2999-01-01"]).ended(0);
    centre.run(&["reference", "add", &newer, "--kind", "postcodes"]).ended(0);
    let wrong = centre.run(&["reference", "add", &newer, "--kind", "practices"]).ended(12);
    assert!(wrong.err.contains("no column for the commissioner"), "{}", wrong.err);
    assert_eq!(centre.run(&["reference", "list"]).ended(0).out.lines().count(), 2);

    let second = centre.land(&again(&centre, 1), "313");
    centre.work();
    let now = versions();
    let of = |rows: &Value, receipt: &Value| {
        let rows = rows.as_array().unwrap().clone();
        let row = rows.into_iter().find(|row| row["ImportFileId"] == receipt["submission"]).unwrap();
        row["Der_Postcode_Directory"].as_str().unwrap().to_owned()
    };
    assert_eq!(of(&now, &first), of(&before, &first));
    assert!(of(&now, &second).starts_with("ONSPD_NEWER@"));
    let used = centre.status(&second)["references"].clone();
    assert_eq!(used[0]["version"], of(&now, &second));
    assert!(used[1]["version"].as_str().unwrap().starts_with("epraccur_2019-10@"));
}
