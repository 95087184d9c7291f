//! Tests of the log as a tree.
#![cfg(test)]

mod notes;
mod tree;
