use std::collections::HashSet;
use std::sync::Arc;

use fairway_domain::SubmissionId;
use fairway_store::{Job, JobKind, Landed, NewSubmission, Store, sealed, verify};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::place::{Place, at, event, submission};

/// Lands a file as the verb does, and gives the receipt.
async fn land(store: Store, key: fairway_store::keys::LandingKey, start: Arc<Barrier>) -> SubmissionId {
    let id = SubmissionId::new(Uuid::now_v7());
    let dir = store.directory().landing();
    start.wait().await;
    let sealed = tokio::task::spawn_blocking(move || {
        sealed::seal(&mut &b"the same bytes"[..], &key, &dir, id, &mut |_| {}).unwrap()
    })
    .await
    .unwrap();
    let new = NewSubmission { id, digest: sealed.digest, bytes: sealed.bytes, ..submission(1) };
    let mut tx = store.tx("submission.land", at(1)).await.unwrap();
    let landed = tx.insert_submission(&new).await.unwrap();
    match landed {
        Landed::New => {
            tx.enqueue(Job { kind: JobKind::Check, submission: id }).await.unwrap();
            tx.audit(event("SubmissionLanded", "submission")).await.unwrap();
            tx.commit().await.unwrap();
            id
        }
        Landed::Before(before) => {
            tx.roll_back().await.unwrap();
            sealed.discard().unwrap();
            before.id
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_bytes_landed_at_once_are_one_submission_with_one_receipt() {
    const AT_ONCE: usize = 16;
    let place = Place::new().await;
    let start = Arc::new(Barrier::new(AT_ONCE));
    // Half of them through a store of their own, as another process would have.
    let other = Store::open(place.directory().root()).await.unwrap();
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|number| {
            let store = if number % 2 == 0 { place.store.clone() } else { other.clone() };
            tokio::spawn(land(store, place.landing_key(), start.clone()))
        })
        .collect();
    let mut receipts = HashSet::new();
    for task in tasks {
        receipts.insert(task.await.unwrap());
    }
    assert_eq!(receipts.len(), 1);
    assert_eq!(place.store.submissions(100).await.unwrap().len(), 1);
    assert_eq!(place.store.job_counts().await.unwrap().queued, 1);
    assert_eq!(std::fs::read_dir(place.directory().landing()).unwrap().count(), 1);
    assert_eq!(verify(&place.store).await.unwrap().problems, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_several_processes_keep_one_chain_and_verify_can_watch() {
    const WRITERS: i64 = 4;
    const EACH: i64 = 15;
    let place = Place::new().await;
    let mut tasks = Vec::new();
    for writer in 0..WRITERS {
        let store = Store::open(place.directory().root()).await.unwrap();
        tasks.push(tokio::spawn(async move {
            for number in 0..EACH {
                let mut tx = store.tx("test", at(writer * 1_000 + number)).await.unwrap();
                tx.audit(event("Tested", "test")).await.unwrap();
                tx.commit().await.unwrap();
            }
        }));
    }
    let mut looks = 0;
    while tasks.iter().any(|task| !task.is_finished()) {
        assert_eq!(verify(&place.store).await.unwrap().problems, []);
        looks += 1;
    }
    for task in tasks {
        task.await.unwrap();
    }
    let report = verify(&place.store).await.unwrap();
    assert_eq!((report.entries, report.problems), ((WRITERS * EACH + 1) as u64, vec![]));
    println!("looked {looks} times meanwhile");
}
