//! Pseudonyms by their form and their key, and sixty bits of each for the comparison with other extracts. The bits are of the
//! pseudonym's own tag, which no two keys and no two persons share but by a chance of one in 2^60.

use rustc_hash::FxHashSet;

use crate::keyring::{KEY_ID_LENGTH, PSEUDONYM_LENGTH};

/// Characters of the tag that are kept, five bits each.
const KEPT: usize = 12;

pub(super) struct Pseudonyms {
    key_id: Vec<u8>,
    seen: FxHashSet<u64>,
}

impl Pseudonyms {
    pub(super) fn new(key_id: &str) -> Self {
        Self { key_id: key_id.as_bytes().to_vec(), seen: FxHashSet::default() }
    }

    /// Takes a cell; `combined` ones may begin with a code and an underscore. Says whether it is a pseudonym of the key.
    pub(super) fn take(&mut self, combined: bool, cell: &[u8]) -> bool {
        let cell = match cell.iter().rposition(|byte| *byte == b'_') {
            Some(at) if combined && at <= 10 && cell[..at].iter().all(u8::is_ascii_alphanumeric) => &cell[at + 1..],
            _ => cell,
        };
        let bits = (cell.len() == PSEUDONYM_LENGTH && cell.starts_with(&self.key_id))
            .then(|| cell[KEY_ID_LENGTH..].iter().map(|byte| value(*byte)).collect::<Option<Vec<u8>>>())
            .flatten();
        if let Some(bits) = &bits {
            self.seen.insert(bits.iter().take(KEPT).fold(0, |all, five| all << 5 | u64::from(*five)));
        }
        bits.is_some()
    }

    pub(super) fn finish(self) -> Vec<u64> {
        let mut all: Vec<u64> = self.seen.into_iter().collect();
        all.sort_unstable();
        all
    }
}

/// What a symbol of lower-case Crockford base 32 stands for.
fn value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'h' => Some(byte - b'a' + 10),
        b'j' | b'k' => Some(byte - b'j' + 18),
        b'm' | b'n' => Some(byte - b'm' + 20),
        b'p'..=b't' => Some(byte - b'p' + 22),
        b'v'..=b'z' => Some(byte - b'v' + 27),
        _ => None,
    }
}
