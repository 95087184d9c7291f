//! A disk without room: a child process may write files of a limited length only, which fails as a full disk does.

use std::fs;
use std::path::Path;
use std::process::Command;

use fairway_domain::SubmissionId;
use fairway_store::keys::{LANDING_PUB, LandingKey};
use fairway_store::{Landed, NewSubmission, Store, outbox, sealed, verify};
use uuid::Uuid;

use crate::place::{Place, at, event, org, submission};

const DATA: &str = "FAIRWAY_TEST_FULL_DATA";
const TASK: &str = "FAIRWAY_TEST_FULL_TASK";

/// Not a test by itself: what the child runs. It prints the fault it meets.
#[tokio::test]
async fn child_meets_a_full_disk() {
    let (Ok(data), Ok(task)) = (std::env::var(DATA), std::env::var(TASK)) else { return };
    let store = Store::open(data).await.unwrap();
    let fault = match task.as_str() {
        "seal" => {
            let key = LandingKey::load(&store.directory().keys().join(LANDING_PUB)).unwrap();
            let bytes = vec![7; 3_000_000];
            let id = SubmissionId::new(Uuid::now_v7());
            sealed::seal(&mut &bytes[..], &key, &store.directory().landing(), id, &mut |_| {}).unwrap_err()
        }
        "outbox" => outbox::place(&store.directory().outbox(), &org("816"), "report", |folder| {
            use fairway_domain::FaultExt;
            fs::write(folder.join("extract.csv"), vec![7; 3_000_000]).fault("extract cannot be written")
        })
        .unwrap_err(),
        _ => loop {
            if let Err(fault) = land_without_file(&store).await {
                break fault;
            }
        },
    };
    println!("fault <{fault}>");
    let source = std::error::Error::source(&fault).unwrap();
    println!("source <{source}>");
}

async fn land_without_file(store: &Store) -> Result<(), fairway_domain::Fault> {
    let id = Uuid::now_v7();
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(id.as_bytes());
    let digest = fairway_domain::Digest(digest);
    let mut tx = store.tx("submission.land", at(1)).await?;
    let landed = tx.insert_submission(&NewSubmission { id: SubmissionId::new(id), digest, ..submission(1) }).await?;
    assert_eq!(landed, Landed::New);
    let mut event = event("SubmissionLanded", "submission");
    event.detail = serde_json::json!({ "filler": "x".repeat(20_000) });
    tx.audit(event).await?;
    tx.commit().await?;
    println!("receipt {id}");
    Ok(())
}

/// Runs the child under a limit of a megabyte a file (ulimit counts in blocks of 512 bytes or a kilobyte, by shell).
fn run_limited(data: &Path, task: &str) -> String {
    let script = "trap '' XFSZ; ulimit -f 2600; exec \"$0\" --exact disk_full::child_meets_a_full_disk --nocapture";
    let output = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .env(DATA, data)
        .env(TASK, task)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn between<'a>(text: &'a str, start: &str) -> &'a str {
    text.split(start).nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_else(|| panic!("{text}"))
}

#[tokio::test]
async fn a_file_that_finds_no_room_is_a_clear_fault_and_leaves_nothing() {
    let place = Place::new().await;
    let text = run_limited(place.directory().root(), "seal");
    assert_eq!(between(&text, "fault <"), "sealed file cannot be written: there is no room left on the disk");
    assert_eq!(fs::read_dir(place.directory().landing()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_outbox_folder_that_finds_no_room_leaves_nothing() {
    let place = Place::new().await;
    let text = run_limited(place.directory().root(), "outbox");
    assert_eq!(between(&text, "fault <"), "extract cannot be written");
    assert_eq!(fs::read_dir(place.directory().outbox().join(".building")).unwrap().count(), 0);
    assert!(!place.directory().outbox().join("816").exists());
}

#[tokio::test]
async fn a_ledger_that_finds_no_room_keeps_every_receipt_and_goes_on_when_there_is_room() {
    let place = Place::with_file().await;
    let text = run_limited(place.directory().root(), "ledger");
    let fault = between(&text, "fault <");
    assert!(fault.contains("the disk under the ledger is full or failing") || fault.contains("no room left"), "{text}");
    let receipts: Vec<&str> = text.lines().filter_map(|line| line.split("receipt ").nth(1)).collect();
    assert!(receipts.len() > 5, "{text}");

    let place = place.reopen().await;
    for id in &receipts {
        assert!(place.store.submission(id.parse().unwrap()).await.unwrap().is_some(), "{id}");
    }
    assert_eq!(place.store.submissions(10_000).await.unwrap().len(), receipts.len(), "nothing half there");
    assert_eq!(verify(&place.store).await.unwrap().problems, []);
    place.landed(1).await;
}
