//! The probabilistic step: candidates by blocking keys, what each field says, and how sure that makes the answer.

mod alike;
mod asked;
mod born;
mod compare;
mod decide;
mod parameters;

pub use decide::Decision;
pub use parameters::{Kin, Parameters};

pub(crate) use decide::decide;
