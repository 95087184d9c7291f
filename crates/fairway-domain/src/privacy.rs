use std::fmt;
use std::str::FromStr;

use crate::IdError;

/// What a column says about a person. Every column of every dataset has one; a specification without it does not load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivacyClass {
    /// Names the person by itself, or is free text that may: held in the identity vault alone, never released.
    Direct,
    /// Helps to single a person out together with other columns: dates, areas, sex.
    Quasi,
    /// Is about health, care or money: not to be learnt about a person.
    Sensitive,
    /// About the submission or an organisation.
    Plain,
}

impl PrivacyClass {
    /// The word used in specifications.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Quasi => "quasi",
            Self::Sensitive => "sensitive",
            Self::Plain => "plain",
        }
    }
}

impl FromStr for PrivacyClass {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text {
            "direct" => Ok(Self::Direct),
            "quasi" => Ok(Self::Quasi),
            "sensitive" => Ok(Self::Sensitive),
            "plain" => Ok(Self::Plain),
            _ => Err(IdError("a privacy class is direct, quasi, sensitive or plain")),
        }
    }
}

/// A value that identifies a person. It prints `[identifiable]` and cannot be serialised; `expose` is the one way in,
/// and easy to search for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifiable<T>(T);

impl<T> Identifiable<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Identifiable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[identifiable]")
    }
}
