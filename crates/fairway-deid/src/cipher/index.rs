use std::fmt;

use fairway_domain::{Fault, OrganisationCode};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Secret;

/// The key of the blind index: 256 random bits, wiped when dropped. It is kept beside the vault key.
#[derive(Debug, Clone)]
pub struct IndexKey(pub(super) Secret<32>);

/// Finds an identifier without showing it: HMAC-SHA256 over kind, organisation and value. Whoever lacks the key cannot
/// try NHS numbers one by one, as a plain hash would let them.
#[derive(Clone)]
pub struct BlindIndex(Hmac<Sha256>);

impl BlindIndex {
    /// The index under a key.
    ///
    /// # Errors
    /// Never with keys made here.
    pub fn new(key: &IndexKey) -> Result<Self, Fault> {
        let keyed = Hmac::new_from_slice(key.0.expose());
        keyed.map(Self).map_err(|_| Fault::new("index key has an unusable length"))
    }

    /// `HMAC-SHA256(key, kind || 0x00 || organisation || 0x00 || value)`. An identifier that means the same whoever sends
    /// it has no organisation. `kind` holds no zero byte, so no two questions run together.
    pub fn digest(&self, kind: &'static str, organisation: Option<&OrganisationCode>, value: &[u8]) -> [u8; 32] {
        debug_assert!(!kind.bytes().any(|b| b == 0), "a kind of identifier holds no zero byte");
        let organisation = organisation.map_or("", OrganisationCode::as_str);
        let mut mac = self.0.clone();
        for part in [kind.as_bytes(), &[0], organisation.as_bytes(), &[0], value] {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[blind index]")
    }
}
