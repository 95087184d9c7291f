//! Agreements through the ledger: the document signed, in force, ended; random lives told twice the same.

use fairway_domain::Digest;
use fairway_domain::governance::{AgreementEvent as E, AgreementState as S, Particulars};
use fairway_governance::GovernanceTerms;
use fairway_governance::papers::AgreementPaper;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use sha2::Digest as _;

use crate::centre::{ACTOR, Centre, by, of, reasons};

const TODAY: Date = date(2021, 7, 5);
pub const REFERENCE: &str = "DARS-NIC-000001-A1B2C-v1.0";

pub fn document() -> String {
    include_str!("../../../../agreements/sample.yaml").to_owned()
}

fn renewed() -> String {
    document().replace("A1B2C-v1.0", "A1B2C-v1.1")
}

pub fn digest(text: &str) -> Digest {
    Digest(sha2::Sha256::digest(text.as_bytes()).into())
}

pub async fn act(centre: &Centre, reference: &str, event: E, about: Particulars) -> Vec<String> {
    match centre.service.move_agreement(ACTOR, &reference.parse().unwrap(), (event, about)).await {
        Ok(_) => Vec::new(),
        refused => reasons(refused),
    }
}

pub fn said(code: &str, note: &str) -> Particulars {
    Particulars { note: note.into(), ..of(code, by("Senior Information Risk Owner", TODAY)) }
}

fn signature(code: &str, document: &str) -> Particulars {
    Particulars { digest: Some(digest(document)), ..said(code, "") }
}

pub async fn in_force(centre: &Centre, reference: &str, text: &str) {
    centre.service.register_agreement(ACTOR, text, "Data Manager").await.unwrap();
    assert!(act(centre, reference, E::Issued, said("QZZ", "")).await.is_empty());
    for code in ["QZZ", "0AB"] {
        assert!(act(centre, reference, E::Signed, signature(code, text)).await.is_empty());
    }
    assert_eq!(act(centre, reference, E::Activated, said("QZZ", "")).await, Vec::<String>::new());
}

async fn against(centre: &Centre, reference: &str, text: &str) -> Vec<&'static str> {
    let standing = centre.service.standing(&reference.parse().unwrap()).await.unwrap().unwrap();
    let today = fairway_service::Clock::today(&*centre.clock);
    let reasons = standing.reasons(&digest(text), today, &GovernanceTerms::published().unwrap());
    reasons.into_iter().map(|reason| reason.rule).collect()
}

pub async fn assured(centre: &Centre) {
    for (code, subject) in [("QZZ", "dsfc/signed"), ("QZZ", "dspt/standards-met"), ("0AB", "iso27001/certified")] {
        let about = Particulars {
            subject: subject.into(),
            until: Some(date(2025, 1, 1)),
            note: "CON-000001".into(),
            ..by("Data Manager", date(2021, 1, 1))
        };
        let code = code.parse().unwrap();
        assert!(centre.service.record_assurance(ACTOR, &code, about.clone()).await.unwrap().changed);
        assert!(!centre.service.record_assurance(ACTOR, &code, about).await.unwrap().changed);
    }
}

#[tokio::test]
async fn a_release_is_possible_once_all_have_signed_the_very_document_and_never_after_revocation() {
    let centre = Centre::on(TODAY).await;
    let text = document();
    in_force(&centre, REFERENCE, &text).await;
    assert_eq!(against(&centre, REFERENCE, &text).await.len(), 3, "nothing is known of contracts and security");
    assured(&centre).await;
    assert_eq!(against(&centre, REFERENCE, &text).await, Vec::<&str>::new());
    assert_eq!(against(&centre, REFERENCE, &format!("{text}\n")).await, ["agreement-document-changed"]);
    assert!(!act(&centre, REFERENCE, E::Suspended, said("QZZ", " ")).await.is_empty(), "why?");
    assert!(act(&centre, REFERENCE, E::Suspended, said("QZZ", "An audit found a copy abroad")).await.is_empty());
    assert_eq!(against(&centre, REFERENCE, &text).await, ["agreement-not-active"]);
    assert!(act(&centre, REFERENCE, E::Resumed, said("QZZ", "")).await.is_empty());
    assert!(act(&centre, REFERENCE, E::Revoked, said("QZZ", "The copy is still there")).await.is_empty());
    for event in [E::Resumed, E::Activated, E::Issued, E::Confirmed] {
        assert!(!act(&centre, REFERENCE, event, said("QZZ", "again")).await.is_empty(), "{event}");
    }
    assert_eq!(against(&centre, REFERENCE, &text).await, ["agreement-not-active"]);
}

#[tokio::test]
async fn a_changed_document_is_another_version_and_unsigned() {
    let centre = Centre::on(TODAY).await;
    let (text, reference) = (document(), REFERENCE.parse().unwrap());
    assert!(!centre.service.register_agreement(ACTOR, &text, "Data Manager").await.unwrap().already);
    let entries = centre.entries().await;
    assert!(centre.service.register_agreement(ACTOR, &text, "Data Manager").await.unwrap().already);
    assert_eq!(centre.entries().await, entries, "registered again, nothing changes");
    let mended = format!("{text}# mended\n");
    centre.service.register_agreement(ACTOR, &mended, "Data Manager").await.unwrap();
    assert_eq!(centre.service.agreement(&reference).await.unwrap().unwrap().paper.document, digest(&mended));
    assert!(act(&centre, REFERENCE, E::Issued, said("QZZ", "")).await.is_empty());
    let old = act(&centre, REFERENCE, E::Signed, signature("QZZ", &text)).await;
    assert!(old[0].contains("another version"), "{old:?}");
    assert!(act(&centre, REFERENCE, E::Signed, signature("QZZ", &mended)).await.is_empty());
    assert!(reasons(centre.service.register_agreement(ACTOR, &text, "Data Manager").await)[0].contains("part-signed"));
    let stranger = act(&centre, REFERENCE, E::Signed, signature("816", &mended)).await;
    assert!(stranger[0].contains("parties"), "{stranger:?}");
    let kept = centre.service.agreement_document(&digest(&mended)).await.unwrap();
    assert_eq!(kept.as_deref(), Some(mended.as_str()));
}

#[tokio::test]
async fn a_renewal_takes_the_place_of_the_version_before_it() {
    let centre = Centre::on(TODAY).await;
    assured(&centre).await;
    in_force(&centre, REFERENCE, &document()).await;
    in_force(&centre, "DARS-NIC-000001-A1B2C-v1.1", &renewed()).await;
    let states: Vec<S> = centre.service.agreements().await.unwrap().iter().map(|paper| paper.state).collect();
    assert_eq!(states, [S::Closed, S::Active]);
    assert_eq!(against(&centre, REFERENCE, &document()).await, ["agreement-not-active"]);
    assert_eq!(against(&centre, "DARS-NIC-000001-A1B2C-v1.1", &renewed()).await, Vec::<&str>::new());
}

#[tokio::test]
async fn the_end_stops_releases_that_day_and_destruction_is_certified_by_one_and_accepted_by_another() {
    let centre = Centre::on(TODAY).await;
    assured(&centre).await;
    in_force(&centre, REFERENCE, &document()).await;
    centre.clock.set(date(2022, 7, 5));
    assert_eq!(against(&centre, REFERENCE, &document()).await, ["agreement-not-confirmed"]);
    let recipient = Particulars { on: date(2022, 7, 5), ..said("0AB", "") };
    assert!(!act(&centre, REFERENCE, E::Confirmed, recipient).await.is_empty(), "a controller confirms");
    assert!(
        act(&centre, REFERENCE, E::Confirmed, Particulars { on: date(2022, 7, 5), ..said("QZZ", "") }).await.is_empty()
    );
    assert_eq!(against(&centre, REFERENCE, &document()).await, Vec::<&str>::new());
    centre.clock.set(date(2024, 7, 1));
    assert_eq!(against(&centre, REFERENCE, &document()).await[0], "agreement-not-active", "though nobody recorded it");
    assert_eq!(centre.service.expire_agreements(ACTOR).await.unwrap(), [REFERENCE.parse().unwrap()]);
    assert_eq!(centre.service.expire_agreements(ACTOR).await.unwrap(), []);
    let today = date(2024, 7, 1);
    let about = |code: &str, name: &str, note: &str| Particulars { note: note.into(), ..of(code, by(name, today)) };
    assert!(act(&centre, REFERENCE, E::DestructionOrdered, about("QZZ", "Data Manager", "")).await.is_empty());
    let partly = act(&centre, REFERENCE, E::Certified, about("0AB", "Head of Data", "Shredded")).await;
    assert_eq!(partly.len(), 1, "backups: {partly:?}");
    let whole = AgreementPaper::certificate(about("0AB", "Head of Data", "Keys destroyed, discs shredded"));
    assert!(act(&centre, REFERENCE, E::Certified, whole).await.is_empty());
    assert_eq!(act(&centre, REFERENCE, E::Closed, about("0AB", "head of data", "")).await.len(), 1);
    assert!(act(&centre, REFERENCE, E::Closed, about("QZZ", "Data Manager", "")).await.is_empty());
    let found = centre.service.agreement(&REFERENCE.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.paper.state, found.paper.destruction_due), (S::Closed, Some(date(2024, 7, 31))));
    assert_eq!(found.paper.certificate.unwrap().method, "Keys destroyed, discs shredded");
}

#[tokio::test]
async fn the_terms_are_kept_and_every_fault_of_a_document_is_told() {
    let centre = Centre::on(TODAY).await;
    let longer = document().replace("end: 2024-06-30", "end: 2024-07-01");
    centre.service.register_agreement(ACTOR, &longer, "Data Manager").await.unwrap();
    assert_eq!(act(&centre, REFERENCE, E::Issued, said("QZZ", "")).await.len(), 1, "longer than three years");
    let far = document().replace("start: 2021-07-01", "start: 2022-08-01");
    centre.service.register_agreement(ACTOR, &far, "Data Manager").await.unwrap();
    assert_eq!(act(&centre, REFERENCE, E::Issued, said("QZZ", "")).await.len(), 1, "starts after more than a year");
    let nobody = document().replace("organisation: 0AB", "organisation: '?'");
    assert!(!reasons(centre.service.register_agreement(ACTOR, &nobody, " ").await).is_empty());
    assert!(!reasons(centre.service.register_agreement(ACTOR, "reference: 1", "Data Manager").await).is_empty());
}

/// Numbers from a seed (SplitMix64).
fn dice(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |limit| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}

#[tokio::test]
async fn in_random_lives_nothing_is_released_after_the_end_and_what_is_asked_twice_happens_once() {
    for seed in 0..25 {
        let centre = Centre::on(TODAY).await;
        let (text, mut throw) = (document(), dice(seed));
        assured(&centre).await;
        if seed % 2 == 0 {
            in_force(&centre, REFERENCE, &text).await;
        } else {
            centre.service.register_agreement(ACTOR, &text, "Data Manager").await.unwrap();
        }
        let mut ended = false;
        for _ in 0..14 {
            let event = E::ALL[throw(E::ALL.len())];
            let code = ["QZZ", "0AB"][throw(2)];
            let about =
                AgreementPaper::certificate(Particulars { on: TODAY, note: "why".into(), ..signature(code, &text) });
            let accepted = act(&centre, REFERENCE, event, about.clone()).await.is_empty();
            let entries = centre.entries().await;
            let _ = act(&centre, REFERENCE, event, about).await;
            assert_eq!(centre.entries().await, entries, "seed {seed}: {event} twice");
            let state = centre.service.agreement(&REFERENCE.parse().unwrap()).await.unwrap().unwrap().paper.state;
            ended |= accepted && matches!(state, S::Expired | S::Revoked | S::Closed);
            let against = against(&centre, REFERENCE, &text).await;
            assert!(!(ended && against.is_empty()), "seed {seed}: released after the end");
            assert_eq!(against.is_empty(), state == S::Active, "seed {seed}: {state} {against:?}");
        }
        if throw(2) == 0 {
            centre.clock.set(date(2024, 6, 30) + 1.day());
            assert!(!against(&centre, REFERENCE, &text).await.is_empty(), "seed {seed}: released after its last day");
        }
    }
}
