//! Pages that are not about data: not found, a fault, a wrong address.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// A page with a heading and a few paragraphs.
#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    heading: &'a str,
    paragraphs: &'a [&'a str],
    reference: &'a str,
}

/// The page for an address that leads nowhere.
pub fn not_found() -> Response {
    let paragraphs = [
        "If you typed the web address, check it is correct.",
        "If you pasted the web address, check you copied the entire address.",
    ];
    page(StatusCode::NOT_FOUND, &MessagePage { heading: "Page not found", paragraphs: &paragraphs, reference: "" })
}

/// The page for a submission that the ledger does not know.
pub fn no_such_submission() -> Response {
    let paragraphs = ["No submission has this identifier. It is on the receipt, and in the list of submissions."];
    page(
        StatusCode::NOT_FOUND,
        &MessagePage { heading: "Submission not found", paragraphs: &paragraphs, reference: "" },
    )
}

/// The page for a fault of ours. `reference` is in the operator's log.
pub fn problem(reference: &str) -> Response {
    let paragraphs = ["Try again later.", "The data is as it was: this page only reads."];
    let heading = "There is a problem with the service";
    page(StatusCode::INTERNAL_SERVER_ERROR, &MessagePage { heading, paragraphs: &paragraphs, reference })
}

/// The page for a request that came under a name that is not this machine's.
pub fn wrong_host() -> Response {
    let paragraphs =
        ["This page is served to this machine alone. Open it by the address that was printed at the start."];
    page(
        StatusCode::MISDIRECTED_REQUEST,
        &MessagePage { heading: "Wrong address", paragraphs: &paragraphs, reference: "" },
    )
}

/// The page for anything but reading.
pub fn only_reading() -> Response {
    let paragraphs = ["This page only shows. Nothing can be changed here."];
    let heading = "You cannot do this here";
    page(StatusCode::METHOD_NOT_ALLOWED, &MessagePage { heading, paragraphs: &paragraphs, reference: "" })
}

/// Renders a page. A template that fails is a fault like any other, told in the plainest words.
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "page cannot be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "There is a problem with the service").into_response()
        }
    }
}
