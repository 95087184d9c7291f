use std::collections::HashSet;
use std::fs;
use std::path::Path;

use fairway_domain::governance::PaperKind;
use fairway_domain::{
    Confidence, FactKind, KeyState, LinkClass, Route, SubmissionState, TraceOutcome, TraceRunState, TraceStep,
};
use fairway_store::{
    Counted, JobKind, JobState, NumberShown, OutboxKind, PersonChange, ReferenceKind, ReidentificationState,
    ReleaseState, TracedBy,
};
use sqlx::Connection;

use crate::place::Place;

/// The ledger as its migrations make it.
async fn migrated() -> String {
    let place = Place::with_file().await;
    let mut raw = place.raw().await;
    let objects: Vec<String> = sqlx::query_scalar(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> '_sqlx_migrations' ORDER BY rowid",
    )
    .fetch_all(&mut raw)
    .await
    .unwrap();
    raw.close().await.unwrap();
    objects.iter().map(|sql| format!("{sql};\n\n")).collect()
}

#[tokio::test]
async fn schema_sql_is_the_sum_of_the_migrations() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.sql");
    let due = format!(
        "-- The ledger after all migrations. Made from them: run the tests of fairway-store with FAIRWAY_BLESS=1.\n\n{}",
        migrated().await
    );
    if std::env::var_os("FAIRWAY_BLESS").is_some() {
        fs::write(&file, &due).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written, due, "migrations and schema.sql differ: run with FAIRWAY_BLESS=1 and read what changed");
}

#[tokio::test]
async fn every_column_says_what_it_holds() {
    let schema = migrated().await;
    let mut columns = 0;
    let mut before = "";
    for line in schema.lines() {
        let is_column = line.starts_with("    ")
            && !line.starts_with("     ")
            && line.trim_start().starts_with(|first: char| first.is_ascii_lowercase());
        if is_column {
            columns += 1;
            assert!(before.trim_start().starts_with("-- "), "no comment above: {line}");
        }
        before = line;
    }
    assert!(columns > 70, "only {columns} columns were looked at");
}

/// The words of the CHECK on one column of one table.
fn words(schema: &str, table: &str, column: &str) -> HashSet<String> {
    let table = schema.split(&format!("CREATE TABLE {table} (")).nth(1).unwrap();
    let table = table.split(";\n").next().unwrap();
    let list = table.split(&format!("{column} IN (")).nth(1).unwrap().split(')').next().unwrap();
    list.split(',').map(|word| word.trim().trim_matches('\'').to_owned()).collect()
}

fn set<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> HashSet<String> {
    all.iter().map(|one| word(*one).to_owned()).collect()
}

#[tokio::test]
async fn the_words_of_the_schema_are_those_of_the_code() {
    let schema = migrated().await;
    let steps = [TraceStep::None, TraceStep::CrossCheck, TraceStep::Alphanumeric, TraceStep::Algorithmic];
    assert_eq!(words(&schema, "submission", "state"), set(&SubmissionState::ALL, SubmissionState::as_str));
    assert_eq!(words(&schema, "submission", "route"), set(&Route::ALL, Route::as_str));
    assert_eq!(words(&schema, "trace_tally", "outcome"), set(&TraceOutcome::ALL, TraceOutcome::as_str));
    assert_eq!(words(&schema, "trace_tally", "step"), set(&steps, TraceStep::as_str));
    assert_eq!(words(&schema, "trace_run", "state"), set(&TraceRunState::ALL, TraceRunState::as_str));
    assert_eq!(words(&schema, "trace_run", "traced_by"), set(TracedBy::ALL, TracedBy::as_str));
    assert_eq!(words(&schema, "release", "state"), set(ReleaseState::ALL, ReleaseState::as_str));
    assert_eq!(words(&schema, "outbox_item", "kind"), set(OutboxKind::ALL, OutboxKind::as_str));
    assert_eq!(words(&schema, "identity_class", "link_class"), set(&LinkClass::ALL, LinkClass::as_str));
    assert_eq!(words(&schema, "person_event", "what"), set(PersonChange::ALL, PersonChange::as_str));
    assert_eq!(words(&schema, "reference_file", "kind"), set(ReferenceKind::ALL, ReferenceKind::as_str));
    assert_eq!(words(&schema, "import_reference", "kind"), set(ReferenceKind::ALL, ReferenceKind::as_str));
    assert_eq!(words(&schema, "pseudonym_key", "state"), set(&KeyState::ALL, KeyState::as_str));
    let states = set(ReidentificationState::ALL, ReidentificationState::as_str);
    assert_eq!(words(&schema, "reidentification", "state"), states);
    assert_eq!(words(&schema, "published_table", "counted"), set(Counted::ALL, Counted::as_str));
    assert_eq!(words(&schema, "published_cell", "shown"), set(NumberShown::ALL, NumberShown::as_str));
    assert_eq!(words(&schema, "paper", "kind"), set(PaperKind::ALL, PaperKind::as_str));
    assert_eq!(words(&schema, "organisation_fact", "fact"), set(FactKind::ALL, FactKind::as_str));
    assert_eq!(words(&schema, "organisation_fact", "confidence"), set(Confidence::ALL, Confidence::as_str));
    assert_eq!(words(&schema, "job", "kind"), set(JobKind::ALL, JobKind::as_str));
    assert_eq!(words(&schema, "job", "state"), set(JobState::ALL, JobState::as_str));
}
