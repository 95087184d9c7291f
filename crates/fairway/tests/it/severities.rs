//! Severities of one's own on the command line.

use std::fs;

use crate::centre::{Centre, fairway};

#[test]
fn a_rule_is_as_severe_as_the_named_file_says() {
    let centre = Centre::new();
    centre.people("313", 20, &[]);
    let (marked, own) = (centre.path("marked.csv"), centre.path("own.yaml"));
    let text = fs::read_to_string(centre.path("313/submission.csv")).unwrap();
    fs::write(&marked, format!("\u{feff}{text}")).unwrap();
    fairway(&["check", &marked]).ended(11);
    let check = |severities: &str| {
        fs::write(&own, severities).unwrap();
        fairway(&["check", &marked, "--severities", &own])
    };
    check("severities: {encoding-byte-order-mark: info}").ended(0);
    check("severities: {encoding-byte-order-mark: reject}").ended(10);
    let refused = |severities: &str, words: &str| {
        let answer = check(severities).ended(12);
        assert!(answer.out.is_empty() && answer.err.contains(words), "{}{}", answer.out, answer.err);
    };
    refused("severities: {date-fromat: info}", "rule date-fromat: no specification has a rule of this id");
    refused(
        "severities: {organisation-other: info}",
        "rule organisation-other: the rule cannot be made milder than reject",
    );
    refused("severities: {date-format: grave}", "rule date-format: `grave` is not a severity");
    refused("date-format: info", "this is no list of severities");
    fs::remove_file(&own).unwrap();
    assert!(fairway(&["check", &marked, "--severities", &own]).ended(12).err.contains("There is no file"));
}
