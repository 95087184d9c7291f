//! Datasets that Fairway has never heard of, by a file that describes them.

use std::fs;

use serde_json::Value;

use crate::centre::Centre;

const VISITS: &str = "name: day-centre\ntitle: Visits to day centres\nfields:\n\
    \x20 - {name: visit, type: integer, class: plain}\n\
    \x20 - {name: person, type: string, class: direct, role: local_person}\n\
    \x20 - {name: day, type: date, class: quasi, role: event_start}\n";
const THREE: &str = "visit,person,day\n1,P1,2025-05-01\n2,P2,2025-05-02\n3,P1,2025-05-03\n";

/// Writes a file beside the data directory.
fn write(centre: &Centre, name: &str, text: &str) -> String {
    let path = centre.path(name);
    fs::write(&path, text).unwrap();
    path
}

/// Lands a file, with more words for the command line, and does all that is waiting, confirming what there is to confirm.
#[track_caller]
fn through(centre: &Centre, file: &str, words: &[&str]) -> Value {
    let mut all = vec!["land", file, "--org", "313", "--json"];
    all.extend(words);
    let receipt = centre.run(&all).ended(0).json();
    centre.work();
    if centre.status(&receipt)["state"] == "needs_confirmation" {
        centre.run(&["accept", receipt["submission"].as_str().unwrap()]).ended(0);
        centre.work();
    }
    centre.status(&receipt)
}

#[test]
fn three_columns_in_a_yaml_file_go_from_landing_to_release() {
    let centre = Centre::new();
    let spec = write(&centre, "visits.yaml", VISITS);
    let added = centre.run(&["spec", "add", &spec]).ended(0);
    assert!(added.out.contains("day-centre/1 can be landed"), "{}", added.out);
    assert!(centre.run(&["spec", "list"]).ended(0).out.contains("day-centre/1"));

    let file = write(&centre, "visits.csv", THREE);
    let status = through(&centre, &file, &["--period", "2025-04-01..2025-06-30"]);
    assert_eq!(status["specification"], "day-centre/1", "{status}");
    assert_eq!(status["state"], "deidentified");
    assert_eq!((&status["rows_in"], &status["rows_loaded"]), (&3.into(), &3.into()));
    assert_eq!(status["period_end"], "2025-06-30");
    assert_eq!(centre.number("SELECT count(*) FROM day_centre"), 3);
    assert_eq!(centre.number("SELECT count(*) FROM day_centre WHERE day = DATE '2025-05-02'"), 1);
    // One entry a person, not a visit.
    let people: u64 = status["traces"].as_array().unwrap().iter().map(|trace| trace["people"].as_u64().unwrap()).sum();
    assert_eq!(people, 2);

    let agreement = centre.agreement("LOCAL-1", &["visit", "day"], |text| text.replace("asc-cld", "day-centre"));
    let released = centre.run(&["release", "--agreement", &agreement, "--json"]).ended(0).json();
    assert_eq!(released["manifest"]["rows"], 3);
    let named = centre.agreement("LOCAL-2", &["person"], |text| text.replace("asc-cld", "day-centre"));
    let refused = centre.run(&["release", "--agreement", &named]).ended(12).err;
    assert!(refused.contains("person"), "{refused}");
    centre.run(&["audit", "verify"]).ended(0);
}

#[test]
fn adding_landing_and_working_twice_change_nothing() {
    let centre = Centre::new();
    let spec = write(&centre, "visits.yaml", VISITS);
    let first = centre.run(&["spec", "add", &spec, "--json"]).ended(0).json();
    let second = centre.run(&["spec", "add", &spec, "--json"]).ended(0).json();
    assert_eq!((&first["again"], &second["again"]), (&false.into(), &true.into()));
    assert_eq!(first["sha256"], second["sha256"]);
    let file = write(&centre, "visits.csv", THREE);
    let before = through(&centre, &file, &[]);
    let after = through(&centre, &file, &[]);
    assert_eq!(before, after);
    assert_eq!(centre.number("SELECT count(*) FROM day_centre"), 3);
}

#[test]
fn a_column_without_a_class_is_refused_and_says_what_to_add() {
    let centre = Centre::new();
    let spec = write(
        &centre,
        "plain.yaml",
        "name: plain\nfields: [{name: a, type: integer}, {name: b}, {name: c, class: plain}]\n",
    );
    let refused = centre.run(&["spec", "add", &spec]).ended(12).err;
    assert!(refused.contains(": a, b") && refused.contains("class") && refused.contains("spec new"), "{refused}");
    assert!(!centre.run(&["spec", "list"]).ended(0).out.contains("plain/1"));
    assert!(!centre.data().join("specs/plain/1").exists());
}

#[test]
fn columns_that_a_table_cannot_have_are_refused_with_every_reason() {
    let centre = Centre::new();
    let fields =
        "fields: [{name: record, type: integer, class: plain}, {name: Unreadable, type: string, class: direct}]\n";
    let spec = write(&centre, "words.yaml", &format!("name: words\n{fields}"));
    let refused = centre.run(&["spec", "add", &spec]).ended(12).err;
    assert!(refused.contains("called record") && refused.contains("called unreadable"), "{refused}");
    centre.run(&["spec", "add", &write(&centre, "one.yaml", VISITS)]).ended(0);
    let other = write(&centre, "two.yaml", &VISITS.replace("visit, type: integer", "visit, type: string"));
    let refused = centre.run(&["spec", "add", &other, "--name", "day-centre/2"]).ended(12).err;
    assert!(refused.contains("visit holds text") && refused.contains("day-centre/1"), "{refused}");
}

#[test]
fn a_file_is_checked_by_a_specification_of_the_data_directory() {
    let centre = Centre::new();
    centre.run(&["spec", "add", &write(&centre, "visits.yaml", VISITS)]).ended(0);
    let file = write(&centre, "visits.csv", &THREE.replace("2025-05-03", "never"));
    for words in [&["--spec", "day-centre/1"][..], &[]] {
        let mut all = vec!["check", &file, "--format", "json"];
        all.extend(words);
        let summary = centre.run(&all).ended(11).json();
        assert_eq!(summary["specification"], "day-centre/1", "{summary}");
    }
}

#[test]
fn a_specification_stays_as_it_is_once_a_submission_was_checked_with_it() {
    let centre = Centre::new();
    let spec = write(&centre, "visits.yaml", VISITS);
    centre.run(&["spec", "add", &spec]).ended(0);
    let longer = VISITS.replace("name: visit,", "name: visit, title: Number of the visit,");
    let changed = write(&centre, "changed.yaml", &longer);
    // Nobody has used it: it is put right.
    assert_eq!(centre.run(&["spec", "add", &changed, "--json"]).ended(0).json()["again"], false);
    through(&centre, &write(&centre, "visits.csv", THREE), &[]);
    let refused = centre.run(&["spec", "add", &spec]).ended(12).err;
    assert!(refused.contains("1 submissions were checked with it") && refused.contains("--name"), "{refused}");
    centre.run(&["spec", "add", &spec, "--name", "day-centre/2"]).ended(0);
    // The next file is held against the newest of those that fit alike.
    let next = through(&centre, &write(&centre, "next.csv", &THREE.replace("P2", "P9")), &[]);
    assert_eq!(next["specification"], "day-centre/2");
}

#[test]
fn a_specification_changed_behind_fairways_back_stops_the_load() {
    let centre = Centre::new();
    centre.run(&["spec", "add", &write(&centre, "visits.yaml", VISITS)]).ended(0);
    centre.land(&write(&centre, "visits.csv", THREE), "313");
    centre.run(&["work", "--jobs", "1"]).ended(0);
    let kept = centre.data().join("specs/day-centre/1/schema.json");
    let text = fs::read_to_string(&kept).unwrap();
    fs::write(&kept, text.replace("quasi", "plain")).unwrap();
    let failed = centre.run(&["work", "--jobs", "1"]).ended(20).out;
    assert!(failed.contains("is another than submission"), "{failed}");
    fs::write(&kept, text).unwrap();
    centre.work();
    assert_eq!(centre.number("SELECT count(*) FROM day_centre"), 3);
}

#[test]
fn a_file_is_recognised_or_its_specification_is_named() {
    let centre = Centre::new();
    centre.run(&["spec", "add", &write(&centre, "visits.yaml", VISITS)]).ended(0);
    let file = write(&centre, "odd.csv", "a,b,c\n1,P1,2025-05-01\n");
    let named = centre.run(&["land", &file, "--org", "313", "--spec", "day-centre/1", "--json"]).ended(0).json();
    assert_eq!(named["dataset"], "day-centre");
    centre.work();
    assert_eq!(centre.status(&named)["state"], "rejected");
    let refused = centre.run(&["land", &file, "--org", "313", "--spec", "nothing/1"]).ended(12).err;
    assert!(refused.contains("nothing/1") && refused.contains("spec list"), "{refused}");
    let again = centre.run(&["land", &file, "--org", "313", "--spec", "asc-cld/r2"]).ended(12).err;
    assert!(again.contains("landed before as day-centre"), "{again}");
    // What fits nothing is held against the national collection, whose check says what is wrong.
    let other = write(&centre, "other.csv", "x,y\n1,2\n");
    assert_eq!(centre.land(&other, "313")["dataset"], "asc-cld");
}

#[test]
fn an_overlay_of_official_lists_is_a_release_of_its_own() {
    let centre = Centre::new();
    let folder = centre.path("official");
    fs::create_dir_all(format!("{folder}/codelists")).unwrap();
    fs::write(format!("{folder}/overlay.yaml"), "extends: asc-cld/r2\nsources:\n  OFFICIAL: a test\n").unwrap();
    fs::write(
        format!("{folder}/codelists/client_type.csv"),
        "value,source,confidence\nService user,OFFICIAL,verified\nUnpaid carer,OFFICIAL,verified\n\
         Unpaid carer known by association,OFFICIAL,verified\n",
    )
    .unwrap();
    let refused = centre.run(&["spec", "add", &folder]).ended(12).err;
    assert!(refused.contains("comes with Fairway") && refused.contains("--name asc-cld/"), "{refused}");
    centre.run(&["spec", "add", &folder, "--name", "asc-cld/official"]).ended(0);
    centre.people("313", 20, &[]);
    let status = through(&centre, &centre.path("313/submission.csv"), &[]);
    assert_eq!((&status["specification"], &status["state"]), (&"asc-cld/official".into(), &"deidentified".into()));
}

#[test]
fn a_flow_without_persons_is_one_table_of_events_and_nobody_is_traced() {
    let centre = Centre::new();
    let spec = "name: beds\nfields:\n  - {name: provider, type: string, class: plain, role: provider, constraints: {maxLength: 9}}\n\
        \x20 - {name: beds, type: integer, class: plain}\n  - {name: week, type: date, class: plain}\n";
    let added = centre.run(&["spec", "add", &write(&centre, "beds.yaml", spec)]).ended(0).out;
    assert!(added.contains("speaks of no persons"), "{added}");
    let file = write(&centre, "beds.csv", "provider,beds,week\n1-1001,12,2025-05-05\n1-1002,about ten,2025-05-05\n");
    let status = through(&centre, &file, &[]);
    assert_eq!((&status["state"], &status["rows_loaded"]), (&"deidentified".into(), &2.into()));
    assert_eq!(status["traces"], serde_json::json!([]));
    assert_eq!(centre.number("SELECT sum(beds) FROM beds"), 12);
    let tables = centre.data().join("warehouse/identifiable");
    let names: Vec<String> =
        fs::read_dir(tables).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, ["beds_events"]);
    assert_eq!(through(&centre, &file, &[]), status);
}

#[test]
fn a_dataset_with_nhs_numbers_alone_is_traced_and_its_open_birth_dates_make_ages() {
    let centre = Centre::with_people(30, &[]);
    let people = fs::read_to_string(centre.path("313/register.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(people.as_bytes());
    let mut text = String::from("number,born,family\n");
    for row in rows.records().take(10) {
        let row = row.unwrap();
        let born = format!("{}-{}-{}", &row[5][..4], &row[5][4..6], &row[5][6..]);
        text += &format!("{},{born},{}\n", &row[0], &row[3]);
    }
    text += "NULL,1950-01-01,NOBODY\n";
    let spec = "name: clinic\nmissingValues: [\"\", \"NULL\"]\nfields:\n\
        \x20 - {name: number, type: string, shape: nhs_number, class: direct, role: nhs_number}\n\
        \x20 - {name: born, type: date, class: quasi, role: birth_date}\n\
        \x20 - {name: family, type: string, class: direct, role: surname}\n";
    centre.run(&["spec", "add", &write(&centre, "clinic.yaml", spec)]).ended(0);
    let status = through(&centre, &write(&centre, "clinic.csv", &text), &[]);
    assert_eq!((&status["state"], &status["rows_loaded"]), (&"deidentified".into(), &11.into()), "{status}");
    assert_eq!(status["traces"][0]["outcome"], "cross_checked", "{status}");
    assert_eq!(status["traces"][0]["people"], 10);
    let outbox = centre.data().join("outbox/313").join(format!("trace-{}", status["submission"].as_str().unwrap()));
    let returned = fs::read_to_string(outbox.join("trace-return.csv")).unwrap();
    assert!(returned.starts_with("number,") && returned.contains("999"), "{}", &returned[..60]);
}

#[test]
fn a_record_whose_identifiers_are_blank_or_unreadable_is_loaded_with_no_person() {
    let centre = Centre::with_people(20, &[]);
    let path = centre.path("313/submission.csv");
    let mut rows = csv::Reader::from_path(&path).unwrap();
    let headers = rows.headers().unwrap().clone();
    let at = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (number, local) = (at("NHS Number"), at("LA Person Unique Identifier"));
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    out.write_record(&headers).unwrap();
    let mut count = 0;
    for (index, row) in rows.records().enumerate() {
        let row = row.unwrap();
        let spoiled = row.iter().enumerate().map(|(column, cell)| match index {
            0 if column == number => "12345",
            0 if column == local => "",
            _ => cell,
        });
        out.write_record(spoiled).unwrap();
        count += 1;
    }
    let file = centre.path("nameless.csv");
    fs::write(&file, out.into_inner().unwrap()).unwrap();
    let status = through(&centre, &file, &[]);
    assert_eq!(status["state"], "deidentified", "{status}");
    let accounted = status["rows_loaded"].as_i64().unwrap() + status["rows_rejected"].as_i64().unwrap();
    assert_eq!(accounted, count);
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld"), status["rows_loaded"].as_i64().unwrap());
    assert_eq!(status["rows_rejected"], 0, "nothing is left out");
    assert_eq!(centre.number("SELECT count(*) FROM asc_cld WHERE \"Der_NHS_LA_Combined_Person_ID\" IS NULL"), 1);
}

#[test]
fn three_thousand_columns_go_from_landing_to_release() {
    const COLUMNS: usize = 3_000;
    const ROWS: usize = 1_000;
    let kinds = [
        "{name: c, type: string, class: plain, constraints: {enum: [red, green]}}",
        "{name: c, type: integer, class: plain}",
    ];
    let mut spec =
        String::from("name: wide\nfields:\n  - {name: person, type: string, class: direct, role: local_person}\n");
    for at in 1..COLUMNS {
        spec += &format!("  - {}\n", kinds[at % 2].replace("name: c", &format!("name: column {at}")));
    }
    let cells: Vec<String> = (1..COLUMNS).map(|at| if at % 2 == 0 { "red".into() } else { at.to_string() }).collect();
    let header: Vec<String> = (1..COLUMNS).map(|at| format!("column {at}")).collect();
    let (header, cells) = (header.join(","), cells.join(","));
    let mut text = format!("person,{header}\n");
    (0..ROWS).for_each(|row| text += &format!("P{row},{cells}\n"));

    let centre = Centre::new();
    centre.run(&["spec", "add", &write(&centre, "wide.yaml", &spec)]).ended(0);
    let status = through(&centre, &write(&centre, "wide.csv", &text), &["--period", "2025-01-01..2025-03-31"]);
    assert_eq!((&status["specification"], &status["state"]), (&"wide/1".into(), &"deidentified".into()));
    assert_eq!(status["rows_loaded"], ROWS as u64);
    assert_eq!(centre.number("SELECT sum(column_2999) FROM wide"), 2_999 * ROWS as i64);
    let columns: Vec<String> = (1..COLUMNS).map(|at| format!("column_{at}")).collect();
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let agreement = centre.agreement("WIDE-1", &columns, |text| text.replace("asc-cld", "wide"));
    let released = centre.run(&["release", "--agreement", &agreement, "--json"]).ended(0).json();
    assert_eq!(released["manifest"]["columns"].as_array().unwrap().len(), COLUMNS - 1);
    assert_eq!(released["manifest"]["rows"], ROWS as u64);
}
