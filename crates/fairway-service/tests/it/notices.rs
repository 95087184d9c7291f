//! Directions and notices: served, queried, answered, acknowledged, replaced, revoked.

use fairway_domain::governance::{NoticeState, Particulars, ServedEvent, ServedState};
use fairway_domain::{Digest, Route};
use fairway_service::{LandRequest, NewNotice, Receipt, VerbResult};
use fairway_store::{AuditEvent, Organisation, keys};
use jiff::civil::{Date, date};

use crate::centre::{ACTOR, Centre, by, of, reasons};

const TODAY: Date = date(2021, 5, 10);
const DIRECTION: &str = "ASC-DIRECTION-2";

fn notice(version: &str, document: u8) -> NewNotice {
    NewNotice {
        reference: format!("DPN-ASC-CLD-{version}"),
        title: "Client level data of adult social care".into(),
        direction: DIRECTION.into(),
        dataset: "asc-cld".into(),
        document: Digest([document; 32]),
    }
}

pub async fn issued() -> Centre {
    issue_in(Centre::on(TODAY).await).await
}

async fn issue_in(centre: Centre) -> Centre {
    let service = &centre.service;
    let refused = service.issue_notice(ACTOR, &notice("v1.0", 1), by("Data Manager", TODAY)).await;
    assert!(reasons(refused)[0].contains("There is no Direction"));
    let about = by("Secretary of State", date(2020, 12, 7));
    assert!(service.make_direction(ACTOR, (DIRECTION, "Adult Social Care"), about.clone()).await.unwrap().changed);
    assert!(!service.make_direction(ACTOR, (DIRECTION, "Adult Social Care"), about).await.unwrap().changed);
    let first = service.issue_notice(ACTOR, &notice("v1.0", 1), by("Data Manager", TODAY)).await.unwrap();
    assert!(first.changed);
    let both = ["816", "102"].map(|code| code.parse().unwrap());
    let served = service.serve_notice(ACTOR, "DPN-ASC-CLD-v1.0", (&both, by("Data Manager", TODAY))).await.unwrap();
    assert_eq!(served.paper.served.len(), 2);
    let again = service.serve_notice(ACTOR, "DPN-ASC-CLD-v1.0", (&both, by("Data Manager", TODAY))).await.unwrap();
    assert!(!again.changed);
    centre
}

pub fn said(code: &str, note: &str) -> Particulars {
    Particulars { note: note.into(), ..of(code, by("Caldicott Guardian", TODAY)) }
}

pub fn acknowledgement(code: &str, document: u8) -> Particulars {
    Particulars { digest: Some(Digest([document; 32])), ..said(code, "") }
}

#[tokio::test]
async fn a_council_asks_is_answered_and_acknowledges_the_very_document_and_then_takes_part() {
    let centre = issued().await;
    let (service, reference) = (&centre.service, "DPN-ASC-CLD-v1.0");
    let answer = async |event, about| service.answer_notice(ACTOR, reference, (event, about)).await;
    assert_eq!(reasons(answer(ServedEvent::Answered, said("816", "Yes")).await).len(), 1, "nobody has asked");
    answer(ServedEvent::Queried, said("816", "May blanks be sent?")).await.unwrap();
    assert_eq!(reasons(answer(ServedEvent::Queried, said("102", "  ")).await), ["There is no text"]);
    answer(ServedEvent::Answered, said("816", "Yes, they may")).await.unwrap();
    let wrong = reasons(answer(ServedEvent::Acknowledged, acknowledgement("816", 9)).await);
    assert!(wrong[0].contains("not the document"), "{wrong:?}");
    let stranger = reasons(answer(ServedEvent::Acknowledged, acknowledgement("313", 1)).await);
    assert!(stranger[0].contains("not served"), "{stranger:?}");
    let acted = answer(ServedEvent::Acknowledged, acknowledgement("816", 1)).await.unwrap();
    let served = &acted.paper.served[&"816".parse().unwrap()];
    assert_eq!((served.state, served.thread.len()), (ServedState::Acknowledged, 2));
    let entries = centre.entries().await;
    assert!(!answer(ServedEvent::Acknowledged, acknowledgement("816", 1)).await.unwrap().changed);
    assert_eq!(centre.entries().await, entries);
    let register = service.public_register().await.unwrap();
    let codes: Vec<&str> = register.participants.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["816"]);
}

#[tokio::test]
async fn a_changed_notice_is_another_version_that_everybody_acknowledges_anew() {
    let centre = issued().await;
    let service = &centre.service;
    let changed = service.issue_notice(ACTOR, &notice("v1.0", 2), by("Data Manager", TODAY)).await;
    assert!(reasons(changed)[0].contains("another version"));
    let acknowledged = (ServedEvent::Acknowledged, acknowledgement("816", 1));
    service.answer_notice(ACTOR, "DPN-ASC-CLD-v1.0", acknowledged.clone()).await.unwrap();
    service.issue_notice(ACTOR, &notice("v2.0", 2), by("Data Manager", TODAY)).await.unwrap();
    let states: Vec<NoticeState> = service.notices().await.unwrap().iter().map(|notice| notice.state).collect();
    assert_eq!(states, [NoticeState::Superseded, NoticeState::InForce]);
    assert!(service.public_register().await.unwrap().participants.is_empty());
    assert!(service.answer_notice(ACTOR, "DPN-ASC-CLD-v1.0", acknowledged).await.is_err());
}

#[tokio::test]
async fn a_direction_that_is_revoked_takes_its_notices_with_it() {
    let centre = issued().await;
    let service = &centre.service;
    let about = by("Secretary of State", TODAY);
    assert!(service.revoke_direction(ACTOR, DIRECTION, about.clone()).await.unwrap().changed);
    assert_eq!(service.notices().await.unwrap()[0].state, NoticeState::Withdrawn);
    assert!(!service.revoke_direction(ACTOR, DIRECTION, about.clone()).await.unwrap().changed);
    let refused = reasons(service.issue_notice(ACTOR, &notice("v2.0", 2), about.clone()).await);
    assert!(refused[0].contains("was revoked"), "{refused:?}");
    let codes = ["313".parse().unwrap()];
    assert!(service.serve_notice(ACTOR, "DPN-ASC-CLD-v1.0", (&codes, about)).await.is_err());
}

/// Sends a file of a dataset.
async fn sent(centre: &Centre, code: &str, dataset: &str) -> VerbResult<Receipt> {
    let file = centre.folder.path().join("a file");
    std::fs::write(&file, format!("{code},{dataset}\n")).unwrap();
    let request = LandRequest::new(file, code.parse().unwrap(), dataset, Route::Cli);
    centre.service.land(ACTOR, request).await
}

#[tokio::test]
async fn once_a_notice_is_issued_its_dataset_is_taken_from_those_alone_who_acknowledged_it() {
    let centre = Centre::on(TODAY).await;
    keys::create(&centre.folder.path().join("centre/keys")).unwrap();
    let store = centre.store().await;
    let mut tx = store.tx("test", jiff::Timestamp::now()).await.unwrap();
    for code in ["816", "102", "313"] {
        tx.put_organisation(&Organisation { code: code.parse().unwrap(), name: code.into() }).await.unwrap();
    }
    let detail = serde_json::json!({});
    tx.audit(AuditEvent { actor: "test".into(), verb: "OrganisationOnboarded", object: "centre".into(), detail })
        .await
        .unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    sent(&centre, "313", "asc-cld").await.unwrap();

    let centre = issue_in(centre).await;
    let landing = centre.folder.path().join("centre/landing");
    let before = std::fs::read_dir(&landing).unwrap().count();
    let unserved = reasons(sent(&centre, "313", "asc-cld").await);
    assert_eq!(unserved, ["The notice DPN-ASC-CLD-v1.0 about asc-cld was not served on 313"]);
    let silent = reasons(sent(&centre, "816", "asc-cld").await);
    assert!(silent[0].contains("816 has not acknowledged the notice DPN-ASC-CLD-v1.0"), "{silent:?}");
    assert_eq!(std::fs::read_dir(&landing).unwrap().count(), before, "nothing of it is kept");
    let log = centre.service.audit_entries(u32::MAX).await.unwrap();
    assert_eq!(log.iter().filter(|entry| entry.verb == "SubmissionRefused").count(), 2);
    sent(&centre, "816", "day-centre").await.unwrap();

    let acknowledged = (ServedEvent::Acknowledged, acknowledgement("816", 1));
    centre.service.answer_notice(ACTOR, "DPN-ASC-CLD-v1.0", acknowledged).await.unwrap();
    assert!(!sent(&centre, "816", "asc-cld").await.unwrap().again);
    centre.service.issue_notice(ACTOR, &notice("v2.0", 2), by("Data Manager", TODAY)).await.unwrap();
    assert!(
        reasons(sent(&centre, "816", "asc-cld").await)[0].contains("v2.0"),
        "a changed notice is acknowledged anew"
    );

    let own = centre.folder.path().join("centre/landing.yaml");
    std::fs::write(&own, "asks: nothing\n").unwrap();
    sent(&centre, "102", "asc-cld").await.unwrap();
    std::fs::write(&own, "asks: noting\n").unwrap();
    assert!(reasons(sent(&centre, "102", "asc-cld").await)[0].contains("landing.yaml"));
}
