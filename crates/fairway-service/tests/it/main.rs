//! The verbs of governance against a real ledger, without a warehouse and without keys.
#![cfg(test)]

mod agreements;
mod applications;
mod away;
mod centre;
mod ended;
mod expiry;
mod figures;
mod full_log;
mod keys;
mod notices;
mod organisations;
mod register;
mod strangers;
mod tables;
