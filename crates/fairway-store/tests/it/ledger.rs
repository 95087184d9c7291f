use fairway_domain::{Digest, ImportId, ReleaseId, Route, SubmissionEvent, SubmissionState, TraceOutcome, TraceStep};
use fairway_store::{
    Import, Landed, NewRelease, NewSubmission, OutboxKind, ReleaseState, ReleasedFiles, Scope, Tally, TraceTally,
    Verdict, outbox::PlacedFile,
};
use uuid::Uuid;

use crate::place::{Place, at, commit, id, org, submission};

#[tokio::test]
async fn a_submission_reads_back_as_it_was_landed() {
    let place = Place::new().await;
    place.landed(7).await;
    let found = place.store.submission(id(7)).await.unwrap().unwrap();
    assert_eq!(found.organisation, org("816"));
    assert_eq!((found.route, found.bytes, found.digest), (Route::Cli, 1_007, Digest([7; 32])));
    assert_eq!((found.state, found.release, found.period), (SubmissionState::Landed, None, None));
    assert_eq!((found.landed_at, found.updated_at), (at(7), at(7)));
    assert_eq!(place.store.find_by_digest(&org("816"), Digest([7; 32])).await.unwrap().unwrap().id, id(7));
    assert_eq!(place.store.find_by_digest(&org("202"), Digest([7; 32])).await.unwrap(), None);
}

#[tokio::test]
async fn the_same_bytes_return_the_first_receipt_even_after_they_were_rejected() {
    let place = Place::new().await;
    let first = place.landed(1).await;
    let mut tx = place.begin(2).await;
    tx.advance(first, SubmissionEvent::CheckRejected).await.unwrap();
    tx.give_up_payload(first).await.unwrap();
    commit(tx).await;

    let again = NewSubmission { id: id(9), ..submission(1) };
    let mut tx = place.begin(3).await;
    let Landed::Before(before) = tx.insert_submission(&again).await.unwrap() else { panic!("landed twice") };
    tx.commit().await.unwrap();
    assert_eq!((before.id, before.state), (first, SubmissionState::Rejected));
    assert_eq!(before.payload_destroyed_at, Some(at(2)));
    assert_eq!(place.store.submissions(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_bytes_of_another_organisation_are_another_submission() {
    let place = Place::new().await;
    place.landed(1).await;
    let other = NewSubmission { id: id(2), organisation: org("202"), ..submission(1) };
    let mut tx = place.begin(2).await;
    assert_eq!(tx.insert_submission(&other).await.unwrap(), Landed::New);
    commit(tx).await;
    assert_eq!(place.store.submissions_of(&org("202"), "asc-cld").await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_organisation_that_is_not_onboarded_lands_nothing() {
    let place = Place::new().await;
    let stranger = NewSubmission { organisation: org("999"), ..submission(1) };
    let mut tx = place.begin(1).await;
    let fault = tx.insert_submission(&stranger).await.unwrap_err();
    assert_eq!(fault.to_string(), "submission cannot be written");
}

#[tokio::test]
async fn a_submission_moves_only_where_its_state_lets_it() {
    let place = Place::new().await;
    let id = place.landed(1).await;
    let mut tx = place.begin(2).await;
    let fault = tx.advance(id, SubmissionEvent::LoadCommitted).await.unwrap_err();
    assert_eq!(fault.to_string(), format!("submission {id} is landed and cannot take LoadCommitted"));
    let fault = tx.advance(id, SubmissionEvent::CheckPassed).await.unwrap_err();
    let cause = std::error::Error::source(&fault).unwrap().to_string();
    assert!(cause.contains("what_passed_the_check_has_a_release"), "{cause}");
    drop(tx);

    let mut tx = place.begin(3).await;
    tx.record_verdict(id, &Verdict { release: Some("r2".into()), period: None }).await.unwrap();
    assert_eq!(tx.advance(id, SubmissionEvent::CheckPassed).await.unwrap(), SubmissionState::Accepted);
    commit(tx).await;
    assert_eq!(place.store.submission(id).await.unwrap().unwrap().updated_at, at(3));
}

#[tokio::test]
async fn rows_that_do_not_add_up_are_not_recorded() {
    let place = Place::new().await;
    let submission = place.landed(1).await;
    let good =
        Import { submission, rows_in: 10, rows_loaded: 8, rows_rejected: 2, vault_version: 4, events_version: 4 };
    let mut tx = place.begin(2).await;
    let fault = tx.insert_import(&Import { rows_loaded: 9, ..good }).await.unwrap_err();
    let cause = std::error::Error::source(&fault).unwrap().to_string();
    assert!(cause.contains("every_row_is_accounted_for"), "{cause}");
    drop(tx);

    let mut tx = place.begin(3).await;
    assert!(tx.insert_import(&good).await.unwrap());
    assert!(!tx.insert_import(&good).await.unwrap(), "recorded once");
    assert!(tx.insert_import(&Import { events_version: 5, ..good }).await.is_err());
    commit(tx).await;
    assert_eq!(place.store.import(submission).await.unwrap(), Some(good));
}

#[tokio::test]
async fn a_load_key_is_kept_from_the_first_run_and_destroyed_for_good() {
    let place = Place::with_file().await;
    let id = place.landed(1).await;
    let secret = *b"a wrapped key that nobody guesses";
    let mut tx = place.begin(2).await;
    assert_eq!(tx.keep_load_key(id, &secret).await.unwrap(), secret);
    assert_eq!(tx.keep_load_key(id, b"of a second run").await.unwrap(), secret);
    commit(tx).await;
    assert!(in_ledger_files(&place, &secret), "the test can see the key while it is there");

    let mut tx = place.begin(3).await;
    assert!(tx.destroy_load_key(id).await.unwrap());
    assert!(!tx.destroy_load_key(id).await.unwrap());
    commit(tx).await;
    let gone = place.store.load_key(id).await.unwrap().unwrap();
    assert_eq!((gone.wrapped, gone.destroyed_at), (None, Some(at(3))));
    assert!(!in_ledger_files(&place, &secret));
    let mut tx = place.begin(4).await;
    assert!(tx.keep_load_key(id, b"of a later run").await.is_err());
}

fn holds(file: &std::path::Path, needle: &[u8]) -> bool {
    let bytes = std::fs::read(file).unwrap_or_default();
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn in_ledger_files(place: &Place, needle: &[u8]) -> bool {
    ["ledger.sqlite", "ledger.sqlite-wal"].iter().any(|name| holds(&place.directory().root().join(name), needle))
}

#[tokio::test]
async fn tallies_are_those_of_the_last_run() {
    let place = Place::new().await;
    let id = place.landed(1).await;
    let tally = |rule: &str, count| Tally { rule: rule.into(), severity: "warning".into(), count };
    let trace = |count| TraceTally { outcome: TraceOutcome::Matched, step: TraceStep::Alphanumeric, count };
    for run in 1..=2 {
        let mut tx = place.begin(run).await;
        tx.record_tallies(id, &[tally("CLD-002", 4), tally("CLD-001", 5 + run as u64)]).await.unwrap();
        tx.record_trace_tallies(id, &[trace(run as u64)]).await.unwrap();
        commit(tx).await;
    }
    assert_eq!(place.store.tallies(id).await.unwrap(), [tally("CLD-001", 7), tally("CLD-002", 4)]);
    assert_eq!(place.store.trace_tallies(id).await.unwrap(), [trace(2)]);
}

#[tokio::test]
async fn a_severity_that_is_not_one_is_refused() {
    let place = Place::new().await;
    let id = place.landed(1).await;
    let mut tx = place.begin(1).await;
    let wrong = Tally { rule: "CLD-001".into(), severity: "grave".into(), count: 1 };
    assert!(tx.record_tallies(id, &[wrong]).await.is_err());
}

const YEAR: (&str, &str) = ("2025-04-01", "2026-03-31");
const NEXT_YEAR: (&str, &str) = ("2026-04-01", "2027-03-31");

fn scope(from: &str, to: &str) -> Scope {
    Scope { dataset: "asc-cld".into(), organisations: None, period: (from.parse().unwrap(), to.parse().unwrap()) }
}

async fn current(place: &Place, scope: &Scope) -> Vec<ImportId> {
    place.store.current_imports(scope).await.unwrap().into_iter().map(|found| found.import).collect()
}

#[tokio::test]
async fn current_imports_are_the_deidentified_ones_of_the_period() {
    let place = Place::new().await;
    let year = place.deidentified(1, YEAR).await;
    let next = place.deidentified(2, NEXT_YEAR).await;
    place.landed(3).await;
    assert_eq!(current(&place, &scope("2025-06-01", "2025-06-30")).await, [year.into()]);
    assert_eq!(current(&place, &scope("2026-03-31", "2026-04-01")).await, [year.into(), next.into()]);
    assert_eq!(current(&place, &scope("2030-01-01", "2030-12-31")).await, []);
    let some = |codes: &[&str]| Scope {
        organisations: Some(codes.iter().map(|code| org(code)).collect()),
        ..scope("2025-06-01", "2025-06-30")
    };
    assert_eq!(current(&place, &some(&["202", "816"])).await, [year.into()]);
    assert_eq!(current(&place, &some(&["202"])).await, []);
    assert_eq!(current(&place, &some(&[])).await, []);
}

#[tokio::test]
async fn a_later_submission_for_the_same_period_takes_the_place_of_the_earlier() {
    let place = Place::new().await;
    place.deidentified(1, YEAR).await;
    let later = place.deidentified(2, YEAR).await;
    assert_eq!(current(&place, &scope("2025-04-01", "2026-03-31")).await, [later.into()]);
}

#[tokio::test]
async fn a_submission_is_replaced_only_once_its_successor_is_deidentified() {
    let place = Place::new().await;
    let first = place.deidentified(1, YEAR).await;
    let second = place.landed(2).await;
    let mut tx = place.begin(200).await;
    tx.supersede(second, first).await.unwrap();
    commit(tx).await;
    let year = scope("2025-04-01", "2026-03-31");
    assert_eq!(current(&place, &year).await, [first.into()]);

    let third = place.deidentified(3, ("2025-05-01", "2026-04-30")).await;
    let mut tx = place.begin(201).await;
    tx.supersede(third, second).await.unwrap();
    commit(tx).await;
    assert_eq!(current(&place, &year).await, [third.into()], "also through one that never got there");
}

fn release_id(number: u8) -> ReleaseId {
    ReleaseId::new(Uuid::from_bytes([number; 16]))
}

fn new_release(number: u8, allowed: bool) -> NewRelease {
    let agreement = "DARS-NIC-000001-A1B2C-v1.0".parse().unwrap();
    NewRelease { id: release_id(number), agreement, recipient: org("QOP"), allowed }
}

#[tokio::test]
async fn a_release_is_intended_then_granted_then_collected() {
    let place = Place::new().await;
    let files = ReleasedFiles { rows: 12, manifest_digest: Digest([3; 32]), folder: "QOP/release-1".into() };
    let mut tx = place.begin(1).await;
    tx.insert_release(&new_release(1, true)).await.unwrap();
    assert!(tx.collect_release(release_id(1)).await.is_err(), "nothing is there to be fetched");
    commit(tx).await;
    assert_eq!(place.store.release(release_id(1)).await.unwrap().unwrap().state, ReleaseState::Intended);

    let mut tx = place.begin(2).await;
    tx.grant_release(release_id(1), &files).await.unwrap();
    tx.collect_release(release_id(1)).await.unwrap();
    assert!(tx.grant_release(release_id(1), &files).await.is_err(), "granted once");
    commit(tx).await;
    let found = place.store.releases(10).await.unwrap();
    assert_eq!((found[0].state, &found[0].files, found[0].created_at), (ReleaseState::Collected, &Some(files), at(1)));
}

#[tokio::test]
async fn a_refused_release_is_in_the_register_and_is_never_granted() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    tx.insert_release(&new_release(1, false)).await.unwrap();
    let files = ReleasedFiles { rows: 0, manifest_digest: Digest([0; 32]), folder: "QOP/none".into() };
    assert!(tx.grant_release(release_id(1), &files).await.is_err());
    commit(tx).await;
    assert_eq!(place.store.releases(10).await.unwrap()[0].state, ReleaseState::Refused);
}

#[tokio::test]
async fn an_outbox_file_is_recorded_once_and_keeps_when_it_was_first_fetched() {
    let place = Place::new().await;
    let file = PlacedFile { path: "816/report-1/findings.csv".into(), digest: Digest([5; 32]), bytes: 99 };
    for (run, new) in [(1, 1), (2, 0)] {
        let mut tx = place.begin(run).await;
        let files = std::slice::from_ref(&file);
        assert_eq!(tx.insert_outbox_items(&org("816"), OutboxKind::CheckReport, files).await.unwrap(), new);
        commit(tx).await;
    }
    let item = place.store.outbox(&org("816")).await.unwrap().remove(0);
    assert_eq!((&item.file, item.created_at, item.collected_at), (&file, at(1), None));
    for run in [3, 4] {
        let mut tx = place.begin(run).await;
        tx.collect_outbox_item(item.id).await.unwrap();
        commit(tx).await;
    }
    assert_eq!(place.store.outbox(&org("816")).await.unwrap()[0].collected_at, Some(at(3)));
    assert!(place.store.outbox(&org("202")).await.unwrap().is_empty());
}
