use std::str::FromStr;

use crate::IdError;

/// What the demographics register answered about one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TraceOutcome {
    /// Number and birth date agree with the register.
    CrossChecked,
    /// As above, for a number that the register has replaced: the answer carries the current one.
    Superseded,
    /// No number, or one that failed; exactly one person fits the other details.
    Matched,
    /// More than one person fits.
    Multiple,
    /// Nobody fits.
    NotFound,
    /// Too little to ask with, or no register at hand.
    NotTraced,
}

impl TraceOutcome {
    /// Every outcome.
    pub const ALL: [Self; 6] =
        [Self::CrossChecked, Self::Superseded, Self::Matched, Self::Multiple, Self::NotFound, Self::NotTraced];

    /// The word used in files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CrossChecked => "cross_checked",
            Self::Superseded => "superseded",
            Self::Matched => "matched",
            Self::Multiple => "multiple",
            Self::NotFound => "not_found",
            Self::NotTraced => "not_traced",
        }
    }

    /// Whether the answer names one person.
    pub fn is_found(self) -> bool {
        matches!(self, Self::CrossChecked | Self::Superseded | Self::Matched)
    }
}

/// The step that gave the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TraceStep {
    /// No step was run.
    None,
    /// Number and birth date.
    CrossCheck,
    /// Exact or Soundex agreement of every detail given.
    Alphanumeric,
    /// Scored candidates.
    Algorithmic,
}

impl TraceStep {
    /// Every step, in the order they are run.
    pub const ALL: [Self; 4] = [Self::None, Self::CrossCheck, Self::Alphanumeric, Self::Algorithmic];

    /// The word used in files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::CrossCheck => "cross_check",
            Self::Alphanumeric => "alphanumeric",
            Self::Algorithmic => "algorithmic",
        }
    }
}

/// How sure it is that two records are of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkClass {
    /// Cross-checked against the register.
    TracedExact,
    /// Found by the other details.
    TracedScored,
    /// A well-formed NHS number that the register did not confirm.
    SuppliedUnverified,
    /// The council's own identifier alone.
    LaOnly,
}

impl LinkClass {
    /// Every class, the surest first.
    pub const ALL: [Self; 4] = [Self::TracedExact, Self::TracedScored, Self::SuppliedUnverified, Self::LaOnly];

    /// The word used in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TracedExact => "traced_exact",
            Self::TracedScored => "traced_scored",
            Self::SuppliedUnverified => "supplied_unverified",
            Self::LaOnly => "la_only",
        }
    }
}

impl FromStr for LinkClass {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|class| class.as_str() == text).ok_or(IdError("there is no such link class"))
    }
}
