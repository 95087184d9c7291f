//! Learning the rates of slips from a register and queries, without knowing whom the queries are about.
//!
//! Expectation and maximisation in turn (Dempster, Laird and Rubin, 1977): with the rates believed so far, every query
//! says how likely it is about each candidate, or about none; the slips of the candidates, so weighted, are the next
//! rates. What chance agreement looks like is not learnt: the register says it. Households, twins and namesakes are
//! counted in the register as well.
//!
//! Portions are summed in their order, so that the same files give the same bytes on any number of threads.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::FxHashMap;

use super::asked::says_nothing;
use super::compare::{Compared, level};
use super::decide::weigh;
use super::parameters::{Kin, Parameters};
use crate::index::Segment;
use crate::{Gender, Query, Register};

/// Rounds of learning.
const ROUNDS: usize = 15;
/// Queries to a portion.
const PORTION: usize = 500;
/// What is believed before counts as much as so many people seen.
const BELIEF: f64 = 25.0;
/// No kind of slip is believed to be rarer.
const LEAST: f64 = 1e-4;
/// Candidates less likely than this teach nothing.
const FAINT: f64 = 1e-4;
/// People of the register among whom households and namesakes are counted.
const SAMPLE: usize = 2_000_000;

/// Sums of weights over people: how often which field agreed how.
#[derive(Clone, Default)]
struct Tally {
    queries: f64,
    absent: f64,
    given: [f64; 7],
    initial: [f64; 2],
    family: [[f64; 6]; 2],
    swapped: [f64; 2],
    born: [f64; 9],
    sex: [f64; 2],
    place: [f64; 6],
    outcode: [f64; 2],
    other: [f64; 3],
    address: [f64; 2],
    street: [f64; 2],
    locality: [f64; 2],
    number: [f64; 3],
}

impl Tally {
    fn person(&mut self, c: &Compared<'_>, weight: f64) {
        let swapped = c.given.level == level::SWAPPED;
        if c.given.level != level::NONE && c.family.level != level::NONE {
            self.swapped[usize::from(!swapped)] += weight;
        }
        match c.given.level {
            level::INITIAL => self.initial[0] += weight,
            level::NOT_INITIAL => self.initial[1] += weight,
            how => bump(&mut self.given, how, weight),
        }
        let sex = usize::from(c.person.gender() == Gender::Female);
        bump(&mut self.family[sex], c.family.level, weight);
        bump(&mut self.born, c.born.level, weight);
        bump(&mut self.sex, c.sex.level, weight);
        match c.place.level {
            level::OUTCODE => self.outcode[0] += weight,
            level::NOT_OUTCODE => self.outcode[1] += weight,
            how => bump(&mut self.place, how, weight),
        }
        bump(&mut self.other, c.other.level, weight);
        match c.address.level {
            level::LOCALITY => self.locality[0] += weight,
            level::NOT_LOCALITY => self.locality[1] += weight,
            how => bump(&mut self.address, how, weight),
        }
        bump(&mut self.street, c.street.level, weight);
        bump(&mut self.number, c.number.level, weight);
    }

    fn add(&mut self, other: &Self) {
        fn sum(to: &mut [f64], from: &[f64]) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        }
        self.queries += other.queries;
        self.absent += other.absent;
        sum(&mut self.given, &other.given);
        sum(&mut self.initial, &other.initial);
        sum(&mut self.family[0], &other.family[0]);
        sum(&mut self.family[1], &other.family[1]);
        sum(&mut self.swapped, &other.swapped);
        sum(&mut self.born, &other.born);
        sum(&mut self.sex, &other.sex);
        sum(&mut self.place, &other.place);
        sum(&mut self.outcode, &other.outcode);
        sum(&mut self.other, &other.other);
        sum(&mut self.address, &other.address);
        sum(&mut self.street, &other.street);
        sum(&mut self.locality, &other.locality);
        sum(&mut self.number, &other.number);
    }

    /// The rates that the sums make more likely than any others, with what was believed at first.
    fn rates(&self, belief: &Parameters, now: &Parameters) -> Parameters {
        Parameters {
            source: now.source.clone(),
            absent: rated([self.absent, self.queries - self.absent], [belief.absent, 1.0 - belief.absent])[0],
            given: rated(self.given, belief.given),
            family_male: rated(self.family[0], belief.family_male),
            family_female: rated(self.family[1], belief.family_female),
            family_part: belief.family_part,
            names_swapped: rated(self.swapped, [belief.names_swapped, 1.0 - belief.names_swapped])[0],
            initial: rated(self.initial, [belief.initial, 1.0 - belief.initial])[0],
            born: rated(self.born, belief.born),
            sex: rated(self.sex, belief.sex),
            place: rated(self.place, belief.place),
            outcode: rated(self.outcode, belief.outcode),
            other_names: rated(self.other, belief.other_names),
            address: rated(self.address, belief.address),
            street: rated(self.street, belief.street),
            locality: rated(self.locality, belief.locality),
            number: rated(self.number, belief.number),
            number_of_stranger: belief.number_of_stranger,
            names_together: now.names_together,
            kin: now.kin.clone(),
            odds_of_few_details: belief.odds_of_few_details,
            accept: belief.accept,
        }
    }
}

fn bump(to: &mut [f64], how: u8, weight: f64) {
    if let Some(sum) = to.get_mut(usize::from(how)) {
        *sum += weight;
    }
}

/// Shares of sums, none of them so small that a slip would be held impossible; kept to six digits so that files are short
/// and the same everywhere.
fn rated<const N: usize>(sums: [f64; N], belief: [f64; N]) -> [f64; N] {
    let total: f64 = sums.iter().sum::<f64>() + BELIEF;
    let shares: [f64; N] = std::array::from_fn(|at| ((sums[at] + BELIEF * belief[at]) / total).max(LEAST));
    let all: f64 = shares.iter().sum();
    shares.map(|share| six_digits(share / all))
}

fn six_digits(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let scale = 10f64.powi(5 - value.log10().floor() as i32);
    (value * scale).round() / scale
}

/// Learns from a register and queries. `belief` is what is believed before; `source` says where the files come from.
pub(crate) fn train<'q>(
    register: &Register,
    queries: &(dyn Fn(usize) -> Query<'q> + Sync),
    count: usize,
    belief: &Parameters,
    threads: usize,
) -> Parameters {
    let mut now = belief.clone();
    if let Some(segment) = register.segments().first() {
        now.names_together = names_together(segment).map_or(belief.names_together, six_digits);
        count_kin(segment, &mut now.kin);
    }
    for _ in 0..ROUNDS {
        let tally = round(register, queries, count, &now, threads);
        now = tally.rates(belief, &now);
    }
    now
}

fn round<'q>(
    register: &Register,
    queries: &(dyn Fn(usize) -> Query<'q> + Sync),
    count: usize,
    now: &Parameters,
    threads: usize,
) -> Tally {
    let portions = count.div_ceil(PORTION);
    let tallies = Mutex::new(vec![Tally::default(); portions]);
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let portion = next.fetch_add(1, Ordering::Relaxed);
            if portion >= portions {
                return;
            }
            let mut tally = Tally::default();
            for at in portion * PORTION..count.min((portion + 1) * PORTION) {
                learn(register, &queries(at), now, &mut tally);
            }
            if let Some(place) = tallies.lock().unwrap_or_else(PoisonError::into_inner).get_mut(portion) {
                *place = tally;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let mut sum = Tally::default();
    tallies.into_inner().unwrap_or_else(PoisonError::into_inner).iter().for_each(|tally| sum.add(tally));
    sum
}

fn learn(register: &Register, query: &Query<'_>, now: &Parameters, tally: &mut Tally) {
    let weighed = weigh(register, query, now);
    if !weighed.asked {
        return;
    }
    tally.queries += 1.0;
    tally.absent += weighed.absent / weighed.all();
    for one in &weighed.found {
        let weight = weighed.each * one.ratio / weighed.all();
        if weight > FAINT {
            tally.person(one, weight);
        }
    }
}

/// Every how-manieth person is looked at.
fn stride(segment: &Segment) -> usize {
    segment.words().len().div_ceil(SAMPLE).max(1)
}

/// How much more often two people share both names than by lot; nothing where there are too few to say.
fn names_together(segment: &Segment) -> Option<f64> {
    let mut counts: [FxHashMap<(u32, u32), f64>; 3] = Default::default();
    let named = |word: &&[u32; 8]| word[1] > 0 && word[3] > 0 && !says_nothing(segment.letters(word[1]));
    for word in segment.words().iter().step_by(stride(segment)).filter(named) {
        for (counts, key) in counts.iter_mut().zip([(word[1], 0), (0, word[3]), (word[1], word[3])]) {
            *counts.entry(key).or_default() += 1.0;
        }
    }
    let people: f64 = counts[0].values().sum();
    let pairs = |counts: &FxHashMap<(u32, u32), f64>| {
        // Whole numbers: their sum does not depend on the order.
        counts.values().map(|count| count * (count - 1.0)).sum::<f64>()
    };
    let [given, family, both] = [pairs(&counts[0]), pairs(&counts[1]), pairs(&counts[2])];
    let expected = given * family / (people * (people - 1.0));
    (both >= 100.0 && expected > 0.0).then(|| (both / expected).max(1.0))
}

/// Addresses where more people live are no households.
const LARGEST_HOUSEHOLD: usize = 8;

/// Counts people who share an address, by what else they share.
fn count_kin(segment: &Segment, kin: &mut [Kin]) {
    let keep = stride(segment) as u64;
    let mut homes: Vec<(u64, u32)> = (0u32..)
        .zip(segment.words())
        .filter(|(_, word)| word[5] > 0 && u64::from(word[5]) % keep == 0)
        .map(|(row, word)| (u64::from(segment.detail(row)[4]) << 32 | u64::from(word[5]), row))
        .filter(|(home, _)| home >> 32 > 0)
        .collect();
    homes.sort_unstable();
    let people = homes.len() as f64;
    let mut pairs = [0.0; 5];
    for home in homes.chunk_by(|a, b| a.0 == b.0).filter(|home| home.len() <= LARGEST_HOUSEHOLD) {
        for (at, (_, one)) in home.iter().enumerate() {
            for (_, other) in &home[at + 1..] {
                let (a, b) = (segment.words()[*one as usize], segment.words()[*other as usize]);
                let [born, family, given] = [a[4] == b[4] && a[4] > 0, a[3] == b[3], a[1] == b[1]];
                let kind = if born { 2 } else { 0 };
                pairs[kind] += 1.0;
                pairs[kind + 1] += f64::from(u8::from(family));
                pairs[4] += f64::from(u8::from(!born && family && given));
            }
        }
    }
    let blended = |seen: f64, of: f64, belief: f64| six_digits((seen + BELIEF * belief) / (of + BELIEF));
    for kin in kin {
        match kin.kind.as_str() {
            "household" => {
                kin.each = blended(2.0 * pairs[0], people, kin.each);
                kin.family = blended(pairs[1], pairs[0], kin.family);
            }
            "twin" => {
                kin.each = blended(2.0 * pairs[2], people, kin.each);
                kin.family = blended(pairs[3], pairs[2], kin.family);
            }
            "namesake" => kin.each = blended(2.0 * pairs[4], people, kin.each),
            _ => {}
        }
    }
}
