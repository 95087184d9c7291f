//! Step 1: the number is somebody's, and the birth date agrees.
//!
//! Source: handbook, cross-check in Spine. A full and equal date of birth is enough. A partly agreeing one (see
//! `PartialDate::agreement`) is enough if the names agree: first letter of the given name, first three of the family
//! name, as held now. Where a name is missing, the outward part of a postcode held now or before stands in. A superseded
//! number is checked against the person who has its replacement.
//!
//! Our own additions: the postcodes that stand for no place (`ZZ99`) confirm nothing, and neither does a postcode for a
//! sensitive person, as the answer would say where they are.

use super::{has_outcode, postcode};
use crate::date::Agreement;
use crate::{Person, Query, Register, name};

pub(super) enum CrossCheck<'r> {
    /// Number and birth date agree.
    Passed(Person<'r>),
    /// They agree with the person whose number took the place of the one asked.
    PassedSuperseded(Person<'r>),
    /// They do not.
    Failed,
    /// Number or birth date is missing.
    NotRun,
}

pub(super) fn run<'r>(register: &'r Register, query: &Query<'_>) -> CrossCheck<'r> {
    let (Some(number), Some(_)) = (query.nhs_number, query.date_of_birth) else {
        return CrossCheck::NotRun;
    };
    let confirmed = |person: &Person<'_>| is_confirmed(*person, query);
    if let Some(person) = register.with_number(number) {
        return if confirmed(&person) { CrossCheck::Passed(person) } else { CrossCheck::Failed };
    }
    register.with_superseded_number(number).filter(confirmed).map_or(CrossCheck::Failed, CrossCheck::PassedSuperseded)
}

fn is_confirmed(person: Person<'_>, query: &Query<'_>) -> bool {
    let (Some(asked), Some(held)) = (query.date_of_birth, person.date_of_birth()) else {
        return false;
    };
    match asked.agreement(held) {
        Agreement::Exact => true,
        Agreement::Partial => name_or_place_agrees(person, query),
        Agreement::None => false,
    }
}

fn name_or_place_agrees(person: Person<'_>, query: &Query<'_>) -> bool {
    let names = [query.given_name, query.family_name, person.given_name(), person.family_name()];
    if names.into_iter().any(name::is_blank) {
        let place = postcode(query).filter(|postcode| !postcode.is_pseudo() && !person.is_sensitive());
        return place.is_some_and(|postcode| has_outcode(person, &postcode));
    }
    name::starts_alike(query.given_name, person.given_name(), 1)
        && name::starts_alike(query.family_name, person.family_name(), 3)
}
