//! The public register: a row a file, safe to open anywhere, the same bytes each time.

use std::fs;

use fairway_domain::{Digest, ReleaseId};
use fairway_service::{PARTICIPANTS_CSV, REGISTER_JSON, REGISTER_PAGE, RELEASES_CSV};
use fairway_store::outbox::PlacedFile;
use fairway_store::{AuditEvent, NewRelease, OutboxKind, ReleasedFiles};
use jiff::civil::date;

use crate::agreements::document;
use crate::centre::{ACTOR, Centre};

async fn release(centre: &Centre, agreement: &str, number: u128) {
    let id: ReleaseId = ReleaseId::new(uuid::Uuid::from_u128(number));
    let (recipient, agreement) = ("0AB".parse().unwrap(), agreement.parse().unwrap());
    let store = centre.store().await;
    let at = fairway_service::Clock::now(&*centre.clock);
    let mut tx = store.tx("test", at).await.unwrap();
    let folder = format!("0AB/release-{id}");
    let files = ["extract.csv", "extract.parquet", "manifest.json"].map(|name| PlacedFile {
        path: format!("{folder}/{name}"),
        digest: Digest([7; 32]),
        bytes: 1_234_567,
    });
    tx.insert_release(&NewRelease { id, agreement, recipient, allowed: true }).await.unwrap();
    tx.grant_release(id, &ReleasedFiles { rows: 9, manifest_digest: Digest([7; 32]), folder }).await.unwrap();
    tx.insert_outbox_items(&"0AB".parse().unwrap(), OutboxKind::Release, &files).await.unwrap();
    let event =
        AuditEvent { actor: ACTOR.into(), verb: "Tested", object: "test".into(), detail: serde_json::json!({}) };
    tx.audit(event).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn the_register_has_a_row_for_each_file_and_nothing_in_it_runs() {
    let centre = Centre::on(date(2021, 7, 5)).await;
    let hostile = document().replace("title: Use of adult social care", "title: '=<script>alert(1)</script>' #");
    centre.service.register_agreement(ACTOR, &hostile, "Data Manager").await.unwrap();
    release(&centre, "DARS-NIC-000001-A1B2C-v1.0", 1).await;
    release(&centre, "DARS-NIC-000002-OTHER-v1.0", 2).await;
    let out = centre.folder.path().join("register");
    let published = centre.service.publish_register(ACTOR, &out).await.unwrap();
    assert_eq!(published.register.releases.len(), 6);
    let page = fs::read_to_string(out.join(REGISTER_PAGE)).unwrap();
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script"), "markup of others is text");
    assert!(!page.contains("http://") && !page.contains("src="), "the page needs no other file");
    let mut rows = csv::Reader::from_path(out.join(RELEASES_CSV)).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|row| row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@']))), "no formula");
    assert_eq!(rows.iter().filter(|row| &row[6] == "sole" && row[4].starts_with("'=<script>")).count(), 3);
    let json: serde_json::Value = serde_json::from_slice(&fs::read(out.join(REGISTER_JSON)).unwrap()).unwrap();
    assert_eq!(json["releases"].as_array().unwrap().len(), 6);
    assert_eq!(fs::read_to_string(out.join(PARTICIPANTS_CSV)).unwrap(), "code,name,dataset,notice,since\n");
    centre.service.publish_register(ACTOR, &out).await.unwrap();
    assert_eq!(fs::read_to_string(out.join(REGISTER_PAGE)).unwrap(), page, "the same bytes again");
    assert_eq!(fs::read_dir(&out).unwrap().count(), 4, "and nothing half written");
}
