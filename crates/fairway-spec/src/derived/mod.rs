//! Columns that the processing centre makes: a closed set of functions, with arguments that the specification gives.
//! What the functions do is in docs/guide/derived-columns.md; this is their shape.

mod bands;
mod build;
mod describe;
pub(crate) mod file;

use std::sync::Arc;

use fairway_domain::{PrivacyClass, Subject};

use crate::model::{Confidence, FieldKind};
use crate::{Condition, Term};

pub use bands::Bands;
pub(crate) use build::derived;
pub use build::fraction;

/// A column that the processing centre makes and the de-identified zone shows.
#[derive(Debug, Clone)]
pub struct DerivedColumn {
    /// Its name.
    pub column: String,
    /// How it is made.
    pub derivation: Derivation,
    /// What it says about a person.
    pub class: PrivacyClass,
    /// Where name and making come from.
    pub source: String,
    /// How sure that is.
    pub confidence: Confidence,
    /// What is assumed, in words.
    pub notes: String,
}

/// How a derived column is made. Fields and derived columns are named by their place in [`crate::Spec::fields`] and
/// [`crate::Spec::derived`].
#[derive(Debug, Clone)]
pub enum Derivation {
    /// Nobody has said how: the column is there, and always empty.
    Undefined,
    /// What is known of the record besides its cells.
    Fact(Fact),
    /// The pseudonym of a person or of the record.
    Pseudonym(Whose),
    /// The traced pseudonym, else the NHS number's, else the sender's code, underscore and the local person's pseudonym.
    CombinedPersonId,
    /// A pseudonym of these parts together: the same parts give the same key. Capitals and blanks at the ends of texts
    /// are passed over. Null where no part has a value.
    Key(Subject, Vec<KeyPart>),
    /// A part of a day.
    DatePart(DatePart, Input),
    /// Full years from one day to the first of the others that is there.
    FullYears(Ages),
    /// As [`Derivation::FullYears`], by the formula of the Department: days from the first of the month of birth, over
    /// 365.25, rounded down.
    DepartmentYears(Ages),
    /// The name of the range that a number lies in.
    Band(Input, Arc<Bands>),
    /// A postcode without its last two letters.
    PostcodeSector(Input),
    /// How a postcode was found: live, terminated, pseudo, unknown, blank.
    PostcodeStatus(Input),
    /// An area that a postcode lies in: a word of the directory's table of names (`lsoa2021`, `imd_decile`), or the
    /// heading of a column of the postcode directory, lower case.
    Area(Input, String),
    /// An area that a general practice belongs to.
    Practice(Input, PracticeArea),
    /// 1 where a text has one of these words, capitals passed over, else 0.
    Mentions(Input, Vec<String>),
    /// The value of the first case whose condition is true.
    Calculated(FieldKind, Vec<Case>),
}

/// What a derivation is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// A field of the file, by its place.
    Field(usize),
    /// A derived column that comes before, by its place.
    Derived(usize),
}

/// From which day to which others an age is reckoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ages {
    /// The day of birth.
    pub from: Input,
    /// The first of these that is filled.
    pub at: Vec<Input>,
}

/// What is known of a record besides its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    /// Number of the record in its file, from 1.
    RecordNumber,
    /// Identifier of the submission.
    SubmissionId,
    /// Day the submission was landed.
    ImportDate,
    /// The sender's name.
    OrganisationName,
    /// National code of the trace's outcome.
    TraceCode,
    /// How the person is known: `traced_exact`, `traced_scored`, `supplied_unverified` or `la_only`.
    LinkClass,
    /// The release of the postcode directory that areas were taken from.
    PostcodeDirectory,
}

/// Whose pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The person of the NHS number that the sender gave.
    Number,
    /// The person of the NHS number that the trace found.
    Traced,
    /// The sender's own record of the person.
    Local,
    /// The linked person in the n-th field of that role, from 0.
    Linked(usize),
    /// The record itself.
    Record,
}

/// A part of a key.
#[derive(Debug, Clone)]
pub struct KeyPart {
    /// What it is.
    pub of: KeyOf,
    /// Where it counts; elsewhere the part is blank.
    pub when: Condition,
}

/// What a part of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOf {
    /// A cell that is no direct identifier.
    Input(Input),
    /// The person, in the order of [`Derivation::CombinedPersonId`].
    Person,
}

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year, as a number.
    Year,
    /// The month, 1 to 12.
    Month,
    /// Year and month as text: `2026-03`.
    YearMonth,
}

/// An area that a general practice belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PracticeArea {
    /// ODS code of the commissioner: the clinical commissioning group, now sub-ICB location.
    SubIcb,
    /// National code of the integrated care board.
    Icb,
}

/// One case of a calculated column: `(value + plus) × times × rate ÷ over`. Null where a part is, where `value` is
/// absent, and where `over` is 0.
#[derive(Debug, Clone)]
pub struct Case {
    /// Where it is this case.
    pub when: Condition,
    /// What is begun with.
    pub value: Option<Term>,
    /// What is added.
    pub plus: Vec<Term>,
    /// What it is multiplied by.
    pub times: Vec<Term>,
    /// A coded field and the attribute of its code list that it is multiplied by, such as `units_per_week`.
    pub rate: Option<(usize, String)>,
    /// What it is divided by.
    pub over: Vec<Term>,
}

impl Derivation {
    /// What the column holds: text, whole numbers, decimals or days.
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Fact(Fact::RecordNumber | Fact::TraceCode)
            | Self::DatePart(DatePart::Year | DatePart::Month, _)
            | Self::FullYears(_)
            | Self::DepartmentYears(_)
            | Self::Mentions(..) => FieldKind::Integer,
            Self::Area(_, area) if is_rank(area) => FieldKind::Integer,
            Self::Fact(Fact::ImportDate) => FieldKind::Date,
            Self::Calculated(kind, _) => *kind,
            _ => FieldKind::Text,
        }
    }

    /// In which space its pseudonyms are; nothing for what is no pseudonym, or may be of two spaces.
    pub fn subject(&self) -> Option<Subject> {
        match self {
            Self::Pseudonym(Whose::Number | Whose::Traced) => Some(Subject::Person),
            Self::Pseudonym(Whose::Local | Whose::Linked(_)) => Some(Subject::LaPerson),
            Self::Pseudonym(Whose::Record) => Some(Subject::Record),
            Self::Key(subject, _) => Some(*subject),
            _ => None,
        }
    }

    /// What it is made of, fields and derived columns alike; conditions and calculations apart.
    pub fn inputs(&self) -> Vec<Input> {
        match self {
            Self::Key(_, parts) => parts
                .iter()
                .filter_map(|part| match part.of {
                    KeyOf::Input(input) => Some(input),
                    KeyOf::Person => None,
                })
                .collect(),
            Self::FullYears(ages) | Self::DepartmentYears(ages) => {
                std::iter::once(ages.from).chain(ages.at.iter().copied()).collect()
            }
            Self::DatePart(_, input)
            | Self::Band(input, _)
            | Self::PostcodeSector(input)
            | Self::PostcodeStatus(input)
            | Self::Area(input, _)
            | Self::Practice(input, _)
            | Self::Mentions(input, _) => vec![*input],
            Self::Undefined | Self::Fact(_) | Self::Pseudonym(_) | Self::CombinedPersonId | Self::Calculated(..) => {
                Vec::new()
            }
        }
    }

    /// Every condition it asks.
    pub(crate) fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::Key(_, parts) => parts.iter().map(|part| &part.when).collect(),
            Self::Calculated(_, cases) => cases.iter().map(|case| &case.when).collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether an area is a place in an order, and so a whole number.
pub(crate) fn is_rank(area: &str) -> bool {
    matches!(area, "imd_rank" | "imd_decile")
}

impl Case {
    /// Every term it reckons with.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &Term> {
        self.value.iter().chain(&self.plus).chain(&self.times).chain(&self.over)
    }
}
