//! Texts, each held once and named by a number.

use std::hash::{Hash, Hasher};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::RegisterError;

/// The number of a text. Number 0 is the blank text.
pub(crate) type TextId = u32;

/// Texts one after the other in one buffer: flat arrays, no allocation per text.
struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    fn get(&self, id: TextId) -> &str {
        let (start, end) = span(&self.ends, id);
        self.bytes.get(start..end).unwrap_or_default()
    }
}

/// Where the text of a number begins and ends; nowhere for a number that was never given.
pub(crate) fn span(ends: &[u32], id: TextId) -> (usize, usize) {
    let at = |id: Option<TextId>| id.and_then(|id| ends.get(id as usize)).map_or(0, |end| *end as usize);
    (at(id.checked_sub(1)), at(Some(id)))
}

/// Texts being gathered.
pub(crate) struct TextsBuilder {
    texts: Texts,
    ids: HashTable<TextId>,
}

impl TextsBuilder {
    pub(crate) fn new() -> Self {
        Self { texts: Texts { bytes: String::new(), ends: vec![0] }, ids: HashTable::new() }
    }

    /// The number of a text, new or old.
    pub(crate) fn intern(&mut self, text: &str) -> Result<TextId, RegisterError> {
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

    /// The texts and where each ends, without what was needed to find them again.
    pub(crate) fn finish(self) -> (String, Vec<u32>) {
        (self.texts.bytes, self.texts.ends)
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
            for (a, id_a) in texts.iter().zip(&ids) {
                prop_assert_eq!(builder.texts.get(*id_a), a);
                for (b, id_b) in texts.iter().zip(&ids) {
                    prop_assert_eq!(a == b, id_a == id_b);
                }
            }
        }
    }

    #[test]
    fn a_number_never_given_reads_blank() {
        let held = TextsBuilder::new().texts;
        assert_eq!((held.get(0), held.get(1), held.get(u32::MAX)), ("", "", ""));
    }
}
