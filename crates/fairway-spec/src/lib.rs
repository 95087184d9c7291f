//! What a dataset is, as data: fields, code lists, requirements, rules, releases, privacy classes.
//! The data lies in `specs/`, one folder a release; this crate reads it and knows no dataset by name.
//!
//! A specification loads only when it holds together: every field has a privacy class and a header and column of its own,
//! every header in a condition and every code list exists, what a condition compares a coded field with is in that field's
//! list, days are compared with days and numbers with numbers, no derived column is direct, every rule has an id of its own and, if it is a condition, an example made of known
//! headers, and every source tag is explained.
//!
//! Conditions are boolean expressions of SQL: fields by header in double quotation marks, texts in single ones, NULL for what
//! is blank, and the functions of docs/guide/expressions.md (see [`Condition::parse`]).
//!
//! ```
//! let spec = fairway_spec::resolve("asc-cld/r2")?;
//! assert_eq!(spec.fields.len(), 50);
//! # Ok::<(), fairway_spec::SpecError>(())
//! ```

mod across;
mod builtin;
mod codelist;
mod condition;
mod constraints;
mod derived;
mod dialect;
mod diff;
mod doubt;
mod error;
mod export;
mod file;
mod folder;
mod form;
mod import;
mod infer;
mod keep;
mod load;
mod lookup;
mod model;
mod recognise;
mod severities;
mod table_schema;
mod unique;
mod values;
mod verify;
mod words;

pub use across::Across;
pub use builtin::{builtin, newest, resolve};
pub use condition::{Comparison, Condition, ExpressionError, Held, Term};
pub use derived::{
    Ages, Bands, Case, DatePart, Derivation, DerivedColumn, Fact, Input, KeyOf, KeyPart, PracticeArea, Whose, fraction,
};
pub use dialect::{ColumnsMatch, Customs, Dialect};
pub use diff::{Change, Difference, ListDifference, SpecDiff, confidence_counts, diff};
pub use error::{SpecError, SpecProblem};
pub use export::{ExportError, ExportFormat, ExportFormatError, Page, export, rule_pages};
pub use form::{
    Bound, DayForm, Form, Limit, Limits, Marks, Misread, Pattern, PatternError, Reading, TextForm, british_day, iso_day,
};
pub use import::{ListNews, News, Published, PublishedField, PublishedList, Sheet, read_published};
#[cfg(not(target_arch = "wasm32"))]
pub use import::{WorkbookError, read_workbook};
pub use infer::{Inference, SampleFacts, SpecFiles};
pub use keep::source_files;
pub use model::{Code, CodeList, Confidence, Field, FieldKind, Format, Role, Rule, Severity, Spec, Stage};
pub use recognise::{Recognition, recognise, recognise_among, recognise_by_values};
pub use severities::Overrides;
pub use words::WordError;
