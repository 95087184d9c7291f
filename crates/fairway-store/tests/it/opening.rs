use std::fs;
use std::os::unix::fs::PermissionsExt;

use fairway_store::{OpenError, Store, WorkerLock};

use crate::place::{Place, at};

#[tokio::test]
async fn a_folder_that_is_not_a_data_directory_is_refused_with_the_way_out() {
    let dir = tempfile::tempdir().unwrap();
    let Err(OpenError::Refused(refusal)) = Store::open(dir.path()).await else { panic!("opened") };
    assert!(refusal.what.ends_with("is not a Fairway data directory"));
    assert!(refusal.next.contains("fairway init"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "opening makes nothing");
}

#[tokio::test]
async fn creating_again_keeps_what_is_there() {
    let place = Place::new().await;
    let again = Store::create(place.directory().root()).await.unwrap();
    assert_eq!(again.organisations().await.unwrap().len(), 2);
}

#[tokio::test]
async fn only_its_owner_may_enter_a_data_directory() {
    let place = Place::new().await;
    for folder in [place.directory().root().to_owned(), place.directory().landing(), place.directory().keys()] {
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[tokio::test]
async fn a_ledger_of_a_newer_fairway_is_refused() {
    let place = Place::new().await;
    place
        .tamper("INSERT INTO _sqlx_migrations SELECT 9999, 'later', installed_on, success, checksum, 1 FROM _sqlx_migrations LIMIT 1")
        .await;
    let Err(OpenError::Refused(refusal)) = Store::open(place.directory().root()).await else { panic!("opened") };
    assert!(refusal.reasons[0].contains("newer Fairway"), "{refusal}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_a_fault_in_plain_words() {
    let place = Place::with_file().await;
    let root = place.directory().root().to_owned();
    let ledger = place.directory().ledger();
    place.store.close().await;
    fs::write(ledger, b"this was a ledger once").unwrap();
    let Err(OpenError::Fault(fault)) = Store::open(root).await else { panic!("opened") };
    assert_eq!(fault.to_string(), "ledger cannot be opened: the ledger file is damaged");
}

#[tokio::test]
async fn a_ledger_that_lost_its_head_is_not_written_to() {
    let place = Place::new().await;
    fs::remove_file(place.directory().audit_head()).unwrap();
    let again = Store::create(place.directory().root()).await.unwrap();
    let fault = again.tx("test", at(1)).await.unwrap_err();
    assert!(fault.to_string().contains("audit.head is missing"), "{fault}");
    assert_eq!(again.organisations().await.unwrap().len(), 2, "it can still be read");
}

#[tokio::test]
async fn one_worker_at_a_time_has_a_data_directory() {
    let place = Place::new().await;
    let first = WorkerLock::take(place.directory()).unwrap().unwrap();
    assert!(first.owner().ends_with(&format!(":{}", std::process::id())));
    assert!(WorkerLock::take(place.directory()).unwrap().is_none());
    drop(first);
    assert!(WorkerLock::take(place.directory()).unwrap().is_some());
}
