//! Tables of figures from a council's file to the page: true to the file, protected, and held against those before.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::Value;

use crate::centre::{Answer, Centre};

fn centre() -> Centre {
    let centre = Centre::with_people(150, &[]);
    let receipt = centre.land(&centre.path("313/submission.csv"), "313");
    centre.work();
    if centre.status(&receipt)["state"] == "needs_confirmation" {
        centre.run(&["accept", receipt["submission"].as_str().unwrap()]).ended(0);
        centre.work();
    }
    assert_eq!(centre.status(&receipt)["state"], "deidentified");
    centre
}

fn tabulate(centre: &Centre, out: &str, words: &[&str]) -> Answer {
    let out = centre.path(out);
    let mut all = vec!["tabulate", "--dataset", "asc-cld", "--out", &out, "--json"];
    all.extend(words);
    centre.run(&all)
}

/// Records of the file that was landed, by heading.
fn records(centre: &Centre) -> Vec<HashMap<String, String>> {
    let mut rows = csv::Reader::from_path(centre.path("313/submission.csv")).unwrap();
    rows.deserialize().map(Result::unwrap).collect()
}

fn numbers(table: &Value) -> BTreeMap<Vec<String>, String> {
    let row = |row: &Value| {
        let values = row["values"].as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned());
        (values.collect(), row["number"].as_str().unwrap().to_owned())
    };
    table["rows"].as_array().unwrap().iter().map(row).collect()
}

/// A count as `asc_default` shows it.
fn shown(count: usize) -> String {
    if (1..=7).contains(&count) { "[c]".into() } else { ((count + 2) / 5 * 5).to_string() }
}

#[test]
fn a_table_is_true_to_the_file_and_made_again_the_same() {
    let centre = centre();
    let records = records(&centre);
    let table = tabulate(&centre, "events", &["--by", "Event_Type", "--of", "events"]).ended(0).json();
    let mut events: BTreeMap<&str, usize> = BTreeMap::new();
    let mut people: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for record in &records {
        *events.entry(&record["Event Type"]).or_default() += 1;
        people.entry(&record["Gender"]).or_default().insert(&record["LA Person Unique Identifier"]);
    }
    let due: BTreeMap<Vec<String>, String> =
        events.iter().map(|(value, count)| (vec![(*value).to_owned()], shown(*count))).collect();
    assert_eq!(numbers(&table), due);
    let total: usize = due.values().filter_map(|text| text.parse::<usize>().ok()).sum();
    assert_eq!(table["totals"][0]["number"], total.to_string());

    let by_gender = tabulate(&centre, "people", &["--by", "Gender"]).ended(0).json();
    assert_eq!(by_gender["counted"], "people");
    for (key, text) in numbers(&by_gender) {
        assert_eq!(text, shown(people[key[0].as_str()].len()), "{key:?}");
    }
    let again = centre.run(&["tabulate", "--dataset", "asc-cld", "--by", "Gender", "--out", &centre.path("again")]);
    assert!(again.ended(0).out.contains("The very same table was published before."));
    for name in ["table.csv", "table.json", "table.html"] {
        let read = |folder: &str| std::fs::read(Path::new(&centre.path(folder)).join(name)).unwrap();
        assert_eq!(read("people"), read("again"), "{name}");
    }
    let log = centre.run(&["audit", "list", "--json"]).ended(0).out;
    assert!(log.contains("TablePublished"));
}

#[test]
fn later_tables_are_held_against_earlier_ones_whatever_they_are_made_by() {
    let centre = centre();
    let tables: [&[&str]; 6] = [
        &["--by", "Gender"],
        &["--by", "Der_Age_Band"],
        &["--by", "Gender,Der_Working_Age_Band"],
        &["--by", "LA_Code:region,Gender", "--where", "Event_Type=Service"],
        &["--by", "Event_Start_Date:year,Gender"],
        &["--by", "Gender,Der_Age_Band", "--measure", "percent:Gender"],
    ];
    for (at, words) in tables.iter().enumerate() {
        let answer = tabulate(&centre, &at.to_string(), words);
        if answer.code == 12 {
            assert!(answer.err.contains("could be worked out"), "{}", answer.err);
            continue;
        }
        answer.ended(0);
        let read = std::fs::read_to_string(Path::new(&centre.path(&at.to_string())).join("disclosure.json")).unwrap();
        let report: Value = serde_json::from_str(&read).unwrap();
        assert_eq!(report["passed"], true);
        assert!(at == 0 || !report["earlier_tables"].as_array().unwrap().is_empty(), "{report}");
    }
    let last = std::fs::read_to_string(Path::new(&centre.path("2")).join("table.csv")).unwrap();
    assert!(last.starts_with("Gender,Der_Working_Age_Band,people\r\n"), "{last}");
}

#[test]
fn sums_and_averages_are_made_in_one_way_alone() {
    let centre = centre();
    let mean = tabulate(&centre, "mean", &["--by", "Service_Type", "--measure", "mean:Unit_Cost", "--of", "events"]);
    let mean = mean.ended(0).json();
    let mut costs: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for record in records(&centre) {
        if let Ok(cost) = record["Unit Cost"].parse() {
            costs.entry(record["Service Type"].clone()).or_default().push(cost);
        }
    }
    let mut told = 0;
    for row in mean["rows"].as_array().unwrap() {
        let Ok(shown) = row["measure"].as_str().unwrap().parse::<f64>() else { continue };
        let costs = &costs[row["values"][0].as_str().unwrap()];
        assert!((shown - costs.iter().sum::<f64>() / costs.len() as f64).abs() <= 0.051, "{row}");
        told += 1;
    }
    assert!(told > 0, "{mean}");
    let other = tabulate(&centre, "sum", &["--by", "Gender", "--measure", "sum:Unit_Cost"]).ended(12);
    assert!(other.err.contains("mean Unit_Cost by Service_Type was published of the same records"), "{}", other.err);
}

#[test]
fn what_is_no_dimension_is_refused_with_all_reasons_and_nothing_is_written() {
    let centre = centre();
    let by = "Der_NHS_LA_Combined_Person_ID,Event_Start_Date,NHS_Number,Nothing";
    let refused = tabulate(&centre, "none", &["--by", by]).ended(12).err;
    for reason in [
        "Der_NHS_LA_Combined_Person_ID tells people or records apart and is no dimension",
        "Event_Start_Date is a day: write Event_Start_Date:month, :quarter or :year",
        "There is no column NHS_Number that a table can be made by",
        "There is no column Nothing that a table can be made by",
        "Dimensions of asc-cld are LA_Code",
    ] {
        assert!(refused.contains(reason), "{reason} is not in\n{refused}");
    }
    assert!(!Path::new(&centre.path("none")).exists());
    let unknown = tabulate(&centre, "none", &["--by", "Gender", "--profile", "mild"]).ended(12).err;
    assert!(unknown.contains("There is no profile mild"), "{unknown}");
    tabulate(&centre, "none", &["--by", "Gender", "--measure", "most"]).ended(2);
    let agreement = centre.agreement("TABLE-1", &["LA_Code", "Gender"], |text| text);
    let words = ["--by", "Gender,Der_Age_Band", "--agreement", &agreement];
    let refused = tabulate(&centre, "none", &words).ended(12).err;
    assert!(refused.contains("The agreement does not name the column Der_Age_Band"), "{refused}");
    let table = tabulate(&centre, "agreed", &["--by", "Gender", "--agreement", &agreement]).ended(0).json();
    assert!(table["agreement"].as_str().unwrap().contains("TABLE-1"));
}
