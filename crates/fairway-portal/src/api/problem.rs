//! Refusals as `application/problem+json` (RFC 9457), with every reason and what to do.

use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use fairway_domain::{Fault, Refusal};
use fairway_service::VerbError;
use serde::Serialize;
use utoipa::ToSchema;

/// The media type of a refusal.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was not answered as asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Which kind it is, such as `urn:fairway:problem:denied`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What cannot be done.
    title: String,
    /// The status of the answer.
    status: u16,
    /// Every reason.
    reasons: Vec<String>,
    /// What to do.
    next: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &'static str, refusal: Refusal) -> Self {
        let Refusal { what, reasons, next } = refusal;
        Self { kind, title: what, status: status.as_u16(), reasons, next }
    }

    /// The one answer for what is not there, and for what must not be told of.
    pub fn not_found() -> Self {
        let refusal = Refusal::new(
            "It cannot be found",
            "There is no such thing that you may see",
            "See what there is in the lists of /api/v1, and its routes in /api/v1/openapi.json",
        );
        Self::new(StatusCode::NOT_FOUND, "urn:fairway:problem:not-found", refusal)
    }

    pub fn wrong_method() -> Self {
        let refusal = Refusal::new(
            "That cannot be done here",
            "The address does not take this method",
            "See which it takes in /api/v1/openapi.json",
        );
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "urn:fairway:problem:method", refusal)
    }

    pub fn signed_out() -> Self {
        let refusal = Refusal::new(
            "You are not signed in",
            "There is no token, or it has expired or was revoked",
            "Send Authorization: Bearer with a token; whoever grants your role makes one",
        );
        Self::new(StatusCode::UNAUTHORIZED, "urn:fairway:problem:signed-out", refusal)
    }

    /// A request that cannot be read; what it holds is not repeated.
    pub fn malformed(reason: impl Into<String>) -> Self {
        let refusal = Refusal::new(
            "The request cannot be read",
            reason,
            "See what it holds, and no more, in /api/v1/openapi.json",
        );
        Self::new(StatusCode::BAD_REQUEST, "urn:fairway:problem:malformed", refusal)
    }

    pub fn too_large(most: u64) -> Self {
        let reason = format!("It may have at most {most} bytes");
        let refusal = Refusal::new("The body is too large", reason, "Send less, or ask for a larger limit");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "urn:fairway:problem:too-large", refusal)
    }

    pub fn fault(fault: &Fault) -> Self {
        let reference = crate::server::report(fault);
        let reason = format!("Give the operator this reference: {reference}");
        let refusal = Refusal::new("There is a problem with the service", reason, "Try again later");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "urn:fairway:problem:fault", refusal)
    }
}

impl From<VerbError> for Problem {
    fn from(error: VerbError) -> Self {
        match error {
            VerbError::Denied(refusal) => Self::new(StatusCode::FORBIDDEN, "urn:fairway:problem:denied", refusal),
            VerbError::NotFound(_) => Self::not_found(),
            VerbError::Refused(refusal) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "urn:fairway:problem:refused", refusal)
            }
            VerbError::Fault(fault) => Self::fault(&fault),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
