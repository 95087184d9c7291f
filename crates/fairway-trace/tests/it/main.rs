//! Tests of the crate as others use it.

#![expect(clippy::unwrap_used, reason = "a helper of a test that fails, fails the test")]

mod register;
mod return_file;
mod steps;
mod support;
mod two_ways;
