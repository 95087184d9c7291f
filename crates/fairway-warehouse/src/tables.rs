//! The tables on disk, and what one of them holds at one version.

use std::io;
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;

use deltalake::logstore::{LogStoreRef, StorageConfig, logstore_with};
use deltalake::table::state::DeltaTableState;
use fairway_domain::port::{AsOf, TableCommit};
use fairway_domain::{Column, Fault, FaultExt, ImportId, TableName, Zone};
use jiff::Timestamp;
use object_store::ObjectStore;
use url::Url;

use crate::schema::{IMPORT_ID, columns_of};

/// Finds tables at `<root>/<zone>/<name>/`.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    root: PathBuf,
    store: Arc<dyn ObjectStore>,
}

/// A table at one version. Whoever reads from it sees that version whatever is committed meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct OpenTable {
    pub(crate) name: TableName,
    pub(crate) url: Url,
    pub(crate) columns: Vec<Column>,
    pub(crate) log: LogStoreRef,
    pub(crate) state: DeltaTableState,
}

/// A data file of a table.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    /// Below the table's folder.
    pub(crate) path: object_store::path::Path,
    pub(crate) bytes: u64,
    pub(crate) rows: u64,
    pub(crate) import: String,
}

impl Tables {
    /// `store` has the root of the file system as its root.
    pub(crate) fn new(root: PathBuf, store: Arc<dyn ObjectStore>) -> Self {
        Self { root, store }
    }

    pub(crate) fn root(&self) -> &FsPath {
        &self.root
    }

    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    pub(crate) fn folder(&self, table: &TableName) -> PathBuf {
        self.root.join(table.zone.as_str()).join(&table.name)
    }

    pub(crate) fn url(&self, table: &TableName) -> Result<Url, Fault> {
        Url::from_directory_path(self.folder(table))
            .map_err(|()| Fault::new(format!("folder of {table} cannot be written as a URL")))
    }

    pub(crate) fn log(&self, table: &TableName) -> Result<LogStoreRef, Fault> {
        logstore_with(Arc::clone(&self.store), &self.url(table)?, StorageConfig::default())
            .fault(format!("log of {table} cannot be reached"))
    }

    /// The newest version of a table, or `None` when it is not there yet.
    pub(crate) async fn open(&self, table: &TableName) -> Result<Option<OpenTable>, Fault> {
        self.open_version(table, None).await
    }

    /// A table as it was; `None` when it was not there then, or has not the version or import.
    pub(crate) async fn as_of(&self, table: &TableName, as_of: AsOf) -> Result<Option<OpenTable>, Fault> {
        let Some(newest) = self.open(table).await? else { return Ok(None) };
        let version = match as_of {
            AsOf::Now => return Ok(Some(newest)),
            AsOf::Version(version) => (version <= newest.version()).then_some(version),
            AsOf::Import(import) => newest.import(import).await?.map(|commit| commit.version),
            AsOf::Time(at) => newest.version_at(at).await?,
        };
        match version {
            Some(version) => self.open_version(table, Some(version)).await,
            None => Ok(None),
        }
    }

    async fn open_version(&self, table: &TableName, version: Option<u64>) -> Result<Option<OpenTable>, Fault> {
        let log = self.log(table)?;
        let there = log.is_delta_table_location().await.fault(format!("log of {table} cannot be listed"))?;
        if !there {
            return Ok(None);
        }
        let state = DeltaTableState::try_new(log.as_ref(), version).await.fault(format!("{table} cannot be opened"))?;
        OpenTable::new(table.clone(), self.url(table)?, log, state).map(Some)
    }

    /// The newest version of a table that must be there.
    pub(crate) async fn existing(&self, table: &TableName) -> Result<OpenTable, Fault> {
        self.open(table).await?.ok_or_else(|| Fault::new(format!("table {table} does not exist")))
    }

    /// The names of a zone's tables, sorted.
    pub(crate) async fn names(&self, zone: Zone) -> Result<Vec<TableName>, Fault> {
        let folder = self.root.join(zone.as_str());
        let listed = tokio::task::spawn_blocking(move || list_folders(&folder)).await;
        let mut names = listed.fault("task was stopped")?.fault(format!("zone {zone} cannot be listed"))?;
        names.sort();
        Ok(names.into_iter().map(|name| TableName::new(zone, name)).collect())
    }
}

fn list_folders(folder: &FsPath) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(e),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.path().join("_delta_log").is_dir() {
            names.extend(entry.file_name().into_string());
        }
    }
    Ok(names)
}

impl OpenTable {
    pub(crate) fn new(name: TableName, url: Url, log: LogStoreRef, state: DeltaTableState) -> Result<Self, Fault> {
        let reader = state.protocol().min_reader_version();
        if reader != 1 {
            return Err(Fault::new(format!("{name} was changed to a form we do not read: reader version {reader}")));
        }
        if state.metadata().partition_columns() != [IMPORT_ID] {
            return Err(Fault::new(format!("{name} is not partitioned by {IMPORT_ID}")));
        }
        let columns = columns_of(&name, &state.schema())?;
        Ok(Self { name, url, columns, log, state })
    }

    pub(crate) fn version(&self) -> u64 {
        self.state.version()
    }

    /// What a commit says, one JSON object an action. The log is never cut, so every commit up to this version is there.
    pub(crate) async fn commit(&self, version: u64) -> Result<Vec<serde_json::Value>, Fault> {
        let what = || format!("commit {version} of {} cannot be read", self.name);
        let bytes = self.log.read_commit_entry(version).await.fault(what())?.ok_or_else(|| Fault::new(what()))?;
        let lines = serde_json::Deserializer::from_slice(&bytes).into_iter();
        lines.collect::<Result<_, _>>().fault(what())
    }

    /// The last version committed at or before a time.
    async fn version_at(&self, at: Timestamp) -> Result<Option<u64>, Fault> {
        let (mut low, mut high) = (0, self.version() + 1);
        while low < high {
            let middle = u64::midpoint(low, high);
            let actions = self.commit(middle).await?;
            let written = actions.iter().find_map(|action| action["commitInfo"]["timestamp"].as_i64());
            let written = written.ok_or_else(|| Fault::new(format!("a commit of {} has no time", self.name)))?;
            if written <= at.as_millisecond() { low = middle + 1 } else { high = middle }
        }
        Ok(low.checked_sub(1))
    }

    /// The data files at this version: all, or those of some imports.
    pub(crate) fn files(&self, imports: Option<&[String]>) -> Result<Vec<DataFile>, Fault> {
        let mut files = Vec::new();
        for file in self.state.log_data().iter() {
            let values = file.partition_values_map();
            let import = values.get(IMPORT_ID).cloned().flatten().unwrap_or_default();
            if imports.is_some_and(|wanted| !wanted.contains(&import)) {
                continue;
            }
            let rows = file.num_records().ok_or_else(|| Fault::new(format!("a file of {} has no count", self.name)))?;
            let bytes = u64::try_from(file.size()).fault(format!("a file of {} has no size", self.name))?;
            files.push(DataFile { path: file.object_store_path(), bytes, rows: rows as u64, import });
        }
        Ok(files)
    }

    /// The commit that brought an import, if it is there. The log keeps it as an application transaction whose version is
    /// the table's own version at that commit.
    pub(crate) async fn import(&self, import: ImportId) -> Result<Option<TableCommit>, Fault> {
        let found = self.state.transaction_version(self.log.as_ref(), transaction_of(import)).await;
        let Some(version) = found.fault(format!("imports of {} cannot be read", self.name))? else { return Ok(None) };
        let rows = self.files(Some(&[import.to_string()]))?.iter().map(|file| file.rows).sum();
        let version = u64::try_from(version).fault(format!("an import of {} has no version", self.name))?;
        Ok(Some(TableCommit { table: self.name.clone(), version, rows, already_there: true }))
    }
}

/// The name under which a table's log remembers an import.
pub(crate) fn transaction_of(import: ImportId) -> String {
    format!("fairway.import.{import}")
}

/// A table at a version, by its place, on a machine that has no warehouse of its own.
#[cfg(feature = "cluster")]
pub(crate) async fn open_at(store: Arc<dyn ObjectStore>, url: Url, version: u64) -> Result<OpenTable, Fault> {
    const ZONES: [Zone; 4] = [Zone::Landing, Zone::Identifiable, Zone::Deidentified, Zone::Released];
    let mut segments = url.path().trim_end_matches('/').rsplit('/');
    let (name, zone) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    let zone = ZONES.into_iter().find(|known| known.as_str() == zone);
    let table = TableName::new(zone.ok_or_else(|| Fault::new("place of a table names no zone"))?, name);
    let log =
        logstore_with(store, &url, StorageConfig::default()).fault(format!("log of {table} cannot be reached"))?;
    let state = DeltaTableState::try_new(log.as_ref(), Some(version)).await;
    let state = state.fault(format!("{table} cannot be opened at version {version}"))?;
    OpenTable::new(table, url, log, state)
}
