//! From a query to the person it is about, with the probability that it is.
//!
//! Bayes' rule over three explanations: the query is about one of the candidates; about somebody met by chance who is not
//! in the register; or about a relative of a candidate who is not in it. The last keeps shared surnames, addresses and
//! twins from looking like proof.

use rustc_hash::FxHashSet;

use super::alike;
use super::asked::{Asked, AskedName, family_sounds, given_sounds};
use super::born;
use super::compare::{Compared, compare, level};
use super::parameters::Parameters;
use crate::index::Segment;
use crate::index::keys::{Key, Row};
use crate::index::{names, outcode};
use crate::{Person, Query, Register};

/// A key that more people than this share is passed over: it tells nobody apart.
const MOST_PER_KEY: usize = 2_000;
/// The same for keys of one detail alone, tried last.
const MOST_AT_LAST: usize = 400;
/// A candidate that is so many times likelier than a stranger stands out.
const STANDS_OUT: f64 = 20.0;
/// No further key is tried once so many people have been compared.
const MOST_COMPARED: usize = 1_500;
/// A name that fewer than this share have may well be a slip for another.
const FEW: f64 = 1e-5;
/// The same for people of one given name in one district.
const MOST_OF_A_DISTRICT: usize = 100;
/// In a register of up to so many people, everybody who is found is compared.
const SMALL: f64 = 100_000.0;
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
    /// Whether the best is far likelier than that the person is in no register, so that only another candidate is in doubt.
    pub(crate) stands_out: bool,
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
    /// Whether neither number nor address was asked.
    pub(crate) few_details: bool,
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
    let mut pool = Pool {
        asked,
        p,
        found: Vec::with_capacity(16),
        seen: FxHashSet::default(),
        keys: 0,
        most: MOST_PER_KEY,
        near_alone: false,
    };
    pool.close(register);
    let (mut weighed, mut decision) = pool.judge();
    if decision.probability <= BEYOND_DOUBT {
        pool.found = weighed.found;
        pool.wide(register);
        (weighed, decision) = pool.judge();
    }
    if decision.probability < p.accept && !decision.stands_out {
        pool.found = weighed.found;
        pool.last(register);
        (weighed, decision) = pool.judge();
    }
    (weighed, decision)
}

/// Where few have a name, the sounds of the register's names that are one slip away.
fn sounds_near(register: &Register, name: &AskedName) -> Vec<u16> {
    let people = register.len() as f64;
    let few = FEW.max(1.5 / people);
    let mut sounds = Vec::new();
    if name.form.len() > 2 && name.given_rate < few && name.family_rate < few {
        alike::each_slip(&name.form, |near| {
            for segment in register.segments() {
                sounds.extend(names::sound_of_whole(segment.name(segment.find_name(near))));
            }
        });
        sounds.sort_unstable();
        sounds.dedup();
    }
    sounds
}

struct Pool<'a, 'r> {
    asked: &'a Asked,
    p: &'a Parameters,
    found: Vec<Compared<'r>>,
    seen: FxHashSet<(usize, Row)>,
    keys: usize,
    most: usize,
    /// Whether those are passed over who agree in neither birth date nor district.
    near_alone: bool,
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
                if self.found.iter().any(Compared::agrees_throughout) {
                    return;
                }
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
            self.readings(register, &families);
            return;
        }
        if families.is_empty() {
            given.into_iter().for_each(|given| self.add(register, Key::BornFamily(asked.born, given)));
        }
        let (year, day) = (asked.born / 10_000, asked.born % 10_000);
        for (given, family) in given.iter().flat_map(|given| families.iter().map(move |family| (*given, *family))) {
            self.add(register, Key::NamesYear(given, family, year));
            self.add(register, Key::NamesDay(given, family, day));
            self.add(register, Key::BornGiven(asked.born, family));
            self.add(register, Key::BornFamily(asked.born, given));
        }
    }

    /// Keys for eight digits that are no date, but one slip away from some.
    fn readings(&mut self, register: &'r Register, families: &[u16]) {
        let asked = self.asked;
        for born in born::readings(asked.born_written) {
            if asked.place > 0 {
                self.add(register, Key::BornPlace(born, asked.place));
            }
            families.iter().for_each(|family| self.add(register, Key::BornFamily(born, *family)));
            asked.given.sound_first.iter().for_each(|given| self.add(register, Key::BornGiven(born, *given)));
        }
    }

    /// Keys of one detail, where the others together lead to nobody.
    fn last(&mut self, register: &'r Register) {
        let asked = self.asked;
        (self.most, self.near_alone) = (MOST_AT_LAST, asked.people > SMALL);
        if asked.born > 0 {
            self.add(register, Key::Born(asked.born));
        }
        for born in born::readings(asked.born_written) {
            self.add(register, Key::Born(born));
        }
        let (givens, families) = (given_sounds(&asked.given), family_sounds(&asked.family));
        self.names(register, &givens, &families);
        self.family(register, if families.is_empty() { &givens } else { &families });
        let near = sounds_near(register, &asked.family);
        if givens.is_empty() {
            self.family(register, &near);
        }
        self.names(register, &givens, &near);
        self.names(register, &sounds_near(register, &asked.given), &families);
        self.most = MOST_OF_A_DISTRICT;
        if let Some(given) = asked.given.sound_first {
            self.add(register, Key::GivenOutcode(given, asked.outcode));
        }
        for family in &families {
            self.add(register, Key::GivenOutcode(*family, asked.outcode));
        }
    }

    /// The family name, in the district and anywhere.
    fn family(&mut self, register: &'r Register, families: &[u16]) {
        for family in families {
            self.add(register, Key::FamilyOutcode(*family, self.asked.outcode));
            self.add(register, Key::Family(*family));
        }
    }

    /// Both names, either way round.
    fn names(&mut self, register: &'r Register, givens: &[u16], families: &[u16]) {
        let born = self.asked.born;
        for (given, family) in givens.iter().flat_map(|given| families.iter().map(move |family| (*given, *family))) {
            self.add(register, Key::Names(given, family));
            if self.asked.given.sound_first == Some(given) {
                self.add(register, Key::Names(family, given));
            }
            if born > 0 {
                self.add(register, Key::NamesYear(given, family, born / 10_000));
                self.add(register, Key::NamesDay(given, family, born % 10_000));
            }
        }
    }

    fn add(&mut self, register: &'r Register, key: Key) {
        self.keys += 1;
        for (number, segment) in register.segments().iter().enumerate() {
            self.add_from(segment, number, key);
        }
    }

    fn add_from(&mut self, segment: &'r Segment, number: usize, key: Key) {
        if self.found.len() > MOST_COMPARED || segment.rows(key).nth(self.most).is_some() {
            return;
        }
        for row in segment.rows(key) {
            let person = Person::new(segment, row);
            if self.near_alone && self.is_far(person) {
                continue;
            }
            if !(key.has_place() && person.is_sensitive()) && self.seen.insert((number, row)) {
                self.found.push(compare(self.asked, person, self.p));
            }
        }
    }

    /// Whether birth date and district are known and neither is near: no name makes up for both.
    fn is_far(&self, person: Person<'_>) -> bool {
        let (asked, word) = (self.asked, person.word());
        asked.born > 0
            && word[4] > 0
            && asked.outcode > 0
            && born::is_far(asked.born, word[4])
            && outcode(person.segment().place(word[5])) != asked.outcode
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
            stands_out: likely(best) > STANDS_OUT * absent,
            probability: p.stated(likely(best) / all, self.asked.has_few_details()),
            margin,
            present: present / all,
            candidates: found.len(),
            superseded: self.asked.superseded && best.is_some_and(|best| best.number.level == 0),
        };
        let few_details = self.asked.has_few_details();
        (Weighed { found, each, present, absent, asked: self.keys > 0, few_details }, decision)
    }
}
