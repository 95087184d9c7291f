use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use fairway_domain::port::MOST_OPENED;
use fairway_domain::{Fault, KeyDomain, KeyRecord, KeyState, PersonUid, Pseudonym, Subject};
use zeroize::Zeroizing;

use super::held::HeldKey;
use super::pseudonym::{KEY_ID, crockford};
use super::root::RootKey;
use super::text;
use crate::cipher::Secret;

const SECRET: &[u8] = b"fairway-centre-secret-v1";

/// Every key of a keyholder, opened. A copy is cheap, so that a change can be written down before it counts.
#[derive(Clone)]
pub struct Keyring {
    root: RootKey,
    keys: HashMap<KeyDomain, Arc<HeldKey>>,
    /// Wrapped, in hexadecimal, by name.
    secrets: BTreeMap<String, String>,
}

impl Keyring {
    /// A ring without keys.
    pub fn new(root: RootKey) -> Self {
        Self { root, keys: HashMap::new(), secrets: BTreeMap::new() }
    }

    /// A ring as [`Keyring::write`] wrote it, each key held against its commitment and its canaries.
    ///
    /// # Errors
    /// When the text is not a keyring, was changed, or belongs to another root key.
    pub fn read(root: RootKey, text: &str) -> Result<Self, Fault> {
        let (held, secrets) = text::read(&root, text)?;
        let mut keys = HashMap::new();
        for key in held {
            let domain = key.record.domain.clone();
            if keys.insert(domain.clone(), Arc::new(key)).is_some() {
                return Err(Fault::new(format!("key domain {domain} has two keys")));
            }
        }
        let ring = Self { root, keys, secrets };
        ring.secrets.keys().try_for_each(|name| ring.secret(name).map(|_clear| ()))?;
        Ok(ring)
    }

    /// The ring as text. No secret is in it in clear.
    ///
    /// # Errors
    /// Never with keys made here.
    pub fn write(&self) -> Result<String, Fault> {
        text::write(&self.root, self.sorted().into_iter().map(Arc::as_ref), &self.secrets)
    }

    /// Puts a secret of the processing centre into the ring.
    ///
    /// # Errors
    /// When the ring has one of that name.
    pub fn put_secret(&mut self, name: &str, clear: &[u8]) -> Result<(), Fault> {
        if self.secrets.contains_key(name) {
            return Err(Fault::new(format!("keyring has a {name} already")));
        }
        let sealed = self.root.wrap(&[SECRET, name.as_bytes()], clear)?;
        self.secrets.insert(name.to_owned(), HEXLOWER.encode(&sealed));
        Ok(())
    }

    /// A secret of the processing centre.
    ///
    /// # Errors
    /// When there is none of that name, or it was changed.
    pub fn secret(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let wrapped = self.secrets.get(name).ok_or_else(|| Fault::new(format!("keyring has no {name}")))?;
        let sealed = HEXLOWER.decode(wrapped.as_bytes()).unwrap_or_default();
        let clear = self.root.unwrap(&[SECRET, name.as_bytes()], &sealed)?;
        clear.ok_or_else(|| Fault::new(format!("{name} was changed, or belongs to another root key")))
    }

    /// What may be known of each key, ordered by domain and epoch.
    pub fn keys(&self) -> Vec<KeyRecord> {
        self.sorted().into_iter().map(|key| key.record.clone()).collect()
    }

    /// The domain's key, made now and pre-active if there is none.
    ///
    /// # Errors
    /// When the operating system has no random numbers.
    pub fn prepare(&mut self, domain: &KeyDomain) -> Result<KeyRecord, Fault> {
        if let Some(key) = self.keys.get(domain) {
            return Ok(key.record.clone());
        }
        let made = HeldKey::generate(self.free_id()?, domain.clone())?;
        let record = made.record.clone();
        self.keys.insert(domain.clone(), Arc::new(made));
        Ok(record)
    }

    /// Moves a key to another state. Destroying drops its bytes; its record stays.
    ///
    /// # Errors
    /// When there is no such key, or it may not be moved there.
    pub fn set_state(&mut self, key_id: &str, state: KeyState) -> Result<KeyRecord, Fault> {
        let held = self.keys.values_mut().find(|key| key.record.key_id == key_id);
        let held = held.ok_or_else(|| Fault::new(format!("there is no key {key_id}")))?;
        *held = Arc::new(held.moved(state)?);
        Ok(held.record.clone())
    }

    /// One pseudonym per uid, in order.
    ///
    /// # Errors
    /// When the domain has no active key.
    pub fn pseudonyms(
        &self,
        domain: &KeyDomain,
        subject: Subject,
        uids: &[PersonUid],
    ) -> Result<Vec<Pseudonym>, Fault> {
        self.key(domain)?.that_makes()?.seal(subject, uids)
    }

    /// Each pseudonym of one domain as the other has it.
    ///
    /// # Errors
    /// For the first text that is no pseudonym of `from`; when a key is in another state.
    pub fn rekey(
        &self,
        from: &KeyDomain,
        to: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<Pseudonym>, Fault> {
        let uids = self.key(from)?.that_opens()?.open(subject, pseudonyms)?;
        self.pseudonyms(to, subject, &uids)
    }

    /// For each pseudonym of `from`, that of the key `old`, which only verifies, and that of the next epoch's key.
    ///
    /// # Errors
    /// As for [`Keyring::rekey`].
    pub fn bridge(
        &self,
        from: &KeyDomain,
        old: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<(Pseudonym, Pseudonym)>, Fault> {
        let next = KeyDomain { name: old.name.clone(), epoch: old.epoch.saturating_add(1) };
        let uids = self.key(from)?.that_opens()?.open(subject, pseudonyms)?;
        let before = self.key(old)?.that_bridges()?.seal(subject, &uids)?;
        Ok(before.into_iter().zip(self.pseudonyms(&next, subject, &uids)?).collect())
    }

    /// The uids behind at most [`MOST_OPENED`] pseudonyms; `None` where one was not made by the domain's key.
    ///
    /// # Errors
    /// When there are more, or the key is in another state.
    pub fn open(
        &self,
        domain: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Option<Vec<PersonUid>>, Fault> {
        if pseudonyms.len() > MOST_OPENED {
            return Err(Fault::new(format!("at most {MOST_OPENED} pseudonyms are opened at a time")));
        }
        Ok(self.key(domain)?.that_opens()?.open(subject, pseudonyms).ok())
    }

    fn key(&self, domain: &KeyDomain) -> Result<&HeldKey, Fault> {
        let key = self.keys.get(domain);
        key.map(Arc::as_ref).ok_or_else(|| Fault::new(format!("key domain {domain} has no key")))
    }

    fn sorted(&self) -> Vec<&Arc<HeldKey>> {
        let mut keys: Vec<&Arc<HeldKey>> = self.keys.values().collect();
        keys.sort_by(|a, b| {
            let key = |held: &HeldKey| (held.record.domain.name.clone(), held.record.domain.epoch);
            key(a).cmp(&key(b))
        });
        keys
    }

    /// Twenty random bits that no other key of the ring bears.
    fn free_id(&self) -> Result<String, Fault> {
        let text = crockford()?;
        loop {
            let mut id = text.encode(Secret::<3>::random()?.expose());
            id.truncate(KEY_ID);
            if self.keys.values().all(|held| held.record.key_id != id) {
                return Ok(id);
            }
        }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[keyring of {} keys]", self.keys.len())
    }
}
