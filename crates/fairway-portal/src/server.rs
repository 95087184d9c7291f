//! The router and the server.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use fairway_domain::{Fault, SubmissionId};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::StatusSource;
use crate::home::HomePage;
use crate::submission::SubmissionPage;
use crate::{guard, message};

type Source = Arc<dyn StatusSource>;

/// How long answers under way may take once the server was told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// The pages and what each shows: a verb of the permission table, which whoever is at this machine may see, or `open`.
pub const PAGES: [(&str, &str); 5] = [
    ("/", "centre.overview"),
    ("/submissions/{id}", "submission.show"),
    ("/healthz", "open"),
    ("/assets/fairway.css", "open"),
    ("/assets/fairway.svg", "open"),
];

/// Every page, without a server around it. [`serve_on`] adds the check that a request names this machine.
pub fn router(source: Source) -> Router {
    let handlers = [get(home), get(submission), get(healthz), get(style_sheet), get(icon)];
    let routes = PAGES.into_iter().zip(handlers);
    let pages = routes.fold(Router::new(), |pages, ((path, _), handler)| pages.route(path, handler));
    pages
        .fallback(|| async { message::not_found() })
        .method_not_allowed_fallback(|| async { message::only_reading() })
        .layer(middleware::from_fn(guard::headers))
        .with_state(source)
}

/// Takes an address for the pages. Port 0 takes any that is free.
///
/// # Errors
/// When the address is not a loopback address (there is no sign-in, so the pages are for this machine alone), or is
/// in use.
pub async fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    if !addr.ip().is_loopback() {
        let why = "the status page has no sign-in: it is served on a loopback address only, such as 127.0.0.1";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    TcpListener::bind(addr).await
}

/// Serves the pages until `shutdown` is ready; answers under way get five seconds.
///
/// # Errors
/// When the listener fails.
pub async fn serve_on(
    listener: TcpListener,
    source: Source,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_app(listener, router(source), shutdown).await
}

/// Serves `app`, such as the pages merged with the API, to this machine until `shutdown` is ready; answers under way get
/// five seconds.
///
/// # Errors
/// When the listener fails.
pub async fn serve_app(
    listener: TcpListener,
    app: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = app.layer(middleware::from_fn(guard::this_machine_only)).layer(middleware::from_fn(guard::headers));
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        stopped.await.ok();
    });
    let end = async {
        shutdown.await;
        stop.send(()).ok();
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = server => result,
        () = end => Ok(()),
    }
}

/// [`bind`], then [`serve_on`].
///
/// # Errors
/// As for both.
pub async fn serve(
    addr: SocketAddr,
    source: Source,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_on(bind(addr).await?, source, shutdown).await
}

async fn home(State(source): State<Source>) -> Response {
    match source.status().await {
        Ok(view) => message::page(StatusCode::OK, &HomePage::new(view)),
        Err(fault) => problem(&fault),
    }
}

async fn submission(State(source): State<Source>, id: Result<Path<String>, PathRejection>) -> Response {
    let Some(id) = id.ok().and_then(|Path(id)| id.parse::<SubmissionId>().ok()) else {
        return message::no_such_submission();
    };
    match source.submission(id).await {
        Ok(Some(view)) => message::page(StatusCode::OK, &SubmissionPage::new(view)),
        Ok(None) => message::no_such_submission(),
        Err(fault) => problem(&fault),
    }
}

/// Whether pages can be answered: the ledger and the log can be read.
async fn healthz(State(source): State<Source>) -> Response {
    match source.status().await {
        Ok(_) => "ok\n".into_response(),
        Err(fault) => {
            let reference = report(&fault);
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready, reference {reference}\n")).into_response()
        }
    }
}

async fn style_sheet() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("../assets/fairway.css"))
}

async fn icon() -> impl IntoResponse {
    ([(CONTENT_TYPE, "image/svg+xml")], include_str!("../assets/fairway.svg"))
}

fn problem(fault: &Fault) -> Response {
    message::problem(&report(fault))
}

/// Logs a fault with all its causes, once, under a reference that the reader sees.
pub(crate) fn report(fault: &Fault) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let reference = format!("{:X}-{count}", Timestamp::now().as_second());
    let mut causes = String::new();
    let mut cause = std::error::Error::source(fault);
    while let Some(error) = cause {
        causes.push_str(&format!(": {error}"));
        cause = error.source();
    }
    tracing::error!(reference, "a request cannot be answered: {fault}{causes}");
    reference
}
