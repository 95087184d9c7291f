//! The check as its callers use it: bytes in, findings and a summary out.
#![cfg(test)]

mod across;
mod checked;
mod earlier;
mod examples;
mod fields;
mod folder;
mod forms;
mod handmade;
mod header;
mod names;
mod properties;
mod reading;
mod records;
mod reports;
mod rules;
mod samples;
mod support;
mod tables;

#[test]
fn every_file_of_tests_is_part_of_this_binary() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(dir.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(dir).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(module) = name.strip_suffix(".rs") else { continue };
        assert!(module == "main" || main.contains(&format!("mod {module};")), "{name} is not in main.rs");
    }
}
