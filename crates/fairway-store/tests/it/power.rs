//! The power is cut: everything that was not put on disk is gone, names too. A file system on a loop device is shut down
//! without writing its journal (`EXT4_IOC_SHUTDOWN` with `NOLOGFLUSH`), which is what a cut leaves.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fairway_store::{Store, verify};

use crate::kill::{check_books, run_and_end};
use crate::place::Place;

const CUTS: u32 = 25;

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A mounted image, until dropped.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(image: &Path, at: &'a Path) -> Self {
        run("mount", &["-o", "loop", image.to_str().unwrap(), at.to_str().unwrap()]);
        Self(at)
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _unmounted = Command::new("umount").arg(self.0).status();
    }
}

fn cut_power(at: &Path) {
    let shutdown = "import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack('I', 2))";
    run("python3", &["-c", shutdown, at.to_str().unwrap()]);
}

#[tokio::test]
#[ignore = "needs root, loop devices, mkfs.ext4 and python3"]
async fn every_receipt_printed_before_the_power_was_cut_stands() {
    let outside = tempfile::tempdir().unwrap();
    let (image, at) = (outside.path().join("disk.img"), outside.path().join("disk"));
    std::fs::create_dir(&at).unwrap();
    std::fs::File::create(&image).unwrap().set_len(256 << 20).unwrap();
    run("mkfs.ext4", &["-q", image.to_str().unwrap()]);
    let mut disk = Disk::mount(&image, &at);
    let Place { dir, store } = Place::new_in(tempfile::tempdir_in(&at).unwrap()).await;
    let data = store.directory().root().to_owned();
    store.close().await;

    let mut receipts = HashMap::new();
    for round in 0..CUTS {
        let life = Duration::from_millis(80 + u64::from(round * 37 % 150));
        receipts.extend(run_and_end(&data, round, life, || cut_power(&at)));
        drop(disk);
        disk = Disk::mount(&image, &at);
        let store = Store::open(&data).await.unwrap();
        assert_eq!(verify(&store).await.unwrap().problems, [], "cut {round}");
        store.close().await;
    }
    println!("{CUTS} cuts, {} receipts", receipts.len());
    assert!(receipts.len() > CUTS as usize);
    check_books(Place { dir, store: Store::open(&data).await.unwrap() }, receipts).await;
    drop(disk);
}
