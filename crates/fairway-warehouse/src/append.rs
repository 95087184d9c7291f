//! Rows into several tables in step, under one import.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use deltalake::kernel::Add;
use fairway_domain::port::{AppendOrder, RowSource, TableCommit, TablePlan};
use fairway_domain::{Fault, FaultExt, ImportId, Row};
use futures::TryStreamExt;
use object_store::ObjectStore;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use crate::batch::BatchBuilder;
use crate::commit::commit;
use crate::journal::{self, Parts};
use crate::schema::{check_names, merge};
use crate::tables::Tables;
use crate::writer::{TableWriter, import_folder};

/// Batches that may wait between the source and the file.
const WAITING: usize = 4;

/// A batch, or `None` for the end of the rows. A channel that closes without it was cut off.
type Piece = Option<RecordBatch>;

/// Adds rows to the tables of `order`. See [`crate::journal`] for what happens when the process is killed.
pub(crate) async fn append(
    tables: &Tables,
    order: AppendOrder,
    source: Box<dyn RowSource>,
) -> Result<Vec<TableCommit>, Fault> {
    check(&order)?;
    let _lock = journal::lock(tables, order.import).await?;
    let finished = finish_cut_off(tables, order.import).await?;
    let there = present(tables, &order).await?;
    if there.iter().all(Option::is_some) {
        return Ok(there.into_iter().flatten().map(|commit| fresh_if(&finished, commit)).collect());
    }
    let parts = write(tables, &order, &there, source).await?;
    journal::put(tables, order.import, &parts).await?;
    let mut written = commit_all(tables, order.import, &parts).await?.into_iter();
    Ok(there.into_iter().filter_map(|commit| commit.or_else(|| written.next())).collect())
}

/// Commits what a process that was killed had written but not committed.
async fn finish_cut_off(tables: &Tables, import: ImportId) -> Result<Vec<TableCommit>, Fault> {
    match journal::get(tables, import).await? {
        Some(parts) => commit_all(tables, import, &parts).await,
        None => Ok(Vec::new()),
    }
}

async fn commit_all(tables: &Tables, import: ImportId, parts: &Parts) -> Result<Vec<TableCommit>, Fault> {
    let mut commits = Vec::with_capacity(parts.len());
    for (plan, files) in parts {
        commits.push(commit(tables, import, plan, files).await?);
    }
    journal::remove(tables, import).await?;
    Ok(commits)
}

/// A table that this very call committed for a process cut off before is not "already there".
fn fresh_if(finished: &[TableCommit], commit: TableCommit) -> TableCommit {
    finished.iter().find(|done| done.table == commit.table).cloned().unwrap_or(commit)
}

fn check(order: &AppendOrder) -> Result<(), Fault> {
    if order.tables.is_empty() {
        return Err(Fault::new("an import names no table"));
    }
    for (index, plan) in order.tables.iter().enumerate() {
        check_names(&plan.table, &plan.columns)?;
        if order.tables[..index].iter().any(|before| before.table == plan.table) {
            return Err(Fault::new(format!("an import names {} twice", plan.table)));
        }
    }
    Ok(())
}

/// For each table of the order, the commit that has the import, if there is one.
pub(crate) async fn present(tables: &Tables, order: &AppendOrder) -> Result<Vec<Option<TableCommit>>, Fault> {
    let mut there = Vec::with_capacity(order.tables.len());
    for plan in &order.tables {
        let found = match tables.open(&plan.table).await? {
            None => None,
            Some(table) => {
                merge(&table.name, &table.columns, &plan.columns)?;
                table.import(order.import).await?
            }
        };
        there.push(found);
    }
    Ok(there)
}

/// Writes the data files of every table that lacks the import.
async fn write(
    tables: &Tables,
    order: &AppendOrder,
    there: &[Option<TableCommit>],
    source: Box<dyn RowSource>,
) -> Result<Parts, Fault> {
    let missing: Vec<&TablePlan> =
        order.tables.iter().zip(there).filter(|(_, there)| there.is_none()).map(|(plan, _)| plan).collect();
    let mut stores = Vec::with_capacity(missing.len());
    for plan in &missing {
        let store = tables.log(&plan.table)?.object_store(None);
        clear(&store, order.import).await?;
        stores.push(store);
    }
    match write_files(order, there, &missing, &stores, source).await {
        Ok(files) => Ok(missing.into_iter().cloned().zip(files).collect()),
        Err(fault) => {
            for store in &stores {
                clear(store, order.import).await?;
            }
            Err(fault)
        }
    }
}

/// Removes the files a process that was killed left behind: no commit has the import, so nothing refers to them.
async fn clear(store: &Arc<dyn ObjectStore>, import: ImportId) -> Result<(), Fault> {
    let folder = import_folder(import);
    let left = store.list(Some(&folder)).map_ok(|meta| meta.location);
    let removed: Result<Vec<_>, _> = store.delete_stream(Box::pin(left)).try_collect().await;
    removed.map(|_| ()).fault("files of an import that was cut off cannot be removed")
}

async fn write_files(
    order: &AppendOrder,
    there: &[Option<TableCommit>],
    missing: &[&TablePlan],
    stores: &[Arc<dyn ObjectStore>],
    source: Box<dyn RowSource>,
) -> Result<Vec<Vec<Add>>, Fault> {
    let mut senders = Vec::new();
    let mut writers: Vec<JoinHandle<Result<Vec<Add>, Fault>>> = Vec::new();
    for (plan, store) in missing.iter().zip(stores) {
        let writer = TableWriter::new(Arc::clone(store), order.import, &plan.columns)?;
        let (sender, receiver) = channel(WAITING);
        let runtime = Handle::current();
        senders.push(sender);
        writers.push(spawn_blocking(move || write_table(&runtime, writer, receiver)));
    }
    let mut senders = senders.into_iter();
    let lanes = order.tables.iter().zip(there).map(|(plan, there)| match there {
        Some(_) => None,
        None => senders.next().map(|to| Lane { builder: BatchBuilder::new(&plan.columns), to }),
    });
    let lanes = lanes.collect();
    let mut faults = Vec::new();
    faults.extend(flat(spawn_blocking(move || drive(source, lanes)).await).err());
    let mut files = Vec::with_capacity(writers.len());
    for writer in writers {
        match flat(writer.await) {
            Ok(written) => files.push(written),
            Err(fault) => faults.push(fault),
        }
    }
    match cause(faults) {
        None => Ok(files),
        Some(fault) => Err(fault),
    }
}

fn flat<T>(joined: Result<Result<T, Fault>, JoinError>) -> Result<T, Fault> {
    joined.unwrap_or_else(|e| Err(Fault::from_source("task of an import was stopped", e)))
}

const TABLE_STOPPED: &str = "table stopped taking rows";
const ROWS_STOPPED: &str = "rows ended before their time";

/// The fault that began it: the others are those of tasks that lost their partner.
fn cause(faults: Vec<Fault>) -> Option<Fault> {
    let (mut echoes, mut causes): (Vec<_>, Vec<_>) =
        faults.into_iter().partition(|fault| [TABLE_STOPPED, ROWS_STOPPED].contains(&fault.to_string().as_str()));
    causes.append(&mut echoes);
    causes.into_iter().next()
}

/// One table's share of the source's rows.
struct Lane {
    builder: BatchBuilder,
    to: Sender<Piece>,
}

impl Lane {
    fn send(&self, piece: Piece) -> Result<(), Fault> {
        self.to.blocking_send(piece).map_err(|_| Fault::new(TABLE_STOPPED))
    }

    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        match self.builder.push(row)? {
            Some(batch) => self.send(Some(batch)),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> Result<(), Fault> {
        if let Some(batch) = self.builder.finish()? {
            self.send(Some(batch))?;
        }
        self.send(None)
    }
}

/// Asks the source for rows until it has no more. A table that has the import already has no lane, and its rows go by.
fn drive(mut source: Box<dyn RowSource>, mut lanes: Vec<Option<Lane>>) -> Result<(), Fault> {
    let mut rows = vec![Row::default(); lanes.len()];
    loop {
        rows.iter_mut().for_each(Row::clear);
        if !source.next(&mut rows)? {
            break;
        }
        for (row, lane) in rows.iter().zip(&mut lanes) {
            if let (false, Some(lane)) = (row.is_empty(), lane) {
                lane.take(row)?;
            }
        }
    }
    lanes.into_iter().flatten().try_for_each(Lane::finish)
}

/// Runs on a thread of its own, because encoding Parquet takes the processor for long.
fn write_table(runtime: &Handle, mut writer: TableWriter, mut from: Receiver<Piece>) -> Result<Vec<Add>, Fault> {
    loop {
        match from.blocking_recv() {
            Some(Some(batch)) => runtime.block_on(writer.write(&batch))?,
            Some(None) => return runtime.block_on(writer.finish()),
            None => return Err(Fault::new(ROWS_STOPPED)),
        }
    }
}
