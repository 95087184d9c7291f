use std::fs;

use fairway_store::{AuditReport, DataDirectory, verify, verify_directory};

use crate::place::{Place, commit, event};

/// Five entries, one of them with two in its transaction.
async fn place_with_a_log() -> Place {
    with_a_log(Place::new().await).await
}

/// The same with SQLite, for what is about its file.
async fn file_with_a_log() -> Place {
    with_a_log(Place::with_file().await).await
}

/// What SQLite does to bytes, in words of PostgreSQL.
const BYTES: [(&str, &str); 5] = [
    ("CAST(x'ff' AS TEXT)", "chr(255)"),
    (
        "unhex(iif(hex(commitment) LIKE '01%', '02', '01') || substr(hex(commitment), 3))",
        "set_byte(commitment, 0, 255 - get_byte(commitment, 0))",
    ),
    (
        "unhex(iif(hex(nodes) LIKE '01%', '02', '01') || substr(hex(nodes), 3))",
        "set_byte(nodes, 0, 255 - get_byte(nodes, 0))",
    ),
    ("unhex(hex(nodes) || hex(zeroblob(32)))", "nodes || decode(repeat('00', 32), 'hex')"),
    ("zeroblob(32)", "decode(repeat('00', 32), 'hex')"),
];

async fn with_a_log(place: Place) -> Place {
    for number in 1..=2 {
        place.landed(number).await;
    }
    let mut tx = place.begin(10).await;
    tx.audit(event("SubmissionChecked", "submission:a-known-text")).await.unwrap();
    commit(tx).await;
    place
}

async fn report(place: &Place) -> AuditReport {
    verify(&place.store).await.unwrap()
}

fn whats(report: &AuditReport) -> Vec<(Option<u64>, &str)> {
    report.problems.iter().map(|problem| (problem.seq, problem.what.as_str())).collect()
}

#[tokio::test]
async fn a_log_nobody_touched_is_whole() {
    let place = place_with_a_log().await;
    let report = report(&place).await;
    assert_eq!((report.entries, report.head.seq, report.problems), (5, 5, vec![]));
    let head = fs::read_to_string(place.directory().audit_head()).unwrap();
    assert_eq!(head, report.head.to_string());
}

#[tokio::test]
async fn an_empty_log_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let store = fairway_store::Store::create(dir.path()).await.unwrap();
    let report = verify(&store).await.unwrap();
    assert_eq!((report.entries, report.head, report.problems), (0, fairway_store::Head::GENESIS, vec![]));
}

#[tokio::test]
async fn one_byte_changed_in_any_column_of_any_entry_shows() {
    let changes = [
        "UPDATE audit SET seq = 77 WHERE seq = ",
        "UPDATE audit SET at = substr(at, 1, 26) || 'Y' WHERE seq = ",
        "UPDATE audit SET actor = 'tesu' WHERE seq = ",
        "UPDATE audit SET role = 'auditor' WHERE seq = ",
        "UPDATE audit SET org = '816' WHERE seq = ",
        "UPDATE audit SET verb = substr(verb, 2) WHERE seq = ",
        "UPDATE audit SET object = object || ' ' WHERE seq = ",
        "UPDATE audit SET agreement = 'DSA' WHERE seq = ",
        "UPDATE audit SET decision = 'granted' WHERE seq = ",
        "UPDATE audit SET phase = 'intent' WHERE seq = ",
        "UPDATE audit SET prev_intent = 1 WHERE seq = ",
        "UPDATE audit SET actor = CAST(x'ff' AS TEXT) WHERE seq = ",
        "UPDATE audit SET chained = zeroblob(32) WHERE seq = ",
        "UPDATE audit SET commitment = unhex(iif(hex(commitment) LIKE '01%', '02', '01') || substr(hex(commitment), 3)) WHERE seq = ",
        "UPDATE audit SET nodes = unhex(iif(hex(nodes) LIKE '01%', '02', '01') || substr(hex(nodes), 3)) WHERE seq = ",
        "UPDATE audit SET nodes = unhex(hex(nodes) || hex(zeroblob(32))) WHERE seq = ",
        "UPDATE audit_payload SET payload = replace(payload, '3', '4') WHERE seq = ",
        "UPDATE audit_payload SET salt = zeroblob(32) WHERE seq = ",
        "DELETE FROM audit_payload WHERE seq = ",
    ];
    for change in changes {
        let mut seq = 0;
        while seq < 5 {
            seq += 1;
            let place = place_with_a_log().await;
            // A database for each entry and column takes a minute; what differs on a server is how bytes are read.
            if !place.directory().ledger().exists() {
                seq = seq.max(5);
            }
            let change = match place.directory().ledger().exists() {
                true => change.to_owned(),
                false => BYTES.iter().fold(change.to_owned(), |sql, (sqlite, postgres)| sql.replace(sqlite, postgres)),
            };
            place.tamper(format!("{change}{seq}").leak()).await;
            let report = report(&place).await;
            assert!(!report.problems.is_empty(), "{change}{seq}");
            assert_eq!(report.entries, 5, "the rest is still read");
        }
    }
}

#[tokio::test]
async fn text_moved_from_one_column_to_the_next_shows() {
    let place = place_with_a_log().await;
    place.tamper("UPDATE audit SET actor = 'tes', verb = 't' || verb WHERE seq = 2").await;
    assert_eq!(whats(&report(&place).await), [(Some(2), "This entry has been changed")]);
}

#[tokio::test]
async fn every_problem_is_reported_and_not_just_the_first() {
    let place = place_with_a_log().await;
    place.tamper("UPDATE audit SET actor = 'nobody' WHERE seq IN (1, 5); DELETE FROM audit WHERE seq IN (2, 3)").await;
    let found = report(&place).await;
    assert_eq!(
        whats(&found),
        [
            (Some(1), "This entry has been changed"),
            (Some(2), "Entries 2 to 3 are missing"),
            (Some(5), "This entry has been changed"),
        ]
    );
}

#[tokio::test]
async fn entries_that_fit_in_themselves_do_not_fit_the_tree() {
    let place = file_with_a_log().await;
    // The forger puts the log of another directory in place of this one's last two entries, payloads and all.
    let other = file_with_a_log().await;
    let attach = format!("ATTACH '{}' AS other", other.directory().ledger().display());
    let forge = "DELETE FROM audit WHERE seq > 3; DELETE FROM audit_payload WHERE seq > 3;
         INSERT INTO audit SELECT * FROM other.audit WHERE seq > 3;
         INSERT INTO audit_payload SELECT * FROM other.audit_payload WHERE seq > 3";
    place.tamper(format!("{attach}; {forge}").leak()).await;
    let found = report(&place).await;
    assert!(whats(&found).contains(&(Some(4), "From this entry on the tree does not hold")), "{found:?}");
}

#[tokio::test]
async fn an_end_cut_off_shows_and_shuts_the_ledger_for_writing() {
    for cut in 1..=5 {
        let place = place_with_a_log().await;
        place.tamper(format!("DELETE FROM audit WHERE seq > 5 - {cut}").leak()).await;
        let found = report(&place).await;
        let due = format!(
            "The end of the audit log is missing: audit.head says that entry 5 is the last, the log ends at {}",
            5 - cut
        );
        assert_eq!(whats(&found), [(None, due.as_str())]);
        let fault = place.store.tx("test", crate::place::at(20)).await.unwrap_err();
        assert!(fault.to_string().starts_with("audit log does not end where audit.head says"), "{fault}");
    }
}

#[tokio::test]
async fn a_log_rewritten_whole_does_not_have_the_entry_the_head_names() {
    let (place, other) = (file_with_a_log().await, file_with_a_log().await);
    let attach = format!("ATTACH '{}' AS other", other.directory().ledger().display());
    let forge = "DELETE FROM audit; DELETE FROM audit_payload; INSERT INTO audit SELECT * FROM other.audit;
         INSERT INTO audit_payload SELECT * FROM other.audit_payload";
    place.tamper(format!("{attach}; {forge}").leak()).await;
    let found = report(&place).await;
    assert_eq!(whats(&found), [(Some(5), "This entry is not the one that audit.head names")]);
}

#[tokio::test]
async fn a_head_one_transaction_behind_is_what_a_crash_leaves_and_is_put_right() {
    let place = Place::new().await;
    place.landed(1).await;
    let file = place.directory().audit_head();
    let before = fs::read_to_string(&file).unwrap();
    place.landed(2).await;
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, &before).unwrap();
    assert_eq!(report(&place).await.problems, []);
    place.begin(20).await.commit().await.unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), whole);
}

#[tokio::test]
async fn what_is_forgotten_is_gone_and_every_proof_still_holds() {
    let place = file_with_a_log().await;
    let (before, secret) = (report(&place).await, b"{\"rows\":3}");
    let mut tx = place.begin(30).await;
    assert_eq!(tx.forget_payloads(4, Some("submission:a-known-text")).await.unwrap(), 1);
    assert_eq!(tx.forget_payloads(5, None).await.unwrap(), 4);
    tx.audit(event("PayloadsForgotten", "audit")).await.unwrap();
    tx.commit().await.unwrap();
    let entries = place.store.audit_entries(10).await.unwrap();
    assert!(entries[1..].iter().all(|entry| entry.detail == "null"), "{entries:?}");
    let after = report(&place).await;
    assert_eq!((after.entries, after.erased, after.problems), (before.entries + 1, 5, vec![]));
    let (_dir, directory, _) = closed(place).await;
    let ledger = fs::read(directory.ledger()).unwrap();
    let copies = ledger.windows(secret.len()).filter(|window| window == secret).count();
    assert_eq!(copies, 1, "the last entry's own");
}

#[tokio::test]
async fn an_intent_is_open_until_an_outcome_about_the_same_object_closes_it() {
    let place = Place::new().await;
    for (at, verb, object) in [
        (10, "ReleaseIntended", "release:1"),
        (20, "ReleaseIntended", "release:2"),
        (30, "ReleaseGranted", "release:2"),
        (40, "LoadBegun", "submission:1"),
        (50, "LoadBegun", "submission:1"),
        (60, "LoadCommitted", "submission:1"),
        (70, "ReleaseRefused", "release:3"),
    ] {
        let mut tx = place.begin(at).await;
        tx.audit(event(verb, object)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let open = place.store.open_intents(crate::place::at(100)).await.unwrap();
    let open: Vec<_> = open.iter().map(|one| (one.seq, one.verb.as_str(), one.object.as_str())).collect();
    assert_eq!(
        open,
        [(2, "ReleaseIntended", "release:1")],
        "the first load was begun again, the refusal had no intent"
    );
    assert!(place.store.open_intents(crate::place::at(10)).await.unwrap().is_empty());
    assert_eq!(report(&place).await.problems, []);
}

#[tokio::test]
async fn who_acts_and_under_what_is_in_the_entry() {
    let place = Place::new().await;
    let store = place.store.clone().speaking_as("release_approver", "X26");
    let mut tx = store.tx("test", crate::place::at(10)).await.unwrap();
    let detail = serde_json::json!({ "agreement": "DARS-1" });
    tx.audit(fairway_store::AuditEvent { detail, ..event("ReleaseGranted", "release:1") }).await.unwrap();
    tx.commit().await.unwrap();
    let mut raw = place.raw().await;
    let row: (String, String, String, String) =
        sqlx::query_as("SELECT role, org, agreement, decision FROM audit WHERE seq = 2")
            .fetch_one(&mut raw)
            .await
            .unwrap();
    assert_eq!(row, ("release_approver".into(), "X26".into(), "DARS-1".into(), "granted".into()));
    assert_eq!(place.store.audit_entries(1).await.unwrap()[0].agreement, "DARS-1");
}

#[tokio::test]
async fn a_head_put_back_further_shows() {
    let place = place_with_a_log().await;
    fs::write(place.directory().audit_head(), fairway_store::Head::GENESIS.to_string()).unwrap();
    assert_eq!(whats(&report(&place).await), [(None, "audit.head is behind the log: it names entry 0, the last is 5")]);
    assert!(place.store.tx("test", crate::place::at(20)).await.is_err());
}

#[tokio::test]
async fn a_head_that_is_missing_or_garbled_shows() {
    let place = place_with_a_log().await;
    fs::write(place.directory().audit_head(), "nothing of use").unwrap();
    assert_eq!(whats(&report(&place).await), [(None, "audit.head is damaged")]);
    fs::remove_file(place.directory().audit_head()).unwrap();
    let found = report(&place).await;
    assert_eq!((whats(&found), found.entries), (vec![(None, "audit.head is missing")], 5));
}

/// Closes the store, so that everything is in the one file, and gives that file's bytes.
async fn closed(place: Place) -> (tempfile::TempDir, DataDirectory, Vec<u8>) {
    let directory = place.directory().clone();
    place.store.close().await;
    let bytes = fs::read(directory.ledger()).unwrap();
    (place.dir, directory, bytes)
}

#[tokio::test]
async fn one_byte_of_the_log_changed_in_the_file_shows() {
    let (_dir, directory, bytes) = closed(file_with_a_log().await).await;
    assert_eq!(verify_directory(&directory).await.unwrap().problems, []);
    let text = b"submission:a-known-text";
    let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
    for bit in 0..8 {
        let mut changed = bytes.clone();
        changed[at + 13] ^= 1 << bit;
        fs::write(directory.ledger(), changed).unwrap();
        let found = verify_directory(&directory).await.unwrap();
        assert!(whats(&found).contains(&(Some(4), "This entry has been changed")), "{found:?}");
    }
}

#[tokio::test]
async fn a_damaged_ledger_is_a_report_and_never_a_crash() {
    let (_dir, directory, bytes) = closed(file_with_a_log().await).await;
    let page = 4096;
    // Each page overwritten, the file cut at each page, and the magic words changed.
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for start in (0..bytes.len()).step_by(page) {
        let mut noise = bytes.clone();
        noise[start..start + page].iter_mut().enumerate().for_each(|(i, byte)| *byte = (i * 31 % 251) as u8);
        damaged.push(noise);
        damaged.push(bytes[..start].to_vec());
    }
    let mut silent = 0;
    for content in &damaged {
        fs::write(directory.ledger(), content).unwrap();
        let found = verify_directory(&directory).await.unwrap();
        silent += usize::from(found.problems.is_empty());
    }
    assert_eq!(silent, 0, "of {} damaged files", damaged.len());
}
