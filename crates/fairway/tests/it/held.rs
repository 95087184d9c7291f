//! A trace that finds unusually few people is held for a person to look at.

use serde_json::Value;

use crate::centre::{Centre, damage};

/// The council's file as a broken export writes it: no NHS numbers, and every name cut to a letter.
fn spoiled(centre: &Centre, file: &str) -> String {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let headers = reader.headers().unwrap().clone();
    let place = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (number, names) = (place("NHS Number"), [place("First Name"), place("Last Name")]);
    let path = centre.path("spoiled.csv");
    let mut writer = csv::Writer::from_path(&path).unwrap();
    writer.write_record(&headers).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        let cells = record.iter().enumerate().map(|(at, cell)| match at {
            at if at == number => "",
            at if names.contains(&at) => "X",
            _ => cell,
        });
        writer.write_record(cells).unwrap();
    }
    writer.flush().unwrap();
    path
}

fn run(centre: &Centre, receipt: &Value) -> Value {
    centre.status(receipt)["trace_run"].clone()
}

/// Takes a submission to its trace, whatever the check wants confirmed.
fn traced(centre: &Centre, file: &str) -> Value {
    let receipt = centre.land_and_accept(file, "313");
    centre.work();
    receipt
}

#[test]
fn a_spoiled_submission_is_held_until_a_person_says_what_becomes_of_it() {
    let centre = Centre::with_people(120, &[]);
    let file = centre.path("313/submission.csv");
    let first = traced(&centre, &file);
    assert_eq!(run(&centre, &first)["state"], "completed");
    assert_eq!(run(&centre, &first)["people"], run(&centre, &first)["found"]);

    let second = traced(&centre, &spoiled(&centre, &file));
    let id = second["submission"].as_str().unwrap();
    let held = run(&centre, &second);
    assert_eq!((&held["state"], &held["waits_for_a_person"]), (&"held".into(), &true.into()), "{held}");
    assert!(held["reason"].as_str().unwrap().contains("and 100.0% of"), "{held}");
    assert_eq!(centre.status(&second)["state"], "loaded");
    let returned = centre.data().join(format!("outbox/313/trace-{id}"));
    assert!(!returned.exists(), "nothing of a held trace is in the outbox");
    assert!(centre.work().out.contains("Nothing was waiting"), "it does not go on by itself");
    let said = centre.run(&["status"]).ended(0).out;
    assert!(said.contains(&format!("The trace of {id} is held")) && said.contains("trace approve"), "{said}");

    // Anew: the same file, so held again.
    centre.run(&["trace", "approve", id, "--by", " "]).ended(12);
    centre.run(&["trace", "reject", id, "--by", "A. Okafor"]).ended(0);
    assert!(centre.run(&["trace", "approve", id, "--by", "A. Okafor"]).ended(12).err.contains("not come to an end"));
    centre.work();
    let again = run(&centre, &second);
    assert_eq!((&again["state"], &again["number"]), (&"held".into(), &2.into()));

    centre.run(&["trace", "approve", id, "--by", "A. Okafor"]).ended(0);
    centre.run(&["trace", "approve", id, "--by", "A. Okafor"]).ended(0);
    centre.work();
    assert_eq!(centre.status(&second)["state"], "deidentified");
    assert!(returned.join("trace-return.csv").is_file());
    let log = centre.run(&["audit", "list", "--limit", "100", "--json"]).ended(0).out;
    for verb in ["TraceHeld", "TraceRejected", "TraceApproved"] {
        let entry = log.lines().find(|line| line.contains(verb)).unwrap_or_else(|| panic!("{verb} is not in the log"));
        assert!(verb == "TraceHeld" || entry.contains("A. Okafor"), "{entry}");
    }
    assert_eq!(log.matches("TraceApproved").count(), 1, "approving again changes nothing");
    centre.run(&["trace", "reject", id, "--by", "A. Okafor"]).ended(12);
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn a_centre_can_have_a_rule_of_its_own() {
    let centre = Centre::with_people(120, &[]);
    let rule = "hold: { fallPoints: 101, standardErrors: 3, confidence: assumed, source: a test }\n";
    std::fs::write(centre.data().join("tracing.yaml"), rule).unwrap();
    let file = centre.path("313/submission.csv");
    traced(&centre, &file);
    let second = traced(&centre, &spoiled(&centre, &file));
    assert_eq!(centre.status(&second)["state"], "deidentified");
    std::fs::write(centre.data().join("tracing.yaml"), "hold: { fallPoints: 5 }\n").unwrap();
    let said = centre.run(&["status"]).ended(12).err;
    assert!(said.contains("tracing.yaml cannot be used"), "{said}");
}

/// A damaged register answers nobody. Whatever of it can be read, the run waits for a person, and nothing is lost.
#[test]
fn a_damaged_register_is_refused_and_its_people_are_traced_once_it_is_mended() {
    let centre = Centre::with_people(120, &[]);
    let index = centre.data().join("register/base.index");
    let whole = std::fs::read(&index).unwrap();
    let mut people = csv::Reader::from_path(centre.path("313/register.csv")).unwrap();
    let place = people.headers().unwrap().iter().position(|header| header == "gp_practice").unwrap();
    let practice = people.records().map(|row| row.unwrap()[place].to_owned()).find(|cell| !cell.is_empty()).unwrap();
    let receipt = centre.land_and_accept(&centre.path("313/submission.csv"), "313");
    let id = receipt["submission"].as_str().unwrap();
    let returned = centre.data().join(format!("outbox/313/trace-{id}"));
    let cut = |index: &std::path::Path| std::fs::write(index, &whole[..whole.len() - 64]).unwrap();
    let block = |index: &std::path::Path| damage(index, &practice);
    for (what, harm) in [("its length", &cut as &dyn Fn(&std::path::Path)), ("a block's checksum", &block)] {
        harm(&index);
        let said = centre.run(&["work", "--until-idle"]).ended(20).out;
        assert!(said.contains(&format!("the index is damaged ({what})")), "{said}");
        let refused = run(&centre, &receipt);
        assert_eq!((&refused["state"], &refused["waits_for_a_person"]), (&"refused".into(), &true.into()), "{refused}");
        assert_eq!(centre.status(&receipt)["state"], "loaded");
        assert!(!returned.exists(), "nothing of what was read is returned");
        std::fs::write(&index, &whole).unwrap();
        centre.run(&["trace", "reject", id, "--by", "A. Okafor"]).ended(0);
    }
    centre.work();
    let answered = run(&centre, &receipt);
    assert_eq!((&answered["state"], &answered["found"]), (&"completed".into(), &answered["people"]), "{answered}");
    assert_eq!(centre.status(&receipt)["state"], "deidentified");
    assert!(returned.join("trace-return.csv").is_file());
    centre.run(&["audit", "verify"]).ended(0);
}
