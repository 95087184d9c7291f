//! Why a candidate is likely, field by field, in words.

use super::compare::{Compared, Field, level};
use super::decide::weigh;
use super::parameters::Parameters;
use crate::{Person, Query, Register};

/// What one field says about a candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// The field.
    pub field: &'static str,
    /// How query and person agree in it.
    pub how: &'static str,
    /// How much likelier that makes the candidate, in bits; below zero, less likely.
    pub bits: f64,
}

/// Somebody whom a query was compared with.
#[derive(Clone)]
pub struct Candidate<'r> {
    /// The person.
    pub person: Person<'r>,
    /// The probability that the query is about them.
    pub probability: f64,
    /// What each field says; fields that are missing say nothing and are left out.
    pub reasons: Vec<Reason>,
}

impl Candidate<'_> {
    /// What all fields say together, in bits.
    pub fn bits(&self) -> f64 {
        self.reasons.iter().map(|reason| reason.bits).sum()
    }
}

/// Everybody whom a query is compared with, the likeliest first.
pub(crate) fn candidates<'r>(register: &'r Register, query: &Query<'_>, p: &Parameters) -> Vec<Candidate<'r>> {
    let weighed = weigh(register, query, p);
    let all = weighed.all();
    let candidate = |one: &Compared<'r>| Candidate {
        person: one.person,
        probability: p.stated(weighed.each * one.ratio / all, weighed.few_details),
        reasons: reasons(one),
    };
    let mut candidates: Vec<Candidate<'r>> = weighed.found.iter().map(candidate).collect();
    // In the order of the numbers where two are as likely: the answer does not depend on what was looked up first.
    candidates.sort_by(|a, b| {
        b.probability.total_cmp(&a.probability).then_with(|| a.person.nhs_number().cmp(&b.person.nhs_number()))
    });
    candidates
}

const GIVEN: [&str; 7] =
    ["the same", "a nickname", "one slip", "a further given name", "similar", "different", "the family name"];
const FAMILY: [&str; 6] = ["the same", "an earlier name", "one slip", "similar", "different", "a further name"];
const BORN: [&str; 9] = [
    "the same",
    "day and month exchanged",
    "one digit differs",
    "neighbouring digits exchanged",
    "year one or ten off",
    "first of January in the same year",
    "two parts the same",
    "the same year",
    "different",
];
const PLACE: [&str; 6] = [
    "the same",
    "an earlier one",
    "one slip",
    "the same outward part",
    "different",
    "the same letters of the outward part",
];
const SAME: [&str; 2] = ["the same", "different"];
const OTHER: [&str; 3] = ["the same", "an initial the same", "different"];
const STREET: [&str; 2] = ["a word the same", "no word the same"];
const NUMBER: [&str; 3] = ["the same", "another person's", "nobody's"];

fn reasons(c: &Compared<'_>) -> Vec<Reason> {
    let said = |field: &'static str, found: Field, words: &[&'static str]| {
        let how = match found.level {
            level::NONE => return None,
            level::INITIAL => "the initial is the same",
            level::NOT_INITIAL => "the initial is another",
            level::PART => "a part of the name",
            level::OUTCODE => "the outward part is the same",
            level::NOT_OUTCODE => "the outward part is another",
            level::LOCALITY => "a rare word the same",
            level::NOT_LOCALITY => "no rare word the same",
            level::SWAPPED => "given and family name exchanged",
            other => words.get(usize::from(other)).copied()?,
        };
        Some(Reason { field, how, bits: found.ratio.log2() })
    };
    [
        said("nhs_number", c.number, &NUMBER),
        said("given_name", c.given, &GIVEN),
        said("other_given_names", c.other, &OTHER),
        said("family_name", c.family, &FAMILY),
        said("date_of_birth", c.born, &BORN),
        said("gender", c.sex, &SAME),
        said("postcode", c.place, &PLACE),
        said("address", c.address, &SAME),
        said("street", c.street, &STREET),
    ]
    .into_iter()
    .flatten()
    .collect()
}
