use fairway_domain::OrganisationCode;
use jiff::civil::Date;

use crate::facts::Facts;
use crate::header::Layout;
use crate::plan::Plan;
use crate::read::{Manner, PATIENCE};

/// What every record of a file is judged by, once its header is known.
pub(crate) struct Brief<'s> {
    pub plan: Plan<'s>,
    pub layout: Layout,
    /// The header as it lies in the file.
    pub header: Vec<u8>,
    pub sender: Option<OrganisationCode>,
    pub today: Date,
    /// Most bytes of text that the file may hold.
    pub most_text: u64,
    /// Findings hold the value they speak of.
    pub show_values: bool,
    /// Each record is wanted as it lies in the file.
    pub wants_records: bool,
}

/// What the records before a block have shown, as far as it bears on judging those within it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Known {
    pub manner: Manner,
    pub facts: Facts,
    /// Bytes read in vain.
    pub thrown: usize,
    pub said_utf8: bool,
    pub said_line_ends: bool,
}

impl Known {
    /// Whether a block that was judged as if `assumed` were known, and left `end` known, would be judged the same now.
    pub fn is_as_good_as(&self, assumed: &Self, end: &Self) -> bool {
        if self == assumed {
            return true;
        }
        let thrown = end.thrown.saturating_sub(assumed.thrown);
        let same_patience = thrown == 0 || self.thrown.saturating_add(thrown) <= PATIENCE;
        let alike = Self { thrown: self.thrown, ..assumed.clone() };
        same_patience && *self == alike
    }
}
