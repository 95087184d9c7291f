use fairway_domain::governance::{DirectionEvent, DirectionState, Entry, Particulars};
use fairway_domain::{Fault, FaultExt};
use jiff::civil::Date;

use super::{Asking, Decided, Folded, against_particulars, decided, entry, impossible, step};

/// An order to collect, as its history makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectionPaper {
    /// Its reference.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// The day it was made.
    pub made_on: Date,
    /// Who made it.
    pub by: String,
    /// Whether it is in force.
    pub state: DirectionState,
}

const MADE: &str = "made";

impl DirectionPaper {
    /// The entry that opens its history.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn made(about: &Particulars, asking: Asking<'_>) -> Decided {
        decided(against_particulars(about, asking), entry(MADE, about))
    }

    /// Holds an event that is asked for against the Direction.
    ///
    /// # Errors
    /// Every reason against it.
    pub fn decide(&self, event: DirectionEvent, about: &Particulars, asking: Asking<'_>) -> Decided {
        if self.state == DirectionState::Revoked {
            return Ok(None);
        }
        let mut reasons = against_particulars(about, asking);
        reasons.extend(impossible(self.state, event));
        decided(reasons, entry(event, about))
    }
}

impl Folded for DirectionPaper {
    fn read(reference: &str, title: &str, entries: &[Entry]) -> Result<Self, Fault> {
        let (first, rest) = entries.split_first().ok_or_else(|| Fault::new("Direction was never made"))?;
        let mut paper = Self {
            reference: reference.into(),
            title: title.into(),
            made_on: first.about.on,
            by: first.about.by.clone(),
            state: DirectionState::InForce,
        };
        rest.iter().try_for_each(|entry| paper.take(entry))?;
        Ok(paper)
    }

    fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        let event = entry.what.parse().fault("Direction's history holds an event that is none")?;
        self.state = step(self.state, event)?;
        Ok(())
    }

    fn state(&self) -> &'static str {
        self.state.as_str()
    }
}
