//! What the API takes and gives, and when it stops.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use fairway_portal::{API, LARGEST_FILE, api, openapi};
use fairway_service::Role;
use futures::stream;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::centre::{Centre, OWN};

async fn call(app: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

fn asking(method: &str, path: &str, token: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(format!("{API}{path}"));
    let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
    request.body(body.into()).unwrap()
}

#[test]
fn the_committed_description_is_the_one_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");
    let due = format!("{}\n", openapi().to_pretty_json().unwrap());
    if std::env::var_os("FAIRWAY_BLESS").is_some() {
        std::fs::write(path, &due).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == due,
        "docs/api/openapi.json is not what is served: run with FAIRWAY_BLESS=1 and read what changed"
    );
}

#[tokio::test]
async fn a_council_sends_a_file_and_sees_it_once() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (_, token) = centre.person(OWN, &[Role::CouncilSubmitter]).await;
    let send = || asking("POST", "/submissions?organisation=313", &token, "a,b\n1,2\n");
    let (status, receipt) = call(&app, send()).await;
    assert_eq!((status, &receipt["again"], &receipt["bytes"]), (StatusCode::CREATED, &json!(false), &json!(8)));
    let (status, again) = call(&app, send()).await;
    assert_eq!((status, &again["submission"]), (StatusCode::OK, &receipt["submission"]));
    let (_, list) = call(&app, asking("GET", "/submissions", &token, "")).await;
    assert_eq!(list.as_array().unwrap().len(), 2, "its own two, not the other council's");
    assert!(list.as_array().unwrap().iter().all(|one| one["organisation"] == OWN));
    let (status, problem) = call(&app, asking("POST", "/submissions?organisation=816", &token, "a\n")).await;
    assert_eq!((status, &problem["type"]), (StatusCode::FORBIDDEN, &json!("urn:fairway:problem:denied")));
}

#[tokio::test]
async fn a_body_that_breaks_off_or_is_too_large_lands_nothing() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), 1_000_000);
    let (_, token) = centre.person(OWN, &[Role::CouncilSubmitter]).await;
    let portions = |whole: bool| {
        let end = if whole { Ok(Bytes::from_static(b"end\n")) } else { Err(std::io::Error::other("gone")) };
        Body::from_stream(stream::iter([Ok(Bytes::from(vec![b'x'; 100_000])), end]))
    };
    let path = "/submissions?organisation=313";
    assert_eq!(call(&app, asking("POST", path, &token, portions(false))).await.0, StatusCode::BAD_REQUEST);
    let much = stream::iter((0..11).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 100_000]))));
    let (status, _) = call(&app, asking("POST", path, &token, Body::from_stream(much))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(centre.store.submissions(100).await.unwrap().len(), 2, "those that were there");
    let sealed = std::fs::read_dir(centre.dir.path().join("data/landing")).unwrap().count();
    assert_eq!(sealed, 2, "and no file of what broke off");
    assert_eq!(call(&app, asking("POST", path, &token, portions(true))).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn rights_that_end_stop_a_file_that_is_being_sent_and_one_that_is_being_fetched() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (person, token) = centre.person(OWN, &[Role::CouncilSubmitter]).await;
    let fetch = asking("GET", &format!("/outbox/{}/content", centre.own.file), &token, "");
    let response = app.clone().oneshot(fetch).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body().into_data_stream();
    let first = futures::StreamExt::next(&mut body).await.unwrap().unwrap();
    assert!(first.len() <= 64 * 1024);
    let service = centre.service.clone();
    let portions = stream::unfold(0, move |sent| {
        let service = service.clone();
        async move {
            if sent == 3 {
                service.retire_person("test", person).await.unwrap();
            }
            (sent < 8).then(|| (Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 70_000])), sent + 1))
        }
    });
    let send = asking("POST", "/submissions?organisation=313", &token, Body::from_stream(portions));
    assert_eq!(call(&app, send).await.0, StatusCode::UNAUTHORIZED);
    assert!(futures::StreamExt::next(&mut body).await.unwrap().is_err(), "not a byte after that");
    assert_eq!((centre.told("OutboxOpened").await, centre.told("OutboxCollected").await), (1, 0));
    assert_eq!(centre.store.submissions(100).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_fetched_to_its_end_counts_as_collected() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (_, token) = centre.person(OWN, &[Role::CouncilSubmitter]).await;
    let path = format!("/outbox/{}/content", centre.own.file);
    let response = app.clone().oneshot(asking("GET", &path, &token, "")).await.unwrap();
    let digest = response.headers()["x-fairway-sha256"].to_str().unwrap().to_owned();
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    assert_eq!(bytes.len(), 160_000);
    use sha2::{Digest as _, Sha256};
    assert_eq!(digest, fairway_domain::Digest(Sha256::digest(&bytes).into()).to_string());
    assert_eq!(centre.told("OutboxCollected").await, 1);
    let (_, list) = call(&app, asking("GET", "/outbox", &token, "")).await;
    assert!(list[0]["collected_at"].is_string() && list.as_array().unwrap().len() == 1);
}

#[tokio::test]
async fn people_are_added_granted_roles_and_tokens_and_what_is_taken_is_gone_at_once() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (_, admin) = centre.person("X24", &[Role::Administrator]).await;
    let (status, ada) =
        call(&app, asking("POST", "/people", &admin, r#"{"name":"Ada Example","organisation":"313"}"#)).await;
    assert_eq!(status, StatusCode::CREATED);
    let ada = ada["person"].as_str().unwrap();
    let grant =
        |role: &str| asking("POST", &format!("/people/{ada}/roles"), &admin, json!({ "role": role }).to_string());
    assert_eq!(call(&app, grant("data_manager")).await.0, StatusCode::OK);
    let (status, problem) = call(&app, grant("release_approver")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["reasons"][0].as_str().unwrap().starts_with("Release approver does not go with Data manager"));
    assert_eq!(call(&app, grant("worker")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, token) = call(&app, asking("POST", &format!("/people/{ada}/tokens"), &admin, r#"{"days":1}"#)).await;
    let secret = token["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 3 + 8 + 1 + 64);
    assert_eq!(call(&app, asking("GET", "/traces/held", secret, "")).await.0, StatusCode::OK);
    let revoke = asking("DELETE", &format!("/people/{ada}/roles/data_manager"), &admin, "");
    assert_eq!(call(&app, revoke).await.0, StatusCode::OK);
    assert_eq!(call(&app, asking("GET", "/traces/held", secret, "")).await.0, StatusCode::FORBIDDEN);
    let revoke = asking("DELETE", &format!("/tokens/{}", token["token"].as_str().unwrap()), &admin, "");
    assert_eq!(call(&app, revoke).await.0, StatusCode::NO_CONTENT);
    assert_eq!(call(&app, asking("GET", "/me", secret, "")).await.0, StatusCode::UNAUTHORIZED);
    for file in walk(&centre.dir.path().join("data")) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(memchr::memmem::find(&bytes, secret.as_bytes()).is_none(), "{}", file.display());
    }
}

fn walk(root: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[tokio::test]
async fn a_body_with_more_than_is_described_changes_nothing() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (_, admin) = centre.person("X24", &[Role::Administrator]).await;
    let before = centre.store.accounts().await.unwrap();
    for more in ["role", "roles", "id", "person", "retired_at", "added_by", "__proto__"] {
        let body = json!({ "name": "Ada", "organisation": "313", more: "administrator" }).to_string();
        let (status, problem) = call(&app, asking("POST", "/people", &admin, body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{more}");
        assert!(!problem.to_string().contains("Ada"), "what was sent is not repeated");
    }
    let long = json!({ "name": "x".repeat(300_000), "organisation": "313" }).to_string();
    assert_eq!(call(&app, asking("POST", "/people", &admin, long)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(centre.store.accounts().await.unwrap(), before);
}

#[tokio::test]
async fn whoever_sends_a_file_does_not_decide_about_its_trace_in_whatever_role() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (ada, token) = centre.person(OWN, &[Role::CouncilSubmitter]).await;
    let (_, receipt) = call(&app, asking("POST", "/submissions?organisation=313", &token, "a,b\n3,4\n")).await;
    let id = receipt["submission"].as_str().unwrap();
    centre.service.revoke_role("test", ada, Role::CouncilSubmitter).await.unwrap();
    centre.service.grant_role("test", ada, Role::DataManager, (None, None)).await.unwrap();
    centre.hold_trace(id.parse().unwrap()).await;
    let approve = |token: &str| asking("POST", &format!("/submissions/{id}/trace/approval"), token, "");
    let (status, problem) = call(&app, approve(&token)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(
        problem["reasons"],
        json!(["You have done this before: Send a file. Whoever sends a file does not decide about its trace"])
    );
    assert_eq!(centre.told("AccessRefused").await, 1);
    let (grace, other) = centre.person("X26", &[Role::DataManager]).await;
    let (status, trace) = call(&app, approve(&other)).await;
    assert_eq!((status, &trace["state"]), (StatusCode::OK, &json!("approved")));
    let entries = centre.store.audit_entries(10).await.unwrap();
    let approved = entries.iter().find(|entry| entry.verb == "TraceApproved").unwrap();
    assert!(approved.detail.contains(&format!("\"by\":\"person:{grace}\"")), "{}", approved.detail);
}
