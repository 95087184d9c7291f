//! Checkpoints and co-signatures: what is signed is read, and nothing else is.

use fairway_log::{
    Cosignature, Frontier, PrivateKey, PublicKey, Signs, TreeHead, checkpoint, cosignature, open, record_hash,
};
use proptest::prelude::*;

fn head(entries: u64) -> TreeHead {
    let mut frontier = Frontier::default();
    (0..entries).for_each(|n| drop(frontier.push(record_hash(&n.to_be_bytes()))));
    TreeHead { size: entries, root: frontier.root() }
}

fn key(seed: u8, signs: Signs) -> PrivateKey {
    PrivateKey::new("fairway/test", signs, [seed; 32]).unwrap()
}

#[test]
fn the_note_of_the_specification_is_read() {
    // https://c2sp.org/signed-note, its example.
    let key = PublicKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    assert_eq!((key.name(), key.signs()), ("PeterNeumann", Signs::Notes));
    assert_eq!(key.to_text(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    assert!(PublicKey::parse("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").is_err());
}

#[test]
fn a_checkpoint_is_read_by_its_own_key_alone() {
    let (ours, other) = (key(1, Signs::Notes), key(2, Signs::Notes));
    let note = checkpoint(head(5), &ours).unwrap();
    assert_eq!(open(&note, ours.public()), Some(head(5)));
    assert_eq!(open(&note, other.public()), None);
    let text = String::from_utf8(note).unwrap();
    assert!(text.starts_with("fairway/test\n5\n") && text.contains("\n\n\u{2014} fairway/test "), "{text}");
}

#[test]
fn a_witness_signs_what_it_saw_with_the_time() {
    let (log, witness) = (key(1, Signs::Notes), PrivateKey::new("watch", Signs::Cosignatures, [9; 32]).unwrap());
    let note = checkpoint(head(5), &log).unwrap();
    let seen = cosignature(&note, &witness, 1_790_000_000).unwrap();
    assert_eq!(open(&seen, log.public()), Some(head(5)));
    let said = Cosignature { witness: "watch".into(), seconds: 1_790_000_000 };
    assert_eq!(Cosignature::of(&seen, witness.public()), Some(said));
    assert_eq!(Cosignature::of(&note, witness.public()), None);
    let stranger = PrivateKey::new("watch", Signs::Cosignatures, [8; 32]).unwrap();
    assert_eq!(Cosignature::of(&seen, stranger.public()), None);
}

#[test]
fn a_key_does_not_do_the_others_work() {
    let (log, witness) = (key(1, Signs::Notes), key(1, Signs::Cosignatures));
    assert!(checkpoint(head(1), &witness).is_none());
    assert!(cosignature(&checkpoint(head(1), &log).unwrap(), &log, 1).is_none());
}

#[test]
fn keys_read_back_and_are_never_printed() {
    for signs in [Signs::Notes, Signs::Cosignatures] {
        let made = key(7, signs);
        let read = PrivateKey::parse(&format!("{}\n", made.to_text())).unwrap();
        assert_eq!(read.public(), made.public());
        assert_eq!(PublicKey::parse(&made.public().to_text()).unwrap(), *made.public());
        assert_eq!(format!("{made:?}"), "[signing key]");
    }
    assert!(PrivateKey::new("two words", Signs::Notes, [1; 32]).is_err());
    for text in ["", "a+b", "PRIVATE+KEY+a+00000000+AQ==", "a+0000000g+AQAA"] {
        assert!(PrivateKey::parse(text).is_err() && PublicKey::parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn no_byte_of_a_checkpoint_can_be_changed(at in 0usize..140, bit in 0u8..8) {
        let log = key(1, Signs::Notes);
        let mut note = checkpoint(head(5), &log).unwrap();
        let at = at % note.len();
        note[at] ^= 1 << bit;
        prop_assert_eq!(open(&note, log.public()), None);
    }

    #[test]
    fn any_bytes_may_come(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(open(&bytes, key(1, Signs::Notes).public()), None);
    }
}
