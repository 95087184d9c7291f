use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use fairway_domain::{Fault, SubmissionId};
use fairway_store::Store;
use fairway_store::keys::{self, LANDING_PUB, LandingKey, PROCESSING_CENTRE_KEY, ProcessingCentreKey};
use fairway_store::sealed::{self, Sealed};
use proptest::prelude::*;
use sha2::Digest as _;

use crate::place::{Place, at, event, id, submission};

fn content(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 7 % 253) as u8).collect()
}

fn seal(bytes: &[u8], dir: &Path, key: &LandingKey, id: SubmissionId) -> Result<Sealed, Fault> {
    sealed::seal(&mut &bytes[..], key, dir, id, &mut |_| {})
}

fn read(path: &Path, key: &ProcessingCentreKey) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    sealed::open(path, key).map_err(io::Error::other)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn names(dir: &Path) -> Vec<String> {
    fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

struct Zone {
    dir: tempfile::TempDir,
    landing: LandingKey,
    centre: ProcessingCentreKey,
}

fn zone() -> Zone {
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("keys");
    keys::create(&keys).unwrap();
    fs::create_dir(dir.path().join("landing")).unwrap();
    let landing = LandingKey::load(&keys.join(LANDING_PUB)).unwrap();
    let centre = ProcessingCentreKey::load(&keys.join(PROCESSING_CENTRE_KEY)).unwrap();
    Zone { dir, landing, centre }
}

impl Zone {
    fn folder(&self) -> std::path::PathBuf {
        self.dir.path().join("landing")
    }
}

#[test]
fn a_sealed_file_opens_to_the_same_bytes_and_shows_none_of_them() {
    let zone = zone();
    // Around the ends of the buffer (256 KiB) and of the chunks of the age format (64 KiB).
    for (number, length) in [0, 1, 65_535, 65_536, 65_537, 262_144, 300_000].into_iter().enumerate() {
        let clear = content(length);
        let mut told = Vec::new();
        let sealed = sealed::seal(&mut &clear[..], &zone.landing, &zone.folder(), id(number as u8), &mut |bytes| {
            told.push(bytes)
        })
        .unwrap();
        assert_eq!(sealed.digest.0, <[u8; 32]>::from(sha2::Sha256::digest(&clear)));
        assert_eq!((sealed.bytes, told.last().copied().unwrap_or(0)), (length as u64, length as u64));
        assert_eq!(sealed.path, sealed::path(&zone.folder(), id(number as u8)));
        assert_eq!(read(&sealed.path, &zone.centre).unwrap(), clear);
        let on_disk = fs::read(&sealed.path).unwrap();
        assert!(length < 64 || !on_disk.windows(32).any(|window| window == &clear[..32]));
        assert_eq!(fs::metadata(&sealed.path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn landing_needs_the_public_key_alone_and_cannot_open_what_it_sealed() {
    let zone = zone();
    let keys = zone.dir.path().join("keys");
    fs::remove_file(keys.join(PROCESSING_CENTRE_KEY)).unwrap();
    let landing = LandingKey::load(&keys.join(LANDING_PUB)).unwrap();
    let sealed = seal(b"a,b\n1,2\n", &zone.folder(), &landing, id(1)).unwrap();
    let fault = ProcessingCentreKey::load(&keys.join(PROCESSING_CENTRE_KEY)).unwrap_err();
    assert!(fault.to_string().ends_with("processing-centre.key is missing"), "{fault}");
    let public = keys.join(LANDING_PUB);
    fs::set_permissions(&public, fs::Permissions::from_mode(0o600)).unwrap();
    let fault = ProcessingCentreKey::load(&public).unwrap_err();
    assert!(fault.to_string().ends_with("landing.pub holds no private key of the age format"), "{fault}");
    assert_eq!(read(&sealed.path, &zone.centre).unwrap(), b"a,b\n1,2\n");
}

#[test]
fn another_key_does_not_open_a_sealed_file_and_says_so() {
    let (zone, other) = (zone(), zone());
    let sealed = seal(&content(100), &zone.folder(), &zone.landing, id(1)).unwrap();
    let fault = sealed::open(&sealed.path, &other.centre).err().unwrap();
    assert_eq!(fault.to_string(), "key does not open this sealed file: it was sealed to another key");
}

#[test]
fn a_sealed_file_cut_short_anywhere_is_never_read_as_whole() {
    let zone = zone();
    let sealed = seal(&content(200_000), &zone.folder(), &zone.landing, id(1)).unwrap();
    let whole = fs::read(&sealed.path).unwrap();
    let header = whole.len() - 200_000 - 4 * 16;
    let chunks = (0..4).map(|chunk| header + chunk * (65_536 + 16));
    let ends = (0..whole.len()).step_by(997).chain(chunks).chain([whole.len() - 1]);
    for end in ends {
        fs::write(&sealed.path, &whole[..end]).unwrap();
        assert!(read(&sealed.path, &zone.centre).is_err(), "cut at {end} of {}", whole.len());
    }
}

#[test]
fn a_sealed_file_that_grew_is_never_read_as_whole() {
    let zone = zone();
    for length in [100, 65_536] {
        let sealed = seal(&content(length), &zone.folder(), &zone.landing, id(length as u8)).unwrap();
        let mut longer = fs::read(&sealed.path).unwrap();
        longer.extend_from_slice(b"more");
        fs::write(&sealed.path, &longer).unwrap();
        assert!(read(&sealed.path, &zone.centre).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_sealed_file_with_one_bit_changed_gives_no_wrong_byte(place in 0.0..1.0f64, bit in 0..8u8) {
        let zone = zone();
        let clear = content(70_000);
        let sealed = seal(&clear, &zone.folder(), &zone.landing, id(1)).unwrap();
        let mut bytes = fs::read(&sealed.path).unwrap();
        let at = (bytes.len() as f64 * place) as usize;
        bytes[at] ^= 1 << bit;
        fs::write(&sealed.path, &bytes).unwrap();
        let Ok(mut reader) = sealed::open(&sealed.path, &zone.centre) else { return Ok(()) };
        let mut read = Vec::new();
        prop_assert!(reader.read_to_end(&mut read).is_err());
        prop_assert!(clear.starts_with(&read));
        prop_assert!(reader.read(&mut [0; 16]).is_err(), "it stays failed");
    }
}

/// Gives some bytes, then fails.
struct Breaks(usize);

impl Read for Breaks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::from(io::ErrorKind::ConnectionReset));
        }
        let given = self.0.min(buffer.len());
        self.0 -= given;
        Ok(given)
    }
}

#[test]
fn an_input_that_breaks_off_leaves_nothing_behind() {
    let zone = zone();
    let fault = sealed::seal(&mut Breaks(500_000), &zone.landing, &zone.folder(), id(1), &mut |_| {}).unwrap_err();
    assert_eq!(fault.to_string(), "file being sent cannot be read to its end");
    assert_eq!(names(&zone.folder()), [""; 0]);
}

#[test]
fn a_sealed_file_never_replaces_another() {
    let zone = zone();
    let first = seal(b"first", &zone.folder(), &zone.landing, id(1)).unwrap();
    let fault = seal(b"second", &zone.folder(), &zone.landing, id(1)).unwrap_err();
    assert!(fault.to_string().ends_with("is there already"), "{fault}");
    assert_eq!(read(&first.path, &zone.centre).unwrap(), b"first");
    assert_eq!(names(&zone.folder()).len(), 1);
}

#[test]
fn a_destroyed_file_is_gone_and_destroying_again_is_no_error() {
    let zone = zone();
    let sealed = seal(b"bytes", &zone.folder(), &zone.landing, id(1)).unwrap();
    sealed::destroy(&sealed.path).unwrap();
    sealed::destroy(&sealed.path).unwrap();
    let fault = sealed::open(&sealed.path, &zone.centre).err().unwrap();
    assert_eq!(fault.to_string(), "sealed file is missing: it was destroyed or never landed here");
}

#[test]
fn keys_made_again_are_the_same_and_a_missing_public_key_is_made_from_the_private_one() {
    let zone = zone();
    let keys = zone.dir.path().join("keys");
    let both = || (fs::read(keys.join(LANDING_PUB)).unwrap(), fs::read(keys.join(PROCESSING_CENTRE_KEY)).unwrap());
    let first = both();
    fs::remove_file(keys.join(LANDING_PUB)).unwrap();
    keys::create(&keys).unwrap();
    keys::create(&keys).unwrap();
    assert_eq!(both(), first);
    assert_eq!(names(&keys).len(), 2);
}

#[test]
fn keys_that_do_not_belong_together_are_told_apart() {
    let (zone, other) = (zone(), zone());
    let keys = zone.dir.path().join("keys");
    fs::copy(other.dir.path().join("keys").join(LANDING_PUB), keys.join(LANDING_PUB)).unwrap();
    assert!(keys::create(&keys).unwrap_err().to_string().contains("does not belong to"));
    fs::remove_file(keys.join(PROCESSING_CENTRE_KEY)).unwrap();
    assert!(keys::create(&keys).unwrap_err().to_string().contains("put the private key back"));
}

#[test]
fn a_key_file_says_what_is_wrong_with_it() {
    let zone = zone();
    let keys = zone.dir.path().join("keys");
    let (public, private) = (keys.join(LANDING_PUB), keys.join(PROCESSING_CENTRE_KEY));
    assert_eq!(fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o600);

    fs::set_permissions(&private, fs::Permissions::from_mode(0o640)).unwrap();
    let fault = ProcessingCentreKey::load(&private).unwrap_err();
    assert!(fault.to_string().contains("can be read by other people: run chmod 600"), "{fault}");

    let fault = LandingKey::load(&private).unwrap_err();
    assert!(fault.to_string().contains("holds a private key"), "{fault}");
    fs::write(&public, "# a comment alone\n").unwrap();
    assert!(LandingKey::load(&public).unwrap_err().to_string().contains("holds no public key"));
    fs::write(&public, [0xff, 0xfe]).unwrap();
    assert!(LandingKey::load(&public).unwrap_err().to_string().contains("cannot be read"));
    fs::remove_file(&public).unwrap();
    assert!(LandingKey::load(&public).unwrap_err().to_string().contains("is missing"));
}

#[test]
fn nothing_secret_is_printed() {
    let zone = zone();
    assert_eq!(format!("{:?}", zone.centre), "[processing centre key]");
    assert!(format!("{:?}", zone.landing).starts_with("[landing key age1"));
}

#[tokio::test]
async fn opening_sweeps_what_was_left_half_written_but_not_what_is_being_written() {
    let place = Place::new().await;
    let landing = place.directory().landing();
    fs::write(landing.join(format!("{}.part", id(1))), b"left by a killed process").unwrap();
    // This one is held, as by a process at work.
    let busy = fs::File::create(landing.join(format!("{}.part", id(2)))).unwrap();
    busy.lock().unwrap();
    let place = place.reopen().await;
    assert_eq!(names(&landing), [format!("{}.part", id(2))]);
    drop(busy);
    let _place = place.reopen().await;
    assert_eq!(names(&landing), [""; 0]);
}

#[tokio::test]
async fn a_sweep_takes_orphans_and_destroyed_payloads_and_leaves_the_rest() {
    let place = Place::new().await;
    let (landing, key) = (place.directory().landing(), place.landing_key());
    let known = place.landed(1).await;
    let destroyed = place.landed(2).await;
    for id in [known, destroyed, id(3)] {
        drop(seal(b"bytes", &landing, &key, id).unwrap());
    }
    let being_landed = seal(b"bytes", &landing, &key, id(4)).unwrap();
    let mut tx = place.store.tx("test", at(9)).await.unwrap();
    tx.give_up_payload(destroyed).await.unwrap();
    tx.audit(event("PayloadDestroyed", "submission")).await.unwrap();
    tx.commit().await.unwrap();

    let swept = place.store.sweep(at(10)).await.unwrap();
    assert_eq!((swept.orphans, swept.destroyed), (1, 1));
    let mut left = names(&landing);
    left.sort();
    assert_eq!(left, [format!("{known}.age"), format!("{}.age", id(4))]);

    let mut tx = place.store.tx("test", at(11)).await.unwrap();
    tx.insert_submission(&submission(4)).await.unwrap();
    tx.audit(event("SubmissionLanded", "submission")).await.unwrap();
    tx.commit().await.unwrap();
    drop(being_landed);
    assert_eq!(place.store.sweep(at(12)).await.unwrap(), Default::default());
}

#[tokio::test]
async fn a_sweep_takes_nothing_where_an_older_ledger_was_put_back() {
    let place = Place::with_file().await;
    let backup = place.dir.path().join("backup.sqlite");
    let mut raw = place.raw().await;
    sqlx::query("VACUUM INTO $1").bind(backup.to_str().unwrap()).execute(&mut raw).await.unwrap();
    let id = place.landed(1).await;
    drop(seal(b"acknowledged", &place.directory().landing(), &place.landing_key(), id).unwrap());

    let (root, ledger) = (place.directory().root().to_owned(), place.directory().ledger());
    place.store.close().await;
    sqlx::Connection::close(raw).await.unwrap();
    fs::copy(backup, ledger).unwrap();
    let store = Store::open(root).await.unwrap();
    assert!(store.sweep(at(2)).await.is_err());
    assert_eq!(names(&store.directory().landing()).len(), 1);
}
