//! Tests of the crate as others use it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test that called it")]

mod agreement;
mod decision;
mod gate;
mod lifecycles;
mod link;
mod rules;
mod support;
