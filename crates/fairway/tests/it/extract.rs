//! A demographics extract in Parquet makes the register that the same rows in CSV make.

use std::path::Path;

use crate::centre::{Centre, fairway};

const PEOPLE: &str = "posting,nhs_number,given_name,other_given_names,family_name,gender,date_of_birth,date_of_death,\
                      address_line1,postcode,gp_practice,sensitive,posting_date\r\n\
                      QK1,9990000018,SIAN,MAIR,JONES,2,19450312,20200401,\"5 HIGH STREET, FLAT 2\",LE15 6AA,C82001,,20130401\r\n\
                      ,9990000026,MARK,,O'BRIEN,1,196208,,7 MILL LANE,NG23 5SX,C84001,,\r\n\
                      QT6,9990000034,ROSE,,HIDDEN,2,19790601,,9 SECRET ROAD,TR19 7AA,L82001,S,20220701\r\n";
const HISTORY: &str = "nhs_number,field,value\n9990000018,family_name,PRICE\n9990000018,postcode,CF10 1EP\n";
const SUPERSEDED: &str = "old_nhs_number,nhs_number\n9990000042,9990000026\n";

fn parquet() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/extract").to_str().unwrap().to_owned()
}

#[test]
fn parquet_and_csv_of_the_same_rows_make_the_same_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(path("csv")).unwrap();
    for (name, text) in [("register", PEOPLE), ("history", HISTORY), ("superseded", SUPERSEDED)] {
        std::fs::write(folder.path().join("csv").join(name).with_extension("csv"), text).unwrap();
    }
    let build = |from: &str, out: &str| fairway(&["register", "build", "--in", from, "--out", out, "--json"]);
    let of_csv = build(&path("csv"), &path("a")).ended(0).json();
    let of_parquet = build(&parquet(), &path("b")).ended(0).json();
    assert_eq!(of_csv, of_parquet);
    let index = |out: &str| {
        let mut files: Vec<_> = std::fs::read_dir(path(out)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.into_iter().map(|file| std::fs::read(file).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(index("a"), index("b"));
    let update = ["register", "update", "--in", &parquet(), "--register", &path("b"), "--json"];
    assert_eq!(fairway(&update).ended(0).json()["people"], 3);

    std::fs::copy(Path::new(&parquet()).join("register.parquet"), folder.path().join("csv/register.parquet")).unwrap();
    assert!(build(&path("csv"), &path("c")).ended(12).err.contains("register.csv and register.parquet"));
    std::fs::create_dir(path("torn")).unwrap();
    let whole = std::fs::read(Path::new(&parquet()).join("register.parquet")).unwrap();
    std::fs::write(folder.path().join("torn/register.parquet"), &whole[..whole.len() / 2]).unwrap();
    assert!(build(&path("torn"), &path("c")).ended(12).err.contains("egister.parquet cannot be read"));
}

#[test]
fn a_return_file_has_the_posting_and_its_date_but_not_of_a_sensitive_person() {
    let centre = Centre::with_people(20, &[]);
    // The council's own people, in a register that knows their posting.
    let rows = std::fs::read_to_string(centre.path("313/register.csv")).unwrap();
    let posted: String = rows
        .lines()
        .enumerate()
        .map(|(at, row)| match at {
            0 => format!("{row},posting,posting_date\n"),
            at if row.ends_with('S') || at % 3 == 0 => {
                format!("{},S,QT6,20220701\n", row.trim_end_matches('S').trim_end_matches(','))
            }
            _ => format!("{row},QK1,20130401\n"),
        })
        .collect();
    std::fs::write(centre.path("313/register.csv"), posted).unwrap();
    centre.run(&["register", "build", "--in", &centre.path("313")]).ended(0);
    let receipt = centre.land_and_accept(&centre.path("313/submission.csv"), "313");
    centre.work();
    let folder = centre.data().join("outbox/313").join(format!("trace-{}", receipt["submission"].as_str().unwrap()));
    let mut file = csv::Reader::from_path(folder.join("trace-return.csv")).unwrap();
    let headers = file.headers().unwrap().clone();
    let place = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (posting, since) =
        (place("Returned Current Posting"), place("Returned Date of Current Posting or Date of Death"));
    let postcode = place("Returned Postcode");
    let (mut open, mut hidden) = (0, 0);
    for row in file.records().map(Result::unwrap) {
        match &row[posting] {
            "QK1" => {
                open += 1;
                assert!(!row[postcode].is_empty() && !row[since].is_empty());
            }
            other => {
                hidden += 1;
                assert_eq!((other, &row[postcode]), ("", ""), "a sensitive person's row says where they are");
                assert_ne!(&row[since], "01/07/2022");
            }
        }
    }
    assert!(open > 3 && hidden > 3, "{open} and {hidden}");
}
