//! The store against real files and a real ledger: in SQLite, and all of it once more in PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that goes wrong"
)]

mod accounts;
mod audit;
mod concurrency;
mod disk_full;
mod identity;
mod jobs;
mod kill;
mod ledger;
mod log;
mod opening;
mod outbox;
mod papers;
mod persons;
mod place;
mod postgres;
mod power;
mod published;
mod schema;
mod sealed;
mod server;
mod trace_runs;
mod transactions;
mod upgrade;

use std::fs;
use std::path::Path;

#[test]
fn no_test_file_is_forgotten() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(here.join("main.rs")).unwrap();
    for entry in fs::read_dir(here).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        assert!(module == "main" || main.contains(&format!("mod {module};")), "{name} is not in main.rs");
    }
}
