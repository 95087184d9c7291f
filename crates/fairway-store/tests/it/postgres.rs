//! A private PostgreSQL server, and the whole suite once more with its ledgers there.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use fairway_store::{LedgerUrl, OpenError, Organisation, Store, verify};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::place::{Place, at, commit, org};
use crate::server::Server;

/// Folder of the socket of the server that this run has its ledgers on; unset where it has them in SQLite.
const SOCKET: &str = "FAIRWAY_TEST_POSTGRES";
const TEMPLATE: &str = "fairway_template";

/// An empty database, where this run has its ledgers on a server.
pub async fn new_database() -> Option<LedgerUrl> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let socket = std::env::var(SOCKET).ok()?;
    let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    create_database(&socket, &name, Some(TEMPLATE)).await;
    Some(url(&socket, &name))
}

pub fn url(socket: &str, database: &str) -> LedgerUrl {
    LedgerUrl::parse(&format!("postgres://fairway@localhost/{database}?host={socket}")).unwrap()
}

pub async fn create_database(socket: &str, name: &str, template: Option<&str>) {
    let mut conn = PgConnection::connect(&url(socket, "postgres").to_string()).await.unwrap();
    let template = template.map(|template| format!(" TEMPLATE {template}")).unwrap_or_default();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}{template}"))).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn the_whole_suite_holds_with_the_ledger_in_postgresql() {
    let server = Server::start();
    // The history is run once; every test gets a copy of what it makes.
    create_database(server.socket(), TEMPLATE, None).await;
    let dir = tempfile::tempdir().unwrap();
    Store::create_with(dir.path().join("data"), &url(server.socket(), TEMPLATE)).await.unwrap().close().await;
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--skip", "postgres::"])
        .env(SOCKET, server.socket())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{}", text.lines().rfind(|line| line.starts_with("test result")).unwrap_or_default());
}

/// A server with one data directory whose ledger it has.
async fn served() -> (Server, Place) {
    let server = Server::start();
    create_database(server.socket(), "ledger", None).await;
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create_with(dir.path().join("data"), &url(server.socket(), "ledger")).await.unwrap();
    let place = Place::with(dir, store).await;
    (server, place)
}

#[tokio::test]
async fn a_server_killed_in_a_transaction_loses_that_one_alone_and_the_store_goes_on_by_itself() {
    let (mut server, place) = served().await;
    let kept = place.landed(1).await;
    let mut tx = place.begin(10).await;
    tx.put_organisation(&Organisation { code: org("203"), name: "Barnet".into() }).await.unwrap();
    server.kill();
    let fault = tx.audit(crate::place::event("Tested", "test")).await.unwrap_err();
    assert!(fault.to_string().starts_with("audit entry cannot be written"), "{fault}");
    drop(tx);
    server.restart();
    // The same store, with the connections it had.
    assert!(place.store.submission(kept).await.unwrap().is_some());
    assert_eq!(place.store.organisations().await.unwrap().len(), 2, "nothing half there");
    place.landed(2).await;
    let report = verify(&place.store).await.unwrap();
    assert_eq!((report.entries, report.problems), (3, vec![]));
}

#[tokio::test]
async fn a_server_killed_again_and_again_while_files_land_keeps_every_receipt() {
    let (mut server, place) = served().await;
    let mut receipts = std::collections::HashMap::new();
    for round in 0..5 {
        let data = place.directory().root().to_owned();
        let life = std::time::Duration::from_millis(300 + u64::from(round) * 70);
        let (back, landed) = tokio::task::spawn_blocking(move || {
            let landed = crate::kill::run_and_end(&data, round, life, || server.kill());
            server.restart();
            (server, landed)
        })
        .await
        .unwrap();
        server = back;
        receipts.extend(landed);
        assert_eq!(verify(&place.store).await.unwrap().problems, [], "round {round}");
    }
    assert!(receipts.len() > 5, "the child did land files: {}", receipts.len());
    crate::kill::check_books(place, receipts).await;
}

#[tokio::test]
async fn a_load_key_is_never_told_to_the_server_and_is_destroyed_with_its_file() {
    let (server, place) = served().await;
    let id = place.landed(1).await;
    let secret = b"a wrapped key that nobody guesses";
    let mut tx = place.begin(2).await;
    assert_eq!(tx.keep_load_key(id, secret).await.unwrap(), secret);
    assert_eq!(tx.keep_load_key(id, b"of a second run").await.unwrap(), secret);
    commit(tx).await;
    let wrapped = |key: Option<fairway_store::LoadKey>| key.unwrap().wrapped;
    assert_eq!(wrapped(place.store.load_key(id).await.unwrap()).as_deref(), Some(&secret[..]));
    let data = std::path::Path::new(server.socket()).join("data");
    assert!(in_files(&data, id.to_string().as_bytes()), "the test can see what the server was told");
    assert!(!in_files(&data, secret));

    let mut tx = place.begin(3).await;
    assert!(tx.destroy_load_key(id).await.unwrap());
    assert_eq!(std::fs::read_dir(place.directory().load_keys()).unwrap().count(), 1, "not before the commit");
    commit(tx).await;
    assert_eq!(std::fs::read_dir(place.directory().load_keys()).unwrap().count(), 0);
    assert_eq!(wrapped(place.store.load_key(id).await.unwrap()), None);

    // A process killed between the two leaves a file, which the next one takes away.
    std::fs::write(place.directory().load_keys().join(format!("{id}.share")), b"left").unwrap();
    let place = place.reopen().await;
    assert_eq!(std::fs::read_dir(place.directory().load_keys()).unwrap().count(), 0);
}

fn in_files(folder: &std::path::Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return in_files(&path, needle);
        }
        std::fs::read(path).is_ok_and(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
    })
}

#[tokio::test]
async fn a_ledger_belongs_to_one_data_directory_and_a_data_directory_to_one_ledger() {
    let (server, place) = served().await;
    let there = url(server.socket(), "ledger");
    let refused = |made: Result<Store, OpenError>| match made {
        Err(OpenError::Refused(refusal)) => refusal.reasons[0].clone(),
        other => panic!("{other:?}"),
    };
    let again = Store::create_with(place.directory().root(), &there).await.unwrap();
    assert_eq!(again.organisations().await.unwrap().len(), 2, "it is the same");
    let elsewhere = Store::create_with(place.dir.path().join("other"), &there).await;
    assert!(refused(elsewhere).contains("another data directory"));
    create_database(server.socket(), "second", None).await;
    let moved = Store::create_with(place.directory().root(), &url(server.socket(), "second")).await;
    assert!(refused(moved).contains("another address"));
    let filed = place.dir.path().join("filed");
    Store::create(&filed).await.unwrap().close().await;
    assert!(refused(Store::create_with(&filed, &there).await).contains("ledger.sqlite"));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_a_fault_in_plain_words() {
    let (mut server, place) = served().await;
    let root = place.directory().root().to_owned();
    server.kill();
    let Err(OpenError::Fault(fault)) = Store::open(&root).await else { panic!("opened") };
    assert_eq!(fault.to_string(), "ledger cannot be opened: the database cannot be reached, or went away meanwhile");
    server.restart();
    let store = Store::open(&root).await.unwrap();
    assert!(store.tx("test", at(9)).await.is_ok());
}
