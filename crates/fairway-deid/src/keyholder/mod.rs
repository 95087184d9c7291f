//! Pseudonyms, and the one file that holds their keys. A key is random per key domain, is made on first use, and never
//! leaves: what goes in are uids, what comes out are pseudonyms.
//!
//! `pseudonym = key id || base32(AES-256-SIV(K; "asc-pseudo-v1", domain, epoch, subject; uid))`, in lower-case Crockford
//! base 32: 4 characters of key id, then 52 for the 32 bytes of tag and ciphertext.

mod file;
mod pseudonym;
mod store;

pub use file::{KeyInfo, KeyState};
pub use store::FileKeyholder;

#[cfg(test)]
mod tests;
