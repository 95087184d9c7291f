use std::cmp::Ordering;
use std::fmt;

use regex::{Regex, RegexBuilder};

use super::Reading;

/// What a value must keep to beyond its form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// No two records hold the same.
    pub unique: bool,
    /// Shortest text, in characters.
    pub min_length: Option<usize>,
    /// The least and the most.
    pub bounds: Vec<Bound>,
    /// What the whole text looks like.
    pub pattern: Option<Pattern>,
    /// The values allowed, where they are not texts of a code list.
    pub allowed: Vec<Reading>,
}

impl Limits {
    /// Whether there is nothing to look at in a single value.
    pub fn is_free(&self) -> bool {
        self.min_length.is_none() && self.bounds.is_empty() && self.pattern.is_none() && self.allowed.is_empty()
    }

    /// The bound that a value oversteps, if any.
    pub fn overstepped(&self, value: Reading) -> Option<&Bound> {
        self.bounds.iter().find(|bound| !bound.holds(value))
    }
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// Which end.
    pub limit: Limit,
    /// The value there.
    pub value: Reading,
    /// The same as written.
    pub text: String,
}

/// Which end of a range, and whether it belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// This or more.
    AtLeast,
    /// More than this.
    Above,
    /// This or less.
    AtMost,
    /// Less than this.
    Below,
}

impl Bound {
    /// Whether the value lies on the right side; true where the two cannot be compared.
    pub fn holds(&self, value: Reading) -> bool {
        let order = match (value, self.value) {
            (Reading::Whole(value), Reading::Whole(bound)) => Some(value.cmp(&bound)),
            (Reading::Whole(value), Reading::Number(bound)) => (value as f64).partial_cmp(&bound),
            (Reading::Number(value), Reading::Whole(bound)) => value.partial_cmp(&(bound as f64)),
            (value, bound) => value.partial_cmp(&bound),
        };
        match (order, self.limit) {
            (None, _) => true,
            (Some(order), Limit::AtLeast) => order != Ordering::Less,
            (Some(order), Limit::Above) => order == Ordering::Greater,
            (Some(order), Limit::AtMost) => order != Ordering::Greater,
            (Some(order), Limit::Below) => order == Ordering::Less,
        }
    }

    /// Whether this is the lower end.
    pub fn is_lower(&self) -> bool {
        matches!(self.limit, Limit::AtLeast | Limit::Above)
    }

    /// The bound in a message: `at least 0`.
    pub fn in_words(&self) -> String {
        let words = match self.limit {
            Limit::AtLeast => "at least",
            Limit::Above => "more than",
            Limit::AtMost => "at most",
            Limit::Below => "less than",
        };
        format!("{words} {}", self.text)
    }
}

/// A regular expression for whole texts, matched in time that grows with the text alone.
#[derive(Clone)]
pub struct Pattern {
    written: String,
    compiled: Regex,
}

/// Most memory that one pattern may take when compiled, in bytes.
const LARGEST_PATTERN: usize = 2 << 20;

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When it is none, looks around or back (which no linear matcher can), or is too large.
    pub fn new(written: &str) -> Result<Self, PatternError> {
        let compile = |text: &str| RegexBuilder::new(text).size_limit(LARGEST_PATTERN).build();
        // Alone first: a closing bracket too many must not close the group around it.
        match compile(written).and_then(|_| compile(&format!("^(?:{written})$"))) {
            Ok(compiled) => Ok(Self { written: written.to_owned(), compiled }),
            Err(regex::Error::CompiledTooBig(_)) => Err(PatternError("the pattern is too large".into())),
            Err(error) => {
                let text = error.to_string();
                Err(PatternError(text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()))
            }
        }
    }

    /// Whether the whole text is of the pattern.
    #[inline]
    pub fn fits(&self, text: &str) -> bool {
        self.compiled.is_match(text)
    }

    /// The pattern as written.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.written)
    }
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(String);
