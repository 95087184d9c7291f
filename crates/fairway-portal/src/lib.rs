//! Pages: the read-only status page.
//!
//! It shows what a [`StatusSource`] tells it and can change nothing. *Invariant:* the view holds no identifier of a
//! person, by construction: figures, states, organisations, and words that are the same for every record.
//! *Invariant:* a page asks nothing of any other server and runs no script; the Content-Security-Policy says so.
//! There is no sign-in, so [`bind`] takes a loopback address only.

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

pub use server::{bind, router, serve, serve_on};
pub use view::{
    AuditLine, FailedJobLine, FindingCounts, FindingLine, OutboxLine, ReleaseLine, ReleaseState, Severity,
    StatusSource, StatusView, Step, StepLine, SubmissionLine, SubmissionView, Totals, TraceCounts, TraceLine,
};
