//! Integration tests of the specifications and their loader, one binary.

#![cfg(test)]

mod builtin;
mod coverage;
mod defects;
mod diff;
mod examples;
mod export;
mod import;
mod pages;
mod pilot;
mod recognise;
mod severities;
mod support;

#[test]
fn no_test_file_is_forgotten() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(here.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(&here).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_test = path.extension().is_some_and(|ending| ending == "rs") && name != "main";
        assert!(!is_test || main.contains(&format!("mod {name};")), "{name}.rs is not run");
    }
}
