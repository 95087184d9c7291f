//! Real Delta tables in temporary folders.
#![cfg(test)]

mod append;
#[cfg(feature = "cluster")]
mod cluster;
mod cut_off;
mod durability;
mod extract;
mod figures;
mod history;
mod interop;
mod privacy;
mod query;
mod scan;
mod support;

#[test]
fn no_test_file_is_forgotten() {
    let main = include_str!("main.rs");
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(main.contains(&format!("mod {module};")), "{name} is in no test");
        }
    }
}
