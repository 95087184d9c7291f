//! The steps of a trace, each a file, tried in order until one succeeds.

mod alphanumeric;
mod cross_check;

use fairway_domain::Postcode;

use crate::answer::Ending;
use crate::{Answer, Person, Query, Register};
use alphanumeric::Alphanumeric;
use cross_check::CrossCheck;

pub(crate) fn trace<'r>(register: &'r Register, query: &Query<'_>) -> Answer<'r> {
    let check = cross_check::run(register, query);
    let ending = match check {
        CrossCheck::Passed(person) => Ending::CrossChecked(person),
        CrossCheck::PassedSuperseded(person) => Ending::Superseded(person),
        CrossCheck::Failed | CrossCheck::NotRun => match alphanumeric::run(register, query) {
            Alphanumeric::One(person) => Ending::Matched(person),
            Alphanumeric::Several => Ending::Multiple,
            Alphanumeric::Nobody => Ending::NotFound,
            Alphanumeric::NotRun if matches!(check, CrossCheck::Failed) => Ending::NumberFailed,
            Alphanumeric::NotRun => Ending::NotEnough,
        },
    };
    Answer::new(ending, query.nhs_number.is_some())
}

/// Whether the person's postcode is this one, or was.
fn has_postcode(person: Person<'_>, postcode: &Postcode) -> bool {
    person.postcodes_held().any(|held| held == postcode.as_str())
}

/// Whether the outward part of the person's postcode is this one's, or was.
fn has_outcode(person: Person<'_>, postcode: &Postcode) -> bool {
    person.postcodes_held().any(|held| held.split(' ').next() == Some(postcode.outcode()))
}
