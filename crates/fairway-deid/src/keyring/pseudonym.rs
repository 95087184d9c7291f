use std::sync::{Mutex, PoisonError};

use aes_siv::KeyInit;
use aes_siv::siv::{Aes256Siv, IV_SIZE};
use data_encoding::{Encoding, Specification};
use fairway_domain::{Fault, FaultExt, KeyDomain, PersonUid, Pseudonym, Subject};

use crate::cipher::Secret;

const SCHEME: &[u8] = b"asc-pseudo-v1";
const UID: usize = 16;
const SEALED: usize = IV_SIZE + UID;
/// Characters of the key id.
pub const KEY_ID_LENGTH: usize = 4;
pub(super) const KEY_ID: usize = KEY_ID_LENGTH;
/// Characters of 32 bytes in base 32, without padding.
const BODY: usize = 52;
/// Characters of a pseudonym.
pub const PSEUDONYM_LENGTH: usize = KEY_ID + BODY;

/// Lower-case Crockford base 32, most significant bit first. The last symbol's spare bits are zero or it is refused.
pub(super) fn crockford() -> Result<Encoding, Fault> {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    specification.encoding().fault("crockford base 32 cannot be set up")
}

/// Makes and opens the pseudonyms of one key.
pub(super) struct PseudonymCipher {
    key: Secret<64>,
    key_id: String,
    domain: KeyDomain,
    text: Encoding,
    /// Ciphers at rest: setting one up costs more than a pseudonym, and several threads may want one.
    idle: Mutex<Vec<Aes256Siv>>,
}

impl PseudonymCipher {
    pub(super) fn new(key: Secret<64>, key_id: String, domain: KeyDomain) -> Result<Self, Fault> {
        Ok(Self { key, key_id, domain, text: crockford()?, idle: Mutex::default() })
    }

    pub(super) fn seal(&self, subject: Subject, uids: &[PersonUid]) -> Result<Vec<Pseudonym>, Fault> {
        self.with_cipher(|cipher| uids.iter().map(|uid| self.seal_one(cipher, subject, uid)).collect())
    }

    /// The uids behind pseudonyms of this key.
    ///
    /// # Errors
    /// For the first text that is no pseudonym made with this key for this subject; its place is named, not the text.
    pub(super) fn open(&self, subject: Subject, pseudonyms: &[&str]) -> Result<Vec<PersonUid>, Fault> {
        let place =
            |at| Fault::new(format!("text {at} of {} is no pseudonym of {}", pseudonyms.len(), self.domain.name));
        self.with_cipher(|cipher| {
            let opened = (1..).zip(pseudonyms);
            opened.map(|(at, text)| self.open_one(cipher, subject, text).ok_or_else(|| place(at))).collect()
        })
    }

    fn seal_one(&self, cipher: &mut Aes256Siv, subject: Subject, uid: &PersonUid) -> Result<Pseudonym, Fault> {
        let mut sealed = [0; SEALED];
        let (tag, body) = sealed.split_at_mut(IV_SIZE);
        body.copy_from_slice(&uid.0);
        let epoch = self.domain.epoch.to_be_bytes();
        let made = cipher.encrypt_inout_detached(self.headers(&epoch, subject), body.into());
        tag.copy_from_slice(&made.map_err(|_| Fault::new("pseudonym cannot be made"))?);
        let mut text = String::with_capacity(PSEUDONYM_LENGTH);
        text.push_str(&self.key_id);
        self.text.encode_append(&sealed, &mut text);
        Ok(Pseudonym(text))
    }

    fn open_one(&self, cipher: &mut Aes256Siv, subject: Subject, text: &str) -> Option<PersonUid> {
        let body = text.strip_prefix(&self.key_id).filter(|body| body.len() == BODY)?;
        let sealed = self.text.decode(body.as_bytes()).ok()?;
        let (tag, hidden) = sealed.split_first_chunk::<IV_SIZE>()?;
        let mut uid = <[u8; UID]>::try_from(hidden).ok()?;
        let epoch = self.domain.epoch.to_be_bytes();
        let headers = self.headers(&epoch, subject);
        cipher.decrypt_inout_detached(headers, uid[..].as_mut().into(), tag.into()).ok()?;
        Some(PersonUid(uid))
    }

    fn headers<'a>(&'a self, epoch: &'a [u8; 4], subject: Subject) -> [&'a [u8]; 4] {
        [SCHEME, self.domain.name.as_bytes(), epoch, subject.as_str().as_bytes()]
    }

    fn with_cipher<T>(&self, work: impl FnOnce(&mut Aes256Siv) -> T) -> T {
        let rested = self.idle().pop();
        let mut cipher = rested.unwrap_or_else(|| Aes256Siv::new(self.key.expose().into()));
        let done = work(&mut cipher);
        self.idle().push(cipher);
        done
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Aes256Siv>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
