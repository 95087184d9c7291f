use fairway_log::{Cosignature, Frontier, checkpoint, record_hash, tiles_between};

use super::*;

/// A log in a folder, of `entries` entries that from `forked` on are others.
fn publish(folder: &Path, key: &PrivateKey, entries: u64, forked: u64) {
    let (mut tree, mut nodes) = (Frontier::default(), Vec::new());
    for seq in 1..=entries {
        let word = if seq > forked { "other" } else { "entry" };
        nodes.push(tree.push(record_hash(format!("{word} {seq}").as_bytes())));
    }
    drop(fs::remove_dir_all(folder.join("tile")));
    for tile in tiles_between(0, entries) {
        let bytes: Vec<u8> =
            tile.seqs.iter().flat_map(|seq| nodes[*seq as usize - 1][usize::from(tile.level)].0).collect();
        fs::create_dir_all(folder.join(&tile.path).parent().unwrap()).unwrap();
        fs::write(folder.join(&tile.path), bytes).unwrap();
    }
    let head = TreeHead { size: entries, root: tree.root() };
    fs::write(folder.join(CHECKPOINT), checkpoint(head, key).unwrap()).unwrap();
}

struct Case {
    dir: tempfile::TempDir,
    key: PrivateKey,
    witness: PublicKey,
}

impl Case {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("log")).unwrap();
        let made = witness_init(&dir.path().join("state"), "watch").unwrap();
        let key = PrivateKey::new("fairway/../1", Signs::Notes, [5; 32]).unwrap();
        Self { dir, key, witness: PublicKey::parse(&made.key).unwrap() }
    }

    fn publish(&self, entries: u64, forked: u64) {
        publish(&self.dir.path().join("log"), &self.key, entries, forked);
    }

    fn sign(&self, key: Option<&str>) -> VerbResult<WitnessSigned> {
        let at = "2026-11-23T10:00:00Z".parse().unwrap();
        witness_sign(&self.dir.path().join("state"), &self.dir.path().join("log"), key, at)
    }
}

fn reason(result: VerbResult<WitnessSigned>) -> String {
    let Err(VerbError::Refused(refusal)) = result else { panic!("was not refused") };
    refusal.reasons.join("; ")
}

#[test]
fn a_log_that_grows_is_signed_each_time() {
    let case = Case::new();
    case.publish(3, 3);
    assert_eq!(reason(case.sign(None)), "This log has not been seen before");
    let first = case.sign(Some(&case.key.public().to_text())).unwrap();
    assert_eq!((first.before, first.entries), (None, 3));
    assert!(first.file.starts_with(case.dir.path().join("state")), "no name leads elsewhere");
    case.publish(700, 700);
    let second = case.sign(None).unwrap();
    assert_eq!((second.before, second.entries), (Some(3), 700));
    let note = fs::read(&second.file).unwrap();
    assert_eq!(Cosignature::of(&note, &case.witness).unwrap().seconds, 1_795_428_000);
    assert_eq!(open(&note, case.key.public()).unwrap().size, 700);
}

#[test]
fn a_log_that_was_cut_or_forked_is_not_signed_and_what_was_seen_stands() {
    let case = Case::new();
    case.publish(300, 300);
    let kept = case.sign(Some(&case.key.public().to_text())).unwrap().file;
    let before = fs::read(&kept).unwrap();
    for (entries, forked) in [(299, 299), (300, 299), (600, 10), (301, 0)] {
        case.publish(entries, forked);
        assert!(reason(case.sign(None)).contains("when there were 300"), "{entries} {forked}");
        assert_eq!(fs::read(&kept).unwrap(), before);
    }
}

#[test]
fn another_key_in_the_same_name_is_not_signed() {
    let case = Case::new();
    case.publish(3, 3);
    case.sign(Some(&case.key.public().to_text())).unwrap();
    let stranger = PrivateKey::new("fairway/../1", Signs::Notes, [6; 32]).unwrap();
    publish(&case.dir.path().join("log"), &stranger, 9, 9);
    assert_eq!(reason(case.sign(None)), "The log's key has not signed it");
    assert_eq!(reason(case.sign(Some(&stranger.public().to_text()))), "It was another key's log before");
}

#[test]
fn a_witness_is_made_once() {
    let case = Case::new();
    let state = case.dir.path().join("state");
    assert!(matches!(witness_init(&state, "watch"), Err(VerbError::Refused(_))));
    assert!(matches!(witness_init(&case.dir.path().join("new"), "two words"), Err(VerbError::Refused(_))));
}
