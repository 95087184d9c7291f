//! Extracts that are asked for, held, approved, delivered, received and recalled; the gate on the whole way.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::centre::{Centre, fairway, files};

const REFERENCE: &str = "DARS-NIC-000009-G8H7J-v1.0";
const COLUMNS: [&str; 6] =
    ["LA_Code", "Der_NHS_LA_Combined_Person_ID", "Gender", "Der_Age_Band", "Event_Type", "Event_Start_Date"];

/// What the second edition states, all lawful, with approval by two.
fn second_edition(key: &str) -> String {
    format!(
        "edition: 2\nlocations:\n  - {{organisation: QOP, place: A data centre, territory: England}}\n\
         legal: [s261-5-d, article-6-1-e, article-9-2-h]\nclass: pseudonymised\nlevel: record\n\
         opt_outs: {{applied: false, reason: Pseudonymised in line with the ICO's code}}\nonward: none\n\
         disclosure_profile: asc_default\nreidentification: false\nkey_policy: destroy\napprovals: 2\n\
         delivery:\n  keys:\n    - {{organisation: QOP, key: {key}}}\n\
         assurances:\n  - {{organisation: QOP, dsfc_until: 2099-12-31, dspt_until: 2099-12-31}}\n\
         retained_until: 2099-12-31\ndestroyed_by: 2100-12-31\n"
    )
}

struct Scene {
    centre: Centre,
    identity: age::x25519::Identity,
}

impl Scene {
    fn new() -> Self {
        let centre = Centre::with_people(60, &[]);
        centre.land(&centre.path("313/submission.csv"), "313");
        centre.work();
        Self { centre, identity: age::x25519::Identity::generate() }
    }

    fn agreement(&self, change: impl FnOnce(String) -> String) -> String {
        let more = second_edition(&self.identity.to_public().to_string());
        self.centre.agreement(REFERENCE, &COLUMNS, |text| change(text + &more))
    }

    fn request(&self, agreement: &str) -> Value {
        let words = ["release", "request", "--agreement", agreement, "--by", "Ada", "--org", "QOP", "--json"];
        self.centre.run(&words).ended(0).json()
    }

    fn says(&self, what: &str, id: &str, (name, organisation): (&str, &str), code: i32) -> String {
        let answer = self.centre.run(&["release", what, id, "--by", name, "--org", organisation]).ended(code);
        answer.out + &answer.err
    }

    fn outbox(&self) -> Vec<PathBuf> {
        let mut all = files(&self.centre.data().join("outbox/QOP"));
        all.extend(files(&self.centre.data().join("outbox/.building")));
        all
    }
}

fn sha256(path: &Path) -> String {
    Sha256::digest(std::fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn named(held: &Value) -> &str {
    held["release"].as_str().unwrap()
}

#[test]
fn an_extract_is_asked_for_approved_by_two_organisations_delivered_received_and_recalled() {
    let scene = Scene::new();
    let agreement = scene.agreement(|text| text);
    let at_once = scene.centre.run(&["release", "--agreement", &agreement]).ended(12).err;
    assert!(at_once.contains("asks for the approval of 2 people"), "{at_once}");
    let held = scene.request(&agreement);
    let id = named(&held);
    assert_eq!((scene.outbox().len(), held["needed"].as_u64()), (0, Some(2)));
    assert!(scene.says("approve", id, ("ada", "X26"), 12).contains("Whoever asked"));
    assert!(scene.says("deliver", id, ("Eve", "0AB"), 12).contains("0 of the 2 people"));
    scene.says("approve", id, ("Grace", "X26"), 0);
    assert!(scene.says("approve", id, ("Joan", "X26"), 12).contains("it takes two organisations"));
    let nothing = "0".repeat(64);
    let other = ["release", "approve", id, "--content", &nothing, "--by", "Mary", "--org", "QZZ"];
    assert!(scene.centre.run(&other).ended(12).err.contains("not the one that is held"));
    scene.says("approve", id, ("Mary", "QZZ"), 0);
    for (name, why) in [("Grace", "neither asked for it nor decided"), ("Ada", "neither asked for it nor decided")] {
        assert!(scene.says("deliver", id, (name, "0AB"), 12).contains(why));
    }
    assert_eq!(scene.outbox().len(), 0, "nothing leaves before it is delivered");
    scene.says("deliver", id, ("Eve", "0AB"), 0);

    let folder = scene.centre.data().join(format!("outbox/QOP/release-{id}"));
    assert!(folder.join("extract.csv.age").is_file() && !folder.join("extract.csv").exists());
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["encrypted_to"][0], "QOP");
    let mut clear = Vec::new();
    let sealed = std::fs::read(folder.join("extract.csv.age")).unwrap();
    let sealed = age::Decryptor::new(&sealed[..]).unwrap();
    sealed.decrypt(std::iter::once(&scene.identity as _)).unwrap().read_to_end(&mut clear).unwrap();
    let digest: String = Sha256::digest(&clear).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(manifest["files"][0]["clear_sha256"].as_str(), Some(digest.as_str()));

    let shown = folder.to_str().unwrap();
    let verified = scene.centre.run(&["release", "verify", shown, "--json"]).ended(0).json();
    assert!(verified["report"]["rules"].as_array().unwrap().iter().all(|rule| rule["passed"] == true), "{verified}");
    assert_eq!(verified["report"]["rules"].as_array().unwrap().len(), 15);
    let key = verified["key"].as_str().unwrap().to_owned();
    scene.centre.run(&["release", "verify", shown, "--key", &key]).ended(0);

    let digest = sha256(&folder.join("manifest.json"));
    let receipt = |digest: &str, code| {
        let words = ["release", "receipt", id, "--manifest", digest, "--by", "Rita", "--org", "QOP"];
        scene.centre.run(&words).ended(code)
    };
    assert!(receipt(&"0".repeat(64), 12).err.contains("What arrived is not what was sent"));
    assert!(receipt(&digest, 0).out.contains("received"));
    receipt(&digest, 12);
    let recall = ["release", "recall", id, "--reason", "A council withdrew its file"];
    scene.centre.run(&recall).ended(0);
    assert!(!folder.exists());
    scene.centre.run(&recall).ended(12);
    scene.centre.run(&["release", "resend", id]).ended(12);
    scene.centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn held_bytes_that_were_changed_a_rejected_extract_and_a_changed_report_go_nowhere() {
    let scene = Scene::new();
    let agreement = scene.agreement(|text| text);
    for file in ["extract.csv.age", "extract.parquet.age", "gate-report.json", "dictionary.csv", "manifest.json"] {
        let held = scene.request(&agreement);
        let path = Path::new(held["folder"].as_str().unwrap()).join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        if file == "gate-report.json" {
            scene.centre.run(&["release", "verify", held["folder"].as_str().unwrap()]).ended(12);
        }
        let id = named(&held);
        scene.says("approve", id, ("Grace", "X26"), 0);
        scene.says("approve", id, ("Mary", "QZZ"), 0);
        assert!(scene.says("deliver", id, ("Eve", "0AB"), 12).contains("not those that were approved"), "{file}");
        scene.says("reject", id, ("Nina", "QAA"), 0);
        assert!(!path.exists());
        assert!(scene.says("deliver", id, ("Eve", "0AB"), 12).contains("It is rejected"));
    }
    assert_eq!(scene.outbox().len(), 0);
    scene.centre.run(&["audit", "verify"]).ended(0);
}

/// One thing wrong in the document, and what is said of it.
const WRONGS: [(&str, &str, &str); 20] = [
    ("end: 2099-12-31", "end: 2025-01-02", "The agreement ended"),
    ("start: 2025-01-01", "start: 2098-01-01", "The agreement starts on"),
    ("    date: 2025-01-01", "    date: 2098-01-01", "has not signed"),
    ("dspt_until: 2099-12-31", "dspt_until: 2025-01-01", "ran out on"),
    (
        "place: A data centre, territory: England",
        "place: A data centre, territory: Atlantis",
        "is not where data may be kept",
    ),
    ("organisation: QOP, place", "organisation: ZZZ, place", "is no party of the agreement"),
    ("organisation: QOP, key", "organisation: ZZZ, key", "is no party of the agreement"),
    ("key: age1", "key: age2", "is no public key"),
    ("  - Gender\n", "  - Gendre\n", "has no column Gendre"),
    ("  - Gender\n", "  - Date_of_Birth\n", "safe haven alone"),
    ("  - Gender\n", "  - LA_Code\n", "more than once"),
    ("areas: all", "areas: [102]", "No record is held"),
    ("areas: all", "areas: [999]", "No council has the code"),
    ("article-9-2-h", "s251", "Article 9"),
    ("purpose: To test", "purpose: ''", "states no purpose"),
    ("class: pseudonymised", "class: aggregated", "is about figures"),
    ("retained_until: 2099-12-31\n", "", "does not state retained_until"),
    ("onward: none\n", "", "passed on"),
    ("key_policy: destroy\n", "", "what becomes of its keys"),
    ("approvals: 0", "limits: {birth_window_days: 7}\napprovals: 0", "looser"),
];

#[test]
fn one_thing_wrong_lets_no_byte_out_and_put_right_it_is_released() {
    let scene = Scene::new();
    let at_once = |text: String| text.replace("approvals: 2", "approvals: 0");
    for (from, to, why) in WRONGS {
        let agreement = scene.agreement(|text| {
            let text = at_once(text);
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let answer = scene.centre.run(&["release", "--agreement", &agreement, "--json"]).ended(12).json();
        let reasons = answer["reasons"].to_string();
        assert!(reasons.contains(why), "{from}: {reasons}");
        assert_eq!(scene.outbox().len(), 0, "{from}");
    }
    let agreement = scene.agreement(at_once);
    let released = scene.centre.run(&["release", "--agreement", &agreement, "--json"]).ended(0).json();
    assert_eq!(released["released"], true);
    assert_eq!(scene.outbox().len(), 6, "{:?}", scene.outbox());
}

#[test]
fn people_who_opted_out_are_left_out_and_the_policy_stays_under_a_key() {
    let scene = Scene::new();
    let file = scene.centre.path("313/submission.csv");
    let mut rows = csv::Reader::from_path(&file).unwrap();
    let at = rows.headers().unwrap().iter().position(|name| name == "NHS Number").unwrap();
    let numbers: Vec<String> = rows.records().map(|row| row.unwrap()[at].to_owned()).collect();
    let mut opted_out: Vec<&String> = numbers.iter().filter(|number| !number.is_empty()).collect();
    opted_out.sort();
    opted_out.dedup();
    opted_out.truncate(7);
    let theirs = numbers.iter().filter(|number| opted_out.contains(number)).count() as u64;
    let list = scene.centre.path("opted-out.dat");
    let text: String = opted_out.iter().map(|number| format!("{number},\n")).collect();
    let applied = |text: String| {
        text.replace("approvals: 2", "approvals: 0")
            .replace("applied: false", "applied: true")
            .replace("article-9", "s251, article-9")
    };
    let agreement = scene.agreement(applied);
    let without = scene.centre.run(&["release", "--agreement", &agreement]).ended(12).err;
    assert!(without.contains("No list of people who opted out was imported"), "{without}");
    std::fs::write(&list, text + "no number\n").unwrap();
    scene.centre.run(&["opt-out", "import", &list]).ended(0);
    let released = scene.centre.run(&["release", "--agreement", &agreement, "--json"]).ended(0).json();
    let manifest = &released["manifest"];
    assert_eq!(manifest["opt_outs"]["rows_left_out"].as_u64(), Some(theirs));
    assert_eq!(manifest["rows"].as_u64(), Some(numbers.len() as u64 - theirs));
    let with = scene.agreement(|text| text.replace("approvals: 2", "approvals: 0"));
    let changed = scene.centre.run(&["release", "--agreement", &with]).ended(12).err;
    assert!(changed.contains("the two together would name them"), "{changed}");
    let next_key =
        scene.agreement(|text| text.replace("approvals: 2", "approvals: 0").replace("key_epoch: 1", "key_epoch: 2"));
    scene.centre.run(&["release", "--agreement", &next_key]).ended(0);
}

#[test]
fn a_standing_agreement_releases_by_itself_once_and_then_waits() {
    let scene = Scene::new();
    let agreement = scene.agreement(|text| text.replace("delivery:\n", "delivery:\n  every_months: 3\n"));
    scene.centre.run(&["release", "stand-by", "--agreement", &agreement, "--by", "Ada", "--org", "QOP"]).ended(0);
    scene.centre.work();
    let listed = scene.centre.run(&["release", "list", "--json"]).ended(0).json();
    assert_eq!(listed["held"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["held"][0]["state"], "held");
    let due = scene.centre.run(&["release", "due"]).ended(0).out;
    assert!(due.contains("Nothing was due."), "{due}");
    assert!(fairway(&["release", "rules"]).ended(0).out.contains("## G15."));
}
