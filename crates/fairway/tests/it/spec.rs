//! Specifications on the command line.

use crate::centre::{Centre, fairway};

#[test]
fn specifications_are_listed_shown_compared_and_exported() {
    let list = fairway(&["spec", "list"]).ended(0).out;
    assert!(list.contains("asc-cld/r1") && list.contains("asc-cld/r2"), "{list}");
    assert!(fairway(&["spec", "show", "r2"]).ended(0).out.contains("Client Type"));
    assert!(fairway(&["spec", "diff", "r1", "r2"]).ended(0).out.contains("Unpaid carer"));
    let schema = fairway(&["spec", "export", "asc-cld/r2", "--format", "table-schema"]).ended(0).json();
    assert_eq!(schema["fields"].as_array().unwrap().len(), 50);
    fairway(&["spec", "show", "nothing"]).ended(12);
}

#[test]
fn a_file_is_checked_as_text_json_and_csv() {
    let centre = Centre::with_people(40, &["--defects", "0.5"]);
    let file = centre.path("313/submission.csv");
    let text = fairway(&["check", &file]).ended(11).out;
    assert!(text.contains("error"), "{text}");
    let json = fairway(&["check", &file, "--format", "json"]).ended(11).json();
    assert_eq!(json["specification"], "asc-cld/r2");
    let out = centre.path("report");
    let csv = fairway(&["check", &file, "--format", "csv", "--out", &out]).ended(11).out;
    let header = "record,line,column,letter,byte,rule,severity,status,validity,message,hint";
    assert!(csv.starts_with(header), "{csv:.200}");
    assert_eq!(csv, std::fs::read_to_string(format!("{out}/findings.csv")).unwrap());
    assert!(std::path::Path::new(&out).join("summary.json").is_file());
    assert!(!csv.contains("999"), "a finding repeats a value");
}
