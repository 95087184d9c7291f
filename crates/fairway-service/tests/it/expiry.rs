//! Results of re-identification have their hours, whether or not anybody asks for them again.

use fairway_domain::{Digest, KeyDomain};
use fairway_store::{AuditEvent, NewReidentification, ReidentificationRecipient, ReidentificationState};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::centre::Centre;

/// A request that was answered, with its result in the data directory.
async fn answered(centre: &Centre, expires: Timestamp) -> (Uuid, std::path::PathBuf) {
    let (store, id) = (centre.store().await, Uuid::now_v7());
    let mut tx = store.tx("test", Timestamp::now()).await.unwrap();
    let recipient =
        ReidentificationRecipient { name: "A team".into(), organisation: "QOP".into(), key: "age1made-up".into() };
    tx.insert_reidentification_recipient(&recipient).await.unwrap();
    tx.insert_reidentification(&NewReidentification {
        id,
        domain: KeyDomain { name: "DARS-NIC-000001-A1B2C-v1.0".into(), epoch: 1 },
        subject: "person".into(),
        pseudonyms: vec!["0".repeat(56)],
        reason: "safeguarding".into(),
        evidence: Digest([1; 32]),
        recipient: "A team".into(),
        requester: "Ada".into(),
        organisation: "QOP".into(),
    })
    .await
    .unwrap();
    for (from, to) in [
        (ReidentificationState::Requested, ReidentificationState::Approved),
        (ReidentificationState::Approved, ReidentificationState::Answered),
    ] {
        tx.move_reidentification(id, from, to).await.unwrap();
    }
    tx.expire_reidentification(id, expires).await.unwrap();
    let detail = serde_json::json!({});
    tx.audit(AuditEvent { actor: "test".into(), verb: "ReidentificationAnswered", object: format!("{id}"), detail })
        .await
        .unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let folder = centre.folder.path().join("centre/reidentified");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{id}.age"));
    std::fs::write(&file, "sealed to its recipient").unwrap();
    (id, file)
}

#[tokio::test]
async fn a_worker_without_work_destroys_a_result_when_its_hours_are_over_and_not_before() {
    let centre = Centre::on(date(2026, 11, 23)).await;
    let now = date(2026, 11, 23).at(9, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let (id, file) = answered(&centre, now + SignedDuration::from_hours(72)).await;
    let worker = centre.service.clone().worker().await.unwrap();
    assert!(worker.next().await.unwrap().is_none());
    centre.clock.set(date(2026, 11, 25));
    assert!(worker.next().await.unwrap().is_none());
    assert!(file.exists(), "48 hours are not 72");

    centre.clock.set(date(2026, 11, 26));
    assert!(worker.next().await.unwrap().is_none());
    assert!(!file.exists());
    let entries = centre.entries().await;
    assert!(worker.next().await.unwrap().is_none());
    assert_eq!(centre.entries().await, entries, "it is destroyed once");
    let all = centre.service.reidentifications().await.unwrap();
    let one = all.iter().find(|one| one.asked.id == id).unwrap();
    assert_eq!(one.state, ReidentificationState::Expired);
    assert!(one.asked.pseudonyms.is_empty());
}
