//! Appends entries to a log and signs it: what `bench/log.py` measures, and what `tests/log/verify.py` tampers with.
//!
//! `append DIR ENTRIES PER_TRANSACTION` makes the data directory DIR and prints, as JSON, entries, seconds of appending
//! (each transaction on disk before the next begins), of signing, and of verifying.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement stops at the first thing that goes wrong")]

use std::time::Instant;

use fairway_store::{AuditEvent, Store, verify};
use jiff::Timestamp;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [dir, entries, batch] = arguments.as_slice() else {
        println!("append DIR ENTRIES PER_TRANSACTION");
        return;
    };
    let (entries, batch): (u64, u64) = (entries.parse().unwrap(), batch.parse().unwrap());
    let store = Store::create(dir).await.unwrap();
    let begun = Instant::now();
    let mut written = 0;
    while written < entries {
        let mut tx = store.tx("bench", Timestamp::now()).await.unwrap();
        for _ in 0..batch.min(entries - written) {
            written += 1;
            tx.audit(event(written)).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let appending = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let checkpoint = store.checkpoint().await.unwrap();
    let signing = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let report = verify(&store).await.unwrap();
    let verifying = begun.elapsed().as_secs_f64();
    assert_eq!((report.entries, report.problems.len(), checkpoint.head.size), (entries, 0, entries));
    println!(
        "{}",
        serde_json::json!({ "entries": entries, "append": appending, "sign": signing, "verify": verifying })
    );
}

/// Entries as they are in life: releases with their intents, landings, questions.
fn event(number: u64) -> AuditEvent {
    let (verb, object) = match number % 4 {
        0 => ("ReleaseIntended", format!("release:{}", number / 4)),
        1 => ("ReleaseGranted", format!("release:{}", number / 4)),
        2 => ("SubmissionLanded", format!("submission:{number}")),
        _ => ("TablesQueried", "zone:deidentified".to_owned()),
    };
    let detail = serde_json::json!({ "agreement": "DARS-NIC-000001-A1B2C-v1.0", "rows": number, "note": "made up" });
    AuditEvent { actor: format!("cli:{}", number % 7), verb, object, detail }
}
