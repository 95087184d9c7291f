//! The program as scripts and people use it: real files, a real ledger, real tables; only the people are made up.
#![cfg(test)]

mod bad_input;
mod canary;
mod centre;
mod demo;
mod earlier;
mod elsewhere;
mod extract;
mod governance;
mod haven;
mod held;
mod journey;
mod keys;
mod killed;
mod link;
mod local_flow;
mod log;
mod manual;
mod reidentify;
mod release;
mod seeded;
mod severities;
mod spec;
mod tabulate;
mod trace;

#[test]
fn no_test_file_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        assert!(module == "main" || main.contains(&format!("mod {module};")), "{name} is not a module of main.rs");
    }
}
