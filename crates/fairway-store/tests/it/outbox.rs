use std::fs;
use std::path::Path;

use fairway_domain::Fault;
use fairway_store::outbox::{self, Placed};
use sha2::Digest as _;

use crate::place::{Place, org};

fn fill(folder: &Path) -> Result<(), Fault> {
    fs::create_dir(folder.join("inner")).unwrap();
    fs::write(folder.join("inner/b.csv"), b"b\n1\n").unwrap();
    fs::write(folder.join("a.csv"), b"a\n").unwrap();
    Ok(())
}

fn place(outbox: &Path, name: &str) -> Result<Placed, Fault> {
    outbox::place(outbox, &org("816"), name, fill)
}

fn everything(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_folder_appears_whole_with_digests_of_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let placed = place(dir.path(), "report-1").unwrap();
    assert!(!placed.already_there);
    assert_eq!(placed.folder, dir.path().join("816/report-1"));
    let paths: Vec<&str> = placed.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["816/report-1/a.csv", "816/report-1/inner/b.csv"]);
    assert_eq!(placed.files[1].bytes, 4);
    assert_eq!(placed.files[1].digest.0, <[u8; 32]>::from(sha2::Sha256::digest(b"b\n1\n")));
    assert_eq!(everything(dir.path()), paths);
}

#[test]
fn running_again_replaces_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let first = place(dir.path(), "report-1").unwrap();
    let again = outbox::place(dir.path(), &org("816"), "report-1", |_| panic!("not asked for")).unwrap();
    assert!(again.already_there);
    assert_eq!((again.files, again.folder), (first.files, first.folder));
}

#[test]
fn of_two_at_once_one_wins_and_both_see_the_same_files() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().to_owned();
    // The second places the folder while the first is still writing its own.
    let first = outbox::place(dir.path(), &org("816"), "report-1", |folder| {
        assert!(!place(&inner, "report-1")?.already_there);
        fs::write(folder.join("other.csv"), b"other").unwrap();
        Ok(())
    })
    .unwrap();
    assert!(first.already_there);
    assert_eq!(first.files.len(), 2);
    assert_eq!(everything(dir.path()).len(), 2, "the loser's files are gone");
}

#[test]
fn a_writer_that_fails_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let fault = outbox::place(dir.path(), &org("816"), "report-1", |folder| {
        fill(folder)?;
        Err(Fault::new("extract cannot be written"))
    })
    .unwrap_err();
    assert_eq!(fault.to_string(), "extract cannot be written");
    assert_eq!(everything(dir.path()), [""; 0]);
    assert!(!dir.path().join("816").exists());
}

#[test]
fn a_name_cannot_lead_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["", ".", "..", "a/b", "/etc", ".hidden", "a\0b", "a b", &"x".repeat(129)] {
        assert!(place(dir.path(), name).is_err(), "{name:?}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn opening_sweeps_half_built_folders_but_not_those_being_built() {
    let place = Place::new().await;
    let outbox = place.directory().outbox();
    fs::create_dir_all(outbox.join(".building/816-left-1/inner")).unwrap();
    fs::write(outbox.join(".building/816-left-1/inner/half.csv"), b"half").unwrap();
    let root = place.directory().root().to_owned();
    let runtime = tokio::runtime::Handle::current();
    let inner = outbox.clone();
    tokio::task::spawn_blocking(move || {
        outbox::place(&inner, &org("816"), "report-1", |folder| {
            fill(folder)?;
            runtime.block_on(fairway_store::Store::open(root)).unwrap();
            Ok(())
        })
        .unwrap()
    })
    .await
    .unwrap();
    assert_eq!(everything(&outbox), ["816/report-1/a.csv", "816/report-1/inner/b.csv"]);
}
