//! Files of the batch trace: requests and responses, read and written strictly by one piece of code for every format.
//!
//! How a file is laid out is data, a [`Layout`]: separators or widths, fields and their order, what each may hold, codes.
//! Five come with Fairway ([`Format`]); a changed one is read with [`Layout::parse`]. Source of each, and how sure it is:
//! `specs/tracing/`.
//!
//! A request file is refused as a whole, before anybody is traced, when its form breaks the layout; the [`Defect`] has the
//! format's code and says what is wrong and where, never a value. Reading never holds more than a line, and writing keeps
//! the rules that reading checks. [`respond`] answers a whole file on several threads.
//!
//! ```
//! use std::io::Cursor;
//! use std::sync::Arc;
//! use fairway_trace::format::{Format, Layout, RequestReader, ResponseWriter, TraceReply};
//!
//! let layout = Arc::new(Layout::of(Format::Csv)?);
//! let requests = RequestReader::open(Cursor::new("query_id,family_name\n1,Example\n"), &layout, None)?;
//! let mut responses = ResponseWriter::begin(Vec::new(), &layout, requests.envelope().clone())?;
//! for request in requests {
//!     responses.write(&TraceReply::untraced(request?))?;
//! }
//! let (file, written) = responses.finish()?;
//! assert_eq!(written.records, 1);
//! assert!(file.starts_with(b"query_id,outcome,code,nhs_number,score,margin,step,mpt_code,date_of_death\n1,not_traced,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod defect;
mod item;
mod layout;
mod line;
mod read;
mod reply;
mod request;
mod respond;
mod write;

pub use defect::{Defect, DefectKind, ReadError};
pub use item::{Detail, Details};
pub use layout::{Format, Layout, LayoutError};
pub use read::Envelope;
pub use reply::{ResponseReader, ResponseWriter, TraceReply};
pub use request::{RequestReader, RequestWriter, TraceRequest};
pub use respond::{Answered, respond};
pub use write::Written;

#[cfg(test)]
mod tests;
