use std::fmt;
use std::str::FromStr;

use crate::{Digest, IdError, KeyDomain, Pseudonym};

/// What may be done with a pseudonym key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Made, and not to be used yet: its commitment is not in the log.
    PreActive,
    /// Makes pseudonyms and opens them.
    Active,
    /// Opens pseudonyms, and makes none but for a bridging file.
    VerifyOnly,
    /// Gone. What was recorded of it stays.
    Destroyed,
}

impl KeyState {
    /// Every one, in the order of a key's life.
    pub const ALL: [Self; 4] = [Self::PreActive, Self::Active, Self::VerifyOnly, Self::Destroyed];

    /// The word used in files, in the ledger and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreActive => "pre-active",
            Self::Active => "active",
            Self::VerifyOnly => "verify-only",
            Self::Destroyed => "destroyed",
        }
    }

    /// Whether a key in this state may be moved to the other. Staying is always allowed; nothing ever comes back, and a
    /// key in use is retired before it is destroyed.
    pub fn may_become(self, next: Self) -> bool {
        use KeyState::{Active, Destroyed, PreActive, VerifyOnly};
        self == next
            || matches!((self, next), (PreActive, Active | Destroyed) | (Active, VerifyOnly) | (VerifyOnly, Destroyed))
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyState {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or(IdError("a key is pre-active, active, verify-only or destroyed"))
    }
}

/// What may be known of a key outside the keyholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// Four characters that begin every pseudonym of the key.
    pub key_id: String,
    /// Where its pseudonyms are the same.
    pub domain: KeyDomain,
    /// What may be done with it.
    pub state: KeyState,
    /// `SHA-256("asc-key-commit" || key id || nonce || key)`: later proves which key was used without showing it.
    pub commitment: Digest,
    /// Pseudonyms of sixteen persons that nobody is: whoever makes them again holds the same key.
    pub canaries: Vec<Pseudonym>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_moves_forward_alone_and_is_retired_before_it_is_destroyed() {
        let table: Vec<String> = KeyState::ALL
            .iter()
            .map(|from| {
                let next: Vec<&str> =
                    KeyState::ALL.iter().filter(|to| from.may_become(**to)).map(|to| to.as_str()).collect();
                format!("{from} → {}", next.join(", "))
            })
            .collect();
        assert_eq!(
            table,
            [
                "pre-active → pre-active, active, destroyed",
                "active → active, verify-only",
                "verify-only → verify-only, destroyed",
                "destroyed → destroyed",
            ]
        );
        assert!(KeyState::ALL.iter().all(|state| state.as_str().parse() == Ok(*state)));
    }
}
