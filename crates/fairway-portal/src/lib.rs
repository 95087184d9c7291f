//! Pages: the read-only status page. The JSON API ([`api`]): Fairway's verbs, for people with a token.
//!
//! The status page shows what a [`StatusSource`] tells it and can change nothing. *Invariant:* the view holds no identifier of a
//! person, by construction: figures, states, organisations, and words that are the same for every record.
//! *Invariant:* a page asks nothing of any other server and runs no script; the Content-Security-Policy says so.
//! It has no sign-in, so [`bind`] takes a loopback address only.

mod api;
mod flow;
mod format;
mod guard;
mod home;
mod message;
mod server;
mod submission;
mod todo;
mod view;
mod words;

pub use api::{API, LARGEST_FILE, OPENAPI, api, openapi};
pub use server::{PAGES, bind, router, serve, serve_app, serve_on};
pub use view::{
    AuditLine, FailedJobLine, FindingCounts, FindingLine, OutboxLine, ReleaseLine, ReleaseState, Severity,
    StatusSource, StatusView, Step, StepLine, SubmissionLine, SubmissionView, Totals, TraceCounts, TraceLine,
};
