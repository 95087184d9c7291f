use std::fmt;

use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;
use fairway_domain::{Fault, FaultExt};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::cipher::Secret;

const PURPOSE: &[u8] = b"fairway-keyring-v1";

/// 256 random bits that wrap every secret of a keyring. It is on no disk: its shares are, each under a passphrase.
#[derive(Clone)]
pub struct RootKey(Secret<32>);

impl RootKey {
    /// A fresh key.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn generate() -> Result<Self, Fault> {
        Secret::random().map(Self)
    }

    /// A key put together from its shares; `None` when the bytes are too many or too few.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Secret::from_slice(bytes).map(Self)
    }

    /// The bytes, to be split into shares.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// A secret, encrypted and bound to what it is.
    pub(super) fn wrap(&self, what: &[&[u8]], clear: &[u8]) -> Result<Vec<u8>, Fault> {
        let sealed = self.cipher()?.encrypt(what, clear);
        sealed.map_err(|_| Fault::new("a secret of the keyring cannot be wrapped"))
    }

    /// A wrapped secret; `None` under another root key, as something else, or with changed bytes.
    pub(super) fn unwrap(&self, what: &[&[u8]], sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        Ok(self.cipher()?.decrypt(what, sealed).ok().map(Zeroizing::new))
    }

    /// AES-256-SIV takes two keys of 256 bits; HKDF makes them of one.
    fn cipher(&self) -> Result<Aes256Siv, Fault> {
        let mut keys = Zeroizing::new([0; 64]);
        let derived = Hkdf::<Sha256>::new(None, self.0.expose()).expand(PURPOSE, &mut *keys);
        derived.fault("wrapping key cannot be derived")?;
        Ok(Aes256Siv::new((&*keys).into()))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[root key]")
    }
}
