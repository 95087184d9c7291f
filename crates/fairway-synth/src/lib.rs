//! Made-up people with known truth: submissions, registers, health activity, defects.
//!
//! [`generate`] writes a council's submission about coherent lives (somebody asks, is assessed, gets a service that goes
//! on, is reviewed, dies; carers are linked to those they care for), a demographics register that holds these people,
//! and the truth: which record is which person and which cell was spoiled. [`spoil`] damages a whole file.
//!
//! Nobody is real. Names are drawn from public lists, addresses are live postcodes with invented streets, and NHS numbers
//! come from the 999 range alone, which is kept for tests. The same options give the same bytes: each person has a
//! stream of chance of their own, so that anyone can be made again from the seed and their place.

mod cast;
mod chance;
mod defect;
mod facts;
mod files;
mod generate;
mod health;
mod known;
mod number;
mod options;
mod person;
mod population;
mod reference;
mod row;
mod spoil;
mod story;
mod submission;
mod template;

pub use generate::{generate, generate_with, period_ending};
pub use number::PERSONS_IN_RANGE;
pub use options::{Progress, SharedPeople, SynthError, SynthOptions, SynthReport, persons_needed};
pub use reference::Reference;
pub use spoil::{Spoiler, spoil};
