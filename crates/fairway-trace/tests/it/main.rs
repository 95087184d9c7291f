//! Tests of the crate as others use it.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test that called it")]

mod format;
mod index;
mod poor;
mod register;
mod return_file;
mod steps;
mod support;
mod two_ways;
