//! Papers as their histories make them. A paper is read from its entries, oldest first; what is asked of it is held against
//! the paper, the day and the terms, and answered with the entry to record, with nothing where it is so already, or with
//! every reason against it.

mod agreement;
mod application;
mod assurance;
mod direction;
mod notice;

use fairway_domain::Fault;
use fairway_domain::governance::{Entry, Machine, Particulars};
use jiff::civil::Date;

use crate::GovernanceTerms;
use crate::voice::same_person;

pub use agreement::{AgreementPaper, DestructionCertificate, PartyNamed};
pub use application::{ApplicationPaper, ControllerNamed, SECTIONS, SectionKind, section_kinds};
pub use assurance::{AssurancePaper, AssuranceRecord};
pub use direction::DirectionPaper;
pub use notice::{NoticePaper, ServedOn};

/// What is to be recorded, nothing where it is so already, or every reason why it cannot be.
pub type Decided = Result<Option<Entry>, Vec<String>>;

/// On which day something is asked, and under which terms.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The day.
    pub today: Date,
    /// The terms.
    pub terms: &'a GovernanceTerms,
}

/// A paper that is read from its history.
pub trait Folded: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// When the history is none of such a paper: its first entry is missing, or an entry could not have happened.
    fn read(reference: &str, title: &str, entries: &[Entry]) -> Result<Self, Fault>;

    /// Takes in one more entry.
    ///
    /// # Errors
    /// When it could not have happened.
    fn take(&mut self, entry: &Entry) -> Result<(), Fault>;

    /// Where it stands, in the words of its machine.
    fn state(&self) -> &'static str;
}

fn entry(what: impl ToString, about: &Particulars) -> Entry {
    Entry { what: what.to_string(), about: about.clone() }
}

/// The state after an entry that was recorded.
fn step<M: Machine>(state: M, event: M::Event) -> Result<M, Fault> {
    state.on(event).ok_or_else(|| Fault::new(format!("history of a paper has {event} where it is {state}")))
}

/// Why an event cannot happen, if it cannot.
fn impossible<M: Machine>(state: M, event: M::Event) -> Option<String> {
    let possible = state.possible();
    state.on(event).is_none().then(|| match possible.is_empty() {
        true => format!("It is {state}, and nothing more can happen to it"),
        false => format!("It is {state}; what can happen now: {}", possible.join(", ")),
    })
}

/// What stands against any entry: a day that has not come, or nobody who answers for it.
fn against_particulars(about: &Particulars, asking: Asking<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    if about.on > asking.today {
        reasons.push(format!("{} has not come yet", about.on));
    }
    if about.by.trim().is_empty() {
        reasons.push("Nobody is named who answers for it".into());
    }
    reasons
}

fn decided(reasons: Vec<String>, entry: Entry) -> Decided {
    if reasons.is_empty() { Ok(Some(entry)) } else { Err(reasons) }
}
