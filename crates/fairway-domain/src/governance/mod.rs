//! The papers of information governance and the states they go through: each machine is one `match`.

mod agreement;
mod application;
mod direction;
mod notice;
mod paper;
mod release_life;
#[cfg(test)]
mod tests;

use std::fmt::{self, Write};

pub use agreement::{AgreementEvent, AgreementState};
pub use application::{ApplicationEvent, ApplicationStage};
pub use direction::{DirectionEvent, DirectionState};
pub use notice::{NoticeEvent, NoticeState, ServedEvent, ServedState};
pub use paper::{Entry, PaperKind, Particulars, Recorded, family};
pub use release_life::{ReleaseLife, ReleaseLifeEvent};

/// A state machine: where something stands, and what may happen to it there.
pub trait Machine: Copy + Eq + fmt::Display + 'static {
    /// What happens.
    type Event: Copy + fmt::Display + 'static;
    /// Every state, in the order of the way; the first is where it begins.
    const STATES: &'static [Self];
    /// Every event.
    const EVENTS: &'static [Self::Event];

    /// The state after `event`, or `None` where the event cannot happen in this state.
    fn on(self, event: Self::Event) -> Option<Self>;

    /// Whether nothing more can happen.
    fn is_over(self) -> bool {
        Self::EVENTS.iter().all(|event| self.on(*event).is_none())
    }

    /// What may happen now, in words.
    fn possible(self) -> Vec<String> {
        Self::EVENTS.iter().filter(|event| self.on(**event).is_some()).map(ToString::to_string).collect()
    }
}

/// The whole table of a machine, a line for each step: `draft + issued = issued`.
pub fn table<M: Machine>() -> String {
    let mut table = String::new();
    for (state, event, next) in steps::<M>() {
        let _ = writeln!(table, "{state} + {event} = {next}");
    }
    table
}

/// A picture of a machine in Mermaid's language for state diagrams.
pub fn picture<M: Machine>() -> String {
    let name = |state: M| state.to_string().replace('-', "_");
    let mut text = String::from("stateDiagram-v2\n");
    for state in M::STATES {
        let _ = writeln!(text, "    {}: {state}", name(*state));
    }
    if let Some(first) = M::STATES.first() {
        let _ = writeln!(text, "    [*] --> {}", name(*first));
    }
    for (state, event, next) in steps::<M>() {
        let _ = writeln!(text, "    {} --> {}: {event}", name(state), name(next));
    }
    for state in M::STATES.iter().filter(|state| state.is_over()) {
        let _ = writeln!(text, "    {} --> [*]", name(*state));
    }
    text
}

fn steps<M: Machine>() -> impl Iterator<Item = (M, M::Event, M)> {
    let events = |state: &'static M| M::EVENTS.iter().map(move |event| (*state, *event));
    let pairs = M::STATES.iter().flat_map(events);
    pairs.filter_map(|(state, event)| Some((state, event, state.on(event)?)))
}
