//! The log as files for others.

use std::fs;
use std::path::Path;

use fairway_log::{PrivateKey, Signs, TreeHead, consistent, cosignature, entries_of, open, record_hash};
use fairway_store::{Checkpoint, Store, verify};

use crate::place::{Place, commit, event};

async fn grow(place: &Place, entries: i64) {
    let mut tx = place.begin(1_000).await;
    for n in 1..entries {
        tx.audit(event("Tested", &format!("test:{n}"))).await.unwrap();
    }
    commit(tx).await;
}

fn follows(seen: TreeHead, now: &Checkpoint, log: &Path) {
    consistent(seen, now.head, &|path| fs::read(log.join(path)).ok()).unwrap();
}

#[tokio::test]
async fn a_checkpoint_stands_on_tiles_that_anybody_can_follow() {
    let place = Place::new().await;
    let log = place.directory().log();
    let mut seen = place.store.checkpoint().await.unwrap();
    for more in [1, 254, 1, 300, 513] {
        grow(&place, more).await;
        let now = place.store.checkpoint().await.unwrap();
        follows(seen.head, &now, &log);
        assert_eq!(open(&fs::read(log.join("checkpoint")).unwrap(), &now.key), Some(now.head));
        seen = now;
    }
    assert_eq!(seen.head.size, 1_070);
    for (bundle, tile) in [("tile/entries/003", "tile/0/003"), ("tile/entries/004.p/46", "tile/0/004.p/46")] {
        let (bundle, tile) = (fs::read(log.join(bundle)).unwrap(), fs::read(log.join(tile)).unwrap());
        let leaves: Vec<u8> = entries_of(&bundle).unwrap().into_iter().flat_map(|entry| record_hash(entry).0).collect();
        assert_eq!(leaves, tile);
    }
    assert!(!log.join("tile/0/000.p").exists(), "a whole tile takes the place of its parts");
    let again = place.store.checkpoint().await.unwrap();
    assert_eq!(again.note, seen.note, "nothing new, nothing signed");
}

#[tokio::test]
async fn a_log_that_was_rewritten_since_its_checkpoint_is_not_signed() {
    let (place, other) = (Place::with_file().await, Place::with_file().await);
    grow(&place, 10).await;
    grow(&other, 12).await;
    let signed = place.store.checkpoint().await.unwrap();
    // Whole and with its head, but of another centre.
    let attach = format!("ATTACH '{}' AS other", other.directory().ledger().display());
    let forge = "DELETE FROM audit; DELETE FROM audit_payload; INSERT INTO audit SELECT * FROM other.audit;
         INSERT INTO audit_payload SELECT * FROM other.audit_payload";
    place.tamper(format!("{attach}; {forge}").leak()).await;
    fs::copy(other.directory().audit_head(), place.directory().audit_head()).unwrap();
    let fault = place.store.checkpoint().await.unwrap_err();
    assert!(fault.to_string().starts_with("log is not the one that its last checkpoint signed"), "{fault}");
    let found = verify(&place.store).await.unwrap().problems;
    let size = signed.head.size;
    assert_eq!(found[0].what, format!("The audit log is not that of its checkpoint of {size} entries"));
}

#[tokio::test]
async fn a_forged_checkpoint_is_not_believed() {
    let place = Place::new().await;
    place.store.checkpoint().await.unwrap();
    let file = place.directory().log().join("checkpoint");
    let note = fs::read_to_string(&file).unwrap().replacen("\n1\n", "\n2\n", 1);
    fs::write(&file, note).unwrap();
    assert!(place.store.checkpoint().await.is_err());
    let found = verify(&place.store).await.unwrap().problems;
    assert!(found[0].what.starts_with("The checkpoint cannot be believed"), "{found:?}");
}

#[tokio::test]
async fn a_backup_put_back_is_refused_by_what_its_witness_has_signed() {
    let place = Place::with_file().await;
    let witness = PrivateKey::new("watch", Signs::Cosignatures, [3; 32]).unwrap();
    let kept = place.dir.path().join("witnessed");
    let backup = place.dir.path().join("backup");
    place.store.checkpoint().await.unwrap();
    let line = format!("{} {}\n", witness.public().to_text(), kept.display());
    fs::write(place.directory().log().join("witnesses"), line).unwrap();
    assert!(place.store.stands_to_its_witnesses().await.unwrap().is_none(), "it has signed nothing yet");

    let place = place.reopen().await;
    copy(place.directory().root(), &backup);
    grow(&place, 5).await;
    let now = place.store.checkpoint().await.unwrap();
    fs::write(&kept, cosignature(&now.note, &witness, 1_790_000_000).unwrap()).unwrap();
    assert!(place.store.stands_to_its_witnesses().await.unwrap().is_none());

    let old = Store::open(&backup).await.unwrap();
    assert_eq!(verify(&old).await.unwrap().problems.len(), 1, "in itself it is whole");
    let refusal = old.stands_to_its_witnesses().await.unwrap().unwrap();
    assert_eq!(refusal.reasons, ["watch has co-signed 6 entries, which this log does not hold"]);
}

#[tokio::test]
async fn a_log_that_cannot_be_published_is_a_fault_and_recovers() {
    let place = Place::new().await;
    fs::write(place.directory().log(), "a file where the folder goes").unwrap();
    assert!(place.store.checkpoint().await.is_err());
    fs::remove_file(place.directory().log()).unwrap();
    assert_eq!(place.store.checkpoint().await.unwrap().head.size, 1);
    // Killed between the two halves of its key, it has the other written by the next.
    fs::remove_file(place.directory().log_public_key()).unwrap();
    assert_eq!(verify(&place.store).await.unwrap().problems.len(), 1);
    place.store.checkpoint().await.unwrap();
    assert_eq!(verify(&place.store).await.unwrap().problems, []);
    fs::remove_file(place.directory().log_key()).unwrap();
    grow(&place, 1).await;
    let fault = place.store.checkpoint().await.unwrap_err();
    assert!(fault.to_string().starts_with("log.key is gone"), "{fault}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
