//! An extract that waits: whoever calls is whose voice counts, and nobody has two.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use fairway_domain::{AccountId, ReleaseId};
use fairway_portal::{API, LARGEST_FILE, api};
use fairway_service::{ReleaseWord, Role, VerbError, Voice};
use fairway_store::{NewHeldRelease, NewRelease};
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::centre::{Centre, OWN, event, held};

async fn call(app: &Router, token: &str, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::builder().method(method).uri(format!("{API}{path}"));
    let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
    let response = app.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

/// An extract that this account asked for, as `Service::request_release` records it.
async fn asked_for_by(centre: &Centre, person: AccountId) -> ReleaseId {
    let id = ReleaseId::new(Uuid::now_v7());
    let new = NewHeldRelease { requester: format!("Ada Example [person:{person}]"), ..held(id, OWN) };
    let agreement = "DARS-NIC-000001-A1B2C-v1.0".parse().unwrap();
    let mut tx = centre.store.tx("test", Timestamp::now()).await.unwrap();
    tx.insert_release(&NewRelease { id, agreement, recipient: OWN.parse().unwrap(), allowed: true }).await.unwrap();
    tx.insert_held_release(&new).await.unwrap();
    tx.record_act(&format!("release:{id}"), "release.request", person).await.unwrap();
    tx.audit(event()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn whoever_asked_or_approved_has_no_second_voice_in_whatever_role_or_name() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (ada, asking) = centre.person("QOP", &[Role::ReleaseApprover]).await;
    let release = asked_for_by(&centre, ada).await;
    let approval = format!("/releases/{release}/approval");
    let (status, problem) = call(&app, &asking, "POST", &approval, json!({})).await;
    assert_eq!((status, &problem["type"]), (StatusCode::FORBIDDEN, &json!("urn:fairway:problem:denied")));
    assert!(problem["reasons"][0].as_str().unwrap().contains("neither approves nor delivers"), "{problem}");

    let (mary, token) = centre.person("X26", &[Role::ReleaseApprover]).await;
    for more in ["by", "organisation", "name", "approved"] {
        let (status, _) = call(&app, &token, "POST", &approval, json!({ more: "Joan Example" })).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{more} is no member of what is sent");
    }
    let (status, said) = call(&app, &token, "POST", &approval, json!({ "reason": "looked at" })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        said["said"],
        json!([{ "by": format!("Ada Example [person:{mary}]"), "organisation": "X26", "approved": true, "reason": "looked at" }])
    );
    assert_eq!(call(&app, &token, "POST", &approval, json!({})).await.0, StatusCode::FORBIDDEN, "not twice");
    let (_, colleague) = centre.person("X26", &[Role::ReleaseApprover]).await;
    let (status, problem) = call(&app, &colleague, "POST", &approval, json!({})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["reasons"][0].as_str().unwrap().starts_with("Somebody of X26 has approved"), "{problem}");

    // In another role, and the names of accounts do not count: everybody here is called Ada Example.
    centre.service.revoke_role("test", mary, Role::ReleaseApprover).await.unwrap();
    centre.service.grant_role("test", mary, Role::DataManager, (None, None)).await.unwrap();
    let delivery = format!("/releases/{release}/delivery");
    assert_eq!(call(&app, &token, "POST", &delivery, json!({})).await.0, StatusCode::FORBIDDEN);
    let (_, other) = centre.person("X24", &[Role::DataManager]).await;
    let (status, problem) = call(&app, &other, "POST", &delivery, json!({})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    assert_eq!(centre.told("AccessRefused").await, 3);
    assert_eq!((centre.told("ReleaseApproved").await, centre.told("ReleaseGranted").await), (1, 0));
}

#[tokio::test]
async fn nobody_with_an_account_speaks_as_another() {
    let centre = Centre::new(None).await;
    let (_, token) = centre.person("X26", &[Role::ReleaseApprover]).await;
    let actor = centre.service.sign_in(&token).await.unwrap().unwrap();
    let service = centre.service.clone().acting(actor.clone());
    let decide = |name: &'static str, organisation: &'static str| {
        let who = Voice { name, organisation };
        let word = ReleaseWord { who, approved: true, content: None, reason: "" };
        let (service, release) = (service.clone(), centre.own.release);
        async move { service.decide_release("test", release, word).await }
    };
    for (name, organisation) in [("Grace Example", "X26"), ("Ada Example", "QOP"), ("", "QOP"), ("Joan Example", "")] {
        let answer = decide(name, organisation).await;
        assert!(matches!(answer, Err(VerbError::Denied(_))), "{name} of {organisation}");
    }
    assert_eq!((centre.told("AccessRefused").await, centre.told("ReleaseApproved").await), (4, 0));
    let held = decide("ada example", "x26").await.unwrap();
    assert_eq!(held.voices[0].name, format!("Ada Example [{actor}]"));
}

#[tokio::test]
async fn an_approver_at_the_console_is_not_the_requester_who_signed_in() {
    let centre = Centre::new(None).await;
    let (ada, _) = centre.person("QOP", &[Role::Requester]).await;
    let release = asked_for_by(&centre, ada).await;
    let who = Voice { name: "ADA EXAMPLE", organisation: "X26" };
    let word = ReleaseWord { who, approved: true, content: None, reason: "" };
    let answer = centre.service.decide_release("test", release, word).await;
    let Err(VerbError::Refused(refusal)) = answer else { panic!("{answer:?}") };
    assert_eq!(refusal.reasons, ["Whoever asked cannot approve"]);
}

#[tokio::test]
async fn what_is_held_and_delivered_is_shown_to_those_it_concerns() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (_, own) = centre.person(OWN, &[Role::Requester]).await;
    let (_, other) = centre.person("X26", &[Role::Requester]).await;
    let (_, all) = centre.person("X24", &[Role::DataManager]).await;
    for path in ["/releases/held", "/releases/delivered"] {
        let count = async |token: &str| call(&app, token, "GET", path, json!({})).await.1.as_array().unwrap().len();
        assert_eq!((count(&own).await, count(&other).await, count(&all).await), (1, 0, 2), "{path}");
    }
    let (status, rules) = call(&app, &other, "GET", "/releases/rules", json!({})).await;
    assert_eq!((status, rules.as_array().unwrap().len(), &rules[12]["rule"]), (StatusCode::OK, 15, &json!("G13")));
}
