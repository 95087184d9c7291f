//! Rows of some tables written to files that leave the warehouse.

mod csv_file;
mod parquet_file;
mod read_back;

use std::path::Path;

use fairway_domain::port::{ExtractCommit, ExtractFile, LinkOrder, RowMap, ScanOrder};
use fairway_domain::{Column, Fault, FaultExt, Row};
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use self::csv_file::CsvFile;
use self::parquet_file::ParquetFile;
use crate::DeltaWarehouse;
use crate::durable::{make_folders, sync_folder};
use crate::scan::Scan;
use crate::schema::check_names;

pub(crate) use read_back::read_back;

/// Scans, maps, and writes every file in step. Each file is written under a hidden name beside its own, synced, and
/// named when all of them are whole; a file of that name is replaced.
pub(crate) async fn extract(
    warehouse: &DeltaWarehouse,
    from: ScanOrder,
    columns: Vec<Column>,
    map: Box<dyn RowMap>,
    files: Vec<ExtractFile>,
) -> Result<ExtractCommit, Fault> {
    check_names(&from.table, &columns)?;
    finish(Scan::start(warehouse, &from).await?, columns, map, files).await
}

/// As [`extract`], from the rows of two tables.
pub(crate) async fn link(
    warehouse: &DeltaWarehouse,
    from: LinkOrder,
    columns: Vec<Column>,
    map: Box<dyn RowMap>,
    files: Vec<ExtractFile>,
) -> Result<ExtractCommit, Fault> {
    check_names(&from.left.table, &columns)?;
    finish(Scan::start_link(warehouse, &from).await?, columns, map, files).await
}

async fn finish(
    scan: Scan,
    columns: Vec<Column>,
    map: Box<dyn RowMap>,
    files: Vec<ExtractFile>,
) -> Result<ExtractCommit, Fault> {
    if files.is_empty() {
        return Err(Fault::new("an extract names no file"));
    }
    let versions = scan.versions.clone();
    let written = spawn_blocking(move || write(scan, &columns, map, &files)).await;
    let rows = written.fault("task of an extract was stopped")??;
    Ok(ExtractCommit { rows, versions })
}

enum Sink {
    Csv(Box<CsvFile>),
    Parquet(ParquetFile),
}

impl Sink {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        match self {
            Self::Csv(file) => file.take(row),
            Self::Parquet(file) => file.take(row),
        }
    }

    fn finish(self) -> Result<NamedTempFile, Fault> {
        match self {
            Self::Csv(file) => file.finish(),
            Self::Parquet(file) => file.finish(),
        }
    }
}

fn write(mut scan: Scan, columns: &[Column], mut map: Box<dyn RowMap>, files: &[ExtractFile]) -> Result<u64, Fault> {
    let mut sinks = files.iter().map(|file| start(file, columns)).collect::<Result<Vec<_>, _>>()?;
    let mut rows = 0;
    scan.map_each(map.as_mut(), |out| {
        check_width(out, columns)?;
        sinks.iter_mut().try_for_each(|sink| sink.take(out))?;
        rows += 1;
        Ok(())
    })?;
    let whole = sinks.into_iter().map(Sink::finish).collect::<Result<Vec<_>, _>>()?;
    for file in &whole {
        file.as_file().sync_all().fault("extract cannot be synced")?;
    }
    for (file, target) in whole.into_iter().zip(files) {
        let path = path_of(target);
        file.persist(path).fault("extract cannot be given its name")?;
        sync_folder(folder_of(path)).fault("folder of an extract cannot be synced")?;
    }
    Ok(rows)
}

fn check_width(row: &Row, columns: &[Column]) -> Result<(), Fault> {
    if row.len() == columns.len() {
        return Ok(());
    }
    let (has, wants) = (row.len(), columns.len());
    Err(Fault::new(format!("a row has {has} cells where the extract has {wants} columns")))
}

fn start(file: &ExtractFile, columns: &[Column]) -> Result<Sink, Fault> {
    let folder = folder_of(path_of(file));
    make_folders(folder).fault("folder of an extract cannot be made")?;
    let hidden = tempfile::Builder::new().prefix(".part-").tempfile_in(folder).fault("extract cannot be started")?;
    match file {
        ExtractFile::Csv(_) => CsvFile::new(hidden, columns).map(Box::new).map(Sink::Csv),
        ExtractFile::Parquet(_) => ParquetFile::new(hidden, columns).map(Sink::Parquet),
    }
}

fn path_of(file: &ExtractFile) -> &Path {
    match file {
        ExtractFile::Csv(path) | ExtractFile::Parquet(path) => path,
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
