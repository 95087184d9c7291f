//! A keyholder with real keys, in the memory of the test.

use std::sync::Mutex;

use fairway_deid::keyring::{Keyring, RootKey};
use fairway_domain::port::{CentreSecret, Keyholder, KeyholderStatus};
use fairway_domain::{Fault, KeyDomain, KeyRecord, KeyState, PersonUid, Pseudonym, Subject};
use zeroize::Zeroizing;

pub struct Keys(Mutex<Keyring>);

impl Keys {
    pub fn new() -> Self {
        let mut ring = Keyring::new(RootKey::generate().unwrap());
        ring.put_secret(CentreSecret::ProcessingCentreKey.as_str(), &[7; 32]).unwrap();
        Self(Mutex::new(ring))
    }
}

impl Keyholder for Keys {
    fn status(&self) -> KeyholderStatus {
        KeyholderStatus::Ready
    }

    fn keys(&self) -> Result<Vec<KeyRecord>, Fault> {
        Ok(self.0.lock().unwrap().keys())
    }

    fn prepare(&self, domain: &KeyDomain) -> Result<KeyRecord, Fault> {
        self.0.lock().unwrap().prepare(domain)
    }

    fn set_state(&self, key_id: &str, state: KeyState) -> Result<KeyRecord, Fault> {
        self.0.lock().unwrap().set_state(key_id, state)
    }

    fn pseudonyms(&self, domain: &KeyDomain, subject: Subject, uids: &[PersonUid]) -> Result<Vec<Pseudonym>, Fault> {
        self.0.lock().unwrap().pseudonyms(domain, subject, uids)
    }

    fn rekey(
        &self,
        from: &KeyDomain,
        to: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<Pseudonym>, Fault> {
        self.0.lock().unwrap().rekey(from, to, subject, pseudonyms)
    }

    fn bridge(
        &self,
        from: &KeyDomain,
        old: &KeyDomain,
        subject: Subject,
        pseudonyms: &[&str],
    ) -> Result<Vec<(Pseudonym, Pseudonym)>, Fault> {
        self.0.lock().unwrap().bridge(from, old, subject, pseudonyms)
    }

    fn open(&self, domain: &KeyDomain, subject: Subject, pseudonyms: &[&str]) -> Result<Option<Vec<PersonUid>>, Fault> {
        self.0.lock().unwrap().open(domain, subject, pseudonyms)
    }

    fn secret(&self, which: CentreSecret) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.0.lock().unwrap().secret(which.as_str())
    }
}
