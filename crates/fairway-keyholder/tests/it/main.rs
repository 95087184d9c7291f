//! The keyholder as programs meet it: over its socket.
#![cfg(test)]

mod talk;
