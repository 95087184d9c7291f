use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;

use fairway_domain::port::{CentreSecret, Keyholder, KeyholderStatus};
use fairway_domain::{KeyDomain, KeyState, PersonUid, Subject};
use fairway_keyholder::{Custodian, KeyFolder, KeyholderClient, Server, found};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

const NAMES: [&str; 4] = ["Caldicott Guardian", "SIRO", "IAO", "Security"];

fn phrase(name: &str) -> String {
    format!("the words of {name}")
}

fn custodians(names: &[&str]) -> Vec<Custodian> {
    let one = |name: &&str| Custodian { name: (*name).into(), passphrase: Zeroizing::new(phrase(name)) };
    names.iter().map(one).collect()
}

struct Office {
    home: TempDir,
    runtime: Runtime,
    running: Option<(oneshot::Sender<()>, tokio::task::JoinHandle<()>)>,
}

impl Office {
    /// A key folder with four custodians of whom three unlock, and a keyholder on it.
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        found(&KeyFolder::new(home.path().join("keys")), &custodians(&NAMES), 3, 2).unwrap().unwrap();
        let mut office = Self { home, runtime: Runtime::new().unwrap(), running: None };
        office.start(None);
        office
    }

    fn unlocked() -> Self {
        let office = Self::new();
        office.unlock();
        office
    }

    fn folder(&self) -> KeyFolder {
        KeyFolder::new(self.home.path().join("keys"))
    }

    fn start(&mut self, served: Option<u32>) {
        let (end, ended) = oneshot::channel();
        let server = {
            let _inside = self.runtime.enter();
            Server::bind(&self.folder(), &self.folder().socket(), served).unwrap()
        };
        let task = self.runtime.spawn(async move {
            server.run(async { ended.await.unwrap_or_default() }).await.unwrap();
        });
        self.running = Some((end, task));
    }

    fn stop(&mut self) {
        let (end, task) = self.running.take().unwrap();
        end.send(()).unwrap();
        self.runtime.block_on(task).unwrap();
    }

    fn client(&self) -> KeyholderClient {
        KeyholderClient::at(self.folder().socket())
    }

    fn unlock(&self) {
        for name in &NAMES[1..] {
            self.client().unlock(name, &phrase(name)).unwrap().unwrap();
        }
        assert_eq!(self.client().status(), KeyholderStatus::Ready);
    }

    fn active(&self, domain: &KeyDomain) -> String {
        let made = self.client().prepare(domain).unwrap();
        self.client().set_state(&made.key_id, KeyState::Active).unwrap().key_id
    }
}

fn domain(name: &str) -> KeyDomain {
    KeyDomain { name: name.into(), epoch: 1 }
}

fn uids(n: u32) -> Vec<PersonUid> {
    (0..n).map(|n| PersonUid(u128::from(n).to_be_bytes())).collect()
}

#[test]
fn it_begins_sealed_and_three_of_four_custodians_unlock_it() {
    let office = Office::new();
    let client = office.client();
    let words = client.status().to_string();
    assert_eq!(
        words,
        "keyholder is sealed: 3 of its custodians (Caldicott Guardian, SIRO, IAO, Security) unlock it, and 0 have"
    );
    assert_eq!(client.prepare(&domain("a")).unwrap_err().to_string(), words);
    for name in ["IAO", "IAO", "SIRO"] {
        let status = client.unlock(name, &phrase(name)).unwrap().unwrap();
        assert!(matches!(status, KeyholderStatus::Sealed { .. }), "the same person twice is one person");
    }
    assert_eq!(client.unlock("Security", &phrase("Security")).unwrap().unwrap(), KeyholderStatus::Ready);
    client.prepare(&domain("a")).unwrap();
}

#[test]
fn any_three_custodians_will_do_and_the_keys_are_the_same_after_a_restart() {
    let mut office = Office::unlocked();
    let id = office.active(&domain("a"));
    let made = office.client().pseudonyms(&domain("a"), Subject::Person, &uids(3)).unwrap();
    let secret = office.client().secret(CentreSecret::VaultKey).unwrap();
    let client = office.client();
    client.status();
    for three in [[0, 1, 2], [0, 1, 3], [0, 2, 3], [3, 2, 1]] {
        office.stop();
        office.start(None);
        assert!(matches!(client.status(), KeyholderStatus::Sealed { given: 0, .. }), "a restart seals");
        for at in three {
            client.unlock(NAMES[at], &phrase(NAMES[at])).unwrap().unwrap();
        }
        assert_eq!(client.pseudonyms(&domain("a"), Subject::Person, &uids(3)).unwrap(), made);
        assert_eq!(client.keys().unwrap()[0].key_id, id);
        assert_eq!(client.secret(CentreSecret::VaultKey).unwrap(), secret);
    }
    client.seal().unwrap();
    assert!(client.pseudonyms(&domain("a"), Subject::Person, &uids(3)).is_err(), "sealed again by hand");
}

#[test]
fn a_wrong_passphrase_and_a_stranger_are_told_so_and_unlock_nothing() {
    let office = Office::new();
    let refused = |name: &str, phrase: &str| {
        let refusal = office.client().unlock(name, phrase).unwrap().unwrap_err();
        assert!(!refusal.to_string().contains("secret words"), "{refusal}");
        refusal.reasons[0].clone()
    };
    assert_eq!(refused("SIRO", "secret words of nobody"), "That is not the passphrase of SIRO");
    assert!(refused("Nobody", "secret words").contains("Nobody is not a custodian"));
    assert!(matches!(office.client().status(), KeyholderStatus::Sealed { given: 0, .. }));
}

#[test]
fn keys_are_not_made_for_one_person_alone_nor_with_short_or_shared_passphrases() {
    let home = tempfile::tempdir().unwrap();
    let folder = KeyFolder::new(home.path().join("keys"));
    let mut people = custodians(&["A", "A"]);
    people[1].passphrase = Zeroizing::new("short".into());
    let refusal = found(&folder, &people, 1, 2).unwrap().unwrap_err();
    assert_eq!(refusal.reasons.len(), 3, "{refusal}");
    assert!(!refusal.to_string().contains("short"), "{refusal}");
    assert!(!folder.is_founded());
    let same = [("A", "one and the same"), ("B", "one and the same")]
        .map(|(name, phrase)| Custodian { name: name.into(), passphrase: Zeroizing::new(phrase.into()) });
    assert_eq!(found(&folder, &same, 2, 2).unwrap().unwrap_err().reasons.len(), 1);
    found(&folder, &custodians(&["A", "B"]), 2, 2).unwrap().unwrap();
    assert_eq!(found(&folder, &custodians(&["A", "B"]), 2, 2).unwrap().unwrap_err().reasons.len(), 1);
}

#[test]
fn no_secret_is_in_the_key_folder_in_clear_and_it_is_closed_to_others() {
    let office = Office::unlocked();
    office.active(&domain("a"));
    let client = office.client();
    let secrets = [CentreSecret::VaultKey, CentreSecret::ProcessingCentreKey].map(|one| client.secret(one).unwrap());
    let vault: serde_json::Value = serde_json::from_slice(&secrets[0]).unwrap();
    let mut needles: Vec<Vec<u8>> = secrets.iter().map(|secret| secret.to_vec()).collect();
    for name in ["wrapping", "index"] {
        let hex = vault[name].as_str().unwrap();
        needles.push(hex.into());
        needles.push(data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap());
    }
    let mut looked = 0;
    for entry in std::fs::read_dir(office.folder().root()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
        if path.is_file() {
            looked += 1;
            let bytes = std::fs::read(&path).unwrap();
            for needle in &needles {
                assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{}", path.display());
            }
        }
    }
    assert!(looked >= 2);
    assert_eq!(std::fs::metadata(office.folder().root()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_pre_active_key_makes_nothing_until_it_is_active() {
    let office = Office::unlocked();
    let made = office.client().prepare(&domain("a")).unwrap();
    assert_eq!((made.state, made.canaries.len()), (KeyState::PreActive, 16));
    let fault = office.client().pseudonyms(&domain("a"), Subject::Person, &uids(1)).unwrap_err();
    let cause = std::error::Error::source(&fault).unwrap().to_string();
    assert!(cause.ends_with("is pre-active and makes no pseudonyms"), "{cause}");
    office.active(&domain("a"));
    assert!(office.client().pseudonyms(&domain("a"), Subject::Person, &uids(1)).is_ok());
}

#[test]
fn rekeying_opening_and_bridging_cross_the_socket_in_order_whatever_the_number() {
    let office = Office::unlocked();
    let (zone, old, new) = (domain("zone"), domain("a"), KeyDomain { name: "a".into(), epoch: 2 });
    let id = [&zone, &old, &new].map(|domain| office.active(domain))[1].clone();
    let client = office.client();
    let many = uids(60_001);
    let of_zone = client.pseudonyms(&zone, Subject::Record, &many).unwrap();
    let texts: Vec<&str> = of_zone.iter().map(|one| one.0.as_str()).collect();
    let of_old = client.rekey(&zone, &old, Subject::Record, &texts).unwrap();
    assert_eq!(of_old, client.pseudonyms(&old, Subject::Record, &many).unwrap());
    let few: Vec<&str> = of_old[..50].iter().map(|one| one.0.as_str()).collect();
    assert_eq!(client.open(&old, Subject::Record, &few).unwrap().unwrap(), many[..50]);
    assert_eq!(client.open(&old, Subject::Person, &few).unwrap(), None);
    assert!(client.open(&old, Subject::Record, &texts[..51]).is_err());
    client.set_state(&id, KeyState::VerifyOnly).unwrap();
    let pairs = client.bridge(&zone, &old, Subject::Record, &texts).unwrap();
    let of_new = client.pseudonyms(&new, Subject::Record, &many).unwrap();
    assert_eq!(pairs, of_old.into_iter().zip(of_new).collect::<Vec<_>>());
}

#[test]
fn two_clients_that_meet_a_new_domain_together_get_one_key() {
    let office = Office::unlocked();
    let ids: Vec<String> = std::thread::scope(|scope| {
        let ask = |_| scope.spawn(|| office.client().prepare(&domain("shared")).unwrap().key_id);
        let threads: Vec<_> = (0..8).map(ask).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(office.client().keys().unwrap().len(), 1);
}

#[test]
fn another_user_of_the_machine_is_turned_away() {
    let mut office = Office::new();
    office.stop();
    let own = std::fs::metadata(office.folder().root()).unwrap().uid();
    office.start(Some(own + 1));
    let KeyholderStatus::Away { why } = office.client().status() else { panic!("served") };
    assert_eq!(why, "This keyholder serves another user of this machine");
    assert!(office.client().unlock("SIRO", &phrase("SIRO")).unwrap().is_err());
    assert!(office.client().landing_key().is_err());
}

#[test]
fn a_second_keyholder_on_the_same_folder_is_refused() {
    let office = Office::new();
    let _inside = office.runtime.enter();
    let other = office.home.path().join("other.sock");
    let fault = Server::bind(&office.folder(), &other, None).err().unwrap();
    assert_eq!(fault.to_string(), "another keyholder runs on this key folder");
}

#[test]
fn a_stopped_keyholder_is_said_to_be_away_and_found_again() {
    let mut office = Office::unlocked();
    let client = office.client();
    assert_eq!(client.status(), KeyholderStatus::Ready);
    office.stop();
    let words = client.status().to_string();
    assert!(words.contains("fairway keyholder serve"), "{words}");
    assert!(client.prepare(&domain("a")).is_err());
    office.start(None);
    office.unlock();
    client.prepare(&domain("a")).unwrap();
}

/// Sends raw bytes and gives what comes back until the other side closes or has answered once.
fn raw(socket: &Path, bytes: &[u8]) -> Vec<u8> {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.write_all(bytes).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn frames_that_are_too_long_or_make_no_sense_are_refused_and_hurt_nobody() {
    let office = Office::unlocked();
    let socket = office.folder().socket();
    let framed = |body: &[u8]| [&u32::try_from(body.len()).unwrap().to_be_bytes(), body].concat();
    assert!(String::from_utf8_lossy(&raw(&socket, &[0xff; 64])).contains("too long"));
    for body in [&[][..], &[250], &[2, 255, 255, 255, 255, 15], &[0, 0], &[7, 1, b'a', 1, 1, b'x', 3, 1, 2, 3]] {
        let answer = raw(&socket, &framed(body));
        assert!(!answer.is_empty(), "{body:?} got no answer");
    }
    assert!(String::from_utf8_lossy(&raw(&socket, &[0, 0, 0, 9, 1])).contains("cut off"));
    assert_eq!(office.client().status(), KeyholderStatus::Ready);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_stop_the_keyholder(body in proptest::collection::vec(0u8.., 0..300)) {
        let office = office_of_the_thread();
        let framed = [&u32::try_from(body.len()).unwrap().to_be_bytes(), &body[..]].concat();
        raw(&office.folder().socket(), &framed);
        let away = matches!(office.client().status(), KeyholderStatus::Away { .. });
        proptest::prop_assert!(!away);
    }
}

fn office_of_the_thread() -> &'static Office {
    static OFFICE: std::sync::OnceLock<Office> = std::sync::OnceLock::new();
    OFFICE.get_or_init(Office::unlocked)
}
