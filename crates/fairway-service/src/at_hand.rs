//! Pseudonyms that were made already: one person has several records.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use fairway_domain::{Fault, Pseudonym, Subject};

/// How many are kept before the memory is given back.
const MOST: usize = 100_000;

/// The last pseudonyms, by what they were made of.
pub(crate) struct AtHand<K>(HashMap<(Subject, K), String>);

impl<K: Eq + Hash> AtHand<K> {
    pub(crate) fn new() -> Self {
        Self(HashMap::new())
    }

    /// The pseudonym of `of`, from `make` where it is not at hand.
    pub(crate) fn get(
        &mut self,
        subject: Subject,
        of: K,
        make: impl FnOnce(&K) -> Result<Vec<Pseudonym>, Fault>,
    ) -> Result<&str, Fault> {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        match self.0.entry((subject, of)) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => {
                let made = make(&free.key().1)?.into_iter().next();
                Ok(free.insert(made.ok_or_else(|| Fault::new("keyholder gave no pseudonym"))?.0))
            }
        }
    }
}
