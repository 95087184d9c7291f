use std::collections::HashSet;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use fairway_domain::port::Keyholder;
use fairway_domain::{KeyDomain, PersonUid, Pseudonym, Subject};
use jiff::civil::date;
use proptest::prelude::*;

use super::pseudonym::PseudonymCipher;
use super::*;
use crate::cipher::Secret;

fn domain(name: &str) -> KeyDomain {
    KeyDomain { name: name.into(), epoch: 1 }
}

fn keyholder() -> (tempfile::TempDir, PathBuf, FileKeyholder) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pseudonyms.key");
    let holder = FileKeyholder::create(&path).unwrap();
    (folder, path, holder)
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
        let subject = [Subject::Person, Subject::LaPerson, Subject::Record];
        let subject = subject.into_iter().find(|s| s.as_str() == text("subject_type")).unwrap();
        let uid = HEXLOWER.decode(text("uid_hex").as_bytes()).unwrap();
        let made = cipher.seal(subject, &[PersonUid(uid.try_into().unwrap())]).unwrap();
        assert_eq!(made[0].0, format!("k3y1{}", text("pseudonym")));
    }
}

#[test]
fn a_pseudonym_has_56_characters_and_lasts_over_a_restart() {
    let (_folder, path, holder) = keyholder();
    let made = holder.pseudonyms(&domain("a"), Subject::Person, &uids(3)).unwrap();
    let id = holder.key_id(&domain("a")).unwrap();
    assert_eq!(id.len(), 4);
    assert!(made.iter().all(|p| p.0.len() == 56 && p.0.starts_with(&id)));
    drop(holder);
    let again = FileKeyholder::open(&path).unwrap();
    assert_eq!(again.pseudonyms(&domain("a"), Subject::Person, &uids(3)).unwrap(), made);
    assert_eq!(again.key_id(&domain("a")).unwrap(), id);
}

#[test]
fn domains_epochs_and_subjects_share_nothing() {
    let (_folder, _, holder) = keyholder();
    let next_epoch = KeyDomain { name: "a".into(), epoch: 2 };
    let mut seen = HashSet::new();
    for domain in [domain("a"), domain("b"), next_epoch] {
        for subject in [Subject::Person, Subject::LaPerson, Subject::Record] {
            for pseudonym in holder.pseudonyms(&domain, subject, &uids(50)).unwrap() {
                assert!(seen.insert(pseudonym.0[4..].to_owned()));
            }
        }
    }
    let ids: HashSet<String> = holder.keys().into_iter().map(|key| key.key_id).collect();
    assert_eq!((seen.len(), ids.len()), (450, 3));
}

#[test]
fn rekeying_gives_what_the_other_domain_would_have_given() {
    let (_folder, _, holder) = keyholder();
    let from = holder.pseudonyms(&domain("a"), Subject::Person, &uids(9)).unwrap();
    let rekeyed = holder.rekey(&domain("a"), &domain("b"), Subject::Person, &texts(&from)).unwrap();
    assert_eq!(rekeyed, holder.pseudonyms(&domain("b"), Subject::Person, &uids(9)).unwrap());
}

#[test]
fn a_foreign_or_forged_pseudonym_is_refused_and_not_repeated() {
    let (_folder, _, holder) = keyholder();
    let ours = holder.pseudonyms(&domain("a"), Subject::Person, &uids(2)).unwrap();
    let foreign = holder.pseudonyms(&domain("b"), Subject::Person, &uids(2)).unwrap();
    let relabelled = format!("{}{}", &ours[0].0[..4], &foreign[0].0[4..]);
    let last = if ours[1].0.ends_with('0') { 'g' } else { '0' };
    let changed = format!("{}{last}", &ours[1].0[..55]);
    let upper = ours[1].0.to_uppercase();
    for wrong in [&foreign[0].0, &relabelled, &changed, &upper, &ours[1].0[..55], "", "ééé", &"0".repeat(56)] {
        let fault = holder.rekey(&domain("a"), &domain("c"), Subject::Person, &[&ours[0].0, wrong]).unwrap_err();
        assert_eq!(fault.to_string(), "text 2 of 2 is no pseudonym of a");
    }
    let other_subject = holder.rekey(&domain("a"), &domain("b"), Subject::LaPerson, &texts(&ours));
    assert!(other_subject.is_err());
}

#[test]
fn rekeying_from_a_domain_without_a_key_makes_none() {
    let (_folder, _, holder) = keyholder();
    let fault = holder.rekey(&domain("a"), &domain("b"), Subject::Person, &[]).unwrap_err();
    assert_eq!(fault.to_string(), "key domain a epoch 1 has no key");
    assert!(holder.keys().is_empty());
}

#[test]
fn threads_and_processes_that_meet_a_new_domain_together_get_one_key() {
    let (_folder, path, holder) = keyholder();
    let other_process = FileKeyholder::open(&path).unwrap();
    let made: Vec<Pseudonym> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|i| {
                let holder = if i % 2 == 0 { &holder } else { &other_process };
                scope.spawn(move || {
                    holder.key_id(&domain(&format!("own {i}"))).unwrap();
                    holder.pseudonyms(&domain("shared"), Subject::Person, &uids(1)).unwrap().remove(0)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(made.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(FileKeyholder::open(&path).unwrap().keys().len(), 9, "no key was overwritten");
}

#[test]
fn a_key_bears_its_day_and_a_commitment_that_a_changed_key_breaks() {
    let (_folder, path, holder) = keyholder();
    let holder = holder.on(date(2025, 7, 1));
    holder.key_id(&domain("a")).unwrap();
    let info = FileKeyholder::open(&path).unwrap().keys().remove(0);
    assert_eq!((info.state, info.created.as_deref()), (KeyState::Active, Some("2025-07-01")));
    assert_eq!(info, holder.keys()[0]);

    let content = std::fs::read_to_string(&path).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&content).unwrap();
    file["keys"][0]["key"] = serde_json::Value::from("00".repeat(64));
    std::fs::write(&path, file.to_string()).unwrap();
    let fault = FileKeyholder::open(&path).unwrap_err();
    assert!(format!("{fault:?}").contains("does not agree with its commitment"));
}

#[test]
fn a_key_that_only_verifies_opens_pseudonyms_and_makes_none() {
    let (_folder, path, holder) = keyholder();
    let made = holder.pseudonyms(&domain("a"), Subject::Person, &uids(1)).unwrap();
    let content = std::fs::read_to_string(&path).unwrap().replace("\"active\"", "\"verify-only\"");
    std::fs::write(&path, content).unwrap();
    let holder = FileKeyholder::open(&path).unwrap();
    let fault = holder.pseudonyms(&domain("a"), Subject::Person, &uids(1)).unwrap_err();
    assert!(fault.to_string().ends_with("is verify-only and makes no pseudonyms"));
    assert!(holder.rekey(&domain("a"), &domain("b"), Subject::Person, &texts(&made)).is_ok());
}

#[test]
fn a_file_that_is_no_keyholders_is_refused_without_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other");
    crate::keyfile::create(&path, b"{\"version\":1,\"keys\":[{\"key_id\":\"secret words\"}]}").unwrap();
    let fault = FileKeyholder::open(&path).unwrap_err();
    assert!(!format!("{fault:?}").contains("secret words"));
    assert!(FileKeyholder::open(&folder.path().join("missing")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn rekeying_any_uids_equals_making_them_and_two_domains_never_agree(
        raw in proptest::collection::vec(any::<[u8; 16]>(), 1..20),
    ) {
        let (_folder, _, holder) = keyholder();
        let uids: Vec<PersonUid> = raw.into_iter().map(PersonUid).collect();
        let (a, b) = (domain("a"), domain("b"));
        let of_a = holder.pseudonyms(&a, Subject::Record, &uids).unwrap();
        let of_b = holder.pseudonyms(&b, Subject::Record, &uids).unwrap();
        prop_assert!(of_a.iter().zip(&of_b).all(|(a, b)| a.0[4..] != b.0[4..]));
        prop_assert_eq!(holder.rekey(&a, &b, Subject::Record, &texts(&of_a)).unwrap(), of_b);
    }
}
