//! The log that others watch: witnesses, bundles, what it forgets, whom it can answer, and what happens without it.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::centre::{Answer, Centre, fairway, files};

const REFERENCE: &str = "DARS-NIC-000001-A1B2C-v1.0";
const COLUMNS: [&str; 3] = ["Der_NHS_LA_Combined_Person_ID", "Gender", "Event_Type"];

/// A centre with a council's file that has come all the way, and an agreement.
fn centre() -> (Centre, String) {
    let centre = Centre::with_people(30, &[]);
    centre.land_and_accept(&centre.path("313/submission.csv"), "313");
    centre.work();
    let agreement = centre.agreement(REFERENCE, &COLUMNS, |text| text);
    (centre, agreement)
}

/// A witness of the centre's log, which the centre names; gives its folder and key.
fn with_witness(centre: &Centre, wait: u32) -> (String, String) {
    let state = centre.path("witness");
    let key = fairway(&["witness", "init", "--state", &state, "--name", "watch"]).ended(0).out;
    centre.run(&["audit", "checkpoint"]).ended(0);
    let signed = sign(centre, &state);
    let path = signed.out.lines().last().unwrap().to_owned();
    let line = format!("wait {wait}\n{} {path}\n", key.trim());
    fs::write(centre.data().join("log/witnesses"), line).unwrap();
    (state, key.trim().to_owned())
}

fn sign(centre: &Centre, state: &str) -> Answer {
    let log = centre.data().join("log");
    let key = fs::read_to_string(log.join("log.vkey")).unwrap();
    fairway(&["witness", "sign", "--state", state, "--log", log.to_str().unwrap(), "--key", key.trim()])
}

fn python(words: &[&str]) -> (bool, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_log.py");
    let output = Command::new("python3").arg(script).args(words).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

#[test]
fn a_release_waits_for_its_witness_and_the_bundle_shows_that_it_did() {
    let (centre, agreement) = centre();
    let (state, witness) = with_witness(&centre, 1);
    let refused = centre.run(&["release", "--agreement", &agreement]).ended(12);
    assert!(refused.err.contains("watch has not co-signed the log's"), "{}", refused.err);
    assert!(files(&centre.data().join("outbox/QOP")).is_empty(), "nothing is delivered");

    let (state, witness) = (state.as_str(), witness.as_str());
    let text = fs::read_to_string(centre.data().join("log/witnesses")).unwrap().replace("wait 1\n", "wait 60\n");
    fs::write(centre.data().join("log/witnesses"), text).unwrap();
    let mut command = centre.command(&["release", "--agreement", &agreement, "--json"]);
    let mut release = command.stdout(Stdio::piped()).spawn().unwrap();
    while release.try_wait().unwrap().is_none() {
        sign(&centre, state).ended(0);
    }
    let output = release.wait_with_output().unwrap();
    assert!(output.status.success());
    let released: Value = serde_json::from_slice(&output.stdout).unwrap();
    let log = &released["manifest"]["log"];
    assert_eq!((log["witnesses"][0]["name"].as_str(), log.get("warning")), (Some("watch"), None), "{log}");

    let bundle = centre.path("log.tar");
    sign(&centre, state).ended(0);
    centre.run(&["audit", "export", "--out", &bundle, "--with-payloads"]).ended(0);
    centre.run(&["audit", "export", "--out", &bundle]).ended(12);
    let vkey = centre.data().join("log/log.vkey");
    let (holds, said) = python(&[&bundle, "--key", vkey.to_str().unwrap(), "--witness", witness]);
    assert!(holds && said.contains("watch co-signed") && !said.contains("PROBLEM"), "{said}");
    let mut bytes = fs::read(&bundle).unwrap();
    let at = bytes.windows(14).position(|window| window == b"ReleaseGranted").unwrap();
    bytes[at] = b'r';
    fs::write(&bundle, bytes).unwrap();
    let (holds, said) = python(&[&bundle, "--key", vkey.to_str().unwrap()]);
    assert!(!holds && said.contains("its hash is not that of these entries"), "{said}");
}

#[test]
fn without_a_witness_the_manifest_says_so_loudly() {
    let (centre, agreement) = centre();
    let released = centre.run(&["release", "--agreement", &agreement, "--json"]).ended(0).json();
    let warning = released["manifest"]["log"]["warning"].as_str().unwrap();
    assert!(warning.starts_with("NO WITNESS IS CONFIGURED"), "{warning}");
}

#[test]
fn a_backup_put_back_is_refused_once_a_witness_has_seen_more() {
    let (centre, _) = centre();
    let (state, _) = with_witness(&centre, 1);
    let (data, backup) = (centre.data(), centre.path("backup"));
    assert!(Command::new("cp").args(["-a", data.to_str().unwrap(), &backup]).status().unwrap().success());
    centre.run(&["query", "SELECT count(*) FROM asc_cld"]).ended(0);
    centre.run(&["audit", "checkpoint"]).ended(0);
    sign(&centre, &state).ended(0);
    fs::remove_dir_all(&data).unwrap();
    fs::rename(&backup, &data).unwrap();
    let refused = centre.run(&["query", "SELECT count(*) FROM asc_cld"]).ended(12);
    assert!(refused.err.contains("which this log does not hold"), "{}", refused.err);
    centre.run(&["audit", "verify"]).ended(20);
    assert!(sign(&centre, &state).code == 12, "nor does the witness sign a shorter log");
}

#[test]
fn where_the_log_cannot_be_written_nothing_is_served_and_it_recovers_by_itself() {
    let (centre, agreement) = centre();
    let question = "SELECT * FROM asc_cld LIMIT 5";
    for blocks in ["0", "8"] {
        for words in [&["query", question][..], &["release", "--agreement", &agreement]] {
            let command = centre.command(words);
            let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
            let mut limited = Command::new("sh");
            limited.arg("-c").arg(script).arg(command.get_program()).args(command.get_args());
            for (name, value) in command.get_envs() {
                value.map(|value| limited.env(name, value));
            }
            let output = limited.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(20), "{blocks} {words:?}: {said}");
            assert_eq!(output.stdout, b"", "{blocks} {words:?}");
        }
        assert!(files(&centre.data().join("outbox/QOP")).is_empty(), "nothing is delivered");
    }
    let answer = centre.run(&["query", question]).ended(0);
    assert!(answer.out.contains("313"), "{}", answer.out);
    centre.run(&["release", "--agreement", &agreement]).ended(0);
    centre.run(&["audit", "verify"]).ended(0);
}

/// The first of the council's own identifiers in its file.
fn identifier(centre: &Centre) -> String {
    let mut rows = csv::Reader::from_path(centre.path("313/submission.csv")).unwrap();
    let at = rows.headers().unwrap().iter().position(|name| name == "LA Person Unique Identifier").unwrap();
    rows.records().next().unwrap().unwrap()[at].to_owned()
}

fn subject(centre: &Centre, identifier: &str) -> Answer {
    let mut command = centre.command(&["audit", "subject", "--org", "313", "--json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{identifier}").unwrap();
    let output = child.wait_with_output().unwrap();
    Answer {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn who_saw_a_person_s_data_is_answered_without_a_trace_of_who_was_asked_about() {
    let (centre, agreement) = centre();
    let identifier = identifier(&centre);
    let before = subject(&centre, &identifier).ended(0).json();
    assert_eq!(before["submissions"].as_array().unwrap().len(), 1, "{before}");
    assert!(before["releases"].as_array().unwrap().is_empty());
    centre.run(&["query", "SELECT count(*) FROM asc_cld"]).ended(0);
    centre.run(&["release", "--agreement", &agreement]).ended(0);
    let after = subject(&centre, &identifier).ended(0).json();
    let release = &after["releases"][0];
    assert_eq!((release["agreement"].as_str(), release["recipient"].as_str()), (Some(REFERENCE), Some("QOP")));
    assert_eq!(after["queries"].as_array().unwrap().len(), 1, "{after}");
    assert_eq!(after["returns"][0]["who"], "313", "{after}");
    subject(&centre, "nobody-has-this").ended(12);
    let log = centre.run(&["audit", "list", "--limit", "1000", "--json"]).ended(0).out;
    assert!(log.contains("SubjectAccessAnswered") && !log.contains(&identifier), "{log}");
}

#[test]
fn what_the_log_forgets_is_gone_and_the_log_still_holds() {
    let (centre, _) = centre();
    let two = ["--by", "Ada Byron", "--approved-by", "Grace Hopper", "--reason", "kept long enough"];
    centre.run(&[&["audit", "forget"][..], &two].concat()).ended(12);
    centre.run(&[&["audit", "forget", "--object", "centre"][..], &two].concat()).ended(0);
    let log = centre.run(&["audit", "list", "--limit", "100", "--json"]).ended(0).out;
    let first: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!((first["verb"].as_str(), &first["detail"]), (Some("CentreInitialised"), &Value::Null));
    let verified = centre.run(&["audit", "verify", "--json"]).ended(0).json();
    assert_eq!((&verified["verified"], &verified["forgotten"]), (&Value::Bool(true), &Value::from(1)));
    let bundle = centre.path("log.tar");
    centre.run(&["audit", "export", "--out", &bundle, "--with-payloads"]).ended(0);
    let (holds, said) = python(&[&bundle]);
    assert!(holds && said.contains("1 are forgotten"), "{said}");
}
