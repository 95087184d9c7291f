use std::collections::HashSet;

use data_encoding::HEXLOWER;
use fairway_domain::port::MOST_OPENED;
use fairway_domain::{KeyDomain, KeyRecord, KeyState, PersonUid, Pseudonym, Subject};
use proptest::prelude::*;

use super::pseudonym::PseudonymCipher;
use super::*;
use crate::cipher::Secret;

fn domain(name: &str) -> KeyDomain {
    KeyDomain { name: name.into(), epoch: 1 }
}

/// A ring whose keys `a` and `b` are active, with the root key that opens it.
fn ring() -> (RootKey, Keyring) {
    let root = RootKey::generate().unwrap();
    let mut ring = Keyring::new(root.clone());
    activate(&mut ring, &domain("a"));
    activate(&mut ring, &domain("b"));
    (root, ring)
}

fn activate(ring: &mut Keyring, domain: &KeyDomain) -> KeyRecord {
    let made = ring.prepare(domain).unwrap();
    assert_eq!(made.state, KeyState::PreActive);
    ring.set_state(&made.key_id, KeyState::Active).unwrap()
}

fn uids(n: u8) -> Vec<PersonUid> {
    (0..n).map(|i| PersonUid([i; 16])).collect()
}

fn texts(pseudonyms: &[Pseudonym]) -> Vec<&str> {
    pseudonyms.iter().map(|p| p.0.as_str()).collect()
}

#[test]
fn pseudonyms_agree_with_vectors_made_by_another_implementation() {
    let file = include_str!("../../tests/vectors/pseudonyms.json");
    let file: serde_json::Value = serde_json::from_str(file).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 4);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let key = Secret::from_hex(text("key_hex")).unwrap();
        let epoch = u32::try_from(vector["epoch"].as_u64().unwrap()).unwrap();
        let domain = KeyDomain { name: text("dsa").into(), epoch };
        let cipher = PseudonymCipher::new(key, "k3y1".into(), domain).unwrap();
        let subject = Subject::ALL.into_iter().find(|s| s.as_str() == text("subject_type")).unwrap();
        let uid = HEXLOWER.decode(text("uid_hex").as_bytes()).unwrap();
        let made = cipher.seal(subject, &[PersonUid(uid.try_into().unwrap())]).unwrap();
        assert_eq!(made[0].0, format!("k3y1{}", text("pseudonym")));
    }
}

#[test]
fn a_pseudonym_has_56_characters_and_lasts_over_writing_and_reading() {
    let (root, ring) = ring();
    let made = ring.pseudonyms(&domain("a"), Subject::Person, &uids(3)).unwrap();
    let id = &ring.keys()[0].key_id;
    assert_eq!(id.len(), 4);
    assert!(made.iter().all(|p| p.0.len() == PSEUDONYM_LENGTH && p.0.starts_with(id)));
    let again = Keyring::read(root, &ring.write().unwrap()).unwrap();
    assert_eq!(again.pseudonyms(&domain("a"), Subject::Person, &uids(3)).unwrap(), made);
    assert_eq!(again.keys(), ring.keys());
}

#[test]
fn domains_epochs_and_subjects_share_nothing() {
    let (_, mut ring) = ring();
    let next_epoch = KeyDomain { name: "a".into(), epoch: 2 };
    activate(&mut ring, &next_epoch);
    let mut seen = HashSet::new();
    for domain in [domain("a"), domain("b"), next_epoch] {
        for subject in Subject::ALL {
            for pseudonym in ring.pseudonyms(&domain, subject, &uids(50)).unwrap() {
                assert!(seen.insert(pseudonym.0[4..].to_owned()));
            }
        }
    }
    let ids: HashSet<String> = ring.keys().into_iter().map(|key| key.key_id).collect();
    assert_eq!((seen.len(), ids.len()), (600, 3));
}

#[test]
fn rekeying_gives_what_the_other_domain_would_have_given() {
    let (_, ring) = ring();
    let from = ring.pseudonyms(&domain("a"), Subject::Person, &uids(9)).unwrap();
    let rekeyed = ring.rekey(&domain("a"), &domain("b"), Subject::Person, &texts(&from)).unwrap();
    assert_eq!(rekeyed, ring.pseudonyms(&domain("b"), Subject::Person, &uids(9)).unwrap());
}

#[test]
fn a_foreign_or_forged_pseudonym_is_refused_and_not_repeated() {
    let (_, ring) = ring();
    let ours = ring.pseudonyms(&domain("a"), Subject::Person, &uids(2)).unwrap();
    let foreign = ring.pseudonyms(&domain("b"), Subject::Person, &uids(2)).unwrap();
    let relabelled = format!("{}{}", &ours[0].0[..4], &foreign[0].0[4..]);
    let last = if ours[1].0.ends_with('0') { 'g' } else { '0' };
    let changed = format!("{}{last}", &ours[1].0[..55]);
    let upper = ours[1].0.to_uppercase();
    let long = "0".repeat(56);
    for wrong in [&foreign[0].0, &relabelled, &changed, &upper, &ours[1].0[..55], "", "ééé", &long] {
        let fault = ring.rekey(&domain("a"), &domain("b"), Subject::Person, &[&ours[0].0, wrong]).unwrap_err();
        assert_eq!(fault.to_string(), "text 2 of 2 is no pseudonym of a");
        assert_eq!(ring.open(&domain("a"), Subject::Person, &[&ours[0].0, wrong]).unwrap(), None);
    }
    assert!(ring.rekey(&domain("a"), &domain("b"), Subject::LaPerson, &texts(&ours)).is_err());
    assert_eq!(ring.open(&domain("a"), Subject::Person, &texts(&ours)).unwrap(), Some(uids(2)));
}

#[test]
fn no_more_than_fifty_pseudonyms_are_opened_at_a_time() {
    let (_, ring) = ring();
    let many = ring.pseudonyms(&domain("a"), Subject::Person, &uids(51)).unwrap();
    assert_eq!(MOST_OPENED, 50);
    assert!(ring.open(&domain("a"), Subject::Person, &texts(&many[..50])).unwrap().is_some());
    assert!(ring.open(&domain("a"), Subject::Person, &texts(&many)).is_err());
}

#[test]
fn a_domain_without_a_key_has_no_pseudonyms() {
    let (_, ring) = ring();
    let fault = ring.pseudonyms(&domain("c"), Subject::Person, &uids(1)).unwrap_err();
    assert_eq!(fault.to_string(), "key domain c epoch 1 has no key");
}

#[test]
fn a_key_does_what_its_state_allows_and_a_destroyed_one_leaves_its_record() {
    let (root, mut ring) = ring();
    let made = ring.pseudonyms(&domain("a"), Subject::Person, &uids(1)).unwrap();
    let id = ring.keys()[0].key_id.clone();
    let makes = |ring: &Keyring| ring.pseudonyms(&domain("a"), Subject::Person, &uids(1)).is_ok();
    let opens = |ring: &Keyring| ring.open(&domain("a"), Subject::Person, &texts(&made)).is_ok();
    assert!(ring.set_state(&id, KeyState::Destroyed).is_err(), "a key in use is retired first");
    ring.set_state(&id, KeyState::VerifyOnly).unwrap();
    assert_eq!((makes(&ring), opens(&ring)), (false, true));
    assert!(ring.set_state(&id, KeyState::Active).is_err(), "nothing comes back");
    ring.set_state(&id, KeyState::Destroyed).unwrap();
    assert_eq!((makes(&ring), opens(&ring)), (false, false));
    let again = Keyring::read(root, &ring.write().unwrap()).unwrap();
    let record = &again.keys()[0];
    assert_eq!((record.state, record.canaries.len()), (KeyState::Destroyed, 16));
    let prepared = ring.prepare(&domain("a")).unwrap();
    assert_eq!(prepared.state, KeyState::Destroyed, "its domain gets no other key of the same epoch");
    let fresh = ring.prepare(&domain("c")).unwrap();
    let fault = ring.pseudonyms(&domain("c"), Subject::Person, &uids(1)).unwrap_err();
    assert!(fault.to_string().ends_with("is pre-active and makes no pseudonyms"));
    assert_eq!(ring.prepare(&domain("c")).unwrap(), fresh, "asked again, the same key is there");
}

#[test]
fn a_bridge_leads_from_the_old_epoch_to_the_next_and_from_nowhere_else() {
    let (_, mut ring) = ring();
    let (old, next) = (domain("b"), KeyDomain { name: "b".into(), epoch: 2 });
    let held = ring.pseudonyms(&old, Subject::Person, &uids(5)).unwrap();
    let zone = ring.pseudonyms(&domain("a"), Subject::Person, &uids(5)).unwrap();
    activate(&mut ring, &next);
    let bridge = |ring: &Keyring| ring.bridge(&domain("a"), &old, Subject::Person, &texts(&zone));
    assert!(bridge(&ring).is_err(), "the old key still makes pseudonyms");
    let id = ring.keys().into_iter().find(|key| key.domain == old).unwrap().key_id;
    ring.set_state(&id, KeyState::VerifyOnly).unwrap();
    let pairs = bridge(&ring).unwrap();
    let fresh = ring.pseudonyms(&next, Subject::Person, &uids(5)).unwrap();
    assert_eq!(pairs, held.into_iter().zip(fresh).collect::<Vec<_>>());
}

#[test]
fn an_edited_ring_and_another_root_key_are_noticed() {
    let (root, mut ring) = ring();
    ring.put_secret("vault-key", b"secret words").unwrap();
    let text = ring.write().unwrap();
    assert_eq!(&ring.secret("vault-key").unwrap()[..], b"secret words");
    assert!(ring.put_secret("vault-key", b"others").is_err(), "a secret is never replaced");
    assert!(Keyring::read(RootKey::generate().unwrap(), &text).is_err());
    let canary = ring.keys()[0].canaries[0].0.clone();
    let turned: String = canary.chars().rev().collect();
    for (from, to) in
        [("\"active\"", "\"verify-only\""), (canary.as_str(), turned.as_str()), ("\"epoch\": 1", "\"epoch\": 3")]
    {
        let fault = Keyring::read(root.clone(), &text.replacen(from, to, 1)).unwrap_err();
        assert!(!format!("{fault:?}").contains("secret words"), "{fault}");
    }
    let wrapped = |text: &str| text.find("\"wrapped\": \"").unwrap() + 12;
    let mut bytes = text.clone().into_bytes();
    bytes[wrapped(&text)] ^= 1;
    assert!(Keyring::read(root.clone(), &String::from_utf8(bytes).unwrap()).is_err());
    assert!(Keyring::read(root, "{\"version\":1,\"keys\":[{\"key_id\":\"secret words\"}]}").is_err());
}

#[test]
fn nothing_secret_is_written_or_printed() {
    let (root, mut ring) = ring();
    ring.put_secret("vault-key", b"secret words").unwrap();
    let text = format!("{} {ring:?} {root:?}", ring.write().unwrap());
    assert!(!text.contains("secret words") && !text.contains(&HEXLOWER.encode(b"secret words")));
    assert!(!text.contains(&HEXLOWER.encode(root.expose())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn rekeying_any_uids_equals_making_them_and_two_domains_never_agree(
        raw in proptest::collection::vec(any::<[u8; 16]>(), 1..20),
    ) {
        let (_, ring) = ring();
        let uids: Vec<PersonUid> = raw.into_iter().map(PersonUid).collect();
        let (a, b) = (domain("a"), domain("b"));
        let of_a = ring.pseudonyms(&a, Subject::Record, &uids).unwrap();
        let of_b = ring.pseudonyms(&b, Subject::Record, &uids).unwrap();
        prop_assert!(of_a.iter().zip(&of_b).all(|(a, b)| a.0[4..] != b.0[4..]));
        prop_assert_eq!(ring.rekey(&a, &b, Subject::Record, &texts(&of_a)).unwrap(), of_b);
    }

    #[test]
    fn no_text_is_a_reason_to_panic(text in ".{0,200}", root in any::<[u8; 32]>()) {
        let root = RootKey::from_bytes(&root).unwrap();
        prop_assert!(Keyring::read(root, &text).is_err());
    }
}
