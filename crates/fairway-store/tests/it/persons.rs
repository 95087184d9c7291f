//! Merges and splits, how well identifiers are known, and reference data.

use fairway_domain::{Digest, LinkClass, PersonUid};
use fairway_store::{ImportReference, PersonChange, PersonEvent, ReferenceFile, ReferenceKind};
use jiff::civil::date;

use crate::place::{Place, at, commit, id};

const A: PersonUid = PersonUid([1; 16]);
const B: PersonUid = PersonUid([2; 16]);
const C: PersonUid = PersonUid([3; 16]);

fn event(second: i64, uid: PersonUid, is_now: PersonUid) -> PersonEvent {
    PersonEvent {
        what: if uid == is_now { PersonChange::Split } else { PersonChange::Merge },
        uid,
        is_now,
        at: at(second),
        asked_by: "Ada".into(),
        approved_by: "Grace".into(),
        reason: "the council says so".into(),
    }
}

async fn record(place: &Place, event: &PersonEvent) {
    let mut tx = place.begin(event.at.as_second() - at(0).as_second()).await;
    tx.record_person_event(event).await.unwrap();
    commit(tx).await;
}

#[tokio::test]
async fn the_latest_event_as_of_a_time_says_who_a_person_is() {
    let place = Place::new().await;
    for event in [event(1, A, B), event(2, B, C), event(3, A, A)] {
        record(&place, &event).await;
    }
    let mut seen = Vec::new();
    for second in 0..=3 {
        let persons = place.store.persons(at(second)).await.unwrap();
        seen.push([A, B, C].map(|uid| persons.now(uid)));
    }
    assert_eq!(seen, [[A, B, C], [B, B, C], [C, C, C], [A, C, C]]);
}

#[tokio::test]
async fn an_identifier_of_a_merged_person_is_answered_with_the_other_and_after_the_split_with_itself() {
    let place = Place::new().await;
    let resolve = async |second: i64| {
        let mut tx = place.begin(second).await;
        let mut fresh = [A, B].into_iter();
        let mut next = || fresh.next().unwrap();
        let uids = tx.resolve("nhs_number", &[[7; 32], [8; 32]], id(1).into(), &mut next).await.unwrap();
        commit(tx).await;
        uids
    };
    assert_eq!(resolve(1).await, [A, B]);
    record(&place, &event(2, A, B)).await;
    assert_eq!(resolve(3).await, [B, B]);
    assert_eq!(place.store.lookup("nhs_number", &[[7; 32]]).await.unwrap(), [Some(A)], "the map itself is as it was");
    record(&place, &event(4, A, A)).await;
    assert_eq!(resolve(5).await, [A, B]);
    assert_eq!(place.store.kinds_of(A).await.unwrap().into_iter().collect::<Vec<_>>(), ["nhs_number"]);
    assert!(place.store.kinds_of(C).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_person_alone_merges_nobody() {
    let place = Place::new().await;
    let alone = PersonEvent { approved_by: "Ada".into(), ..event(1, A, B) };
    let mut tx = place.begin(1).await;
    let fault = tx.record_person_event(&alone).await.unwrap_err();
    assert!(std::error::Error::source(&fault).unwrap().to_string().contains("two_people"));
}

#[tokio::test]
async fn how_well_an_identifier_is_known_is_added_to_and_never_taken_back() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    tx.resolve("nhs_number", &[[7; 32]], id(1).into(), &mut || A).await.unwrap();
    tx.keep_classes("nhs_number", &[([7; 32], LinkClass::TracedScored)], id(1)).await.unwrap();
    commit(tx).await;
    let mut tx = place.begin(2).await;
    let both = [([7; 32], LinkClass::TracedExact), ([7; 32], LinkClass::TracedScored)];
    tx.keep_classes("nhs_number", &both, id(2)).await.unwrap();
    commit(tx).await;
    let known = place.store.classes_of("nhs_number", [7; 32]).await.unwrap();
    assert_eq!(known, [LinkClass::TracedScored, LinkClass::TracedExact]);
}

#[tokio::test]
async fn an_import_keeps_the_reference_data_it_began_with() {
    let place = Place::new().await;
    let submission = place.landed(1).await;
    let file = |n: u8, from| ReferenceFile {
        kind: ReferenceKind::Postcodes,
        digest: Digest([n; 32]),
        label: format!("directory {n}"),
        path: format!("added/{n}.csv"),
        effective_from: from,
    };
    let used = |path: &str, version: &str| ImportReference {
        kind: ReferenceKind::Postcodes,
        path: path.into(),
        version: version.into(),
    };
    let mut tx = place.begin(2).await;
    tx.add_reference(&file(2, date(2026, 11, 1))).await.unwrap();
    tx.add_reference(&file(1, date(2026, 8, 1))).await.unwrap();
    tx.keep_import_reference(submission, &used("added/1.csv", "")).await.unwrap();
    tx.keep_import_reference(submission, &used("added/2.csv", "")).await.unwrap();
    tx.keep_import_reference(submission, &used("added/1.csv", "directory 1@ab")).await.unwrap();
    tx.keep_import_reference(submission, &used("added/2.csv", "directory 2@cd")).await.unwrap();
    commit(tx).await;
    let kept = place.store.import_references(submission).await.unwrap();
    assert_eq!(kept, [used("added/1.csv", "directory 1@ab")]);
    let files = place.store.reference_files().await.unwrap();
    assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["added/1.csv", "added/2.csv"]);
}
