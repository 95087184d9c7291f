//! The permission table probed through the live routes: every role, every operation of the OpenAPI document, about what is
//! one's own, another organisation's, and not there at all.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use fairway_portal::{API, LARGEST_FILE, PAGES, api, openapi};
use fairway_service::{Permissions, Role, Scope, Verb};
use serde_json::json;
use tower::ServiceExt;
use uuid::Uuid;

use crate::centre::{Centre, Had, OTHER, OWN};

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    verb: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Own,
    Other,
    Missing,
}

type Answer = (StatusCode, HeaderMap, Vec<u8>);

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let verb = operation["x-fairway-verb"].as_str().unwrap_or_default().to_owned();
            let method = method.to_uppercase().parse().unwrap();
            all.push(Operation { method, path: path.clone(), verb });
        }
    }
    all
}

/// Whether an operation is about one thing of some organisation.
fn has_object(operation: &Operation) -> bool {
    operation.path.contains('{') || names_organisation(operation)
}

/// Whether it names the organisation in what is sent.
fn names_organisation(operation: &Operation) -> bool {
    operation.method == Method::POST && ["/submissions", "/people"].iter().any(|end| operation.path.ends_with(end))
}

fn request(operation: &Operation, centre: &Centre, (about, token): (About, &str)) -> Request<Body> {
    let (had, code): (Option<&Had>, _) = match about {
        About::Own => (Some(&centre.own), OWN),
        About::Other => (Some(&centre.other), OTHER),
        About::Missing => (None, "999"),
    };
    let nobody = Uuid::from_u128(7).to_string();
    let name = |named: fn(&Had) -> String, none: &str| had.map_or_else(|| none.to_owned(), named);
    let mut path = operation.path.clone();
    for (part, value) in [
        ("{submission}", name(|had| had.submission.to_string(), &nobody)),
        ("{file}", name(|had| had.file.to_string(), "999999")),
        ("{release}", name(|had| had.release.to_string(), &nobody)),
        ("{person}", name(|had| had.person.to_string(), &nobody)),
        ("{role}", "council_submitter".to_owned()),
        ("{token}", name(|had| had.token.clone(), "00000000")),
    ] {
        path = path.replace(part, &value);
    }
    let mut body = String::new();
    if operation.path.ends_with("/submissions") && operation.method == Method::POST {
        path = format!("{path}?organisation={code}");
        body = format!("a,b\n{code},{}\n", Uuid::new_v4());
    } else if operation.method == Method::POST {
        body = sent(&operation.path, code);
    }
    let request = Request::builder().method(operation.method.clone()).uri(path);
    let request = request.header("content-type", "application/json");
    request.header("authorization", format!("Bearer {token}")).body(Body::from(body)).unwrap()
}

/// What is sent: as described, and refused where it could change what the next role is asked about.
fn sent(path: &str, code: &str) -> String {
    let nothing = "0".repeat(64);
    match path.rsplit('/').next().unwrap() {
        "people" => json!({ "name": "Grace Example", "organisation": code }).to_string(),
        "roles" => json!({ "role": "council_submitter" }).to_string(),
        "tokens" => "{}".to_owned(),
        "approval" | "rejection" if !path.contains("/trace/") => json!({ "manifest_sha256": nothing }).to_string(),
        "receipt" => json!({ "manifest_sha256": nothing }).to_string(),
        "recall" => json!({ "reason": "a council withdrew its file" }).to_string(),
        _ => "not: an agreement".to_owned(),
    }
}

async fn ask(app: &Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, to_bytes(body, 1 << 24).await.unwrap().to_vec())
}

/// What one role is answered where that is not what the published table says, and how many refusals the log should have.
async fn probe(centre: &Centre, app: &Router, role: Role) -> (Vec<String>, usize) {
    let table = Permissions::published().unwrap();
    let (_, token) = centre.person(OWN, &[role]).await;
    let (mut wrong, mut refusals) = (Vec::new(), 0);
    for operation in operations() {
        let Ok(verb) = operation.verb.parse::<Verb>() else { continue };
        let scope = table.cell(role, verb).scope;
        let missing = ask(app, request(&operation, centre, (About::Missing, &token))).await;
        refusals += usize::from(missing.0 == StatusCode::FORBIDDEN);
        for about in [About::Own, About::Other] {
            let answer = ask(app, request(&operation, centre, (about, &token))).await;
            let reaches = !has_object(&operation) || about == About::Own;
            let secret = !names_organisation(&operation) && table.is_secret(verb);
            let as_due = match scope {
                Scope::None => answer.0 == StatusCode::FORBIDDEN && answer.2 == missing.2,
                Scope::Own if !reaches && secret => answer.0 == StatusCode::NOT_FOUND && answer == missing,
                Scope::Own if !reaches => answer.0 == StatusCode::FORBIDDEN,
                _ => ![401, 403, 404, 405, 500].contains(&answer.0.as_u16()),
            };
            refusals += usize::from([403, 404].contains(&answer.0.as_u16()));
            if !as_due {
                let Operation { method, path, .. } = &operation;
                wrong.push(format!("{role} {method} {path} about {about:?} with {scope:?}: {}", answer.0));
            }
        }
    }
    (wrong, refusals)
}

#[tokio::test]
async fn every_role_is_answered_as_the_table_says_and_every_refusal_is_in_the_log() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (mut wrong, mut refusals) = (Vec::new(), 0);
    for role in Role::ALL {
        let (found, refused) = probe(&centre, &app, *role).await;
        wrong.extend(found);
        refusals += refused;
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(refusals > 500, "only {refusals} refusals");
    assert_eq!(centre.told("AccessRefused").await, refusals);
}

/// The defence taken away: a table that gives everybody everything.
#[tokio::test]
async fn a_table_that_allows_everything_is_noticed() {
    let everybody: Vec<String> = Role::ALL.iter().map(|role| format!("{role}: everybody")).collect();
    let published = include_str!("../../../../specs/governance/permissions.yaml");
    let open = published.lines().map(|line| match line.trim_start() {
        own if own.starts_with("own:") => "    own: {}".to_owned(),
        any if any.starts_with("any:") => format!("    any: {{{}}}", everybody.join(", ")),
        _ => line.to_owned(),
    });
    let table = open.collect::<Vec<_>>().join("\n");
    let centre = Centre::new(Some(&table)).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (wrong, _) = probe(&centre, &app, Role::CouncilSubmitter).await;
    assert!(wrong.len() > 20, "{wrong:?}");
}

#[test]
fn every_route_says_which_verb_it_is() {
    let operations = operations();
    assert!(operations.len() >= 37);
    for Operation { method, path, verb } in &operations {
        let open = ["/me", "/releases/rules"].iter().any(|end| path.ends_with(end));
        let declared = verb.parse::<Verb>().is_ok() || (verb == "signed-in" && open);
        assert!(declared, "{method} {path} declares no verb");
    }
    for (path, verb) in PAGES {
        assert!(verb == "open" || verb.parse::<Verb>().is_ok(), "{path}");
    }
}

#[tokio::test]
async fn nothing_is_answered_without_a_token_that_is_good() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (auditor, token) = centre.person(OWN, &[Role::Auditor]).await;
    let me = || Request::get(format!("{API}/me")).header("authorization", format!("Bearer {token}"));
    assert_eq!(ask(&app, me().body(Body::empty()).unwrap()).await.0, StatusCode::OK);
    assert_eq!(
        ask(&app, me().header("authorization", "Bearer fw_other").body(Body::empty()).unwrap()).await.0,
        StatusCode::UNAUTHORIZED,
        "two tokens are none"
    );
    centre.service.retire_person("test", auditor).await.unwrap();
    for token in [token.as_str(), "", "fw_00000000_0", "'; DROP TABLE account; --"] {
        for operation in operations() {
            let (status, headers, _) = ask(&app, request(&operation, &centre, (About::Own, token))).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{} {}", operation.method, operation.path);
            assert_eq!(
                (&headers["www-authenticate"], &headers["cache-control"]),
                (&"Bearer".parse().unwrap(), &"no-store".parse().unwrap())
            );
        }
    }
    assert_eq!(centre.told("AccessRefused").await, 0, "a stranger does not fill the log");
}

#[tokio::test]
async fn other_methods_are_no_way_around() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (_, token) = centre.person(OWN, &[Role::IcbAnalyst]).await;
    let described = operations();
    for operation in &described {
        let get = ask(&app, request(operation, &centre, (About::Other, &token))).await;
        for method in [Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::PATCH] {
            let mut other = request(operation, &centre, (About::Other, &token));
            *other.method_mut() = method.clone();
            let (status, _, body) = ask(&app, other).await;
            let is_read = operation.method == Method::GET
                || described.iter().any(|one| one.method == Method::GET && one.path == operation.path);
            match method == Method::HEAD && is_read {
                true if operation.method == Method::GET => assert_eq!((status, body.len()), (get.0, 0)),
                true => assert!(body.is_empty()),
                false => assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {}", operation.path),
            }
        }
        for header in ["x-http-method-override", "x-method-override", "x-original-url", "x-forwarded-user"] {
            let mut disguised = request(operation, &centre, (About::Other, &token));
            disguised.headers_mut().insert(header, "DELETE".parse().unwrap());
            assert_eq!(ask(&app, disguised).await, get, "{header} {} {}", operation.method, operation.path);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_has_one_answer_whatever_it_is_called() {
    let centre = Centre::new(None).await;
    let app = api(centre.service.clone(), LARGEST_FILE);
    let (_, token) = centre.person(OWN, &[Role::CouncilSubmitter]).await;
    let get = |path: String| {
        let request = Request::get(format!("{API}{path}")).header("authorization", format!("Bearer {token}"));
        ask(&app, request.body(Body::empty()).unwrap())
    };
    let there = get(format!("/submissions/{}", centre.other.submission)).await;
    assert_eq!(there.0, StatusCode::NOT_FOUND);
    for path in
        ["/submissions/1", "/submissions/%ff", "/outbox/-1/content", "/outbox/x/content", "/nowhere", "/releasesx"]
    {
        assert_eq!(get(path.into()).await.2, there.2, "{path}");
    }
    let text = String::from_utf8(there.2).unwrap();
    assert!(!text.contains(&centre.other.submission.to_string()) && !text.contains(OTHER));
}
