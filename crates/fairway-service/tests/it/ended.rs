//! The end of an agreement: to the second for releases, by its policy for keys.

use std::sync::Arc;

use fairway_domain::governance::{AgreementEvent as E, AgreementState, Particulars};
use fairway_domain::port::Keyholder;
use fairway_domain::{KeyDomain, KeyState, PersonUid, Pseudonym, Subject, SubmissionEvent, SubmissionId};
use fairway_service::{ReleaseWish, VerbError, Voice};
use fairway_store::{AuditEvent, NewSubmission, Organisation, Verdict};
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use crate::agreements::{REFERENCE, act, assured, digest, document, in_force, said};
use crate::away::Away;
use crate::centre::{ACTOR, Centre, of};
use crate::keys::Keys;

const DOMAIN: &str = REFERENCE;

/// A centre with the sample agreement in force, confirmed to its last day, and a submission of a council that it covers.
async fn centre() -> (Centre, Arc<Keys>) {
    let keys = Arc::new(Keys::new());
    let centre = Centre::with(date(2021, 7, 5), Arc::new(Away), keys.clone()).await;
    in_force(&centre, REFERENCE, &document()).await;
    assured(&centre).await;
    for day in [date(2022, 7, 1), date(2023, 6, 30), date(2024, 6, 1)] {
        centre.clock.set(day);
        let about = of("QZZ", Particulars { by: "Chief Officer".into(), ..Particulars::on(day) });
        assert_eq!(act(&centre, REFERENCE, E::Confirmed, about).await, Vec::<String>::new());
    }
    submitted(&centre, "816").await;
    submitted(&centre, "102").await;
    (centre, keys)
}

/// A submission of a council about the agreement's year that has come all the way.
pub async fn submitted(centre: &Centre, code: &str) -> SubmissionId {
    use SubmissionEvent as S;
    let (store, id) = (centre.store().await, SubmissionId::new(Uuid::now_v7()));
    let mut tx = store.tx("test", Timestamp::now()).await.unwrap();
    tx.put_organisation(&Organisation { code: code.parse().unwrap(), name: "A council".into() }).await.unwrap();
    let new = NewSubmission {
        id,
        organisation: code.parse().unwrap(),
        dataset: "asc-cld".into(),
        route: fairway_domain::Route::Cli,
        digest: digest(&id.to_string()),
        bytes: 1,
    };
    tx.insert_submission(&new).await.unwrap();
    let period = Some((date(2021, 4, 1), date(2022, 3, 31)));
    tx.record_verdict(id, &Verdict { release: Some("r1".into()), period }).await.unwrap();
    for event in [S::CheckPassed, S::LoadCommitted, S::TraceCompleted, S::DeidentifyCompleted] {
        tx.advance(id, event).await.unwrap();
    }
    let detail = serde_json::json!({});
    tx.audit(AuditEvent { actor: "test".into(), verb: "DeidCompleted", object: format!("submission:{id}"), detail })
        .await
        .unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    id
}

/// Asks for the agreement's extract: the verbs that the log has of it, and why nothing is made.
async fn asked(centre: &Centre) -> (Vec<String>, VerbError) {
    let before = centre.entries().await;
    let text = document();
    let wish = ReleaseWish { agreement: &text, dataset: None, with: None };
    let who = Voice { name: "Ada", organisation: "0AB" };
    let error = centre.service.request_release(ACTOR, wish, who).await.unwrap_err();
    let after = centre.service.audit_entries(u32::MAX).await.unwrap();
    let new = after.len() - before;
    // Newest first.
    (after.into_iter().take(new).map(|entry| entry.verb).collect(), error)
}

fn made(keys: &Keys) -> Result<Vec<Pseudonym>, fairway_domain::Fault> {
    let domain = KeyDomain { name: DOMAIN.into(), epoch: 1 };
    keys.pseudonyms(&domain, Subject::Person, &[PersonUid([7; 16])])
}

fn state(keys: &Keys) -> KeyState {
    keys.keys().unwrap().into_iter().find(|key| key.domain.name == DOMAIN).unwrap().state
}

#[tokio::test]
async fn the_last_second_of_the_last_day_is_granted_and_the_next_refused_though_nobody_recorded_the_expiry() {
    let (centre, _) = centre().await;
    centre.clock.stop_at("2024-06-30T23:59:59Z");
    let (verbs, error) = asked(&centre).await;
    assert!(verbs.iter().any(|verb| verb == "ReleaseIntended"), "granted: {verbs:?} {error:?}");
    assert!(matches!(error, VerbError::Fault(_)), "this centre has no tables to make it from: {error:?}");

    centre.clock.stop_at("2024-07-01T00:00:00Z");
    let (verbs, error) = asked(&centre).await;
    assert!(!verbs.iter().any(|verb| verb == "ReleaseIntended"), "{verbs:?}");
    let VerbError::Refused(refusal) = error else { panic!("{error:?}") };
    assert!(refusal.reasons.iter().any(|why| why.contains("expired after 2024-06-30")), "{refusal:?}");
    let paper = centre.service.agreement(&REFERENCE.parse().unwrap()).await.unwrap().unwrap().paper;
    assert_eq!(paper.state, AgreementState::Active, "as recorded");
}

#[tokio::test]
async fn the_worker_records_the_expiry_and_brings_the_keys_to_the_end_that_the_parties_signed() {
    let (centre, keys) = centre().await;
    centre.clock.stop_at("2024-06-30T23:59:59Z");
    asked(&centre).await;
    assert_eq!(state(&keys), KeyState::Active);
    let shown = made(&keys).unwrap();
    assert_eq!(centre.service.release_due("worker").await.unwrap(), Default::default());

    centre.clock.stop_at("2024-07-01T00:00:00Z");
    let due = centre.service.release_due("worker").await.unwrap();
    assert_eq!(due.expired_agreements, [REFERENCE.parse().unwrap()]);
    assert_eq!((due.retired_keys.len(), due.destroyed_keys.len()), (1, 0));
    assert_eq!(state(&keys), KeyState::VerifyOnly);
    assert!(made(&keys).is_err(), "it makes no pseudonym any more");
    let domain = KeyDomain { name: DOMAIN.into(), epoch: 1 };
    let opened = |pseudonym: &str| keys.open(&domain, Subject::Person, &[pseudonym]);
    assert!(opened(&shown[0].0).unwrap().is_some(), "and verifies those that it made");
    assert_eq!(centre.service.release_due("worker").await.unwrap(), Default::default(), "once");

    centre.clock.stop_at("2024-09-28T23:59:59Z");
    assert_eq!(centre.service.release_due("worker").await.unwrap(), Default::default(), "89 days");
    centre.clock.stop_at("2024-09-29T00:00:00Z");
    assert_eq!(
        centre.service.release_due("worker").await.unwrap().destroyed_keys.len(),
        1,
        "90 days after it was retired"
    );
    assert_eq!(state(&keys), KeyState::Destroyed);
    assert!(made(&keys).is_err() && opened(&shown[0].0).is_err(), "it neither makes nor opens");
    let log = centre.service.audit_entries(u32::MAX).await.unwrap();
    let entry = log.iter().find(|entry| entry.verb == "PseudonymKeyDestroyed").unwrap();
    assert!(entry.detail.to_string().contains("Senior Information Risk Owner"), "{:?}", entry.detail);
    assert_eq!(centre.service.release_due("worker").await.unwrap(), Default::default(), "once");
}

#[tokio::test]
async fn a_clock_that_jumps_years_ahead_and_an_agreement_that_was_revoked_destroy_nothing_at_once() {
    let (centre, keys) = centre().await;
    asked(&centre).await;
    assert!(act(&centre, REFERENCE, E::Revoked, said("QZZ", "A copy was found abroad")).await.is_empty());
    assert_eq!(
        centre.service.release_due("worker").await.unwrap().retired_keys.len(),
        1,
        "revoked before its last day"
    );
    assert_eq!(state(&keys), KeyState::VerifyOnly);

    let (centre, keys) = self::centre().await;
    asked(&centre).await;
    centre.clock.stop_at("2099-01-01T00:00:00Z");
    for _ in 0..2 {
        centre.service.release_due("worker").await.unwrap();
        assert_eq!(state(&keys), KeyState::VerifyOnly, "it can be asked what it made");
    }
}
