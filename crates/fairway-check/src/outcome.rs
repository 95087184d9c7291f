//! What judging one block of a file came to: plain data, put together in the order of the file by [`crate::pass`].

use crate::across::Gleanings;
use crate::brief::Known;
use crate::plan::Builtin;
use crate::quality::Counts;
use crate::read::Block;
use crate::{FieldStatus, Place, Validity};

/// What a finding says, but for its place: equal kinds are worded equally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Kind {
    /// Number of the rule in the plan.
    pub rule: u16,
    /// Number of the column in the specification; [`Kind::NO_COLUMN`] for none.
    pub column: u16,
    pub status: Option<FieldStatus>,
    pub validity: Option<Validity>,
    /// What the words depend on besides: a code, how many cells a record has, where in the file a column stands.
    pub detail: u32,
}

impl Kind {
    pub const NO_COLUMN: u16 = u16::MAX;

    pub fn of(rule: usize, column: Option<usize>) -> Self {
        let column = column.and_then(|column| u16::try_from(column).ok()).unwrap_or(Self::NO_COLUMN);
        Self { rule: u16::try_from(rule).unwrap_or(u16::MAX), column, status: None, validity: None, detail: 0 }
    }

    pub fn built_in(rule: Builtin, column: Option<usize>) -> Self {
        Self::of(rule.index(), column)
    }

    pub fn column(self) -> Option<usize> {
        (self.column != Self::NO_COLUMN).then_some(usize::from(self.column))
    }
}

/// One finding, as small whatever it says. Places count from the block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noted {
    pub kind: Kind,
    /// Record within the block, counted from 1; 0 for a line that is none.
    pub record: u32,
    pub line: u32,
    pub byte: u32,
    /// Where the value lies in [`Outcome::values`].
    pub value: Option<(u32, u32)>,
}

/// Where a record lies in its block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub start: u32,
    pub length: u32,
    pub line: u32,
    /// How many findings there are up to its end.
    pub noted: u32,
    pub flawed: bool,
    pub rejected: bool,
}

/// What judging one block came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub block: Block,
    /// How much of the block are whole records.
    pub consumed: usize,
    /// What was taken for known before the block.
    pub assumed: Known,
    /// What is known after it.
    pub known: Known,
    pub lines: u64,
    pub records: u64,
    pub rejected: u64,
    pub noted: Vec<Noted>,
    /// The values that findings speak of, one after the other.
    pub values: String,
    /// Where each record lies, where that is wanted.
    pub extents: Vec<Extent>,
    pub gleanings: Gleanings,
    pub counts: Counts,
    /// Nothing after this can be read with sense.
    pub stopped: bool,
}

/// What a place in a block is counted from.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Base {
    /// Records before the block.
    pub records: u64,
    /// The block's first line.
    pub line: u64,
    /// Where it begins in the text.
    pub byte: u64,
}

impl Base {
    pub fn place(self, noted: &Noted) -> Place {
        Place {
            record: (noted.record > 0).then(|| self.records + u64::from(noted.record)),
            line: Some(self.line + u64::from(noted.line)),
            byte: Some(self.byte + u64::from(noted.byte)),
        }
    }

    /// Counts a place that counts from the block from the file's beginning.
    pub fn lift(self, place: Place) -> Place {
        Place {
            record: place.record.map(|record| self.records + record),
            line: place.line.map(|line| self.line + line),
            byte: place.byte.map(|byte| self.byte + byte),
        }
    }
}
