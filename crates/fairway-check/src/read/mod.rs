//! From the bytes of a file to records of text, with every departure from RFC 4180 noted and placed.

mod decode;
mod input;
mod magic;
mod reader;
mod scan;
mod split;

pub use input::Encoding;
pub(crate) use input::Input;
pub(crate) use reader::{Cells, LONGEST_RECORD, Reader, Step};
pub(crate) use split::Flaw;
