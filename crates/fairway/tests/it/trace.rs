//! Batch tracing on the command line: a register made, changed and learnt from; files of requests answered, explained and
//! held against the truth.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::centre::{Answer, Centre, damage, fairway, files};

const NUMBERS: [&str; 4] = ["9990000018", "9990000026", "9990000034", "9990000042"];
const PEOPLE: &str = "nhs_number,given_name,other_given_names,family_name,gender,date_of_birth,date_of_death,\
                      address_line1,postcode,gp_practice,sensitive\n\
                      9990000018,SIAN,MAIR,JONES,2,19450312,,5 HIGH STREET,LE15 6AA,C82001,\n\
                      9990000026,MARK,,OBRIEN,1,19620817,,7 MILL LANE,NG23 5SX,C84001,\n\
                      9990000034,ROSE,,HIDDEN,2,19790601,,9 SECRET ROAD,TR19 7AA,L82001,S\n";
/// A brother of the second, born the same day.
const TWIN: &str = "9990000050,MARC,,OBRIEN,1,19620817,,7 MILL LANE,NG23 5SX,C84001,\n";
const REQUESTS: &str = "query_id,given_name,family_name,gender,date_of_birth,postcode\n\
                        a,Sian,Jones,2,19450312,LE15 6AA\n\
                        b,Mark,O'Brien,1,19621708,NG23 5SX\n\
                        c,Nobody,Known,1,19010203,ZZ99 3VZ\n\
                        d,,,,,\n\
                        e,Rose,Hidden,2,19790601,TR19 7AA\n";

/// A folder with an extract, requests and an index made of them.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        bench.write("extract/register.csv", &(PEOPLE.to_owned() + &others()));
        bench.write("extract/history.csv", "nhs_number,field,value\n9990000018,family_name,PRICE\n");
        bench.write("extract/superseded.csv", "old_nhs_number,nhs_number\n9990000042,9990000026\n");
        bench.write("requests.csv", REQUESTS);
        bench.run(&["register", "build", "--in", "@extract", "--out", "@register"]).ended(0);
        bench
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs the program; a word that begins with @ is a path in the folder.
    fn run(&self, words: &[&str]) -> Answer {
        let words: Vec<String> =
            words.iter().map(|word| word.strip_prefix('@').map_or_else(|| (*word).into(), |n| self.path(n))).collect();
        fairway(&words)
    }

    fn trace(&self, more: &[&str]) -> Answer {
        let words = ["trace", "--register", "@register", "--in", "@requests.csv", "--out", "@responses.csv"];
        self.run(&[&words, more].concat())
    }

    fn explain(&self, query: &str, more: &[&str]) -> Answer {
        let words = ["trace", "explain", "--register", "@register", "--in", "@requests.csv", "--query", query];
        self.run(&[&words, more].concat())
    }
}

/// Two thousand more people, so that it says something when details agree.
fn others() -> String {
    const SYLLABLES: [&str; 10] = ["BA", "DE", "FI", "GO", "LU", "MA", "NE", "RI", "SO", "TU"];
    let name = |n: u32| [n % 10, n / 10 % 10, n / 100 % 10].map(|at| SYLLABLES[at as usize]).concat();
    let numbers = (100..).filter_map(|n: u32| {
        let digits = format!("999{n:06}");
        let sum: u32 = digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let check = (11 - sum % 11) % 11;
        (check < 10).then(|| format!("{digits}{check}"))
    });
    let row = |(n, number): (u32, String)| {
        let (given, family) = (name(n * 7 % 1_000), name(n * 31 % 1_000));
        let born = 19_300_000 + (n % 80) * 10_000 + (n % 12 + 1) * 100 + n % 28 + 1;
        let place =
            format!("LE{} {}{}{}", n % 17 + 1, n % 9 + 1, ['A', 'B', 'D'][n as usize % 3], ['E', 'F'][n as usize % 2]);
        format!("{number},{given},,{family},{},{born},,{n} LONG LANE,{place},C82001,\n", n % 2 + 1)
    };
    (0..2_000).zip(numbers).map(row).collect()
}

#[test]
fn requests_are_answered_in_their_order_on_any_number_of_threads() {
    let bench = Bench::new();
    let said = bench.trace(&["--threads", "1"]).ended(0).out;
    assert!(said.starts_with("3 of 5 found"), "{said}");
    let one = bench.read("responses.csv");
    let rows: Vec<Vec<&str>> = one.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0][..7], ["query_id", "outcome", "code", "nhs_number", "score", "margin", "step"]);
    let told: Vec<_> = rows[1..].iter().map(|row| (row[0], row[1], row[3])).collect();
    let expected = [
        ("a", "matched", NUMBERS[0]),
        ("b", "matched", NUMBERS[1]),
        ("c", "not_found", ""),
        ("d", "not_traced", ""),
        ("e", "matched", NUMBERS[2]),
    ];
    assert_eq!(told, expected);
    let json = bench.trace(&["--threads", "3", "--json"]).ended(0).json();
    assert_eq!((json["requests"].as_u64(), json["found"].as_u64()), (Some(5), Some(3)));
    assert_eq!(bench.read("responses.csv"), one);
    bench.trace(&["--mode", "mps"]).ended(0);
    assert!(bench.read("responses.csv").contains(&format!("a,matched,20,{}", NUMBERS[0])));
}

#[test]
fn a_request_that_cannot_be_read_is_refused_whole_and_leaves_the_response_of_before() {
    let bench = Bench::new();
    bench.trace(&[]).ended(0);
    let before = bench.read("responses.csv");
    for (text, words) in [
        ("query_id,shoe_size\n1,2\n", "Column 2 from the left is none of a request"),
        ("query_id,family_name\n1,Jones\n2\n", "Record 2 does not have the cells"),
        ("query_id,query_id\n1,2\n", "The column query_id is there twice"),
    ] {
        bench.write("requests.csv", text);
        let said = bench.trace(&[]).ended(12).err;
        assert!(said.contains(words), "{said}");
        assert_eq!(bench.read("responses.csv"), before);
    }
    assert!(files(bench.0.path()).iter().all(|file| file.extension().is_none_or(|end| end != "part")));
    let itself = bench.run(&["trace", "--register", "@register", "--in", "@requests.csv", "--out", "@requests.csv"]);
    assert!(itself.ended(12).err.contains("take the place of the request"));
    bench.run(&["trace", "--register", "@nowhere", "--in", "@requests.csv", "--out", "@x.csv"]).ended(12);
    bench.run(&["trace", "--register", "@register", "--in", "@nothing.csv", "--out", "@x.csv"]).ended(12);
    bench.run(&["trace", "--register", "@register", "--in", "@requests.csv"]).ended(2);
}

#[test]
fn a_national_file_is_answered_in_its_format_and_refused_with_its_code() {
    let bench = Bench::new();
    let name = "@MPTREQ_20261123101500.csv";
    let header = "MPTREQ_20261123101500,SPINE_MPTPHASE4_TRACE,20261123101500,1\r\n";
    let record = format!("r1,,JONES,SIAN,,2,19450312{}LE15 6AA{}\r\n", ",".repeat(8), ",".repeat(8));
    let words = ["trace", "--register", "@register", "--format", "mpt", "--in", name, "--out", "@response.csv"];
    bench.write(&name[1..], &header.replace(",1\r", ",2\r"));
    let said = bench.run(&words).ended(12).err;
    assert!(said.contains("(code 04)") && said.contains("Nobody was traced"), "{said}");
    assert_eq!(bench.read("response.csv"), "MPTREQ_20261123101500,SPINE_MPT_RESPONSE,0,04\r\n");
    bench.write(&name[1..], "what is this\r\n");
    bench.run(&words).ended(12);
    assert!(bench.read("response.csv").starts_with(",SPINE_MPT_RESPONSE,0,"), "{}", bench.read("response.csv"));
    bench.write(&name[1..], &(header.to_owned() + &record));
    assert!(bench.run(&words).ended(0).out.starts_with("1 of 1 found"));
    let response = bench.read("response.csv");
    assert!(response.starts_with("MPTREQ_20261123101500,SPINE_MPT_RESPONSE,1,00\r\n"), "{response}");
    assert!(response.contains(NUMBERS[0]), "{response}");
    // The Demographics Batch Service has no public code for a refusal: it is told in words alone.
    bench.write("dbs.csv", "what is this\r\n");
    let words =
        ["trace", "--register", "@register", "--format", "dbs", "--in", "@dbs.csv", "--out", "@dbs-response.csv"];
    assert!(bench.run(&words).ended(12).err.contains("Nobody was traced"));
    assert!(!Path::new(&bench.path("dbs-response.csv")).exists());
    // With a layout of one's own: Fairway's CSV under another separator.
    let own = include_str!("../../../../specs/tracing/csv.yaml").replacen("separator: \",\"", "separator: \";\"", 1);
    bench.write("own.yaml", &own);
    bench.write("requests.csv", &REQUESTS.replace(',', ";"));
    bench.trace(&["--layout", "@own.yaml"]).ended(0);
    assert!(bench.read("responses.csv").contains(&format!("a;matched;20;{}", NUMBERS[0])));
    assert!(bench.explain("a", &["--layout", "@own.yaml"]).ended(0).out.contains("Family name"));
    bench.write("own.yaml", "name: nothing\n");
    bench.trace(&["--layout", "@own.yaml"]).ended(12);
}

#[test]
fn an_answer_is_explained_in_words_and_names_nobody_unless_asked_to() {
    let bench = Bench::new();
    let said = bench.explain("b", &[]).ended(0).out;
    for words in ["Matched", "day and month exchanged", "█", "together", "Family name"] {
        assert!(said.contains(words), "{words} is not in:\n{said}");
    }
    for value in ["OBRIEN", "O'Brien", "MARK", "Mark", "1962", "NG23", NUMBERS[1]] {
        assert!(!said.contains(value), "{value} is in:\n{said}");
    }
    let shown = bench.explain("b", &["--show-values"]).ended(0).out;
    assert!(shown.contains("OBRIEN") && shown.contains(NUMBERS[1]), "{shown}");
    let sensitive = bench.explain("e", &["--show-values"]).ended(0).out;
    assert!(sensitive.contains("HIDDEN") && !sensitive.contains("SECRET"), "{sensitive}");
    assert!(!sensitive.contains("Postcode"), "{sensitive}");
    assert!(bench.explain("d", &[]).ended(0).out.contains("Not traced"));
    bench.explain("z", &[]).ended(12);
}

#[test]
fn everybody_compared_is_listed_and_the_page_says_the_same_without_a_name() {
    let bench = Bench::new();
    bench.write("twins/register.csv", &(PEOPLE.to_owned() + &others() + TWIN));
    bench.write("twins/history.csv", "nhs_number,field,value\n");
    bench.write("twins/superseded.csv", "old_nhs_number,nhs_number\n");
    bench.run(&["register", "build", "--in", "@twins", "--out", "@register"]).ended(0);
    bench.write(
        "requests.csv",
        "query_id,given_name,family_name,date_of_birth,postcode\n<b>,Mark,O'Brien,19620817,NG23 5SX\n",
    );
    let said = bench.explain("<b>", &["--most", "9", "--html", "@why.html"]).ended(0).out;
    let listed = said.lines().filter(|line| line.contains("  0.") && line.contains(" bits")).count();
    assert!(listed >= 2 && said.contains(&format!("{listed} people were compared")), "{said}");
    assert!(said.contains("1: the likeliest person") && said.contains("2: the next likely"), "{said}");
    let page = bench.read("why.html");
    for part in ["Why request &lt;b&gt;", "<svg", "role=\"img\"", "<h2 id=\"person-2\">", "scope=\"row\"", "</html>"] {
        assert!(page.contains(part), "{part} is not in:\n{page}");
    }
    assert!(!page.contains("<b>") && !page.contains("http"), "{page}");
    assert_eq!(page.matches("<svg").count(), listed.min(9));
    for value in ["OBRIEN", "MARC", "NG23", NUMBERS[1]] {
        assert!(!page.contains(value) && !said.contains(value), "{value} is told");
    }
    let shown = bench.explain("<b>", &["--show-values", "--html", "@why.html"]).ended(0).out;
    assert!(shown.contains("MARC") && bench.read("why.html").contains("MARC"), "{shown}");
}

#[test]
fn answers_are_held_against_the_truth() {
    let bench = Bench::new();
    bench.trace(&[]).ended(0);
    let truth = format!(
        "query_id,nhs_number,sex\na,{},female\nb,{},male\nc,,male\nd,{},female\ne,{},female\n",
        NUMBERS[0], NUMBERS[0], NUMBERS[0], NUMBERS[2]
    );
    bench.write("truth.csv", &truth);
    let words = ["trace", "evaluate", "--responses", "@responses.csv", "--truth", "@truth.csv"];
    let said = bench.run(&words).ended(0).out;
    assert!(said.contains("sex female") && said.contains("0.66667 ("), "{said}");
    let all = bench.run(&[&words[..], &["--json"]].concat()).ended(0).json()["all"].clone();
    assert_eq!((all["accepted"].as_u64(), all["right"].as_u64(), all["present"].as_u64()), (Some(3), Some(2), Some(4)));
    bench.write("truth.csv", "query_id\na\n");
    bench.run(&words).ended(12);
}

#[test]
fn a_register_is_changed_and_a_damaged_one_is_refused() {
    let bench = Bench::new();
    let header = PEOPLE.lines().next().unwrap();
    bench.write(
        "changes/register.csv",
        &format!("{header}\n9990000018,SIAN,MAIR,EVANS,2,19450312,,1 THE GREEN,CF10 1EP,W97001,\n"),
    );
    bench.write("changes/history.csv", "nhs_number,field,value\n");
    bench.write("changes/superseded.csv", "old_nhs_number,nhs_number\n");
    bench.write("changes/removed.csv", "nhs_number\n9990000026\n");
    let update = ["register", "update", "--in", "@changes", "--register", "@register", "--json"];
    assert_eq!(bench.run(&update).ended(0).json()["people"], 2_002);
    bench.write(
        "requests.csv",
        "query_id,given_name,family_name,date_of_birth,postcode\n1,Sian,Evans,19450312,CF10 1EP\n",
    );
    bench.trace(&[]).ended(0);
    assert!(bench.read("responses.csv").contains(NUMBERS[0]));
    bench.run(&["register", "verify", "--register", "@register"]).ended(0);
    bench.run(&["register", "update", "--in", "@changes", "--register", "@nowhere"]).ended(12);
    bench.run(&["register", "build", "--in", "@nowhere", "--out", "@register"]).ended(12);
    let answers = bench.read("responses.csv");
    damage(&Path::new(&bench.path("register")).join("update-0001.index"), "1 THE GREEN");
    assert!(bench.run(&["register", "verify", "--register", "@register"]).ended(12).err.contains("damaged"));
    let said = bench.trace(&[]).ended(12).err;
    assert!(said.contains("damaged (a block's checksum)"), "{said}");
    assert_eq!(bench.read("responses.csv"), answers, "the response of before stays");
}

#[test]
fn parameters_are_learnt_and_used() {
    let bench = Bench::new();
    let train = ["register", "train", "--register", "@register", "--in", "@requests.csv", "--out", "@parameters.json"];
    bench.run(&train).ended(0);
    let learnt = bench.read("parameters.json");
    assert!(!learnt.contains("JONES") && learnt.contains("\"accept\""), "{learnt}");
    bench.trace(&["--parameters", "@parameters.json"]).ended(0);
    bench.write("parameters.json", "{}");
    bench.trace(&["--parameters", "@parameters.json"]).ended(12);
}

#[test]
fn a_centre_updates_its_register_and_the_log_says_so() {
    let centre = Centre::new();
    let bench = Bench::new();
    centre.run(&["register", "update", "--in", &bench.path("extract")]).ended(12);
    assert_eq!(
        centre.run(&["register", "build", "--in", &bench.path("extract"), "--json"]).ended(0).json()["people"],
        2_003
    );
    centre.run(&["register", "update", "--in", &bench.path("extract")]).ended(0);
    let log = centre.run(&["audit", "list", "--json"]).ended(0).out;
    assert!(log.contains("RegisterBuilt") && log.contains("RegisterUpdated"), "{log}");
    let kept = files(&centre.data().join("register"));
    assert!(kept.iter().all(|file| file.extension().is_some_and(|end| end == "index")), "{kept:?}");
}
