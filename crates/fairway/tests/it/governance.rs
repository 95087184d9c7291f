//! Governance from the command line: organisations, a notice, an application and an agreement, to the public register.

use std::fs;

use crate::centre::{Centre, reference};

const AGREEMENT: &str = "DARS-NIC-000001-A1B2C-v1.0";

impl Centre {
    /// Runs a command and reads its JSON.
    fn said(&self, words: &[&str]) -> serde_json::Value {
        let words: Vec<&str> = words.iter().copied().chain(["--json"]).collect();
        self.run(&words).ended(0).json()
    }
}

#[test]
fn organisations_are_imported_and_led_to_their_successors() {
    let centre = Centre::new();
    let imported = centre.said(&["org", "import"]);
    assert_eq!(imported["kinds"]["icb"], 42);
    assert_eq!(centre.said(&["org", "import"])["recorded"], 0);
    let boards = centre.said(&["org", "successor", "02P", "--on", "2022-07-01"]);
    assert_eq!(boards[0]["organisation"], "E54000061");
    let before = centre.run(&["org", "successor", "02P", "--on", "2022-06-30"]).ended(0);
    assert!(before.out.contains("02P") && before.out.contains("verified"), "{}", before.out);
    let centres = centre.said(&["org", "list", "--kind", "dscro"]);
    assert!(
        centres
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["confidence"] == "assumed" && one["is_official_code"] == false)
    );
    assert!(centre.run(&["org", "show", "E08000038"]).ended(0).out.contains("recoded in 2025"));
    assert!(centre.run(&["org", "show", "ZZZZ"]).ended(12).err.contains("org import"));
}

#[test]
fn a_notice_is_served_on_every_council_and_who_acknowledges_it_is_in_the_register() {
    let centre = Centre::new();
    let document = centre.path("notice.pdf");
    fs::write(&document, "a notice").unwrap();
    centre.run(&["org", "import"]).ended(0);
    let by = ["--by", "Data Manager"];
    let notice = "DPN-ASC-CLD-v1.0";
    let run = |words: &[&str]| centre.run(&words.iter().copied().chain(by).collect::<Vec<_>>());
    run(&["notice", "direction", "ASC-2", "--title", "Adult Social Care", "--on", "2020-12-07"]).ended(0);
    let issue = [
        "notice",
        "issue",
        notice,
        "--title",
        "CLD",
        "--direction",
        "ASC-2",
        "--dataset",
        "asc-cld",
        "--document",
        &document,
    ];
    run(&issue).ended(0);
    assert!(run(&issue).ended(0).out.contains("already"));
    run(&["notice", "serve", notice, "--all-councils"]).ended(0);
    run(&["notice", "query", notice, "--org", "816", "--text", "May fields be blank?"]).ended(0);
    run(&["notice", "answer", notice, "--org", "816", "--text", "Yes"]).ended(0);
    run(&["notice", "acknowledge", notice, "--org", "816", "--document", &document]).ended(0);
    let listed = centre.said(&["notice", "list"]);
    assert_eq!(
        (&listed["notices"][0]["acknowledged_by"], listed["notices"][0]["served_on"].as_u64() > Some(140)),
        (&1.into(), true)
    );
    fs::write(&document, "another").unwrap();
    let changed = run(&["notice", "acknowledge", notice, "--org", "313", "--document", &document]).ended(12);
    assert!(changed.err.contains("not the document"), "{}", changed.err);
    let out = centre.path("public");
    let published = centre.said(&["publish", "register", "--out", &out]);
    assert_eq!((&published["participants"], &published["released_files"]), (&1.into(), &0.into()));
    assert!(fs::read_to_string(format!("{out}/participants.csv")).unwrap().contains("816,Brighton and Hove,asc-cld"));
}

#[test]
fn an_application_is_refused_with_all_it_lacks_and_nobody_decides_on_their_own() {
    let centre = Centre::new();
    let reference = "NIC-000001-A1B2C";
    let ada = ["--org", "QZZ", "--by", "Ada"];
    let run = |words: &[&str], who: &[&str]| centre.run(&words.iter().chain(who).copied().collect::<Vec<_>>());
    run(&["application", "start", reference, "--title", "Care after hospital", "--joint", "816"], &ada).ended(0);
    run(&["application", "submit", reference], &ada).ended(0);
    assert!(
        run(&["application", "assess", reference], &["--org", "X26", "--by", "ada"])
            .ended(12)
            .err
            .contains("Whoever applies")
    );
    run(&["application", "assess", reference], &["--org", "X26", "--by", "Grace"]).ended(0);
    let lacking = run(&["application", "submit", reference], &ada).ended(12);
    assert!(lacking.err.contains("objective") && lacking.err.contains("816"), "{}", lacking.err);
    let text = centre.path("objective.md");
    fs::write(&text, "To plan services\n").unwrap();
    run(&["application", "section", reference, "--section", "objective", "--text", &text], &ada).ended(0);
    let shown = centre.said(&["application", "show", reference]);
    assert_eq!((&shown["stage"], shown["history"].as_array().unwrap().len()), (&"preliminary".into(), 5));
}

#[test]
fn an_agreement_is_signed_and_shows_what_stands_against_a_release() {
    let centre = Centre::new();
    let document = centre.path("agreement.yaml");
    let sample = reference().join("../agreements/sample.yaml");
    let text = fs::read_to_string(sample).unwrap();
    fs::write(
        &document,
        text.replace("start: 2021-07-01", "start: 2026-01-01").replace("end: 2024-06-30", "end: 2028-12-31"),
    )
    .unwrap();
    let by = ["--by", "SIRO", "--on", "2026-01-02"];
    let run = |words: &[&str]| centre.run(&words.iter().copied().chain(by).collect::<Vec<_>>());
    run(&["agreement", "register", &document]).ended(0);
    run(&["agreement", "issue", AGREEMENT]).ended(0);
    run(&["agreement", "sign", AGREEMENT, "--org", "QZZ", "--document", &document]).ended(0);
    let early = run(&["agreement", "activate", AGREEMENT]).ended(12);
    assert!(early.err.contains("part-signed"), "{}", early.err);
    run(&["agreement", "sign", AGREEMENT, "--org", "0AB", "--document", &document]).ended(0);
    run(&["agreement", "activate", AGREEMENT]).ended(0);
    let shown = centre.said(&["agreement", "show", AGREEMENT]);
    assert_eq!(shown["state"], "active");
    assert!(shown["against_release"].as_array().unwrap().len() >= 3, "{shown}");
    run(&["org", "assure", "0AB", "--kind", "dspt", "--status", "Standards-Met", "--until", "2099-12-31"]).ended(0);
    run(&["agreement", "suspend", AGREEMENT, "--why", "an audit"]).ended(0);
    let shown = centre.run(&["agreement", "show", AGREEMENT]).ended(0).out;
    assert!(shown.contains("The agreement is suspended") && !shown.contains("0AB has no security"), "{shown}");
    run(&["agreement", "revoke", AGREEMENT, "--why", "an audit"]).ended(0);
    run(&["agreement", "resume", AGREEMENT]).ended(12);
    assert!(centre.run(&["agreement", "list"]).ended(0).out.contains("revoked"));
    assert!(centre.run(&["agreement", "expire"]).ended(0).out.contains("No agreement"));
}
