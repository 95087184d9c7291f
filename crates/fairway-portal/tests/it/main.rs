//! The pages as a browser gets them.
#![cfg(test)]

mod api;
#[path = "../../../fairway-service/tests/it/away.rs"]
mod away;
mod centre;
mod guide;
mod matrix;
mod releases;
#[path = "../sample/mod.rs"]
mod sample;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use fairway_domain::{Fault, SubmissionId};
use fairway_portal::{StatusSource, StatusView, SubmissionView, router};
use sample::Sample;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

/// A source with one fixed view.
struct Fixed(StatusView);

#[async_trait]
impl StatusSource for Fixed {
    async fn status(&self) -> Result<StatusView, Fault> {
        Ok(self.0.clone())
    }

    async fn submission(&self, id: SubmissionId) -> Result<Option<SubmissionView>, Fault> {
        Ok(self.0.submissions.iter().find(|line| line.id == id).cloned().map(sample::one))
    }
}

async fn ask(source: impl StatusSource + 'static, method: &str, path: &str) -> Response<Body> {
    let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    router(Arc::new(source)).oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

async fn page(source: impl StatusSource + 'static, path: &str) -> (StatusCode, String) {
    let response = ask(source, "GET", path).await;
    (response.status(), text(response).await)
}

#[tokio::test]
async fn the_first_page_shows_what_came_in_and_where_it_stands() {
    let (status, page) = page(Sample::Busy, "/").await;
    assert_eq!(status, StatusCode::OK);
    for expected in [
        "<html lang=\"en-GB\">",
        "<title>Status of demo-data – Fairway</title>",
        "Leeds City Council",
        "<strong class=\"tag tag--yellow\">To be confirmed</strong>",
        "1,187 of 1,293",
        "212 errors, 1,038 warnings",
        "The agreement does not name the column Ethnicity",
        "15,204 rows left under an agreement.",
        "Every record is accounted for.",
        "47 entries, each bound to the one before.",
        "Landed <time datetime=\"2025-07-04T09:02:00Z\">4 July 2025 at 10:02am</time> by command line",
    ] {
        assert!(page.contains(expected), "{expected} is not on the page");
    }
}

#[tokio::test]
async fn a_rejected_file_that_was_sent_again_is_not_to_be_done() {
    let (_, answered) = page(Sample::Busy, "/").await;
    assert!(!answered.contains("file was rejected"));
    let mut view = sample::busy();
    view.submissions.retain(|line| line.id != sample::id(4));
    let (_, open) = page(Fixed(view), "/").await;
    assert!(open.contains("1 file was rejected"));
}

#[tokio::test]
async fn on_a_bad_day_the_log_comes_first_then_the_failed_jobs() {
    let (_, page) = page(Sample::Bad, "/").await;
    let todo = page.split_once("<ul class=\"todo\">").unwrap().1;
    assert!(todo.starts_with("\n<li><a href=\"#log\">The audit log does not verify</a>"));
    assert!(todo.find("href=\"#log\"") < todo.find("<a href=\"#jobs\">1 job failed</a>"));
    assert!(page.contains("<li>entry 31: does not fit the entry before</li>"));
    assert!(page.contains("sealed file cannot be opened: no key fits"));
    assert!(page.contains("The figures do not add up."));
    assert!(!page.contains("1 file is on its way"));
}

#[tokio::test]
async fn of_many_problems_of_the_log_the_first_are_shown_and_the_rest_counted() {
    let mut view = sample::busy();
    view.audit.problems = (1..=23).map(|entry| format!("entry {entry}: is missing")).collect();
    let (_, page) = page(Fixed(view), "/").await;
    assert!(page.contains("entry 20: is missing") && !page.contains("entry 21: is missing"));
    assert!(page.contains("<li>3 more problems</li>"));
}

#[tokio::test]
async fn columns_of_findings_without_anything_in_them_are_left_out() {
    struct Bare;
    #[async_trait]
    impl StatusSource for Bare {
        async fn status(&self) -> Result<StatusView, Fault> {
            Ok(sample::busy())
        }

        async fn submission(&self, _: SubmissionId) -> Result<Option<SubmissionView>, Fault> {
            let mut view = sample::one(sample::busy().submissions.remove(4));
            for line in &mut view.findings {
                line.message.clear();
                line.field.clear();
                line.first_line = None;
            }
            Ok(Some(view))
        }
    }
    let (_, page) = page(Bare, &format!("/submissions/{}", sample::id(2))).await;
    assert!(page.contains("event.end.before.start") && page.contains(">Times</th>"));
    assert!(!page.contains("Whole file") && !page.contains(">First on line</th>"));
}

#[tokio::test]
async fn an_empty_data_directory_says_how_a_file_comes_in() {
    let (status, page) = page(Sample::Empty, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("fairway land FILE"));
}

#[tokio::test]
async fn a_list_that_was_cut_says_so() {
    let mut view = sample::busy();
    view.totals.files = 1_204;
    let (_, page) = page(Fixed(view), "/").await;
    assert!(page.contains("The latest 6 of 1,204 files"));
}

#[tokio::test]
async fn a_submission_has_its_way_its_findings_and_its_trace() {
    let (status, page) = page(Sample::Busy, &format!("/submissions/{}", sample::id(2))).await;
    assert_eq!(status, StatusCode::OK);
    for expected in [
        "41 left out",
        "event.end.before.start",
        "Cross-checked, number replaced",
        "<span class=\"value\">97</span>",
        "De-identify",
    ] {
        assert!(page.contains(expected), "{expected} is not on the page");
    }
    let gravest = page.find("la.other").unwrap();
    assert!(gravest < page.find("event.end.before.start").unwrap());
    assert!(page.find("event.end.before.start").unwrap() < page.find("service.start.empty").unwrap());
}

#[tokio::test]
async fn hostile_names_stay_text_wherever_they_are_shown() {
    const HOSTILE: &str = "\"><script>alert(1)</script>'&<img src=x onerror=y>";
    let mut view = sample::busy();
    view.data_name = HOSTILE.into();
    for line in &mut view.submissions {
        line.organisation_name = HOSTILE.into();
        line.organisation_code = HOSTILE.into();
        line.dataset = HOSTILE.into();
    }
    for line in &mut view.releases {
        line.agreement = HOSTILE.into();
        line.recipient_name = HOSTILE.into();
        line.reasons = vec![HOSTILE.into()];
    }
    for line in &mut view.outbox {
        line.file = HOSTILE.into();
        line.what = HOSTILE.into();
        line.organisation_name = HOSTILE.into();
    }
    for path in ["/".to_owned(), format!("/submissions/{}", sample::id(2))] {
        let (status, page) = page(Fixed(view.clone()), &path).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!page.contains("<script") && !page.contains("<img"), "{path}");
        assert!(page.contains("&#60;script&#62;"), "{path}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_closed() {
    let id = sample::id(1);
    for path in ["/", "/nowhere", "/healthz", "/assets/fairway.css", &format!("/submissions/{id}")] {
        let response = ask(Sample::Busy, "GET", path).await;
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let policy = header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
        assert_eq!(header("referrer-policy").as_deref(), Some("no-referrer"), "{path}");
        assert_eq!(header("cache-control").as_deref(), Some("no-store"), "{path}");
    }
}

#[tokio::test]
async fn a_page_asks_nothing_of_other_servers_and_runs_nothing() {
    for path in ["/".to_owned(), format!("/submissions/{}", sample::id(2)), "/assets/fairway.css".into()] {
        let (_, page) = page(Sample::Busy, &path).await;
        for forbidden in ["http://", "https://", "<script", " style=", " onload=", " onclick=", "@import", "url("] {
            assert!(!page.contains(forbidden), "{forbidden} is in {path}");
        }
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_gets_a_page_that_says_so() {
    for path in ["/nowhere", "/submissions", "/submissions/not-an-id", "/submissions/%3Cscript%3E", "/submissions/%ff"]
    {
        let (status, page) = page(Sample::Busy, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.contains("not found</h1>"), "{path}");
    }
    let unknown = format!("/submissions/{}", sample::id(200));
    assert_eq!(page(Sample::Busy, &unknown).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_fault_shows_a_reference_and_not_what_went_wrong() {
    for path in ["/".to_owned(), format!("/submissions/{}", sample::id(1))] {
        let (status, page) = page(Sample::Broken, &path).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(page.contains("There is a problem with the service"));
        assert!(page.contains("give the operator this reference"));
        assert!(!page.contains("ledger") && !page.contains("disk"));
    }
}

#[tokio::test]
async fn health_is_whether_the_ledger_can_be_read() {
    assert_eq!(page(Sample::Busy, "/healthz").await, (StatusCode::OK, "ok\n".into()));
    let (status, body) = page(Sample::Broken, "/healthz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.starts_with("not ready, reference "));
}

#[tokio::test]
async fn nothing_but_reading_is_possible() {
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        for path in ["/", "/submissions/x", "/healthz"] {
            assert_eq!(
                ask(Sample::Busy, method, path).await.status(),
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {path}"
            );
        }
    }
    let head = ask(Sample::Busy, "HEAD", "/").await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(text(head).await, "");
}

#[tokio::test]
async fn the_pages_are_served_to_this_machine_alone() {
    for elsewhere in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let refused = fairway_portal::bind(elsewhere.parse().unwrap()).await.unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
    }
    let (address, _stop) = start().await;
    assert!(fetch(address, "127.0.0.1").await.starts_with("HTTP/1.1 200 "));
    let rebound = fetch(address, "rebound.example").await;
    assert!(rebound.starts_with("HTTP/1.1 421 "));
    assert!(rebound.contains("content-security-policy") && !rebound.contains("Leeds"));
}

#[tokio::test]
async fn the_server_ends_when_told_even_with_an_idle_connection() {
    let (address, stop) = start().await;
    let _idle = TcpStream::connect(address).await.unwrap();
    let ended = stop.end().await;
    assert!(ended.is_ok());
}

struct Running {
    stop: tokio::sync::oneshot::Sender<()>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Running {
    async fn end(self) -> std::io::Result<()> {
        self.stop.send(()).unwrap();
        self.server.await.unwrap()
    }
}

async fn start() -> (SocketAddr, Running) {
    let listener = fairway_portal::bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let server = tokio::spawn(fairway_portal::serve_on(listener, Arc::new(Sample::Busy), async {
        stopped.await.ok();
    }));
    (address, Running { stop, server })
}

async fn fetch(address: SocketAddr, host: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
