//! Versioned tables by zone: load, join, derive, extract, query; here or on a cluster.
//!
//! Implements [`Warehouse`] over Delta tables, read and written with DataFusion and delta-rs. Alone in the project to know
//! either. Tables lie at `<root>/<zone>/<name>/` and can be read by anything that reads Delta Lake (reader version 1).
//!
//! - **One import, one partition.** Every table is partitioned by `import_id`. An import has files of its own anyway, since
//!   every append is a commit; so the partition costs one folder, and in return a scan of one import opens no other file,
//!   the log alone says which files those are, and erasing an import removes whole files. Many small imports make many
//!   small files: with some 150 councils and twelve imports a year that is a few thousand files a year and table, which
//!   the log's checkpoints hold without effort.
//! - **In step.** Several tables take an import together or not at all, whatever happens to the process; see `journal`.
//! - **Once.** A table's log remembers each import as an application transaction. Running an append again changes nothing.
//! - **On disk.** Data files, commits and their folders are synced before a method returns; see `durable`.
//! - **Nothing said twice.** No statistics of direct identifiers or bytes stand in Parquet footers or in the log, and none
//!   are asked of other writers (`delta.dataSkippingStatsColumns`).
//!
//! The caller's Tokio runtime is used, with its blocking threads. Planning recurses deeply: give the runtime's threads a
//! stack of at least 8 MB (`tokio::runtime::Builder::thread_stack_size`), 32 MB in builds without optimisation.

mod append;
mod batch;
mod beside;
mod cells;
#[cfg(feature = "cluster")]
pub mod cluster;
mod commit;
mod derive;
mod durable;
mod extract;
mod journal;
mod link;
mod parquet_texts;
mod provider;
mod query;
mod scan;
mod schema;
mod session;
mod spill;
mod stats;
mod tables;
mod vacuum;
mod writer;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use fairway_domain::port::{
    AppendOrder, AsOf, ExtractCommit, ExtractFile, LinkOrder, QueryAnswer, QueryError, RowMap, RowSink, RowSource,
    ScanOrder, TableCommit, Unreferenced, Warehouse,
};
use fairway_domain::{Column, Fault, FaultExt, ImportId, TableName, Zone};
use jiff::Timestamp;
use object_store::ObjectStore;

pub use parquet_texts::ParquetTexts;
pub use session::WarehouseOptions;

use durable::{DurableStore, make_folders};
use session::Sessions;
use tables::Tables;

/// Delta tables below one folder.
#[derive(Debug)]
pub struct DeltaWarehouse {
    tables: Tables,
    sessions: Arc<Sessions>,
}

/// A table as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableState {
    /// Which table.
    pub table: TableName,
    /// Its newest version.
    pub version: u64,
    /// Its columns, without `import_id`.
    pub columns: Vec<Column>,
    /// Its imports, sorted, each with its rows. An import without rows is not among them.
    pub imports: Vec<(ImportId, u64)>,
}

impl DeltaWarehouse {
    /// Opens the warehouse at `root`, making the folder if there is none. Tables are made by their first append.
    ///
    /// # Errors
    /// When a folder cannot be made, or the options name a scheduler and this build lacks the feature `cluster`.
    pub fn open(root: &Path, options: WarehouseOptions) -> Result<Self, Fault> {
        Self::open_on(root, options, Arc::new(DurableStore::new()))
    }

    /// As [`open`](Self::open), writing through another store, whose root is the root of the file system. What it does
    /// not sync is not durable: for comparisons in tests.
    #[doc(hidden)]
    pub fn open_on(root: &Path, options: WarehouseOptions, store: Arc<dyn ObjectStore>) -> Result<Self, Fault> {
        let root = std::path::absolute(root).fault("folder of the warehouse cannot be found")?;
        make_folders(&root).fault("folder of the warehouse cannot be made")?;
        let root = root.canonicalize().fault("folder of the warehouse cannot be found")?;
        Ok(Self { tables: Tables::new(root, store), sessions: Arc::new(Sessions::new(options)?) })
    }

    /// A table's version, columns and imports; `None` when it is not there yet.
    ///
    /// # Errors
    /// When its log cannot be read.
    pub async fn state(&self, table: &TableName) -> Result<Option<TableState>, Fault> {
        let Some(opened) = self.tables.open(table).await? else { return Ok(None) };
        let mut imports: Vec<(ImportId, u64)> = Vec::new();
        for file in opened.files(None)? {
            let import: ImportId = file.import.parse().fault(format!("a file of {table} names no import"))?;
            match imports.iter_mut().find(|(there, _)| *there == import) {
                Some((_, rows)) => *rows += file.rows,
                None => imports.push((import, file.rows)),
            }
        }
        imports.sort();
        let version = opened.version();
        Ok(Some(TableState { table: opened.name, version, columns: opened.columns, imports }))
    }

    /// Every table of a zone with its newest version, by name.
    ///
    /// # Errors
    /// When a table's log cannot be read.
    pub async fn versions(&self, zone: Zone) -> Result<Vec<(TableName, u64)>, Fault> {
        let mut versions = Vec::new();
        for table in self.tables.names(zone).await? {
            let version = self.tables.existing(&table).await?.version();
            versions.push((table, version));
        }
        Ok(versions)
    }
}

#[async_trait]
impl Warehouse for DeltaWarehouse {
    async fn append(&self, order: AppendOrder, source: Box<dyn RowSource>) -> Result<Vec<TableCommit>, Fault> {
        append::append(&self.tables, order, source).await
    }

    async fn scan(&self, order: ScanOrder, sink: Box<dyn RowSink>) -> Result<(u64, Box<dyn RowSink>), Fault> {
        scan::scan(self, order, sink).await
    }

    async fn derive(&self, from: ScanOrder, into: AppendOrder, map: Box<dyn RowMap>) -> Result<TableCommit, Fault> {
        derive::derive(self, from, into, map).await
    }

    async fn extract(
        &self,
        from: ScanOrder,
        columns: Vec<Column>,
        map: Box<dyn RowMap>,
        files: Vec<ExtractFile>,
    ) -> Result<ExtractCommit, Fault> {
        extract::extract(self, from, columns, map, files).await
    }

    async fn link(
        &self,
        from: LinkOrder,
        columns: Vec<Column>,
        map: Box<dyn RowMap>,
        files: Vec<ExtractFile>,
    ) -> Result<ExtractCommit, Fault> {
        extract::link(self, from, columns, map, files).await
    }

    async fn read_back(&self, file: &Path, sink: Box<dyn RowSink>) -> Result<(Vec<String>, Box<dyn RowSink>), Fault> {
        extract::read_back(file, sink).await
    }

    async fn query_as_of(&self, zone: Zone, sql: &str, limit: usize, as_of: AsOf) -> Result<QueryAnswer, QueryError> {
        query::query(self, zone, sql, limit, as_of).await
    }

    async fn vacuum(&self, before: Timestamp, take_away: bool) -> Result<Unreferenced, Fault> {
        vacuum::vacuum(&self.tables, before, take_away).await
    }
}
