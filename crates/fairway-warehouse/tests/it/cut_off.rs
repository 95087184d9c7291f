//! Imports that are cut off at any moment, and are run again.

use std::fmt;
use std::ops::Range;
use std::path::{Path as FsPath, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use fairway_domain::port::{Join, Warehouse};
use fairway_warehouse::DeltaWarehouse;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use crate::support::*;

/// A store that fails from its `n`th write on, as a process that was killed there.
#[derive(Debug)]
struct Dying {
    inner: LocalFileSystem,
    writes_left: AtomicUsize,
}

impl Dying {
    fn write(&self) -> Result<()> {
        let left = self.writes_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map(|_| ()).map_err(|_| Error::Generic { store: "dying", source: "killed".into() })
    }
}

impl fmt::Display for Dying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dying")
    }
}

#[async_trait]
impl ObjectStore for Dying {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        self.write()?;
        self.inner.put_opts(location, payload, opts).await
    }

    async fn put_multipart_opts(&self, at: &Path, opts: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.write()?;
        self.inner.put_multipart_opts(at, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        if self.write().is_err() {
            // The dead clear nothing away.
            return Box::pin(futures::stream::once(async {
                Err(Error::Generic { store: "dying", source: "killed".into() })
            }));
        }
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.write()?;
        self.inner.copy_opts(from, to, options).await
    }
}

/// How many events and how many of them have their person beside them.
async fn whole(warehouse: &DeltaWarehouse, number: u128) -> (usize, usize) {
    let mut order = of(events(), &["row_number"], &[import(number)]);
    order.joins =
        vec![Join { table: vault(), on: vec!["person_uid".into()], columns: vec!["surname".into()], in_step: false }];
    let lines = lines(warehouse, order).await;
    (lines.len(), lines.iter().filter(|line| line.ends_with("|Made-Up")).count())
}

#[test]
fn an_import_cut_off_at_any_write_is_whole_and_fits_together_when_run_again() {
    runtime().block_on(async {
        let mut finished = 0;
        for writes in 0..12 {
            let folder = tempfile::tempdir().unwrap();
            let dying = Dying { inner: LocalFileSystem::new(), writes_left: AtomicUsize::new(writes) };
            let root = folder.path().join("tables");
            let warehouse = DeltaWarehouse::open_on(&root, options(folder.path(), 64 << 20), Arc::new(dying)).unwrap();
            let cut_off = warehouse.append(both(import(1)), People::new(1_000)).await.is_err();
            finished += usize::from(!cut_off);
            drop(warehouse);

            let warehouse = open(folder.path(), 64 << 20);
            let note = std::fs::read_dir(root.join("_imports")).unwrap().flatten();
            let noted = note.filter(|entry| entry.path().extension().is_some_and(|e| e == "json")).count() == 1;
            let there = warehouse.state(&events()).await.unwrap().is_some();
            let commits = match noted || there {
                // Beyond the point of no return no source is asked again.
                true => warehouse.append(both(import(1)), Box::new(Untouched)).await.unwrap(),
                false => warehouse.append(both(import(1)), People::new(1_000)).await.unwrap(),
            };
            assert_eq!(commits.iter().map(|commit| commit.rows).collect::<Vec<_>>(), [500, 1_000], "{writes}");
            assert_eq!(whole(&warehouse, 1).await, (1_000, 1_000), "{writes}");
            let files = files_below(&root);
            assert_eq!(files.iter().filter(|path| path.extension().is_some_and(|e| e == "parquet")).count(), 2);
            assert_eq!(warehouse.state(&vault()).await.unwrap().unwrap().version, 0);
        }
        assert!(finished >= 3, "some of them were not cut off: {finished}");
    });
}

const ROOT: &str = "FAIRWAY_TEST_KILL_ROOT";
const IMPORTS: u128 = 40;
const EVENTS: u64 = 3_000;

#[test]
#[ignore = "the child of the test below"]
fn child_that_is_killed() {
    let Some(root) = std::env::var_os(ROOT).map(PathBuf::from) else { return };
    runtime().block_on(async {
        let warehouse = open(&root, 64 << 20);
        for number in 0..IMPORTS {
            warehouse.append(both(import(number)), People::new(EVENTS)).await.unwrap();
        }
    });
}

fn kill_after(root: &FsPath, delay: Duration) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cut_off::child_that_is_killed", "--ignored", "--quiet"])
        .env(ROOT, root)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(delay);
    let done = child.try_wait().unwrap().is_some();
    let _ = child.kill();
    child.wait().unwrap();
    done
}

#[test]
fn a_process_killed_at_random_moments_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for _ in 0..10 {
        let delay = Duration::from_millis(rand::random_range(100..1_200));
        if kill_after(root, delay) {
            break;
        }
        // Whatever is in a table is there wholly.
        runtime().block_on(async {
            for (table, rows) in [(vault(), EVENTS / 2), (events(), EVENTS)] {
                let state = open(root, 64 << 20).state(&table).await.unwrap();
                for (import, there) in state.map(|state| state.imports).unwrap_or_default() {
                    assert_eq!(there, rows, "{import} in {table}");
                }
            }
        });
    }
    runtime().block_on(async {
        let warehouse = open(root, 64 << 20);
        for number in 0..IMPORTS {
            let commits = warehouse.append(both(import(number)), People::new(EVENTS)).await.unwrap();
            assert_eq!(commits.iter().map(|commit| commit.rows).collect::<Vec<_>>(), [EVENTS / 2, EVENTS]);
            assert_eq!(whole(&warehouse, number).await, (EVENTS as usize, EVENTS as usize));
        }
        for table in [vault(), events()] {
            let state = warehouse.state(&table).await.unwrap().unwrap();
            assert_eq!((state.version, state.imports.len()), (IMPORTS as u64 - 1, IMPORTS as usize));
        }
    });
}
