//! From the bytes of a file to records of text, with every departure from RFC 4180 noted and placed.

mod blocks;
mod decode;
mod input;
mod magic;
mod reader;
mod scan;
mod spans;
mod split;
mod stream;

pub(crate) use blocks::{Block, Blocks};
pub use input::Encoding;
pub(crate) use input::Input;
pub(crate) use reader::{Cell, Cells, LONGEST_RECORD, Manner, PATIENCE, Reader, Step};
pub(crate) use split::{Flaw, cells_of, place_in};
pub(crate) use stream::Stream;
