//! Pseudonyms that were made already: one person has several records.

use std::hash::Hash;

use fairway_domain::{Fault, Pseudonym, Subject};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many are kept before the memory is given back.
const MOST: usize = 100_000;

/// The last pseudonyms, by what they were made of. What will be wanted soon is noted first and then made all at once:
/// the keyholder is another process.
pub(crate) struct AtHand<K> {
    made: FxHashMap<(Subject, K), String>,
    /// Those of before, so that memory is given back without losing what was just fetched.
    earlier: FxHashMap<(Subject, K), String>,
    wanted: FxHashMap<Subject, FxHashSet<K>>,
}

impl<K: Eq + Hash + Clone> AtHand<K> {
    pub(crate) fn new() -> Self {
        Self { made: FxHashMap::default(), earlier: FxHashMap::default(), wanted: FxHashMap::default() }
    }

    /// Notes that the pseudonym of `of` will be asked for.
    pub(crate) fn want(&mut self, subject: Subject, of: K) {
        let sought = (subject, of);
        if !self.made.contains_key(&sought) && !self.earlier.contains_key(&sought) {
            self.wanted.entry(subject).or_default().insert(sought.1);
        }
    }

    /// The pseudonym of `of`; where it is not at hand, `make` makes it and all that are wanted of its subject.
    pub(crate) fn get(
        &mut self,
        subject: Subject,
        of: K,
        make: impl FnOnce(&[K]) -> Result<Vec<Pseudonym>, Fault>,
    ) -> Result<&str, Fault> {
        let sought = (subject, of);
        if let Some(kept) = self.earlier.remove(&sought) {
            self.made.insert(sought.clone(), kept);
        }
        if !self.made.contains_key(&sought) {
            let mut wanted = self.wanted.remove(&subject).unwrap_or_default();
            wanted.insert(sought.1.clone());
            if self.made.len() >= MOST {
                self.earlier = std::mem::take(&mut self.made);
            }
            let wanted: Vec<K> = wanted.into_iter().collect();
            let pseudonyms = make(&wanted)?.into_iter().map(|pseudonym| pseudonym.0);
            self.made.extend(wanted.into_iter().map(|of| (subject, of)).zip(pseudonyms));
        }
        self.made.get(&sought).map(String::as_str).ok_or_else(|| Fault::new("keyholder gave no pseudonym"))
    }
}
