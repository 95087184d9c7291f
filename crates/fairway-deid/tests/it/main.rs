//! The crate as the floors above use it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod calendar;
mod forgotten;
mod geography;
mod haven;
