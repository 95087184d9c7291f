//! Disclosure control of tables: small numbers are not shown, others are rounded, and what was published before about the
//! same people or events is held against what is to be published now.
//!
//! - [`Profile`]: the numbers, from `specs/disclosure/`.
//! - [`Population`]: who or what is counted, told apart only by what some table tells apart.
//! - [`protect`]: a table of counts made safe, or the gaps that cannot be closed.
//! - [`percentages`], [`sums`] and [`averages`]: what may be said about the cells of a protected table.
//!
//! What a reader is taken to know is in [ADR 26](../../../docs/adr/0026-disclosure.md): every table of the last months
//! with the range of each number in it, and which combinations of values nobody has.
//!
//! *Invariant:* what is shown depends on counts, the profile and earlier tables alone: the same again gives the same.

mod audit;
mod block;
mod board;
mod bounds;
mod magnitude;
mod population;
mod profile;
mod programme;
mod protect;
mod share;
mod sheet;
mod system;

pub use magnitude::{Contributions, Measured, averages, sums};
pub use population::{Definition, Population};
pub use profile::{
    AuditLimits, Averages, Dominance, National, Percentages, Profile, Rounding, Scale, Small, Sureness, Totals,
    Withheld,
};
pub use protect::{Cell, DisclosureReport, Gap, Protected, Published, PublishedCell, Refused, protect};
pub use share::percentages;

/// What stands in a table for a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shown {
    /// The count, rounded.
    Count(u64),
    /// That it is small.
    Small,
    /// Nothing: it may be any number.
    Withheld,
}

/// What a reader knows of a count; both ends included, no upper end where nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Range {
    /// It is not less.
    pub low: u64,
    /// It is not more.
    pub high: Option<u64>,
}

impl Range {
    /// Whether a count can be the one.
    pub fn contains(self, count: u64) -> bool {
        self.low <= count && self.high.is_none_or(|high| count <= high)
    }

    /// Whether nothing is known.
    pub fn is_open(self) -> bool {
        self.low == 0 && self.high.is_none()
    }
}

#[cfg(test)]
mod tests;
