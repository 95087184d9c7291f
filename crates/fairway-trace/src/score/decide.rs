//! From a query to the person it is about, with the probability that it is.
//!
//! Bayes' rule over three explanations: the query is about one of the candidates; about somebody met by chance who is not
//! in the register; or about a relative of a candidate who is not in it. The last keeps shared surnames, addresses and
//! twins from looking like proof.

use rustc_hash::FxHashSet;

use super::asked::{Asked, family_sounds};
use super::compare::{Compared, compare, level};
use super::parameters::Parameters;
use crate::index::Segment;
use crate::index::keys::{Key, Row};
use crate::{Person, Query, Register};

/// A key that more people than this share is passed over: it tells nobody apart.
const MOST_PER_KEY: usize = 2_000;
/// The same for keys of one detail alone, tried last.
const MOST_AT_LAST: usize = 400;
/// So sure, that wider blocking could not change it.
const BEYOND_DOUBT: f64 = 0.999_9;

/// Which person a query is about, as far as the register can say.
#[derive(Clone, Copy)]
pub struct Decision<'r> {
    pub(crate) best: Option<Compared<'r>>,
    pub(crate) second: Option<Compared<'r>>,
    /// The probability that the query is about the best candidate.
    pub probability: f64,
    /// How many times likelier the best is than the second, in bits; 99 where there is no second.
    pub margin: f64,
    /// The probability that it is about one of the candidates.
    pub present: f64,
    /// How many candidates were compared.
    pub candidates: usize,
    /// Whether there was enough to look anybody up by.
    pub(crate) asked: bool,
    /// Whether the number asked was superseded by that of the best candidate.
    pub(crate) superseded: bool,
}

impl<'r> Decision<'r> {
    /// The likeliest person.
    pub fn best(&self) -> Option<Person<'r>> {
        self.best.map(|best| best.person)
    }

    /// The next likely.
    pub fn second(&self) -> Option<Person<'r>> {
        self.second.map(|second| second.person)
    }
}

/// Compares the query with everybody who shares a blocking key with it.
pub(crate) fn decide<'r>(register: &'r Register, query: &Query<'_>, p: &Parameters) -> Decision<'r> {
    let asked = Asked::new(register, query);
    look(register, &asked, p).1
}

/// A query's candidates and what each explanation weighs.
pub(crate) struct Weighed<'r> {
    pub(crate) found: Vec<Compared<'r>>,
    /// What a candidate weighs before anything is compared.
    pub(crate) each: f64,
    /// What all candidates weigh together.
    pub(crate) present: f64,
    /// What nobody of the register weighs.
    pub(crate) absent: f64,
    pub(crate) asked: bool,
}

impl Weighed<'_> {
    pub(crate) fn all(&self) -> f64 {
        self.present + self.absent
    }
}

/// As [`decide`], with every candidate.
pub(crate) fn weigh<'r>(register: &'r Register, query: &Query<'_>, p: &Parameters) -> Weighed<'r> {
    let asked = Asked::new(register, query);
    look(register, &asked, p).0
}

fn look<'r>(register: &'r Register, asked: &Asked, p: &Parameters) -> (Weighed<'r>, Decision<'r>) {
    let mut pool =
        Pool { asked, p, found: Vec::with_capacity(16), seen: FxHashSet::default(), keys: 0, most: MOST_PER_KEY };
    pool.close(register);
    let (mut weighed, mut decision) = pool.judge();
    if decision.probability <= BEYOND_DOUBT {
        pool.found = weighed.found;
        pool.wide(register);
        (weighed, decision) = pool.judge();
    }
    if decision.probability < p.accept && decision.present - decision.probability < 0.05 {
        pool.found = weighed.found;
        pool.last(register);
        (weighed, decision) = pool.judge();
    }
    (weighed, decision)
}

struct Pool<'a, 'r> {
    asked: &'a Asked,
    p: &'a Parameters,
    found: Vec<Compared<'r>>,
    seen: FxHashSet<(usize, Row)>,
    keys: usize,
    most: usize,
}

impl<'r> Pool<'_, 'r> {
    /// Keys that most people are found by: number, birth date with a name or a postcode.
    fn close(&mut self, register: &'r Register) {
        let asked = self.asked;
        if let Some(number) = asked.number.filter(|_| asked.number_known) {
            self.add(register, Key::Number(number));
            let certain = |one: &Compared<'_>| one.born.level == level::EXACT && one.ratio / one.number.ratio > 1e6;
            if self.found.iter().any(certain) {
                return;
            }
        }
        if asked.born > 0 {
            if asked.place > 0 {
                self.add(register, Key::BornPlace(asked.born, asked.place));
            }
            for sound in family_sounds(&asked.family) {
                self.add(register, Key::BornFamily(asked.born, sound));
            }
            if let Some(sound) = asked.given.sound_first {
                self.add(register, Key::BornGiven(asked.born, sound));
            }
        }
    }

    /// Keys for a wrong birth date, and for names that changed places.
    fn wide(&mut self, register: &'r Register) {
        let asked = self.asked;
        let families = family_sounds(&asked.family);
        let given = asked.given.sound_first;
        if asked.place > 0 && !(asked.given.is_empty() && asked.family.is_empty() && asked.born == 0) {
            self.add(register, Key::Place(asked.place));
        }
        if asked.born == 0 {
            return;
        }
        let (year, day) = (asked.born / 10_000, asked.born % 10_000);
        for (given, family) in given.iter().flat_map(|given| families.iter().map(move |family| (*given, *family))) {
            self.add(register, Key::NamesYear(given, family, year));
            self.add(register, Key::NamesDay(given, family, day));
            self.add(register, Key::BornGiven(asked.born, family));
            self.add(register, Key::BornFamily(asked.born, given));
        }
    }

    /// Keys of one detail, where the others together lead to nobody.
    fn last(&mut self, register: &'r Register) {
        let asked = self.asked;
        self.most = MOST_AT_LAST;
        if asked.born > 0 {
            self.add(register, Key::Born(asked.born));
        }
        let Some(given) = asked.given.sound_first else { return };
        for family in family_sounds(&asked.family) {
            self.add(register, Key::Names(given, family));
            self.add(register, Key::Names(family, given));
        }
    }

    fn add(&mut self, register: &'r Register, key: Key) {
        self.keys += 1;
        for (number, segment) in register.segments().iter().enumerate() {
            self.add_from(segment, number, key);
        }
    }

    fn add_from(&mut self, segment: &'r Segment, number: usize, key: Key) {
        if segment.rows(key).nth(self.most).is_some() {
            return;
        }
        for row in segment.rows(key) {
            let person = Person::new(segment, row);
            if !(key.has_place() && person.is_sensitive()) && self.seen.insert((number, row)) {
                self.found.push(compare(self.asked, person, self.p));
            }
        }
    }

    /// Weighs the explanations; takes the candidates out of the pool.
    fn judge(&mut self) -> (Weighed<'r>, Decision<'r>) {
        let p = self.p;
        let found = std::mem::take(&mut self.found);
        let each = (1.0 - p.absent) / self.asked.people;
        let (mut best, mut second) = (None::<Compared<'r>>, None::<Compared<'r>>);
        let (mut present, mut kin) = (0.0, 0.0);
        for one in &found {
            present += each * one.ratio;
            kin += one.kin;
            if best.is_none_or(|best| one.ratio > best.ratio) {
                second = best;
                best = Some(*one);
            } else if second.is_none_or(|second| one.ratio > second.ratio) {
                second = Some(*one);
            }
        }
        let absent = p.absent * (1.0 + kin);
        let all = present + absent;
        let likely = |one: Option<Compared<'_>>| one.map_or(0.0, |one| each * one.ratio);
        let margin = match (likely(best), likely(second)) {
            (first, next) if next > 0.0 => (first / next).log2().min(99.0),
            _ => 99.0,
        };
        let decision = Decision {
            asked: self.keys > 0,
            best,
            second,
            probability: likely(best) / all,
            margin,
            present: present / all,
            candidates: found.len(),
            superseded: self.asked.superseded && best.is_some_and(|best| best.number.level == 0),
        };
        (Weighed { found, each, present, absent, asked: self.keys > 0 }, decision)
    }
}
