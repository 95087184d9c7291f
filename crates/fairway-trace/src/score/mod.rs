//! The probabilistic step: candidates by blocking keys, what each field says, and how sure that makes the answer.

mod alike;
mod asked;
mod born;
mod compare;
mod decide;
mod explain;
mod parameters;
mod place;
mod train;

pub use decide::Decision;
pub(crate) use explain::candidates;
pub use explain::{Candidate, Reason};
pub use parameters::{Kin, Parameters};

pub(crate) use alike::{full_form, jaro_winkler};
pub(crate) use compare::Compared;
pub(crate) use decide::decide;
pub(crate) use train::train;
