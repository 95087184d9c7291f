//! Every file of the hostile corpora, whatever it was made for: never a panic, never a hang, in bounded memory.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use fairway_proof::{generic, judge_with, reader};
use fairway_spec::Spec;

/// What the tests of this binary may hold at once, all together.
const MOST_MEMORY: usize = 256 << 20;
/// How long one file may take before it counts as hanging; per megabyte more. Generous: machines that test are busy.
const PATIENCE: Duration = Duration::from_secs(60);

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpora")
}

/// Hands every file of the archive to `each`, one at a time.
fn unpacked(mut each: impl FnMut(String, Vec<u8>)) {
    let packed = std::fs::File::open(corpora().join("hostile-files.tar.xz")).unwrap();
    let mut archive = tar::Archive::new(liblzma::read::XzDecoder::new(packed));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let path = entry.path().unwrap().to_string_lossy().into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            each(path, bytes);
        }
    }
}

#[test]
fn every_hostile_file_is_judged_by_three_specifications() {
    let (to_judge, files) = mpsc::sync_channel::<(String, Vec<u8>)>(1);
    let (judged, done) = mpsc::channel();
    let judge = std::thread::spawn(move || {
        let release_2 = Spec::builtin(&"asc-cld/r2".parse().unwrap()).unwrap();
        for (path, bytes) in files {
            let judge = || {
                judge_with(&bytes, &release_2);
                reader(&bytes);
                generic(&bytes).iter().for_each(|spec| judge_with(&bytes, spec));
            };
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(judge));
            judged.send(outcome.is_ok().then_some(()).ok_or(path)).unwrap();
        }
    });
    let (mut count, mut broken) = (0, Vec::new());
    unpacked(|path, bytes| {
        let patience = PATIENCE * (1 + bytes.len() as u32 / 1_000_000);
        to_judge.send((path.clone(), bytes)).unwrap();
        match done.recv_timeout(patience) {
            Ok(Ok(())) => count += 1,
            Ok(Err(path)) => broken.push(path),
            Err(_) => panic!("{path}: hangs"),
        }
    });
    drop(to_judge);
    judge.join().unwrap();
    assert_eq!(broken, [""; 0]);
    assert!(count > 15_000, "{count}");
    let held = crate::MEMORY.max_allocated();
    assert!(held < MOST_MEMORY, "{held} bytes at once");
}

#[test]
fn every_hand_made_file_is_read_with_its_own_header() {
    let mut count = 0;
    let mut folders = vec![corpora().join("handmade")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let bytes = std::fs::read(entry.path()).unwrap();
            reader(&bytes);
            fairway_proof::table(&bytes);
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

/// csv-spectrum: for each file, the records that its authors say it has.
#[test]
fn the_spectrum_of_csv_is_read_as_its_authors_say() {
    let (mut files, mut answers) = (Vec::new(), std::collections::BTreeMap::new());
    unpacked(|path, bytes| {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        match (path.contains("csv-spectrum"), name.rsplit_once('.')) {
            // Its answer is that of another file.
            (true, Some(("location_coordinates", _))) => {}
            (true, Some((stem, "csv"))) => files.push((stem.to_owned(), bytes)),
            (true, Some((stem, "json"))) => _ = answers.insert(stem.to_owned(), bytes),
            _ => {}
        }
    });
    assert_eq!(files.len(), 11);
    for (name, bytes) in files {
        let rows = match serde_json::from_slice(&answers[&name]).unwrap() {
            serde_json::Value::Array(rows) => rows,
            row => vec![row],
        };
        let spec = generic(&bytes).unwrap();
        let options = fairway_check::CheckOptions::new(jiff::civil::date(2026, 5, 1));
        let mut records = fairway_check::Records::open(&bytes[..], &spec, &options).unwrap();
        let mut read = 0;
        while let Some(record) = records.next().unwrap() {
            for (field, column) in spec.fields.iter().enumerate() {
                let wanted = rows[read][&column.header].as_str().unwrap();
                assert_eq!(record.raw(field).replace("\r\n", "\n"), wanted.trim().replace("\r\n", "\n"), "{name}");
            }
            read += 1;
        }
        assert_eq!(read, rows.len(), "{name}");
    }
}
