//! Step 2: every detail given agrees, and exactly one person has them all.
//!
//! Source: handbook, alphanumeric trace. Family name, year of birth and gender must be given. Current family name and
//! given name agree by Soundex, gender by code, the birth date in the parts that are given, the postcode with one held
//! now or before. One wrong detail leaves a person out.
//!
//! A sensitive person is never the answer to a query with a postcode (so the Personal Demographics Service: no restricted
//! patient where the postcode was searched for). Our own addition: one who agrees in everything but the postcode, which
//! is not looked at, still makes the answer several where another person agrees; so the answer depends on nothing about
//! where a sensitive person lives, and a near twin is not taken for them.

use super::{has_postcode, postcode};
use crate::{Gender, Person, Query, Register, Soundex, name};

pub(super) enum Alphanumeric<'r> {
    /// Exactly one person has all details.
    One(Person<'r>),
    /// More than one.
    Several,
    /// None.
    Nobody,
    /// Family name, year of birth or gender is missing.
    NotRun,
}

pub(super) fn run<'r>(register: &'r Register, query: &Query<'_>) -> Alphanumeric<'r> {
    let (Some(family), Some(born)) = (Soundex::of(query.family_name), query.date_of_birth) else {
        return Alphanumeric::NotRun;
    };
    if !matches!(query.gender, Gender::Male | Gender::Female) {
        return Alphanumeric::NotRun;
    }
    let asked = postcode(query);
    let mut found = None;
    let mut hidden = false;
    for person in register.by_family(family, query.gender, born).filter(|person| given_name_agrees(*person, query)) {
        match &asked {
            Some(_) if person.is_sensitive() => hidden = true,
            Some(postcode) if !has_postcode(person, postcode) => {}
            _ if found.is_some() => return Alphanumeric::Several,
            _ => found = Some(person),
        }
    }
    match found {
        Some(_) if hidden => Alphanumeric::Several,
        Some(person) => Alphanumeric::One(person),
        None => Alphanumeric::Nobody,
    }
}

/// Whether the given names sound alike; true where none was asked for. A name without a letter sounds like no other.
fn given_name_agrees(person: Person<'_>, query: &Query<'_>) -> bool {
    name::is_blank(query.given_name)
        || Soundex::of(query.given_name).is_some_and(|code| Soundex::of(person.given_name()) == Some(code))
}
