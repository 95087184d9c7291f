//! Texts, each held once and named by a number.

use std::hash::{Hash, Hasher};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::RegisterError;

/// The number of a text. Number 0 is the blank text.
pub(super) type TextId = u32;

/// Texts one after the other in one buffer: flat arrays, no allocation per text.
pub(super) struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    /// The text of a number; blank for a number that was never given.
    pub(super) fn get(&self, id: TextId) -> &str {
        let at = |id: Option<TextId>| id.and_then(|id| self.ends.get(id as usize)).map_or(0, |end| *end as usize);
        self.bytes.get(at(id.checked_sub(1))..at(Some(id))).unwrap_or_default()
    }
}

/// Texts being gathered.
pub(super) struct TextsBuilder {
    texts: Texts,
    ids: HashTable<TextId>,
}

impl TextsBuilder {
    pub(super) fn new() -> Self {
        Self { texts: Texts { bytes: String::new(), ends: vec![0] }, ids: HashTable::new() }
    }

    /// The number of a text, new or old.
    pub(super) fn intern(&mut self, text: &str) -> Result<TextId, RegisterError> {
        if text.is_empty() {
            return Ok(0);
        }
        let Self { texts, ids } = self;
        if let Some(id) = ids.find(hash(text), |id| texts.get(*id) == text) {
            return Ok(*id);
        }
        let too_large = |_| RegisterError::TooLarge { what: "text" };
        let id = TextId::try_from(texts.ends.len()).map_err(too_large)?;
        let end = u32::try_from(texts.bytes.len() + text.len()).map_err(too_large)?;
        texts.bytes.push_str(text);
        texts.ends.push(end);
        ids.insert_unique(hash(text), id, |id| hash(texts.get(*id)));
        Ok(id)
    }

    /// The texts, without what was needed to find them again.
    pub(super) fn finish(mut self) -> Texts {
        self.texts.bytes.shrink_to_fit();
        self.texts.ends.shrink_to_fit();
        self.texts
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_text_is_held_once_and_read_back(texts in prop::collection::vec("[a-dé]{0,2}", 0..60)) {
            let mut builder = TextsBuilder::new();
            let ids: Vec<_> = texts.iter().map(|text| builder.intern(text).unwrap()).collect();
            let held = builder.finish();
            for (a, id_a) in texts.iter().zip(&ids) {
                prop_assert_eq!(held.get(*id_a), a);
                for (b, id_b) in texts.iter().zip(&ids) {
                    prop_assert_eq!(a == b, id_a == id_b);
                }
            }
        }
    }

    #[test]
    fn a_number_never_given_reads_blank() {
        let held = TextsBuilder::new().finish();
        assert_eq!((held.get(0), held.get(1), held.get(u32::MAX)), ("", "", ""));
    }
}
