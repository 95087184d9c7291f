use fairway_store::{Organisation, Store};

use crate::place::{Place, at, commit, event, id, org, submission};

#[tokio::test]
async fn a_change_without_an_audit_event_is_not_committed() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    tx.insert_submission(&submission(1)).await.unwrap();
    let fault = tx.commit().await.unwrap_err();
    assert_eq!(fault.to_string(), "transaction test changes something but records no audit event");
    assert_eq!(place.store.submission(id(1)).await.unwrap(), None);
    place.landed(2).await;
}

#[tokio::test]
async fn a_transaction_that_changes_nothing_may_be_committed_in_silence() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    let same = Organisation { code: org("816"), name: "York".into() };
    assert!(!tx.put_organisation(&same).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(place.store.audit_entries(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_event_alone_may_be_committed_so_that_readings_are_recorded() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    tx.audit(event("QueryAnswered", "zone:deidentified")).await.unwrap();
    tx.commit().await.unwrap();
    let entries = place.store.audit_entries(1).await.unwrap();
    assert_eq!(entries[0].verb, "QueryAnswered");
    assert_eq!((entries[0].seq, entries[0].at), (2, at(1)));
}

#[tokio::test]
async fn a_transaction_that_is_dropped_changes_nothing() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    tx.insert_submission(&submission(1)).await.unwrap();
    tx.audit(event("SubmissionLanded", "submission")).await.unwrap();
    drop(tx);
    assert_eq!(place.store.submission(id(1)).await.unwrap(), None);
    assert_eq!(place.store.audit_entries(10).await.unwrap().len(), 1);
    place.landed(2).await;
}

#[tokio::test]
async fn a_reader_sees_what_was_committed_while_a_writer_is_at_work() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    tx.insert_submission(&submission(1)).await.unwrap();
    assert!(tx.submission(id(1)).await.unwrap().is_some());
    assert_eq!(place.store.submission(id(1)).await.unwrap(), None);
    commit(tx).await;
    assert!(place.store.submission(id(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_is_opened_and_read_while_another_process_writes() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    tx.insert_submission(&submission(1)).await.unwrap();
    let other = Store::open(place.directory().root()).await.unwrap();
    assert_eq!(other.organisations().await.unwrap().len(), 2);
    assert_eq!(other.submission(id(1)).await.unwrap(), None);
    commit(tx).await;
    assert!(other.submission(id(1)).await.unwrap().is_some());
}
