//! A mailbox against the national sandbox, started by each test (PyPI `mesh-sandbox`).

#![cfg(test)]

mod certificates;
mod flaky;
mod messages;
mod sandbox;
mod tracing_service;
mod troubles;
