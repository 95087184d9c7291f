//! The keyholder as programs meet it: over its socket.
#![cfg(test)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod talk;
