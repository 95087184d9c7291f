//! Made-up people as others get them: files in a folder, judged by rules written here a second time.
#![cfg(test)]

mod clean;
mod defects;
mod files;
mod options;
mod spoilers;
mod support;

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
