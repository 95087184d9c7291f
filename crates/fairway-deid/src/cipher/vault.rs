use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;
use fairway_domain::{Fault, FaultExt, ImportId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{IndexKey, Secret};

const TEXT_VERSION: u32 = 1;
const WRAP_VERSION: u8 = 1;
const SCHEME: &[u8] = b"fairway-load-key-v1";
const KEY_ID: usize = 8;
const HEAD: usize = 1 + KEY_ID;

/// The key of one load's cells: 64 random bytes (AES-256-SIV takes two keys of 256 bits), wiped when dropped.
#[derive(Debug, Clone)]
pub struct LoadKey(pub(super) Secret<64>);

impl LoadKey {
    /// A fresh key.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn generate() -> Result<Self, Fault> {
        Secret::random().map(Self)
    }
}

/// The key that wraps load keys, and the key of the blind index beside it. Both are random and kept by the keyholder; the
/// index key stands by itself so that the wrapping key can be changed without reading every identifier again.
#[derive(Debug)]
pub struct VaultKey {
    wrapping: Secret<64>,
    index: Secret<32>,
    id: [u8; KEY_ID],
}

#[derive(Serialize, Deserialize)]
struct VaultText<'a> {
    version: u32,
    wrapping: &'a str,
    index: &'a str,
}

impl VaultKey {
    /// New keys.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn generate() -> Result<Self, Fault> {
        Ok(Self::new(Secret::random()?, Secret::random()?))
    }

    /// The keys as text, to be kept by the keyholder.
    ///
    /// # Errors
    /// Never with keys made here.
    pub fn write(&self) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let (wrapping, index) = (self.wrapping.to_hex(), self.index.to_hex());
        let text = VaultText { version: TEXT_VERSION, wrapping: &wrapping, index: &index };
        // Room for everything at once: growing would leave copies behind that nobody wipes.
        let mut content = Zeroizing::new(Vec::with_capacity(512));
        serde_json::to_writer_pretty(&mut *content, &text).fault("vault key cannot be written as JSON")?;
        Ok(content)
    }

    /// Keys as [`VaultKey::write`] wrote them.
    ///
    /// # Errors
    /// When the bytes are no vault key; they are not repeated.
    pub fn read(content: &[u8]) -> Result<Self, Fault> {
        let not_one = || Fault::new("vault key cannot be read");
        let text: VaultText<'_> = serde_json::from_slice(content).map_err(|_| not_one())?;
        if text.version != TEXT_VERSION {
            return Err(Fault::new("vault key has an unknown version"));
        }
        match (Secret::from_hex(text.wrapping), Secret::from_hex(text.index)) {
            (Some(wrapping), Some(index)) => Ok(Self::new(wrapping, index)),
            _ => Err(not_one()),
        }
    }

    /// The key of the blind index.
    pub fn index_key(&self) -> IndexKey {
        IndexKey(self.index.clone())
    }

    /// A load's key, encrypted for storage: 89 bytes, bound to the import.
    ///
    /// # Errors
    /// Never with keys made here.
    pub fn wrap_key(&self, import: ImportId, key: &LoadKey) -> Result<Vec<u8>, Fault> {
        let sealed = self.cipher().encrypt(associated(&import), key.0.expose()).map_err(|_| refused("wrapped"))?;
        Ok([&[WRAP_VERSION], &self.id[..], &sealed].concat())
    }

    /// A load's key as [`VaultKey::wrap_key`] stored it.
    ///
    /// # Errors
    /// When it was wrapped under another vault key (the fault says so), belongs to another import, or is damaged.
    pub fn unwrap_key(&self, import: ImportId, wrapped: &[u8]) -> Result<LoadKey, Fault> {
        let (head, sealed) = wrapped.split_at_checked(HEAD).ok_or_else(|| refused("read: it is too short"))?;
        if head[0] != WRAP_VERSION {
            return Err(refused("read: its version is unknown"));
        }
        if head[1..] != self.id {
            return Err(refused("unwrapped: it was wrapped under another vault key"));
        }
        let clear = self.cipher().decrypt(associated(&import), sealed);
        let clear =
            Zeroizing::new(clear.map_err(|_| refused("unwrapped: it is damaged or belongs to another import"))?);
        Secret::from_slice(&clear).map(LoadKey).ok_or_else(|| refused("unwrapped: it has another length"))
    }

    fn new(wrapping: Secret<64>, index: Secret<32>) -> Self {
        let digest = Sha256::new_with_prefix(b"fairway-vault-key-id-v1").chain_update(wrapping.expose()).finalize();
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&digest[..KEY_ID]);
        Self { wrapping, index, id }
    }

    fn cipher(&self) -> Aes256Siv {
        Aes256Siv::new(self.wrapping.expose().into())
    }
}

fn associated(import: &ImportId) -> [&[u8]; 2] {
    [SCHEME, import.as_bytes()]
}

fn refused(why: &str) -> Fault {
    Fault::new(format!("load key cannot be {why}"))
}
