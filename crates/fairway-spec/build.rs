//! The specifications are embedded in the crate: build it again when one of them changes.

fn main() {
    println!("cargo::rerun-if-changed=../../specs");
}
