//! Which person a record is about: the batch trace against a demographics register.
//!
//! A [`Register`] is read once and asked many times, from any number of threads. It answers a [`Query`] by the published
//! steps of the national service, and stops at the first that succeeds: the cross-check (number and birth date), then
//! the alphanumeric step (every detail given must agree, and exactly one person may). Each step is a file of its own
//! under `step/`; a further one takes its place behind them.
//!
//! Nothing here reads a clock or a network. What prints for debugging shows no person.
//!
//! Source of the steps: The Person_ID Handbook, chapter "Technical details of the data linkage algorithm" (NHS England,
//! 27 February 2024). Where the handbook leaves a question open, the place that answers it says so.

mod answer;
mod batch;
mod date;
mod evaluate;
pub mod format;
mod gender;
mod in_order;
mod index;
mod match_rate;
mod name;
mod query;
mod register;
mod return_file;
mod score;
mod soundex;
mod step;
mod tracer;

pub use answer::{Answer, dbs_code};
pub use batch::{BatchError, BatchTally, Requests, trace_file, train_file};
pub use date::{DateError, PartialDate};
pub use evaluate::{Band, Counts, Evaluation, Rate, evaluate};
pub use gender::Gender;
pub use in_order::in_order;
pub use index::build::{Earlier, PersonRow, RegisterBuilder};
pub use index::layout::IndexError;
pub use match_rate::{HoldRule, MatchRate};
pub use query::Query;
pub use register::{CsvFolder, Extract, ExtractRows, Person, Register, RegisterError};
pub use return_file::ReturnFile;
pub use score::{Candidate, Decision, Kin, Parameters, Reason};
pub use soundex::Soundex;
pub use step::is_one_mps_person;
pub use tracer::{Mode, Tracer};
