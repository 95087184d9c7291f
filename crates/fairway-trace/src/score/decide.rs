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

/// More candidates than this are not looked at for one key: it tells nobody apart.
const MOST_PER_KEY: usize = 2_000;
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
    let mut pool = Pool { asked: &asked, p, found: Vec::with_capacity(16), seen: FxHashSet::default(), keys: 0 };
    pool.close(register);
    let first = pool.judge();
    if first.probability > BEYOND_DOUBT {
        return first;
    }
    pool.wide(register);
    pool.judge()
}

struct Pool<'a, 'r> {
    asked: &'a Asked,
    p: &'a Parameters,
    found: Vec<Compared<'r>>,
    seen: FxHashSet<(usize, Row)>,
    keys: usize,
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
        if asked.place > 0 {
            families.iter().for_each(|sound| self.add(register, Key::PlaceFamily(asked.place, *sound)));
            given.iter().for_each(|sound| self.add(register, Key::PlaceGiven(asked.place, *sound)));
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

    fn add(&mut self, register: &'r Register, key: Key) {
        self.keys += 1;
        for (number, segment) in register.segments().iter().enumerate() {
            self.add_from(segment, number, key);
        }
    }

    fn add_from(&mut self, segment: &'r Segment, number: usize, key: Key) {
        for row in segment.rows(key).take(MOST_PER_KEY) {
            let person = Person::new(segment, row);
            if !(key.has_place() && person.is_sensitive()) && self.seen.insert((number, row)) {
                self.found.push(compare(self.asked, person, self.p));
            }
        }
    }

    fn judge(&self) -> Decision<'r> {
        let p = self.p;
        let each = (1.0 - p.absent) / self.asked.people;
        let (mut best, mut second) = (None::<Compared<'r>>, None::<Compared<'r>>);
        let (mut people, mut kin) = (0.0, 0.0);
        for one in &self.found {
            people += each * one.ratio;
            kin += one.kin;
            if best.is_none_or(|best| one.ratio > best.ratio) {
                second = best;
                best = Some(*one);
            } else if second.is_none_or(|second| one.ratio > second.ratio) {
                second = Some(*one);
            }
        }
        let all = people + p.absent * (1.0 + kin);
        let likely = |one: Option<Compared<'_>>| one.map_or(0.0, |one| each * one.ratio);
        let margin = match (likely(best), likely(second)) {
            (first, next) if next > 0.0 => (first / next).log2().min(99.0),
            _ => 99.0,
        };
        Decision {
            asked: self.keys > 0,
            best,
            second,
            probability: likely(best) / all,
            margin,
            present: people / all,
            candidates: self.found.len(),
            superseded: self.asked.superseded && best.is_some_and(|best| best.number.level == 0),
        }
    }
}
