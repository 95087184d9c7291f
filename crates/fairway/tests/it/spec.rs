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
    let (sent, checked) =
        (std::fs::read_to_string(&file).unwrap(), std::fs::read_to_string(format!("{out}/checked.csv")));
    let checked = checked.unwrap();
    assert_eq!(checked.lines().count(), sent.lines().count());
    assert!(sent.lines().zip(checked.lines()).all(|(sent, checked)| checked.starts_with(sent)), "{checked:.2000}");
}

#[test]
fn a_specification_is_inferred_from_a_sample_and_the_sample_passes_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let rows: String =
        (0..30).map(|n| format!("V{n:03},Amara{n},2025-03-{:02},{}\n", n % 28 + 1, ["day", "night"][n % 2])).collect();
    std::fs::write(path("visits.csv"), format!("Visit ID,First name,Visited on,Kind\n{rows}")).unwrap();
    let said = fairway(&["spec", "new", &path("visits.csv"), "--out", &path("visits")]).ended(0).out;
    assert!(said.contains("30 records of 4 columns") && !said.contains("Amara"), "{said}");
    fairway(&["check", &path("visits.csv"), "--spec", &path("visits")]).ended(0);
    fairway(&["spec", "new", &path("visits.csv"), "--out", &path("visits")]).ended(12);
    fairway(&["spec", "new", &path("nothing.csv")]).ended(12);
}

#[test]
fn a_published_schema_is_held_against_ours_and_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    std::fs::write(
        path("official.csv"),
        "Field name,Data type,Defined list\nGender,string,Male; Female; Other; Unknown; Not asked\n",
    )
    .unwrap();
    let said = fairway(&["spec", "import", &path("official.csv"), "--out", &path("official")]).ended(0).out;
    assert!(said.contains("+ Not asked") && said.contains("- field NHS Number"), "{said}");
    let shown = fairway(&["spec", "show", &path("official")]).ended(0).out;
    assert!(shown.contains("Not asked"), "the folder is a specification");
    std::fs::write(path("words.csv"), "a,b\n1,2\n").unwrap();
    fairway(&["spec", "import", &path("words.csv")]).ended(12);
}
