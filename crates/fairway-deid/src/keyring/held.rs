use data_encoding::HEXLOWER;
use fairway_domain::{Digest, Fault, KeyDomain, KeyRecord, KeyState, PersonUid, Subject};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::pseudonym::PseudonymCipher;
use super::root::RootKey;
use crate::cipher::Secret;

const SCHEME: &[u8] = b"fairway-pseudonym-key-v1";
const NONCE: usize = 32;
/// Pseudonyms that prove which key is held.
const CANARIES: u8 = 16;

/// A key of the ring: what may be known of it and, until it is destroyed, what makes its pseudonyms.
pub(super) struct HeldKey {
    pub(super) record: KeyRecord,
    secret: Option<KeySecret>,
}

struct KeySecret {
    nonce: Secret<NONCE>,
    key: Secret<64>,
    cipher: PseudonymCipher,
}

impl HeldKey {
    pub(super) fn generate(key_id: String, domain: KeyDomain) -> Result<Self, Fault> {
        let secret = KeySecret::new(&key_id, &domain, Secret::random()?, Secret::random()?)?;
        let commitment = secret.commitment(&key_id);
        let canaries = secret.canaries()?;
        let record = KeyRecord { key_id, domain, state: KeyState::PreActive, commitment, canaries };
        Ok(Self { record, secret: Some(secret) })
    }

    /// A key as it was written down. Its state is bound into the wrapping, and commitment and canaries are made again:
    /// an edited file is not believed.
    pub(super) fn open(root: &RootKey, record: KeyRecord, wrapped: Option<&str>) -> Result<Self, Fault> {
        let damaged = |why: &str| Fault::new(format!("key {} {why}", record.key_id));
        let Some(wrapped) = wrapped else {
            let gone = record.state == KeyState::Destroyed;
            return if gone { Ok(Self { record, secret: None }) } else { Err(damaged("is missing")) };
        };
        let sealed = HEXLOWER.decode(wrapped.as_bytes()).map_err(|_| damaged("is damaged"))?;
        let clear = root.unwrap(&bound(&record), &sealed)?;
        let clear = clear.ok_or_else(|| damaged("was changed, or belongs to another root key"))?;
        let parts = clear
            .split_at_checked(NONCE)
            .and_then(|(nonce, key)| Some((Secret::from_slice(nonce)?, Secret::from_slice(key)?)));
        let (nonce, key) = parts.ok_or_else(|| damaged("has another length"))?;
        let secret = KeySecret::new(&record.key_id, &record.domain, nonce, key)?;
        if secret.commitment(&record.key_id) != record.commitment || secret.canaries()? != record.canaries {
            return Err(damaged("does not agree with its commitment"));
        }
        Ok(Self { record, secret: Some(secret) })
    }

    /// The secret as it is written down; `None` once destroyed.
    pub(super) fn wrapped(&self, root: &RootKey) -> Result<Option<String>, Fault> {
        let Some(secret) = &self.secret else { return Ok(None) };
        let mut clear = Zeroizing::new([0; NONCE + 64]);
        clear[..NONCE].copy_from_slice(secret.nonce.expose());
        clear[NONCE..].copy_from_slice(secret.key.expose());
        root.wrap(&bound(&self.record), &*clear).map(|sealed| Some(HEXLOWER.encode(&sealed)))
    }

    /// The key in another state.
    ///
    /// # Errors
    /// When the move is not allowed.
    pub(super) fn moved(&self, state: KeyState) -> Result<Self, Fault> {
        let record = &self.record;
        if !record.state.may_become(state) {
            return Err(Fault::new(format!("key {} is {} and cannot become {state}", record.key_id, record.state)));
        }
        let kept = self.secret.as_ref().filter(|_| state != KeyState::Destroyed);
        let copy = |s: &KeySecret| KeySecret::new(&record.key_id, &record.domain, s.nonce.clone(), s.key.clone());
        let secret = kept.map(copy).transpose()?;
        Ok(Self { record: KeyRecord { state, ..record.clone() }, secret })
    }

    pub(super) fn that_makes(&self) -> Result<&PseudonymCipher, Fault> {
        self.in_state(&[KeyState::Active], "makes no pseudonyms")
    }

    pub(super) fn that_opens(&self) -> Result<&PseudonymCipher, Fault> {
        self.in_state(&[KeyState::Active, KeyState::VerifyOnly], "opens no pseudonyms")
    }

    pub(super) fn that_bridges(&self) -> Result<&PseudonymCipher, Fault> {
        self.in_state(&[KeyState::VerifyOnly], "is not followed by another")
    }

    fn in_state(&self, states: &[KeyState], what: &str) -> Result<&PseudonymCipher, Fault> {
        let KeyRecord { key_id, domain, state, .. } = &self.record;
        let secret = self.secret.as_ref().filter(|_| states.contains(state));
        secret
            .map(|secret| &secret.cipher)
            .ok_or_else(|| Fault::new(format!("key {key_id} of {domain} is {state} and {what}")))
    }
}

impl KeySecret {
    fn new(key_id: &str, domain: &KeyDomain, nonce: Secret<NONCE>, key: Secret<64>) -> Result<Self, Fault> {
        let cipher = PseudonymCipher::new(key.clone(), key_id.to_owned(), domain.clone())?;
        Ok(Self { nonce, key, cipher })
    }

    fn commitment(&self, key_id: &str) -> Digest {
        let hash = Sha256::new_with_prefix(b"asc-key-commit")
            .chain_update(key_id)
            .chain_update(self.nonce.expose())
            .chain_update(self.key.expose());
        Digest(hash.finalize().into())
    }

    fn canaries(&self) -> Result<Vec<fairway_domain::Pseudonym>, Fault> {
        self.cipher.seal(Subject::Person, &canary_uids())
    }
}

/// The persons that nobody is: the first sixteen bytes of `SHA-256("asc-canary-v1" || n)`.
fn canary_uids() -> Vec<PersonUid> {
    let uid = |n: u8| {
        let digest: [u8; 32] = Sha256::new_with_prefix(b"asc-canary-v1").chain_update([n]).finalize().into();
        let mut uid = [0; 16];
        uid.copy_from_slice(&digest[..16]);
        PersonUid(uid)
    };
    (0..CANARIES).map(uid).collect()
}

fn bound(record: &KeyRecord) -> [&[u8]; 4] {
    [SCHEME, record.key_id.as_bytes(), record.domain.name.as_bytes(), record.state.as_str().as_bytes()]
}
