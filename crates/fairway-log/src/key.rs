//! Keys of notes (<https://c2sp.org/signed-note>), as text that fits on a line.

use data_encoding::BASE64;
use ed25519_dalek::{Signer as _, SigningKey, Verifier as _, VerifyingKey};
use signed_note::{Signer, Verifier};

const PRIVATE: &str = "PRIVATE+KEY+";
/// Before the text that a witness signs (<https://c2sp.org/tlog-cosignature>).
const COSIGNATURE: &str = "cosignature/v1\ntime ";

/// What a key signs, by the first byte of its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Checkpoints of its own log.
    Notes,
    /// Checkpoints that it has seen, with the time.
    Cosignatures,
}

impl Signs {
    fn byte(self) -> u8 {
        match self {
            Self::Notes => 1,
            Self::Cosignatures => 4,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        [Self::Notes, Self::Cosignatures].into_iter().find(|signs| signs.byte() == byte)
    }
}

/// Text that is no key.
#[derive(Debug, thiserror::Error)]
#[error("text is no key of a log or a witness")]
pub struct KeyError;

/// The key that a log or a witness signs with. Never printed.
#[derive(Clone)]
pub struct PrivateKey {
    public: PublicKey,
    key: SigningKey,
}

/// The key that shows who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    signs: Signs,
    key: VerifyingKey,
}

impl PrivateKey {
    /// A key from 32 random bytes. `name` has neither blanks nor a plus sign.
    ///
    /// # Errors
    /// When the name is none.
    pub fn new(name: &str, signs: Signs, seed: [u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(&seed);
        let public = PublicKey { name: name.into(), signs, key: key.verifying_key() };
        if signed_note::is_key_name_valid(name) { Ok(Self { public, key }) } else { Err(KeyError) }
    }

    /// Reads what [`Self::to_text`] wrote.
    ///
    /// # Errors
    /// When it is no such text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, signs, seed) = parts(text.trim_end().strip_prefix(PRIVATE).ok_or(KeyError)?)?;
        let read = Self::new(name, signs, seed)?;
        if read.public.id() == id { Ok(read) } else { Err(KeyError) }
    }

    /// The key as a line, to be kept from everybody else.
    pub fn to_text(&self) -> String {
        format!("{PRIVATE}{}", self.public.line(&self.key.to_bytes()))
    }

    /// The other half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs other bytes than a note's. `purpose` keeps signatures of one kind from being taken for another; it is on a
    /// line of its own before the bytes.
    pub fn sign(&self, purpose: &str, bytes: &[u8]) -> String {
        BASE64.encode(&self.key.sign(&signed(purpose, bytes)).to_bytes())
    }

    /// A witness's signature of a note's text at a time in seconds since 1970.
    pub(crate) fn cosign(&self, text: &[u8], seconds: u64) -> Vec<u8> {
        let signature = self.key.sign(&cosigned(text, seconds));
        [&seconds.to_be_bytes()[..], &signature.to_bytes()].concat()
    }
}

impl PublicKey {
    /// Reads a key such as `fairway/1c2d+6a5b…+AQ…`.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, signs, key) = parts(text.trim())?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| KeyError)?;
        let read = Self { name: name.into(), signs, key };
        if read.id() == id && signed_note::is_key_name_valid(name) { Ok(read) } else { Err(KeyError) }
    }

    /// The key as a line, to be given to everybody.
    pub fn to_text(&self) -> String {
        self.line(self.key.as_bytes())
    }

    /// Whose it is; of a log, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn signs(&self) -> Signs {
        self.signs
    }

    /// Whether a signature that [`PrivateKey::sign`] made is this key's, over these bytes.
    pub fn has_signed(&self, purpose: &str, bytes: &[u8], signature: &str) -> bool {
        let signature = BASE64.decode(signature.trim().as_bytes());
        signature.is_ok_and(|signature| self.verifies(&signed(purpose, bytes), &signature))
    }

    pub(crate) fn id(&self) -> u32 {
        signed_note::key_id(&self.name, &[&[self.signs.byte()], &self.key.as_bytes()[..]].concat())
    }

    fn line(&self, key: &[u8; 32]) -> String {
        let encoded = BASE64.encode(&[&[self.signs.byte()], &key[..]].concat());
        format!("{}+{:08x}+{encoded}", self.name, self.id())
    }

    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify(message, &signature).is_ok())
    }
}

fn parts(text: &str) -> Result<(&str, u32, Signs, [u8; 32]), KeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else { return Err(KeyError) };
    let id = if id.len() == 8 { u32::from_str_radix(id, 16).map_err(|_| KeyError)? } else { return Err(KeyError) };
    let key = BASE64.decode(key.as_bytes()).map_err(|_| KeyError)?;
    let (first, rest) = key.split_first().ok_or(KeyError)?;
    let signs = Signs::of(*first).ok_or(KeyError)?;
    Ok((name, id, signs, rest.try_into().map_err(|_| KeyError)?))
}

fn signed(purpose: &str, bytes: &[u8]) -> Vec<u8> {
    [purpose.as_bytes(), b"\n", bytes].concat()
}

fn cosigned(text: &[u8], seconds: u64) -> Vec<u8> {
    [COSIGNATURE.as_bytes(), format!("{seconds}\n").as_bytes(), text].concat()
}

/// The time in a witness's signature.
pub(crate) fn seconds(signature: &[u8]) -> Option<u64> {
    signature.first_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
}

impl Signer for PrivateKey {
    fn name(&self) -> &str {
        &self.public.name
    }

    fn key_id(&self) -> u32 {
        self.public.id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        Ok(self.key.try_sign(message)?.to_vec())
    }
}

impl Verifier for PublicKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id()
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.signs {
            Signs::Notes => self.verifies(message, signature),
            Signs::Cosignatures => seconds(signature)
                .is_some_and(|time| self.verifies(&cosigned(message, time), signature.get(8..).unwrap_or_default())),
        }
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[signing key]")
    }
}
