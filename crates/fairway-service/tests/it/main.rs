//! The verbs of governance against a real ledger, without a warehouse and without keys.
#![cfg(test)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first thing that goes wrong")]

mod agreements;
mod applications;
mod centre;
mod notices;
mod organisations;
mod register;
