//! The steps of a trace, each a file, tried in order until one succeeds.

mod algorithmic;
mod alphanumeric;
mod cross_check;
mod mps_id;

use fairway_domain::{Postcode, TraceStep};

use crate::answer::Ending;
use crate::index::{outcode, pack_place};
use crate::{Answer, Person, Query, Register};
use algorithmic::Algorithmic;
use alphanumeric::Alphanumeric;
use cross_check::CrossCheck;

pub use mps_id::is_one_mps_person;

pub(crate) fn trace<'r>(register: &'r Register, query: &Query<'_>) -> Answer<'r> {
    let check = cross_check::run(register, query);
    let ending = match check {
        CrossCheck::Passed(person) => Ending::CrossChecked(person),
        CrossCheck::PassedSuperseded(person) => Ending::Superseded(person),
        CrossCheck::Failed | CrossCheck::NotRun => match alphanumeric::run(register, query) {
            Alphanumeric::One(person) => Ending::Matched(person, TraceStep::Alphanumeric),
            Alphanumeric::Several => Ending::Multiple(TraceStep::Alphanumeric),
            Alphanumeric::Nobody => Ending::NotFound(TraceStep::Alphanumeric),
            Alphanumeric::NotRun if matches!(check, CrossCheck::Failed) => Ending::NumberFailed,
            Alphanumeric::NotRun => Ending::NotEnough,
        },
    };
    Answer::new(ending, query.nhs_number.is_some())
}

/// All published steps: where the first two find nobody, or several, the algorithmic step decides.
pub(crate) fn trace_mps<'r>(register: &'r Register, query: &Query<'_>) -> Answer<'r> {
    let answer = trace(register, query);
    if answer.outcome.is_found() {
        return answer;
    }
    let (ending, score, margin) = match algorithmic::run(register, query) {
        Algorithmic::One(person, score, margin) => (Ending::Matched(person, TraceStep::Algorithmic), score, margin),
        Algorithmic::Close(score, margin) => (Ending::Multiple(TraceStep::Algorithmic), score, margin),
        Algorithmic::Nobody => (Ending::NotFound(TraceStep::Algorithmic), 0.0, 0.0),
        Algorithmic::NotRun => return answer,
    };
    Answer::new(ending, query.nhs_number.is_some()).scored(score / 100.0, margin)
}

/// The postcode asked for, if it has the shape of one.
fn postcode(query: &Query<'_>) -> Option<Postcode> {
    Postcode::parse(query.postcode).ok()
}

/// Whether the person's postcode is this one, or was.
fn has_postcode(person: Person<'_>, postcode: &Postcode) -> bool {
    let asked = pack_place(postcode.as_str());
    person.places_held().any(|held| held == asked)
}

/// Whether the outward part of the person's postcode is this one's, or was.
fn has_outcode(person: Person<'_>, postcode: &Postcode) -> bool {
    let asked = pack_place(postcode.outcode());
    person.places_held().any(|held| outcode(held) == asked)
}
