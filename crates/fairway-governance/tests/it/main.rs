//! Tests of the crate as others use it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test that fails, fails the test")]

mod agreement;
mod decision;
mod rules;
mod support;
