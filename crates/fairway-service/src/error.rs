use fairway_domain::{Fault, Refusal};

/// Why a verb did not do what was asked.
#[derive(Debug)]
pub enum VerbError {
    /// The request cannot be granted; the person asking is told why and what to do.
    Refused(Refusal),
    /// Whoever asks may not ask that.
    Denied(Refusal),
    /// There is no such thing, or none that whoever asks may be told of: both are said in the same words.
    NotFound(Refusal),
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
    /// That there is no such thing.
    pub fn not_found(what: impl Into<String>, reason: impl Into<String>, next: impl Into<String>) -> Self {
        Self::NotFound(Refusal::new(what, reason, next))
    }

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
