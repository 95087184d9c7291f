//! What the process knows and does, whoever asks: sealed or open, one request at a time in, one reply out.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use fairway_deid::keyring::Keyring;
use fairway_domain::port::KeyholderStatus;
use fairway_domain::{Fault, FaultExt, PersonUid, Pseudonym, Subject};
use zeroize::Zeroizing;

use crate::custody::{Custody, combine};
use crate::folder::KeyFolder;
use crate::keyfile;
use crate::wire::{Key, MOST_AT_ONCE, Reply, Request, chain};

pub(crate) struct Keeper {
    folder: KeyFolder,
    custody: Custody,
    /// Nothing while sealed.
    ring: RwLock<Option<Keyring>>,
    /// Shares given since it was sealed, by custodian.
    given: Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>,
}

impl Keeper {
    /// A keeper begins sealed.
    pub(crate) fn new(folder: KeyFolder) -> Result<Self, Fault> {
        let custody = Custody::read(&folder)?;
        Ok(Self { folder, custody, ring: RwLock::new(None), given: Mutex::default() })
    }

    pub(crate) fn answer(&self, request: &Request<'_>) -> Reply {
        match request {
            Request::Status => self.status().into(),
            Request::LandingKey => Reply::Text(self.custody.landing_key.clone()),
            Request::Unlock { custodian, passphrase } => self.unlock(custodian, passphrase),
            Request::Seal => self.seal(),
            Request::Prepare(_) | Request::SetState { .. } => self.change(request),
            _ => match &*self.read() {
                None => self.status_sealed().into(),
                Some(ring) => ask(ring, request).unwrap_or_else(|fault| chain(&fault)),
            },
        }
    }

    fn status(&self) -> KeyholderStatus {
        if self.read().is_some() { KeyholderStatus::Ready } else { self.status_sealed() }
    }

    fn status_sealed(&self) -> KeyholderStatus {
        let (needed, given) = (self.custody.needed, self.given().len());
        KeyholderStatus::Sealed { needed, given, custodians: self.custody.names().to_vec() }
    }

    /// Takes a custodian's share into memory; with the last one needed, opens the ring and forgets them all.
    fn unlock(&self, custodian: &str, passphrase: &str) -> Reply {
        if self.read().is_some() {
            return Reply::Ready;
        }
        let share = match self.custody.open(custodian, passphrase) {
            Ok(share) => share,
            Err(why) => return Reply::Refused(why),
        };
        let mut given = self.given();
        given.insert(custodian.to_owned(), share);
        if given.len() < self.custody.needed {
            drop(given);
            return self.status_sealed().into();
        }
        let shares = std::mem::take(&mut *given);
        drop(given);
        match combine(&shares).and_then(|root| Keyring::read(root, &keyfile::read(&self.folder.keyring())?)) {
            Ok(ring) => {
                *self.write() = Some(ring);
                Reply::Ready
            }
            Err(fault) => chain(&fault),
        }
    }

    fn seal(&self) -> Reply {
        *self.write() = None;
        self.given().clear();
        self.status_sealed().into()
    }

    /// Changes a copy of the ring, writes it down, and only then lets it count.
    fn change(&self, request: &Request<'_>) -> Reply {
        let mut held = self.write();
        let Some(ring) = &*held else {
            drop(held);
            return self.status_sealed().into();
        };
        let mut changed = ring.clone();
        let before = changed.keys();
        let record = match request {
            Request::Prepare(domain) => changed.prepare(&(*domain).into()),
            Request::SetState { key_id, state } => {
                state.parse().fault("state of a key cannot be read").and_then(|state| changed.set_state(key_id, state))
            }
            _ => Err(Fault::new("request changes nothing")),
        };
        let written = record.and_then(|record| {
            if changed.keys() != before {
                keyfile::replace(&self.folder.keyring(), changed.write()?.as_bytes())?;
            }
            Ok(record)
        });
        match written {
            Ok(record) => {
                *held = Some(changed);
                Reply::Keys(vec![Key::from(record)])
            }
            Err(fault) => chain(&fault),
        }
    }

    // The ring only ever changes whole, so a thread that panicked beside it left nothing half done.
    fn read(&self) -> RwLockReadGuard<'_, Option<Keyring>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Keyring>> {
        self.ring.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn given(&self) -> MutexGuard<'_, BTreeMap<String, Zeroizing<Vec<u8>>>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What changes nothing.
fn ask(ring: &Keyring, request: &Request<'_>) -> Result<Reply, Fault> {
    match request {
        Request::Keys => Ok(Reply::Keys(ring.keys().into_iter().map(Key::from).collect())),
        Request::Pseudonyms { domain, subject: of, uids } => {
            let made = ring.pseudonyms(&(*domain).into(), subject(of)?, &read_uids(uids)?)?;
            Ok(Reply::Text(joined(&made)))
        }
        Request::Rekey { from, to, subject: of, pseudonyms } => {
            let made = ring.rekey(&(*from).into(), &(*to).into(), subject(of)?, bounded(pseudonyms)?)?;
            Ok(Reply::Text(joined(&made)))
        }
        Request::Bridge { from, old, subject: of, pseudonyms } => {
            let pairs = ring.bridge(&(*from).into(), &(*old).into(), subject(of)?, bounded(pseudonyms)?)?;
            Ok(Reply::Text(pairs.iter().flat_map(|(old, new)| [old.0.as_str(), new.0.as_str()]).collect()))
        }
        Request::Open { domain, subject: of, pseudonyms } => {
            let opened = ring.open(&(*domain).into(), subject(of)?, pseudonyms)?;
            Ok(opened.map_or(Reply::NoPseudonym, |uids| Reply::Bytes(uids.into_iter().flat_map(|uid| uid.0).collect())))
        }
        Request::Secret(name) => Ok(Reply::Bytes(ring.secret(name)?.to_vec())),
        _ => Err(Fault::new("request is for another hand")),
    }
}

fn subject(word: &str) -> Result<Subject, Fault> {
    let found = Subject::ALL.into_iter().find(|subject| subject.as_str() == word);
    found.ok_or_else(|| Fault::new("subject of a pseudonym is unknown"))
}

fn read_uids(bytes: &[u8]) -> Result<Vec<PersonUid>, Fault> {
    let (uids, rest) = bytes.as_chunks::<16>();
    if !rest.is_empty() || uids.len() > MOST_AT_ONCE {
        return Err(Fault::new(format!("uids come whole, and at most {MOST_AT_ONCE} at a time")));
    }
    Ok(uids.iter().copied().map(PersonUid).collect())
}

fn bounded<'a>(pseudonyms: &'a [&'a str]) -> Result<&'a [&'a str], Fault> {
    let too_many = || Fault::new(format!("at most {MOST_AT_ONCE} pseudonyms come at a time"));
    if pseudonyms.len() > MOST_AT_ONCE { Err(too_many()) } else { Ok(pseudonyms) }
}

fn joined(pseudonyms: &[Pseudonym]) -> String {
    pseudonyms.iter().map(|pseudonym| pseudonym.0.as_str()).collect()
}
