//! What one column of a sample shows. Values are kept only while they may turn out to be a short list of codes.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use fairway_domain::{NhsNumber, Postcode};

use super::candidates::Candidate;

/// Longest list that is taken for a list of codes.
const MOST_CODES: usize = 50;
/// Longest value of such a list, in bytes.
const LONGEST_CODE: usize = 100;
/// How often a value must occur before it is written down as a code: what occurs once or twice may be a person's.
const LEAST_OFTEN: u64 = 3;
/// Words that often stand for nothing.
const NOTHINGS: [&str; 10] = ["NULL", "null", "N/A", "n/a", "NA", "#N/A", "-", "None", "none", "NaN"];

/// Tallies of one column.
#[derive(Debug)]
pub(super) struct Tally {
    /// Records where the cell is filled with something but a word for nothing.
    pub(super) filled: u64,
    pub(super) blank: u64,
    /// Words for nothing, and how often.
    pub(super) nothings: BTreeMap<&'static str, u64>,
    /// Candidates that fit every value so far, by place.
    alive: Vec<usize>,
    codes: Option<BTreeMap<String, u64>>,
    hashes: Option<HashSet<u64, BuildHasherDefault<DefaultHasher>>>,
    most_hashes: usize,
    pub(super) nhs_numbers: u64,
    pub(super) postcodes: u64,
    pub(super) longest: usize,
}

impl Tally {
    pub(super) fn new(candidates: usize, most_hashes: usize) -> Self {
        Self {
            filled: 0,
            blank: 0,
            nothings: BTreeMap::new(),
            alive: (0..candidates).collect(),
            codes: Some(BTreeMap::new()),
            hashes: Some(HashSet::default()),
            most_hashes,
            nhs_numbers: 0,
            postcodes: 0,
            longest: 0,
        }
    }

    pub(super) fn take(&mut self, text: &str, candidates: &[Candidate]) {
        if text.is_empty() {
            self.blank += 1;
            return;
        }
        self.count_distinct(text);
        if let Some(word) = NOTHINGS.iter().find(|word| **word == text) {
            *self.nothings.entry(word).or_default() += 1;
            return;
        }
        self.filled += 1;
        self.longest = self.longest.max(text.chars().count());
        self.nhs_numbers += u64::from(NhsNumber::parse(text).is_ok());
        self.postcodes += u64::from(text.len() < 12 && Postcode::parse(text).is_ok());
        self.alive.retain(|at| candidates.get(*at).is_some_and(|candidate| candidate.fits(text)));
    }

    fn count_distinct(&mut self, text: &str) {
        if let Some(codes) = &mut self.codes {
            let may_grow = codes.len() < MOST_CODES && text.len() <= LONGEST_CODE && text.trim() == text;
            match codes.get_mut(text) {
                Some(count) => *count += 1,
                None if may_grow => drop(codes.insert(text.to_owned(), 1)),
                None => self.codes = None,
            }
        }
        if let Some(hashes) = &mut self.hashes {
            let hash = hashes.hasher().hash_one(text);
            if !hashes.insert(hash) || hashes.len() >= self.most_hashes {
                self.hashes = None;
            }
        }
    }

    /// The first candidate that fits every value; none where there is no value.
    pub(super) fn form<'c>(
        &self,
        candidates: &'c [Candidate],
        wanted: impl Fn(&Candidate) -> bool,
    ) -> Option<&'c Candidate> {
        if self.filled == 0 {
            return None;
        }
        self.alive.iter().filter_map(|at| candidates.get(*at)).find(|candidate| wanted(candidate))
    }

    /// Values and how often each occurs, where they are few and each is frequent.
    pub(super) fn codes(&self) -> Option<&BTreeMap<String, u64>> {
        let codes = self.codes.as_ref()?;
        let frequent = codes.values().all(|count| *count >= LEAST_OFTEN);
        (self.filled > 0 && frequent && codes.len() as u64 * 5 <= self.filled).then_some(codes)
    }

    /// Whether no value occurs twice, as far as room allowed to see.
    pub(super) fn all_different(&self) -> bool {
        self.filled > 1 && self.hashes.is_some()
    }
}
