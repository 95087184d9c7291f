//! Writes the page of a made-up public register: `cargo run -p fairway-service --example register_page -- FILE [empty]`.

use fairway_service::{Participant, PublicRegister, ReleasedFile};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, rest @ ..] = arguments.as_slice() else { return Err("name a file".into()) };
    let is_empty = rest.iter().any(|word| word == "empty");
    let register = PublicRegister {
        as_of: "2026-11-23".into(),
        participants: if is_empty { Vec::new() } else { participants() },
        releases: if is_empty { Vec::new() } else { releases() },
    };
    Ok(std::fs::write(file, register.page())?)
}

fn participants() -> Vec<Participant> {
    let one = |code: &str, name: &str| Participant {
        code: code.into(),
        name: name.into(),
        dataset: "asc-cld".into(),
        notice: "DPN-ASC-CLD-v2.0".into(),
        since: "2026-04-01".into(),
    };
    vec![
        one("816", "Brighton and Hove"),
        one("E06000064", "Westmorland and Furness"),
        one("908", "Bath & North East <Somerset>"),
    ]
}

fn releases() -> Vec<ReleasedFile> {
    let told = ReleasedFile {
        released_on: "2026-05-02".into(),
        release: "0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11".into(),
        state: "collected".into(),
        agreement: "DARS-NIC-000001-A1B2C-v1.0".into(),
        title: "Use of adult social care after a stay in hospital".into(),
        controllers: vec!["NHS Sample Integrated Care Board (QZZ)".into(), "Brighton and Hove (816)".into()],
        controllership: "joint".into(),
        recipient: "Sample Commissioning Support Unit (0AB)".into(),
        datasets: vec!["asc-cld".into(), "admitted-care".into()],
        data: "pseudonymised".into(),
        purpose: "To plan services for people who leave hospital".into(),
        legal_basis: "Health and Social Care Act 2012, section 261(5)(d)".into(),
        opt_outs: "not applied: the data are pseudonymised as the ICO's code says".into(),
        onward_sharing: "none".into(),
        agreement_start: "2026-01-01".into(),
        agreement_end: "2028-12-31".into(),
        bytes: 1_234_567,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        rows: 4_321,
        ..ReleasedFile::default()
    };
    let file =
        |name: &str, fetched: &str| ReleasedFile { file: name.into(), fetched_on: fetched.into(), ..told.clone() };
    let unknown = ReleasedFile {
        agreement: "DARS-NIC-000002-OTHER-v1.0".into(),
        title: String::new(),
        recipient: "0AB".into(),
        ..file("extract.csv", "")
    };
    vec![file("extract.csv", "2026-05-03"), file("extract.parquet", "2026-05-03"), file("manifest.json", ""), unknown]
}
