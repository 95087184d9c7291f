//! What a dataset is, as data: fields, code lists, requirements, rules, releases, privacy classes.
//! The data lies in `specs/`, one folder a release; this crate reads it and knows no dataset by name.

mod condition;
mod model;

pub use condition::Condition;
pub use model::{
    Code, CodeList, Confidence, Derivation, DerivedColumn, Field, FieldKind, Format, Role, Rule, Severity, Spec, Stage,
};
