//! Cells of the identity vault: encrypted under a random key per load, which a vault key wraps. Destroying a load's
//! wrapped key destroys its identifiers. Beside them, a blind index finds an identifier without showing it.
//!
//! Every cipher here is AES-256-SIV (RFC 5297): deterministic, authenticated, at home with any number of associated data.

mod cell;
mod index;
mod secret;
mod vault;

pub use cell::CellCipher;
pub use index::{BlindIndex, IndexKey};
pub(crate) use secret::Secret;
pub use vault::{LoadKey, VaultKey};

#[cfg(test)]
mod tests;
