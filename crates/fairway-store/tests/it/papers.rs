//! Papers keep their whole history, and facts about organisations what was known when.

use fairway_domain::governance::{Entry, PaperKind, Particulars};
use fairway_domain::{Confidence, Digest, FactKind, OrganisationFact};
use fairway_store::PaperStep;
use jiff::civil::date;

use crate::place::{Place, at, commit};

const REFERENCE: &str = "DARS-NIC-000001-A1B2C-v1.0";

fn entry(what: &str, day: i8) -> Entry {
    let about = Particulars {
        until: Some(date(2027, 1, 1)),
        organisation: Some("QZZ".parse().unwrap()),
        by: "Senior Information Risk Owner".into(),
        subject: "controller".into(),
        digest: Some(Digest([7; 32])),
        note: "as agreed".into(),
        ..Particulars::on(date(2026, 11, day))
    };
    Entry { what: what.into(), about }
}

#[tokio::test]
async fn a_paper_reads_back_with_everything_that_happened_to_it_in_order() {
    let place = Place::new().await;
    let kind = PaperKind::Agreement;
    for (second, (what, state)) in
        [("registered", "draft"), ("issued", "issued"), ("signed", "part-signed")].into_iter().enumerate()
    {
        let mut tx = place.begin(i64::try_from(second).unwrap()).await;
        tx.open_paper(kind, REFERENCE, "Sample", state).await.unwrap();
        // Recorded in another order than they count from: the history is what was known when.
        let entry = entry(what, 20 - i8::try_from(second).unwrap());
        tx.record_step(&PaperStep { kind, reference: REFERENCE, entry: &entry, actor: "cli:ada", state })
            .await
            .unwrap();
        assert_eq!(tx.paper(kind, REFERENCE).await.unwrap().unwrap().history.len(), second + 1);
        commit(tx).await;
    }
    let paper = place.store.paper(kind, REFERENCE).await.unwrap().unwrap();
    assert_eq!((paper.title.as_str(), paper.state.as_str()), ("Sample", "part-signed"));
    let read: Vec<(Entry, String, i64)> = paper
        .history
        .iter()
        .map(|one| (one.entry.clone(), one.actor.clone(), one.at.as_second() - at(0).as_second()))
        .collect();
    let due = [("registered", 20), ("issued", 19), ("signed", 18)].into_iter().enumerate();
    let due: Vec<(Entry, String, i64)> =
        due.map(|(second, (what, day))| (entry(what, day), "cli:ada".into(), i64::try_from(second).unwrap())).collect();
    assert_eq!(read, due);
    assert_eq!(place.store.papers(kind).await.unwrap(), [paper]);
    assert_eq!(place.store.paper(PaperKind::Notice, REFERENCE).await.unwrap(), None);
}

#[tokio::test]
async fn nothing_happens_to_a_paper_that_is_not_open_and_a_document_is_kept_once() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    let entry = entry("issued", 1);
    let step =
        PaperStep { kind: PaperKind::Notice, reference: "DPN-1", entry: &entry, actor: "cli", state: "in-force" };
    assert!(tx.record_step(&step).await.is_err());
    tx.roll_back().await.unwrap();
    let mut tx = place.begin(2).await;
    tx.keep_document(&Digest([7; 32]), "reference: A").await.unwrap();
    tx.keep_document(&Digest([7; 32]), "reference: B").await.unwrap();
    commit(tx).await;
    assert_eq!(place.store.document(&Digest([7; 32])).await.unwrap().as_deref(), Some("reference: A"));
    assert_eq!(place.store.document(&Digest([8; 32])).await.unwrap(), None);
}

fn fact(code: &str, kind: FactKind, value: &str) -> OrganisationFact {
    OrganisationFact {
        organisation: code.parse().unwrap(),
        kind,
        value: value.into(),
        detail: String::new(),
        from: Some(date(2022, 7, 1)),
        until: None,
        source: "a list".into(),
        confidence: Confidence::Inferred,
    }
}

#[tokio::test]
async fn a_fact_found_to_be_otherwise_stays_readable_and_counts_no_longer() {
    let place = Place::new().await;
    let mut tx = place.begin(1).await;
    for (kind, value) in [(FactKind::Kind, "ccg"), (FactKind::Name, "Barnsley"), (FactKind::Ods, "02P")] {
        tx.record_fact(&fact("02P", kind, value)).await.unwrap();
    }
    commit(tx).await;
    let mut tx = place.begin(2).await;
    tx.supersede_fact(&fact("02P", FactKind::Name, "Barnsley")).await.unwrap();
    tx.record_fact(&fact("02P", FactKind::Name, "NHS Barnsley")).await.unwrap();
    let names: Vec<String> = tx.current_facts().await.unwrap().into_iter().map(|fact| fact.value).collect();
    assert_eq!(names, ["ccg", "02P", "NHS Barnsley"]);
    commit(tx).await;
    let code = "02P".parse().unwrap();
    let names: Vec<(String, bool)> = place
        .store
        .facts_of(&code)
        .await
        .unwrap()
        .into_iter()
        .filter(|one| one.fact.kind == FactKind::Name)
        .map(|one| (one.fact.value, one.superseded_at == Some(at(2))))
        .collect();
    assert_eq!(names, [("Barnsley".to_owned(), true), ("NHS Barnsley".to_owned(), false)]);
    assert_eq!(place.store.facts_of_kind("ccg").await.unwrap().len(), 4);
    assert_eq!(place.store.organisations_coded("02P").await.unwrap(), [code]);
    assert_eq!(place.store.organisation_kinds().await.unwrap(), [("ccg".to_owned(), 1)]);
}
