//! A child process (this test binary again) appends; a C shim loaded before libc records what it syncs, in order.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use fairway_domain::port::{RowSource, Warehouse};
use fairway_domain::{Fault, Row, Value};
use fairway_warehouse::DeltaWarehouse;
use object_store::local::LocalFileSystem;

use crate::support::*;

const ROOT: &str = "FAIRWAY_TEST_SYNC_ROOT";
const PLAIN: &str = "FAIRWAY_TEST_SYNC_PLAIN";

#[test]
#[ignore = "the child of the tests below"]
fn child_that_appends() {
    let Some(root) = std::env::var_os(ROOT).map(PathBuf::from) else { return };
    runtime().block_on(async {
        let warehouse = match std::env::var_os(PLAIN) {
            Some(_) => {
                let store = Arc::new(LocalFileSystem::new());
                DeltaWarehouse::open_on(&root.join("tables"), options(&root, 64 << 20), store).unwrap()
            }
            None => open(&root, 64 << 20),
        };
        warehouse.append(both(import(1)), People::new(10_000)).await.unwrap();
        warehouse.append(both(import(2)), Box::new(Large(12_000))).await.unwrap();
    });
}

/// As many people, each with a kibibyte that does not compress: more than one part of an upload (10 MiB).
struct Large(u32);

impl RowSource for Large {
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault> {
        let [vault, events] = rows else { return Err(Fault::new("two tables are filled")) };
        let mut sealed = [0_u8; 1024];
        sealed.iter_mut().for_each(|byte| *byte = rand::random());
        [Value::Bytes(&sealed[..16]), Value::Bytes(&sealed), Value::Null].into_iter().for_each(|cell| vault.push(cell));
        events.push(Value::Integer(self.0.into()));
        (0..4).for_each(|_| events.push(Value::Null));
        self.0 = self.0.saturating_sub(1);
        Ok(self.0 > 0)
    }
}

/// Inode and path of each sync, in order.
fn syncs_of_child(root: &Path, plain: bool) -> Vec<(u64, PathBuf)> {
    let shim = root.join("fsync_shim.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fsync_shim.c");
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(source).arg("-ldl").status();
    assert!(compiled.unwrap().success());
    let log = root.join("syncs");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "durability::child_that_appends", "--ignored", "--quiet"]);
    child.env(ROOT, root).env("LD_PRELOAD", &shim).env("FSYNC_LOG", &log);
    if plain {
        child.env(PLAIN, "1");
    }
    assert!(child.output().unwrap().status.success());
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let parse = |line: &str| line.split_once(' ').map(|(inode, path)| (inode.parse().unwrap(), PathBuf::from(path)));
    text.lines().filter_map(parse).collect()
}

#[test]
fn the_plain_store_syncs_no_file_of_a_table() {
    let root = tempfile::tempdir().unwrap();
    let syncs = syncs_of_child(root.path(), true);
    let tables = root.path().canonicalize().unwrap().join("tables/identifiable");
    assert!(files_below(&tables).len() >= 8);
    let of_tables: Vec<_> = syncs.iter().filter(|(_, path)| path.starts_with(&tables)).collect();
    assert!(of_tables.is_empty(), "{of_tables:?}");
}

#[test]
fn our_store_syncs_every_data_file_before_the_commit_that_names_it_and_every_folder_after_its_names() {
    let root = tempfile::tempdir().unwrap();
    let syncs = syncs_of_child(root.path(), false);
    let tables = root.path().canonicalize().unwrap().join("tables");
    let inode = |path: &Path| std::fs::metadata(path).unwrap().ino();
    let first = |path: &Path| syncs.iter().position(|(i, _)| *i == inode(path));
    let last = |path: &Path| syncs.iter().rposition(|(i, _)| *i == inode(path));
    for table in ["asc_cld", "asc_cld_vault"].map(|name| tables.join("identifiable").join(name)) {
        for (version, number) in [(0, 1), (1, 2)] {
            let commit = table.join(format!("_delta_log/{version:020}.json"));
            let committed = first(&commit).expect("the commit is synced");
            let folder = table.join(format!("import_id={}", import(number)));
            let files = files_below(&folder);
            assert!(!files.is_empty());
            for file in files {
                assert!(last(&file).expect("every data file is synced") < committed);
            }
            assert!(last(&folder).expect("the folder of data files is synced") < committed);
            assert!(last(&table.join("_delta_log")).expect("the log's folder is synced") > committed);
        }
        // New folders are synced in the folders above them before the first commit.
        let committed = first(&table.join("_delta_log").join(format!("{:020}.json", 0))).unwrap();
        for above in [&tables, &tables.join("identifiable"), &table] {
            assert!(first(above).expect("folders above are synced") < committed, "{}", above.display());
        }
    }
    let folder = tables.join(format!("identifiable/asc_cld_vault/import_id={}", import(2)));
    let large = files_below(&folder).iter().map(|file| std::fs::metadata(file).unwrap().len()).max();
    assert!(large.unwrap() > 10 << 20, "one of them came in parts");
}
