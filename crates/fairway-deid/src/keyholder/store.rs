use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use fairway_domain::port::Keyholder;
use fairway_domain::{Fault, KeyDomain, PersonUid, Pseudonym, Subject};
use jiff::civil::Date;

use super::file::{self, KeyInfo, KeyState, StoredKey};
use super::pseudonym::{KEY_ID, PseudonymCipher, crockford};
use crate::cipher::Secret;
use crate::keyfile;

/// A keyholder with a file of its own. Several threads and several processes may use one file: a key that another made
/// meanwhile is read, never overwritten.
pub struct FileKeyholder {
    path: PathBuf,
    today: Option<Date>,
    keys: RwLock<Keys>,
}

type Keys = HashMap<KeyDomain, Arc<HeldKey>>;

struct HeldKey {
    stored: StoredKey,
    cipher: PseudonymCipher,
}

impl FileKeyholder {
    /// Makes a file without keys.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub fn create(path: &Path) -> Result<Self, Fault> {
        file::create(path)?;
        Self::open(path)
    }

    /// Opens a file of keys, checking each against its commitment.
    ///
    /// # Errors
    /// When the file is missing, is readable by others, or a key in it is damaged.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        Ok(Self { path: path.to_owned(), today: None, keys: RwLock::new(read(path)?) })
    }

    /// Keys made from now on bear this day. Without it they bear none: the keyholder has no clock.
    #[must_use]
    pub fn on(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// What may be known of each key, ordered by domain and epoch.
    pub fn keys(&self) -> Vec<KeyInfo> {
        let mut keys: Vec<KeyInfo> = self.read_keys().values().map(|held| held.stored.info.clone()).collect();
        keys.sort_by(|a, b| (&a.domain.name, a.domain.epoch).cmp(&(&b.domain.name, b.domain.epoch)));
        keys
    }

    /// The domain's key, made now if there is none.
    fn key(&self, domain: &KeyDomain) -> Result<Arc<HeldKey>, Fault> {
        match self.known(domain) {
            Some(key) => Ok(key),
            None => self.make(domain),
        }
    }

    /// The domain's key, looked for in the file too: another process may have made it.
    fn existing_key(&self, domain: &KeyDomain) -> Result<Arc<HeldKey>, Fault> {
        if let Some(key) = self.known(domain) {
            return Ok(key);
        }
        let mut keys = self.write_keys();
        *keys = read(&self.path)?;
        let key = keys.get(domain).cloned();
        key.ok_or_else(|| Fault::new(format!("key domain {} epoch {} has no key", domain.name, domain.epoch)))
    }

    fn make(&self, domain: &KeyDomain) -> Result<Arc<HeldKey>, Fault> {
        let mut keys = self.write_keys();
        let _lock = keyfile::lock(&self.path)?;
        *keys = read(&self.path)?;
        if let Some(key) = keys.get(domain) {
            return Ok(Arc::clone(key));
        }
        let created = self.today.map(|day| day.to_string());
        let made = Arc::new(HeldKey::new(StoredKey::generate(free_id(&keys)?, domain.clone(), created)?)?);
        file::replace(&self.path, keys.values().chain([&made]).map(|held| &held.stored))?;
        keys.insert(domain.clone(), Arc::clone(&made));
        Ok(made)
    }

    fn known(&self, domain: &KeyDomain) -> Option<Arc<HeldKey>> {
        self.read_keys().get(domain).cloned()
    }

    // The map only ever changes whole, so a thread that panicked beside it left nothing half done.
    fn read_keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_keys(&self) -> RwLockWriteGuard<'_, Keys> {
        self.keys.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keyholder for FileKeyholder {
    fn key_id(&self, domain: &KeyDomain) -> Result<String, Fault> {
        Ok(self.key(domain)?.stored.info.key_id.clone())
    }

    fn pseudonyms(&self, domain: &KeyDomain, subject: Subject, uids: &[PersonUid]) -> Result<Vec<Pseudonym>, Fault> {
        self.key(domain)?.that_makes()?.seal(subject, uids)
    }

    fn rekey(
        &self,
        from: &KeyDomain,
        to: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<Pseudonym>, Fault> {
        let uids = self.existing_key(from)?.that_opens()?.open(subject, pseudonyms)?;
        self.pseudonyms(to, subject, &uids)
    }
}

impl HeldKey {
    fn new(stored: StoredKey) -> Result<Self, Fault> {
        let cipher = PseudonymCipher::new(stored.key.clone(), stored.info.key_id.clone(), stored.info.domain.clone())?;
        Ok(Self { stored, cipher })
    }

    fn that_makes(&self) -> Result<&PseudonymCipher, Fault> {
        match self.stored.info.state {
            KeyState::Active => Ok(&self.cipher),
            KeyState::PreActive | KeyState::VerifyOnly => Err(self.in_wrong_state("makes no pseudonyms")),
        }
    }

    fn that_opens(&self) -> Result<&PseudonymCipher, Fault> {
        match self.stored.info.state {
            KeyState::Active | KeyState::VerifyOnly => Ok(&self.cipher),
            KeyState::PreActive => Err(self.in_wrong_state("opens no pseudonyms")),
        }
    }

    fn in_wrong_state(&self, what: &str) -> Fault {
        let info = &self.stored.info;
        Fault::new(format!("key {} of {} is {} and {what}", info.key_id, info.domain.name, info.state.as_str()))
    }
}

fn read(path: &Path) -> Result<Keys, Fault> {
    let mut keys = Keys::new();
    for stored in file::read(path)? {
        let held = Arc::new(HeldKey::new(stored)?);
        if let Some(twice) = keys.insert(held.stored.info.domain.clone(), held) {
            let domain = &twice.stored.info.domain;
            return Err(Fault::new(format!("key domain {} epoch {} has two keys", domain.name, domain.epoch)));
        }
    }
    Ok(keys)
}

/// Twenty random bits that no other key of the file bears.
fn free_id(keys: &Keys) -> Result<String, Fault> {
    let text = crockford()?;
    loop {
        let mut id = text.encode(Secret::<3>::random()?.expose());
        id.truncate(KEY_ID);
        if keys.values().all(|held| held.stored.info.key_id != id) {
            return Ok(id);
        }
    }
}

impl fmt::Debug for FileKeyholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[keyholder with {} keys]", self.read_keys().len())
    }
}
