use fairway_domain::{Fault, Refusal};

/// Why a verb did not do what was asked.
#[derive(Debug)]
pub enum VerbError {
    /// The request cannot be granted; the person asking is told why and what to do.
    Refused(Refusal),
    /// Our own fault; the operator is told.
    Fault(Fault),
}

/// What a verb answers.
pub type VerbResult<T> = Result<T, VerbError>;

impl From<Fault> for VerbError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Refusal> for VerbError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl VerbError {
    /// A refusal with one reason.
    pub fn refused(what: impl Into<String>, reason: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(what, reason, next))
    }
}

impl From<fairway_store::OpenError> for VerbError {
    fn from(error: fairway_store::OpenError) -> Self {
        match error {
            fairway_store::OpenError::Refused(refusal) => Self::Refused(refusal),
            fairway_store::OpenError::Fault(fault) => Self::Fault(fault),
        }
    }
}
