//! A batch trace by message: the other mailbox plays the national service.

use std::path::Path;

use fairway_domain::TraceRunState;
use fairway_domain::port::{TraceHandover, TraceNews, TracingService};
use fairway_mesh::{Content, Label, MeshTracing, Outgoing, TraceRoute};

use crate::sandbox::{Sandbox, THEM, US, label};

const REFERENCE: &str = "MPTREQ_20261123101500";

fn service(sandbox: &Sandbox, to: &str) -> MeshTracing {
    let journals = sandbox.path("journals");
    std::fs::create_dir_all(&journals).unwrap();
    let route = TraceRoute {
        to: label(to),
        workflow: label("SPINE_MPTPHASE4_TRACE"),
        response_workflow: label("SPINE_MPT_RESPONSE"),
    };
    MeshTracing::new(sandbox.mailbox(US), route, journals)
}

fn folder(sandbox: &Sandbox) -> std::path::PathBuf {
    let folder = sandbox.path("responses");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn ticket(service: &dyn TracingService, request: &Path) -> String {
    match service.send(REFERENCE, request).await.unwrap() {
        TraceHandover::Sent { ticket } => ticket,
        TraceHandover::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// What the national service does: fetches the request, and answers some time later.
async fn answer(sandbox: &Sandbox, workflow: &str, local_id: Label) {
    let spine = sandbox.mailbox(THEM);
    let response = sandbox.file("response.csv", 2_000);
    let outgoing = Outgoing {
        to: label(US),
        workflow: label(workflow),
        file_name: label("response.csv"),
        local_id,
        subject: None,
    };
    spine.send(&response, &outgoing, &sandbox.path(&format!("spine-{workflow}-{}", outgoing.local_id))).await.unwrap();
}

#[tokio::test]
async fn a_run_goes_from_sent_over_delivered_to_answered_and_leaves_other_mail_alone() {
    let sandbox = Sandbox::start();
    let (service, into) = (service(&sandbox, THEM), folder(&sandbox));
    let request = sandbox.file("request.csv", 250_000);
    let ticket = ticket(&service, &request).await;
    let mut state = TraceRunState::Sent;
    assert_eq!(service.collect(REFERENCE, &ticket, &into).await.unwrap(), TraceNews::Nothing);

    let spine = sandbox.mailbox(THEM);
    let waiting = spine.inbox().await.unwrap().remove(0);
    let fetched = spine.receive(&waiting, sandbox.folder.path()).await.unwrap();
    let Content::File(path) = &fetched.content else { panic!("no file") };
    assert_eq!(std::fs::read(path).unwrap(), std::fs::read(&request).unwrap());
    assert_eq!(fetched.file_name, format!("{REFERENCE}.csv"));
    spine.acknowledge(&fetched).await.unwrap();
    let news = service.collect(REFERENCE, &ticket, &into).await.unwrap();
    assert_eq!(news, TraceNews::Fetched);
    state = state.on(news.event().unwrap()).unwrap();

    answer(&sandbox, "SPINE_MPT_RESPONSE", label("MPTREQ_20261123101501")).await;
    answer(&sandbox, "OTHER_WORKFLOW", label(REFERENCE)).await;
    assert_eq!(service.collect(REFERENCE, &ticket, &into).await.unwrap(), TraceNews::Fetched);
    answer(&sandbox, "SPINE_MPT_RESPONSE", label(REFERENCE)).await;
    let news = service.collect(REFERENCE, &ticket, &into).await.unwrap();
    let TraceNews::Response(response) = &news else { panic!("no response: {news:?}") };
    assert_eq!(std::fs::read(response).unwrap(), std::fs::read(sandbox.path("response.csv")).unwrap());
    assert_eq!(state.on(news.event().unwrap()), Some(TraceRunState::Answered));

    assert_eq!(sandbox.mailbox(US).inbox().await.unwrap().len(), 2, "the mail that is not ours waits");
    // Acknowledged and asked again, as after a kill: the same response.
    assert_eq!(service.collect(REFERENCE, &ticket, &into).await.unwrap(), news);
}

#[tokio::test]
async fn a_run_sent_again_is_the_same_run() {
    let sandbox = Sandbox::start();
    let service = service(&sandbox, THEM);
    let request = sandbox.file("request.csv", 250_000);
    assert_eq!(ticket(&service, &request).await, ticket(&service, &request).await);
    assert_eq!(sandbox.mailbox(THEM).inbox().await.unwrap().len(), 1);
    assert!(service.send("trace of 9434765919", &request).await.is_err());
}

#[tokio::test]
async fn a_run_that_cannot_be_delivered_is_refused_with_the_reason() {
    let sandbox = Sandbox::start();
    let service = service(&sandbox, "X26NOBODY");
    let handover = service.send(REFERENCE, &sandbox.file("request.csv", 100)).await.unwrap();
    let TraceHandover::Refused(refusal) = handover else { panic!("not refused: {handover:?}") };
    assert_eq!(
        (refusal.code.as_str(), refusal.reason.as_str()),
        ("12", "the exchange does not know the recipient's mailbox")
    );
}

#[tokio::test]
async fn a_report_that_nobody_fetched_the_request_ends_the_run() {
    let sandbox = Sandbox::start();
    let (service, into) = (service(&sandbox, THEM), folder(&sandbox));
    let ticket = ticket(&service, &sandbox.file("request.csv", 100)).await;
    report(&sandbox, &ticket, "undeliverable", "14").await;
    let news = service.collect(REFERENCE, &ticket, &into).await.unwrap();
    assert_eq!(news, TraceNews::NotFetched);
    assert_eq!(TraceRunState::Sent.on(news.event().unwrap()), Some(TraceRunState::Expired));
    assert!(sandbox.mailbox(US).inbox().await.unwrap().is_empty(), "the report is acknowledged");
    assert_eq!(service.collect(REFERENCE, &ticket, &into).await.unwrap(), news);
}

#[tokio::test]
async fn a_report_of_another_kind_refuses_the_run() {
    let sandbox = Sandbox::start();
    let (service, into) = (service(&sandbox, THEM), folder(&sandbox));
    let ticket = ticket(&service, &sandbox.file("request.csv", 100)).await;
    report(&sandbox, &ticket, "error", "17").await;
    let news = service.collect(REFERENCE, &ticket, &into).await.unwrap();
    let TraceNews::Refused(refusal) = news else { panic!("not refused: {news:?}") };
    assert_eq!(
        (refusal.code.as_str(), refusal.reason.as_str()),
        ("17", "the workflow is not registered for the mailbox")
    );
}

/// Has the sandbox put a report into our mailbox.
async fn report(sandbox: &Sandbox, ticket: &str, status: &str, code: &str) {
    let body = format!(
        r#"{{"mailbox_id":"{US}","code":"{code}","description":"made up","workflow_id":"SPINE_MPTPHASE4_TRACE",
            "status":"{status}","linked_message_id":"{ticket}","local_id":"another"}}"#
    );
    let url = format!("{}/messageexchange/admin/report", sandbox.url);
    let request = reqwest::Client::new().post(url).header("content-type", "application/json").body(body);
    assert!(request.send().await.unwrap().status().is_success());
}
