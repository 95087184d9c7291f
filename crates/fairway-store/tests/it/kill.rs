//! A child process lands files in a loop and is killed at random moments; then the books are checked.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fairway_domain::{Digest, SubmissionId};
use fairway_store::keys::{LANDING_PUB, LandingKey};
use fairway_store::{Job, JobKind, Landed, NewSubmission, Store, outbox, sealed, verify};
use uuid::Uuid;

use crate::place::{Place, at, event, org, submission};

const DATA: &str = "FAIRWAY_TEST_KILL_DATA";
const ROUND: &str = "FAIRWAY_TEST_KILL_ROUND";
const FILES: &str = "FAIRWAY_TEST_KILL_FILES";
const KILLS: u32 = 40;

/// Not a test by itself: what the child runs.
#[tokio::test]
async fn child_lands_files_until_it_is_killed() {
    let (Ok(data), Ok(round)) = (std::env::var(DATA), std::env::var(ROUND)) else { return };
    let store = Store::open(data).await.unwrap();
    let key = LandingKey::load(&store.directory().keys().join(LANDING_PUB)).unwrap();
    let files = std::env::var(FILES).map_or(u64::MAX, |files| files.parse().unwrap());
    for number in 0..files {
        // Small files for many steps, and larger ones so that some kills meet a file half written.
        let bytes = format!("{round}/{number}\n").repeat(if number % 4 == 0 { 20_000 } else { 50 });
        land_one(&store, &key, bytes.as_bytes()).await;
    }
}

async fn land_one(store: &Store, key: &LandingKey, mut bytes: &[u8]) {
    let id = SubmissionId::new(Uuid::now_v7());
    let sealed = sealed::seal(&mut bytes, key, &store.directory().landing(), id, &mut |_| {}).unwrap();
    let new = NewSubmission { id, digest: sealed.digest, bytes: sealed.bytes, ..submission(1) };
    let mut tx = store.tx("submission.land", at(1)).await.unwrap();
    assert_eq!(tx.insert_submission(&new).await.unwrap(), Landed::New);
    tx.enqueue(Job { kind: JobKind::Check, submission: id }).await.unwrap();
    tx.audit(event("SubmissionLanded", &format!("submission:{id}"))).await.unwrap();
    tx.commit().await.unwrap();
    println!("receipt {id} {}", new.digest);
    stdout().flush().unwrap();
    outbox::place(&store.directory().outbox(), &org("816"), &id.to_string(), |folder| {
        fs::write(folder.join("receipt.txt"), format!("{id}\n")).unwrap();
        Ok(())
    })
    .unwrap();
}

const CHILD: [&str; 3] = ["--exact", "kill::child_lands_files_until_it_is_killed", "--nocapture"];

/// Runs the child for a while, ends it with `end`, and gives the receipts it printed.
pub fn run_and_end(data: &Path, round: u32, life: Duration, end: impl FnOnce()) -> Vec<(SubmissionId, Digest)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(CHILD)
        .env(DATA, data)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(life);
    end();
    let _ended = child.kill();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let receipts = lines.filter_map(|line| receipt(&line)).collect();
    child.wait().unwrap();
    receipts
}

/// Runs the child until the `when`th call of `syscall` in one of its threads, and gives the receipts it printed and
/// whether it came to its end.
fn run_to_syscall(data: &Path, syscall: &str, when: u32) -> (Vec<(SubmissionId, Digest)>, bool) {
    let inject = format!("inject={syscall}:signal=SIGKILL:when={when}");
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={syscall}"), "-e", &inject])
        .arg(std::env::current_exe().unwrap())
        .args(CHILD)
        .env(DATA, data)
        .env(ROUND, format!("{syscall}/{when}"))
        .env(FILES, "2")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    (text.lines().filter_map(receipt).collect(), output.status.success())
}

#[tokio::test]
#[ignore = "needs strace and several minutes"]
async fn a_process_killed_at_every_call_that_changes_something_leaves_the_books_right() {
    let place = Place::new().await;
    let data = place.directory().root().to_owned();
    let mut receipts = HashMap::new();
    let mut kills = 0;
    for syscall in ["write", "pwrite64", "fsync", "fdatasync", "renameat2", "unlink", "ftruncate", "flock", "mkdir"] {
        for when in 1.. {
            let (printed, ended) = run_to_syscall(&data, syscall, when);
            receipts.extend(printed);
            let store = Store::open(&data).await.unwrap();
            assert_eq!(verify(&store).await.unwrap().problems, [], "{syscall} {when}");
            store.close().await;
            if ended {
                break;
            }
            kills += 1;
        }
    }
    println!("{kills} kills, {} receipts", receipts.len());
    assert!(kills > 50);
    check_books(place, receipts).await;
}

fn receipt(line: &str) -> Option<(SubmissionId, Digest)> {
    // The harness puts its own words before the first receipt on the same line.
    let (_, rest) = line.split_once("receipt ")?;
    let (id, digest) = rest.split_once(' ')?;
    Some((id.parse().ok()?, digest.parse().ok()?))
}

#[tokio::test]
async fn whatever_moment_a_process_is_killed_every_receipt_stands_and_nothing_is_half_there() {
    let place = Place::new().await;
    let data = place.directory().root().to_owned();
    // A server takes longer to be spoken to first.
    let first = Duration::from_millis(if place.directory().ledger().exists() { 40 } else { 400 });
    let mut receipts = HashMap::new();
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    let start = Instant::now();
    for round in 0..KILLS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let life = first + Duration::from_micros((random >> 40) % 160_000);
        let data = data.clone();
        receipts.extend(tokio::task::spawn_blocking(move || run_and_end(&data, round, life, || {})).await.unwrap());
        let store = Store::open(place.directory().root()).await.unwrap();
        assert_eq!(verify(&store).await.unwrap().problems, [], "round {round}");
        store.close().await;
    }
    println!("{KILLS} kills, {} receipts, in {:?}", receipts.len(), start.elapsed());
    assert!(receipts.len() > KILLS as usize, "the child did land files: {}", receipts.len());
    check_books(place, receipts).await;
}

pub async fn check_books(place: Place, receipts: HashMap<SubmissionId, Digest>) {
    let place = place.reopen().await;
    place.store.sweep(at(9)).await.unwrap();
    let centre = place.centre_key();
    for (id, digest) in &receipts {
        let found = place.store.submission(*id).await.unwrap().expect("a receipt stands");
        assert_eq!(found.digest, *digest);
    }
    let all = place.store.submissions(1_000_000).await.unwrap();
    let mut digests: Vec<_> = all.iter().map(|found| found.digest.0).collect();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), all.len(), "nothing twice");
    assert_eq!(place.store.job_counts().await.unwrap().queued, all.len() as u64, "each has its check");
    for found in &all {
        let path = sealed::path(&place.directory().landing(), found.id);
        let clear = place.dir.path().join("clear");
        let mut reader = sealed::open(&path, &centre).unwrap();
        std::io::copy(&mut reader, &mut fs::File::create(&clear).unwrap()).unwrap();
        assert_eq!(outbox::measure(&clear).unwrap(), (found.digest, found.bytes));
    }
    let files = fs::read_dir(place.directory().landing()).unwrap().count();
    assert_eq!(files, all.len(), "a sealed file for each submission, and nothing else");
    let entries = verify(&place.store).await.unwrap();
    assert_eq!((entries.entries, entries.problems), (all.len() as u64 + 1, vec![]));
    check_outbox(&place);
}

fn check_outbox(place: &Place) {
    let outbox = place.directory().outbox();
    for folder in fs::read_dir(outbox.join("816")).unwrap() {
        let folder = folder.unwrap();
        let text = fs::read_to_string(folder.path().join("receipt.txt")).unwrap();
        assert_eq!(text.trim_end(), folder.file_name().to_str().unwrap());
    }
    assert_eq!(fs::read_dir(outbox.join(".building")).unwrap().count(), 0);
}
