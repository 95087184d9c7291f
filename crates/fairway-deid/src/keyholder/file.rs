use std::path::Path;

use fairway_domain::{Digest, Fault, FaultExt, KeyDomain};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::cipher::Secret;
use crate::keyfile;

const FILE_VERSION: u32 = 1;
const ALGORITHM: &str = "AES-256-SIV";

/// What may be done with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// Made, and not to be used yet.
    PreActive,
    /// Makes pseudonyms and opens them.
    Active,
    /// Opens pseudonyms, and makes none.
    VerifyOnly,
}

impl KeyState {
    /// The word used in the key file and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreActive => "pre-active",
            Self::Active => "active",
            Self::VerifyOnly => "verify-only",
        }
    }
}

/// What may be known of a key outside the keyholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Four characters that begin every pseudonym of the key.
    pub key_id: String,
    /// Where its pseudonyms are the same.
    pub domain: KeyDomain,
    /// What may be done with it.
    pub state: KeyState,
    /// The day it was made, `yyyy-mm-dd`, where the keyholder was told the day.
    pub created: Option<String>,
    /// `SHA-256("asc-key-commit" || key id || nonce || key)`: later proves which key was used without showing it.
    pub commitment: Digest,
}

/// A key as the file holds it.
pub(super) struct StoredKey {
    pub(super) info: KeyInfo,
    pub(super) nonce: Secret<32>,
    pub(super) key: Secret<64>,
}

impl StoredKey {
    pub(super) fn generate(key_id: String, domain: KeyDomain, created: Option<String>) -> Result<Self, Fault> {
        let (nonce, key) = (Secret::random()?, Secret::random()?);
        let commitment = commitment(&key_id, &nonce, &key);
        Ok(Self { info: KeyInfo { key_id, domain, state: KeyState::Active, created, commitment }, nonce, key })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile<'a> {
    version: u32,
    #[serde(borrow)]
    keys: Vec<KeyRow<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRow<'a> {
    key_id: &'a str,
    domain: &'a str,
    epoch: u32,
    algorithm: &'a str,
    state: KeyState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<&'a str>,
    nonce: &'a str,
    commitment: String,
    key: &'a str,
}

/// Reads every key of a file.
pub(super) fn read(path: &Path) -> Result<Vec<StoredKey>, Fault> {
    let content = keyfile::read(path)?;
    let file: KeysFile<'_> = serde_json::from_str(&content)
        .map_err(|_| Fault::new(format!("{} is not a keyholder's file", path.display())))?;
    if file.version != FILE_VERSION {
        return Err(Fault::new(format!("keyholder's file {} has an unknown version", path.display())));
    }
    file.keys
        .iter()
        .map(|row| stored(row).fault(format!("keyholder's file {} cannot be used", path.display())))
        .collect()
}

/// An empty file, which must not be there yet.
pub(super) fn create(path: &Path) -> Result<(), Fault> {
    keyfile::create(path, &text(&[])?)
}

/// Puts the keys in the place of those that were there.
pub(super) fn replace<'a>(path: &Path, keys: impl Iterator<Item = &'a StoredKey>) -> Result<(), Fault> {
    let hex: Vec<_> = keys.map(|stored| (stored, stored.nonce.to_hex(), stored.key.to_hex())).collect();
    let rows: Vec<KeyRow<'_>> = hex.iter().map(|(stored, nonce, key)| row(&stored.info, nonce, key)).collect();
    keyfile::replace(path, &text(&rows)?)
}

fn text(keys: &[KeyRow<'_>]) -> Result<Zeroizing<Vec<u8>>, Fault> {
    #[derive(Serialize)]
    struct Out<'a> {
        version: u32,
        keys: &'a [KeyRow<'a>],
    }
    // Room for everything at once: growing would leave copies behind that nobody wipes.
    let room = 64 + keys.iter().map(|row| 600 + row.domain.len() * 6).sum::<usize>();
    let mut content = Zeroizing::new(Vec::with_capacity(room));
    let file = Out { version: FILE_VERSION, keys };
    serde_json::to_writer_pretty(&mut *content, &file).fault("keys cannot be written as JSON")?;
    Ok(content)
}

fn row<'a>(info: &'a KeyInfo, nonce: &'a str, key: &'a str) -> KeyRow<'a> {
    KeyRow {
        key_id: &info.key_id,
        domain: &info.domain.name,
        epoch: info.domain.epoch,
        algorithm: ALGORITHM,
        state: info.state,
        created: info.created.as_deref(),
        nonce,
        commitment: info.commitment.to_string(),
        key,
    }
}

fn stored(row: &KeyRow<'_>) -> Result<StoredKey, Fault> {
    let key_id = row.key_id;
    if row.algorithm != ALGORITHM {
        return Err(Fault::new(format!("key {key_id} is for another algorithm")));
    }
    let (Some(nonce), Some(key)) = (Secret::from_hex(row.nonce), Secret::from_hex(row.key)) else {
        return Err(Fault::new(format!("key {key_id} is damaged")));
    };
    let commitment = commitment(key_id, &nonce, &key);
    if row.commitment != commitment.to_string() {
        return Err(Fault::new(format!("key {key_id} does not agree with its commitment")));
    }
    let domain = KeyDomain { name: row.domain.to_owned(), epoch: row.epoch };
    let created = row.created.map(str::to_owned);
    let info = KeyInfo { key_id: key_id.to_owned(), domain, state: row.state, created, commitment };
    Ok(StoredKey { info, nonce, key })
}

fn commitment(key_id: &str, nonce: &Secret<32>, key: &Secret<64>) -> Digest {
    let hash = Sha256::new_with_prefix(b"asc-key-commit")
        .chain_update(key_id)
        .chain_update(nonce.expose())
        .chain_update(key.expose());
    Digest(hash.finalize().into())
}
