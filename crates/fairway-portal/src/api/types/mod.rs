//! What goes in and out as JSON: structs of their own, so that each place where something leaves can be seen. A file a noun.

mod centre;
mod people;
mod releases;
mod submissions;

pub use centre::*;
pub use people::*;
pub use releases::*;
pub use submissions::*;
