//! Pseudonyms and their keys. A key is random per key domain and never leaves: what goes in are uids, what comes out are
//! pseudonyms. A keyring is kept as text in which every secret is wrapped by a root key; whoever keeps the text and
//! the root key apart is the keyholder (`fairway-keyholder`).
//!
//! `pseudonym = key id || base32(AES-256-SIV(K; "asc-pseudo-v1", domain, epoch, subject; uid))`, in lower-case Crockford
//! base 32: 4 characters of key id, then 52 for the 32 bytes of tag and ciphertext.

mod held;
mod pseudonym;
mod ring;
mod root;
mod text;

pub use pseudonym::{KEY_ID_LENGTH, PSEUDONYM_LENGTH};
pub use ring::Keyring;
pub use root::RootKey;

#[cfg(test)]
mod tests;
