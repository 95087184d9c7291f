use std::fmt;

use fairway_domain::Fault;
use serde::Deserialize;

use crate::IndexError;

/// What is wrong with a file or a record of it. The words are those of a layout's `faults`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefectKind {
    /// It cannot be read as records.
    Parse,
    /// The file's reference is not well formed.
    Reference,
    /// The file is of another workflow.
    Workflow,
    /// There are not as many records as the file states.
    Count,
    /// There are more records than a file may have.
    TooManyRecords,
    /// The file's name does not go with its reference.
    FileName,
    /// A reference of a record is blank, ill formed or not its own.
    Id,
    /// The time stamp is not well formed.
    Timestamp,
    /// A field that must be filled is blank.
    Required,
    /// A field is too long.
    Length,
    /// Gender is none of the codes.
    Gender,
    /// A field has another form than it must.
    Format,
    /// A record has too few fields.
    TooFewFields,
    /// A record has too many fields.
    TooManyFields,
    /// Our own fault; told to whoever asked, never found in a file.
    Unexpected,
    /// The register could not be read; told to whoever asked, never found in a file.
    Store,
}

impl DefectKind {
    /// Whether it is about one record, so that the others can be answered.
    pub(super) fn is_of_a_record(self) -> bool {
        use DefectKind as D;
        matches!(self, D::Required | D::Length | D::Gender | D::Format | D::TooFewFields | D::TooManyFields)
    }
}

/// Something wrong, where, and the code that the format has for it. Never holds a value of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// What it is.
    pub kind: DefectKind,
    /// The format's code, blank where it has none.
    pub code: String,
    /// The line of the file, from 1, where it is about one.
    pub line: Option<u64>,
    /// What is wrong, as a sentence without its full stop.
    pub text: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "Line {line}: ")?;
        }
        f.write_str(&self.text)?;
        if self.code.is_empty() { Ok(()) } else { write!(f, " (code {})", self.code) }
    }
}

/// Why a file was not read.
#[derive(Debug)]
pub enum ReadError {
    /// The file is refused as a whole.
    Refused(Defect),
    /// The register's index is damaged.
    Register(IndexError),
    /// The file could not be read at all: our own fault.
    Fault(Fault),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(defect) => defect.fmt(f),
            Self::Register(error) => error.fmt(f),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(_) => None,
            Self::Register(error) => error.source(),
            Self::Fault(fault) => fault.source(),
        }
    }
}

impl From<IndexError> for ReadError {
    fn from(error: IndexError) -> Self {
        Self::Register(error)
    }
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
