//! Re-identification under control, from the question to what its recipient alone can read.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::Path;

use age::x25519;

use crate::centre::{Answer, Centre};

const AGREEMENT: &str = "DARS-NIC-000001-A1B2C-v1.0";
const NUMBER: &str = "Der_NHS_Number_Traced_Pseudo";

struct Case {
    centre: Centre,
    recipient: x25519::Identity,
    pseudonyms: Vec<String>,
    numbers: HashSet<String>,
}

fn column(path: &Path, header: &str) -> Vec<String> {
    let mut rows = csv::Reader::from_path(path).unwrap();
    let at = rows.headers().unwrap().iter().position(|name| name == header).unwrap();
    rows.records().map(|row| row.unwrap()[at].to_owned()).filter(|cell| !cell.is_empty()).collect()
}

impl Case {
    fn new() -> Self {
        let centre = Centre::with_people(60, &[]);
        let file = centre.path("313/submission.csv");
        centre.land(&file, "313");
        centre.work();
        let agreement = centre.agreement(AGREEMENT, &["LA_Code", NUMBER, "Event_Type"], |text| text);
        let released = centre.run(&["release", "--agreement", &agreement, "--json"]).ended(0).json();
        let extract = Path::new(released["folder"].as_str().unwrap()).join("extract.csv");
        let all: HashSet<String> = column(&extract, NUMBER).into_iter().collect();
        let mut pseudonyms: Vec<String> = all.into_iter().collect();
        pseudonyms.sort_unstable();
        let numbers = column(Path::new(&centre.path("313/register.csv")), "nhs_number").into_iter().collect();
        let recipient = x25519::Identity::generate();
        let case = Self { centre, recipient, pseudonyms, numbers };
        std::fs::write(case.centre.path("letter"), "why it is needed").unwrap();
        let key = case.recipient.to_public().to_string();
        case.run(&["recipient", "Safeguarding team", "--org", "QOP", "--key", &key]).ended(0);
        case
    }

    fn run(&self, words: &[&str]) -> Answer {
        self.centre.run(&[&["reidentify"], words].concat())
    }

    fn ask(&self, pseudonyms: &[String], reason: &str, recipient: &str) -> Answer {
        let (list, letter) = (self.centre.path("list"), self.centre.path("letter"));
        std::fs::write(&list, pseudonyms.join("\n")).unwrap();
        let mut words = vec!["request", "--agreement", AGREEMENT, "--pseudonyms", &list, "--reason", reason];
        words.extend(["--recipient", recipient, "--evidence", &letter, "--by", "Ada", "--org", "QOP", "--json"]);
        self.run(&words)
    }

    /// A request that was approved by two.
    fn approved(&self, pseudonyms: &[String]) -> String {
        let asked = self.ask(pseudonyms, "safeguarding", "Safeguarding team").ended(0).json();
        let id = asked["request"].as_str().unwrap().to_owned();
        self.approve(&id, "Grace", "QOP").ended(0);
        self.approve(&id, "Mary", "X26").ended(0);
        id
    }

    fn approve(&self, id: &str, by: &str, org: &str) -> Answer {
        self.run(&["approve", id, "--by", by, "--org", org])
    }

    fn state(&self, id: &str) -> String {
        let list = self.run(&["list", "--json"]).ended(0).json();
        let one = list.as_array().unwrap().iter().find(|one| one["request"] == id).unwrap();
        one["state"].as_str().unwrap().to_owned()
    }

    fn log(&self) -> String {
        self.centre.run(&["audit", "list", "--json", "--limit", "200"]).ended(0).out
    }
}

#[test]
fn two_people_of_two_organisations_let_one_recipient_know_and_the_log_knew_before() {
    let case = Case::new();
    let some = &case.pseudonyms[..5];
    let asked = case.ask(some, "safeguarding", "Safeguarding team").ended(0).json();
    let id = asked["request"].as_str().unwrap();
    case.run(&["collect", id]).ended(12);
    case.approve(id, "Ada", "X26").ended(12);
    case.approve(id, "Grace", "QOP").ended(0);
    case.run(&["collect", id]).ended(12);
    case.approve(id, "grace", "X26").ended(12);
    case.approve(id, "Joan", "QOP").ended(12);
    case.approve(id, "Mary", "X26").ended(0);
    assert!(!case.log().contains("ReidentificationIntended"));
    let report = case.run(&["collect", id, "--json"]).ended(0).json();
    assert_eq!((report["asked"].as_u64(), report["found"].as_u64()), (Some(5), Some(5)));

    let sealed = std::fs::read(report["file"].as_str().unwrap()).unwrap();
    assert!(age::decrypt(&x25519::Identity::generate(), &sealed).is_err(), "nobody else reads it");
    let mut clear = String::new();
    (&age::decrypt(&case.recipient, &sealed).unwrap()[..]).read_to_string(&mut clear).unwrap();
    let mut rows = csv::Reader::from_reader(clear.as_bytes());
    let told: HashMap<String, String> =
        rows.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[2].to_owned())).collect();
    assert_eq!(told.keys().cloned().collect::<HashSet<_>>(), some.iter().cloned().collect());
    assert!(told.values().all(|number| case.numbers.contains(number)), "numbers of the register");
    assert_eq!(told.values().collect::<HashSet<_>>().len(), 5);

    let log = case.log();
    let at = |verb: &str| log.find(verb).unwrap_or_else(|| panic!("{verb} is not in the log"));
    assert!(at("ReidentificationIntended") < at("ReidentificationAnswered"));
    assert!(told.iter().all(|(pseudonym, number)| !log.contains(pseudonym) && !log.contains(number)));
    assert_eq!(case.state(id), "answered");
    case.centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn one_forged_pseudonym_rejects_the_whole_request() {
    let case = Case::new();
    let mut list = case.pseudonyms[..3].to_vec();
    let forged = format!("{}{}", &list[0][..4], list[1][4..].chars().rev().collect::<String>());
    list.push(forged);
    let id = case.approved(&list);
    let refused = case.run(&["collect", &id]).ended(12);
    assert!(refused.err.contains("whole request"), "{}", refused.err);
    assert_eq!(case.state(&id), "rejected");
    case.run(&["collect", &id]).ended(12);
    assert!(!case.centre.data().join("reidentified").join(format!("{id}.age")).exists());
    assert!(case.log().contains("ReidentificationRejected"));
}

#[test]
fn a_request_beyond_the_terms_hears_every_reason() {
    let case = Case::new();
    let many: Vec<String> = (0..51).map(|n| format!("{n:056}")).collect();
    let refused = case.ask(&many, "curiosity", "Nobody").ended(12);
    for words in ["1 to 50", "direct_care", "not registered"] {
        assert!(refused.err.contains(words), "{words} is not in {}", refused.err);
    }
    for _ in 0..10 {
        case.ask(&many[..50], "data_error", "Safeguarding team").ended(0);
    }
    let over = case.ask(&many[..1], "data_error", "Safeguarding team").ended(12);
    assert!(over.err.contains("500 a month"), "{}", over.err);
    assert!(case.run(&["recipient", "Other", "--org", "QOP", "--key", "age1wrong"]).code == 12);
}

#[test]
fn a_sealed_keyholder_answers_nothing_and_the_request_waits() {
    let case = Case::new();
    let id = case.approved(&case.pseudonyms[..1]);
    case.centre.run(&["keyholder", "seal"]).ended(0);
    assert!(case.run(&["collect", &id]).ended(12).err.contains("sealed"));
    assert_eq!(case.state(&id), "approved");
    case.centre.run(&["keyholder", "unlock", "--passphrases", &case.centre.path("passphrases")]).ended(0);
    case.run(&["collect", &id]).ended(0);
}
