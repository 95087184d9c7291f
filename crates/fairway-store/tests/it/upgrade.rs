//! A ledger from before the log was a tree.

use std::fs;

use fairway_store::{DataDirectory, Head, Store, verify};
use sha2::{Digest, Sha256};
use sqlx::Connection;

use crate::place::{Place, at, event};

/// Puts a chain as it was written then in place of the log, and its head; gives the data directory, not open.
async fn chained(texts: &[[&str; 5]]) -> (tempfile::TempDir, DataDirectory) {
    let place = Place::with_file().await;
    let mut raw = place.raw().await;
    sqlx::raw_sql("DELETE FROM audit; DELETE FROM audit_payload").execute(&mut raw).await.unwrap();
    let mut prev = [0; 32];
    for (seq, texts) in (1i64..).zip(texts) {
        let mut hasher = Sha256::new().chain_update(prev).chain_update(seq.to_be_bytes());
        for text in texts {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        let hash: [u8; 32] = hasher.finalize().into();
        sqlx::query("INSERT INTO audit_chained VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(seq)
            .bind(texts[0])
            .bind(texts[1])
            .bind(texts[2])
            .bind(texts[3])
            .bind(texts[4])
            .bind(&prev[..])
            .bind(&hash[..])
            .execute(&mut raw)
            .await
            .unwrap();
        prev = hash;
    }
    raw.close().await.unwrap();
    let head = Head { seq: texts.len() as u64, hash: fairway_domain::Digest(prev) };
    fs::write(place.directory().audit_head(), head.to_string()).unwrap();
    let directory = place.directory().clone();
    place.store.close().await;
    (place.dir, directory)
}

const CHAIN: [[&str; 5]; 3] = [
    ["2026-04-01T00:00:00.000000Z", "cli", "CentreInitialised", "centre", "{\"councils\":2}"],
    ["2026-04-01T00:00:01.000000Z", "cli:816", "SubmissionLanded", "submission:1", "{\"bytes\":9}"],
    ["2026-04-01T00:00:02.000000Z", "worker", "LoadBegun", "submission:1", "{}"],
];

#[tokio::test]
async fn the_entries_of_a_chain_become_leaves_and_the_log_goes_on() {
    let (_dir, directory) = chained(&CHAIN).await;
    let old_head = fs::read_to_string(directory.audit_head()).unwrap();
    let store = Store::open(directory.root()).await.unwrap();
    assert_eq!(verify(&store).await.unwrap().problems, []);
    let entries = store.audit_entries(10).await.unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!((entries[1].actor.as_str(), entries[1].detail.as_str()), ("cli:816", "{\"bytes\":9}"));
    // Killed between the commit and its head, it is put right by the next transaction.
    fs::write(directory.audit_head(), old_head).unwrap();
    let mut tx = store.tx("test", at(10)).await.unwrap();
    tx.audit(event("Tested", "test")).await.unwrap();
    tx.commit().await.unwrap();
    let report = verify(&store).await.unwrap();
    assert_eq!((report.entries, report.problems), (4, vec![]));
}

#[tokio::test]
async fn a_chain_that_was_edited_or_cut_is_not_made_a_tree() {
    for tamper in [
        "UPDATE audit_chained SET actor = 'nobody' WHERE seq = 2",
        "DELETE FROM audit_chained WHERE seq = 2",
        "DELETE FROM audit_chained WHERE seq = 3",
    ] {
        let (_dir, directory) = chained(&CHAIN).await;
        let url = format!("sqlite://{}", directory.ledger().display());
        let mut raw = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::raw_sql(tamper).execute(&mut raw).await.unwrap();
        raw.close().await.unwrap();
        let error = Store::open(directory.root()).await.unwrap_err();
        assert!(error.to_string().starts_with("audit log cannot be made a tree"), "{error}");
    }
}
