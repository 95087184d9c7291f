//! A log that cannot be written, for real: the data directory lies on a small disk of its own, which is filled to the last page
//! and made read-only. Nothing is served, nothing half done is visible, and it goes on by itself once there is room.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

use fairway_domain::{Route, Zone};
use fairway_service::{DataDir, LandRequest, VerbError, VerbResult, verify_audit};
use fairway_store::keys;

use crate::agreements::document;
use crate::centre::ACTOR;
use crate::figures::{Office, files};

/// Where the small disk is, for the child.
const DISK: &str = "FAIRWAY_TEST_SMALL_DISK";
const SCRIPT: &str = "mount -t tmpfs -o size=24m fairway-test \"$0\" && exec \"$@\"";

/// Runs a test of this binary as a child that has a small disk of its own, in a mount namespace that ends with it: as root, or
/// as somebody who is root in a namespace of their own.
fn on_a_small_disk(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let this = std::env::current_exe().unwrap();
    let run = |flags: &[&str], program: &[&str]| -> Output {
        let mut command = Command::new("unshare");
        command.args(flags).args(["sh", "-c", SCRIPT]).arg(folder.path()).args(program);
        command.env(DISK, folder.path()).env("TMPDIR", folder.path()).output().expect("unshare cannot be run")
    };
    let ways: [&[&str]; 2] = [&["--mount"], &["--map-root-user", "--mount"]];
    let possible = ways.into_iter().find(|flags| run(flags, &["true"]).status.success());
    let flags = possible.expect(
        "this test mounts a small disk (tmpfs) in a namespace of its own: run it as root, or where the kernel lets \
         everybody make user namespaces",
    );
    let output = run(flags, &[this.to_str().unwrap(), "--exact", test, "--nocapture"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("it was tried on a small disk"), "the child did not run: {said}");
}

#[test]
fn while_the_log_cannot_be_written_nothing_is_served_and_afterwards_everything_by_itself() {
    on_a_small_disk("full_log::child_fills_the_disk_under_the_log");
}

/// Everything that is done or read under the log, tried once.
async fn every_verb(office: &Office, item: i64) -> Vec<(&'static str, VerbResult<()>)> {
    let service = &office.centre.service;
    let file = office.centre.folder.path().join("a file");
    let land = LandRequest::new(file, "816".parse().unwrap(), "day-centre", Route::Cli);
    let internal = fairway_service::TableRequest { agreement: None, ..office.asked(&["Gender"]) };
    let register = office.centre.folder.path().join("register");
    let sql = "SELECT p AS person, import_id AS tuple FROM t WHERE import_id IN ('none')";
    vec![
        ("land", service.land(ACTOR, land).await.map(drop)),
        ("query", service.query(ACTOR, Zone::Deidentified, sql, 1, None).await.map(drop)),
        ("fetch", service.fetch(ACTOR, item).await.map(drop)),
        ("fetched", service.fetched(ACTOR, item).await),
        ("table", service.tabulate(ACTOR, internal).await.map(drop)),
        ("released table", service.tabulate(ACTOR, office.asked(&["Gender"])).await.map(drop)),
        ("agreement", service.register_agreement(ACTOR, &document(), "Data Manager").await.map(drop)),
        ("register", service.publish_register(ACTOR, &register).await.map(drop)),
    ]
}

/// Entries of the log, files with when they were written, and papers with releases.
type Seen = (usize, Vec<(SystemTime, PathBuf)>, String);

/// What the world sees of a centre: entries of its log, its files, what it has.
async fn seen(office: &Office) -> Seen {
    let root = office.centre.folder.path();
    let folders = ["centre/outbox", "centre/held", "centre/landing", "own-copy", "register"];
    let written = |path: PathBuf| (fs::metadata(&path).unwrap().modified().unwrap(), path);
    let mut all: Vec<_> = folders.iter().flat_map(|folder| files(&root.join(folder))).map(written).collect();
    all.sort();
    let service = &office.centre.service;
    let papers = format!("{:?}", service.agreements().await.unwrap());
    (office.centre.entries().await, all, papers + &format!("{:?}", service.releases(100).await.unwrap()))
}

/// Fills a disk to its last page.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("filler");
    let mut file = File::create(&path).unwrap();
    while file.write_all(&[7; 4096]).is_ok() {}
    path
}

fn mount(arguments: &[&str], at: &Path) {
    let done = Command::new("mount").args(arguments).arg(at).output().unwrap();
    assert!(done.status.success(), "mount {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Every verb is refused, twice, and nothing of it is visible.
async fn nothing_is_served(office: &Office, item: i64, before: &Seen) {
    for _ in 0..2 {
        for (verb, done) in every_verb(office, item).await {
            assert!(matches!(&done, Err(VerbError::Fault(_))), "{verb} was not a fault: {done:?}");
        }
    }
    assert_eq!(seen(office).await, *before);
}

/// Every verb is served, and the log holds.
async fn everything_is_served(office: &Office, item: i64) {
    for (verb, done) in every_verb(office, item).await {
        assert!(done.is_ok(), "{verb}: {done:?}");
    }
    let report = verify_audit(&DataDir::new(office.centre.folder.path().join("centre"))).await.unwrap();
    assert_eq!(report.problems, []);
}

/// Not a test by itself: what the child runs.
#[tokio::test]
async fn child_fills_the_disk_under_the_log() {
    let Ok(disk) = std::env::var(DISK) else { return };
    let disk = Path::new(&disk);
    let mut office = Office::open().await;
    let root = office.centre.folder.path().to_owned();
    assert!(root.starts_with(disk));
    keys::create(&root.join("centre/keys")).unwrap();
    fs::write(root.join("a file"), "a,b\n1,2\n").unwrap();
    office.make(office.asked(&["Gender"])).await.unwrap();
    let (item, _) = office.centre.service.outbox(1).await.unwrap().remove(0);

    let before = seen(&office).await;
    let filler = fill(disk);
    nothing_is_served(&office, item, &before).await;
    fs::remove_file(filler).unwrap();
    everything_is_served(&office, item).await;

    // The head of the log alone, under a service that is at work.
    let head = root.join("centre/audit.head");
    let before = seen(&office).await;
    mount(&["--bind", head.to_str().unwrap()], &head);
    mount(&["-o", "remount,bind,ro"], &head);
    nothing_is_served(&office, item, &before).await;
    assert!(Command::new("umount").arg(&head).status().unwrap().success());
    everything_is_served(&office, item).await;

    // The whole disk: nothing can be opened, and once it can be written it is as it was.
    let before = seen(&office).await;
    let open = async |office: &Office| office.centre.opened(office.machines.0.clone(), office.machines.1.clone()).await;
    office.centre.service.clone().close().await;
    mount(&["-o", "remount,ro"], disk);
    match open(&office).await {
        Err(error) => assert!(matches!(error, VerbError::Fault(_)), "{error:?}"),
        Ok(service) => {
            office.centre.service = service;
            nothing_is_served(&office, item, &before).await;
            office.centre.service.clone().close().await;
        }
    }
    mount(&["-o", "remount,rw"], disk);
    office.centre.service = open(&office).await.unwrap();
    assert_eq!(seen(&office).await, before);
    everything_is_served(&office, item).await;
    println!("it was tried on a small disk");
}
