//! Rows of a table, beside those of others, in order.

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{Column, DataFusionError, JoinType};
use datafusion::datasource::provider_as_source;
use datafusion::functions::math::expr_fn::random;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, SortExpr};
use fairway_domain::port::{LinkOrder, RowMap, RowSink, ScanOrder};
use fairway_domain::{Fault, FaultExt, Row, TableName};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::DeltaWarehouse;
use crate::beside::Beside;
use crate::cells::RowReader;
use crate::link;
use crate::provider::ImportFiles;
use crate::schema::IMPORT_ID;
use crate::session::{Pace, Sessions};
use crate::tables::OpenTable;

const WAITING: usize = 2;

/// A batch, or `None` for the end of the rows. A channel that closes without it was cut off.
type Piece = Result<Option<RecordBatch>, Fault>;

/// Rows on their way out of the tables.
pub(crate) struct Scan {
    batches: Receiver<Piece>,
    task: JoinHandle<()>,
    /// The version of each table read, the main one first.
    pub(crate) versions: Vec<(TableName, u64)>,
}

impl Drop for Scan {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scan {
    /// Opens every table once, so that all are read at the version reported, and starts to read.
    pub(crate) async fn start(warehouse: &DeltaWarehouse, order: &ScanOrder) -> Result<Self, Fault> {
        let tables = &warehouse.tables;
        let mut opened = vec![tables.existing(&order.table).await?];
        for join in &order.joins {
            let table = match opened.iter().find(|table| table.name == join.table) {
                Some(table) => table.clone(),
                None => tables.existing(&join.table).await?,
            };
            opened.push(table);
        }
        let in_step = !warehouse.sessions.is_elsewhere() && order.imports.len() == 1;
        let in_step = in_step && order.joins.iter().any(|join| join.in_step);
        let plan = plan(order, &opened, in_step)?;
        Ok(Self::of(warehouse, plan, &opened, if in_step { Pace::InStep } else { Pace::Full }))
    }

    /// As [`Scan::start`], with the rows of two tables that have the same key.
    pub(crate) async fn start_link(warehouse: &DeltaWarehouse, order: &LinkOrder) -> Result<Self, Fault> {
        let tables = &warehouse.tables;
        let opened = [tables.existing(&order.left.table).await?, tables.existing(&order.right.table).await?];
        let plan = link::plan(order, &opened)?;
        Ok(Self::of(warehouse, plan, &opened, Pace::Full))
    }

    fn of(warehouse: &DeltaWarehouse, plan: LogicalPlan, opened: &[OpenTable], pace: Pace) -> Self {
        let mut versions: Vec<(TableName, u64)> = Vec::new();
        for table in opened {
            if !versions.iter().any(|(name, _)| *name == table.name) {
                versions.push((table.name.clone(), table.version()));
            }
        }
        let (sender, batches) = channel(WAITING);
        let sessions = Arc::clone(&warehouse.sessions);
        let table = opened.first().map_or_else(String::new, |table| table.name.to_string());
        let task = tokio::spawn(async move {
            let last = pump(&sessions, plan, pace, &sender).await.map(|()| None);
            // Nobody listens any more when the reader was dropped.
            let _ = sender.send(last.fault(format!("rows of {table} cannot be read"))).await;
        });
        Self { batches, task, versions }
    }

    /// Gives each row in turn to `take`, which says whether to go on. Blocks the thread.
    pub(crate) fn for_each(&mut self, mut take: impl FnMut(&Row) -> Result<(), Fault>) -> Result<u64, Fault> {
        let (mut row, mut rows) = (Row::default(), 0);
        while let Some(reader) = self.next_blocking()? {
            for index in 0..reader.rows() {
                reader.read(index, &mut row)?;
                take(&row)?;
                rows += 1;
            }
        }
        Ok(rows)
    }

    /// Maps each row and gives it to `take` with what it was mapped to, unless the map leaves it out. Blocks the thread.
    pub(crate) fn map_each(
        &mut self,
        map: &mut dyn RowMap,
        mut take: impl FnMut(&Row) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let (mut row, mut out) = (Row::default(), Row::default());
        while let Some(reader) = self.next_blocking()? {
            reader.each(&mut row, |row| map.look(row))?;
            reader.each(&mut row, |row| {
                out.clear();
                if map.map(row, &mut out)? { take(&out) } else { Ok(()) }
            })?;
        }
        Ok(())
    }

    /// The next rows, or `None` at their end. Blocks the thread.
    pub(crate) fn next_blocking(&mut self) -> Result<Option<RowReader>, Fault> {
        match self.batches.blocking_recv() {
            Some(Ok(Some(batch))) => RowReader::new(&batch).map(Some),
            Some(Ok(None)) => Ok(None),
            Some(Err(fault)) => Err(fault),
            None => Err(Fault::new("reading was stopped before the rows ended")),
        }
    }
}

async fn pump(sessions: &Sessions, plan: LogicalPlan, pace: Pace, to: &Sender<Piece>) -> Result<(), DataFusionError> {
    let mut batches = run(sessions, plan, pace).await?;
    while let Some(batch) = batches.next().await {
        if to.send(Ok(Some(batch?))).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Reads rows into a sink on a thread of its own.
pub(crate) async fn scan(
    warehouse: &DeltaWarehouse,
    order: ScanOrder,
    mut sink: Box<dyn RowSink>,
) -> Result<(u64, Box<dyn RowSink>), Fault> {
    let mut scan = Scan::start(warehouse, &order).await?;
    let read = spawn_blocking(move || scan.for_each(|row| sink.take(row)).map(|rows| (rows, sink)));
    read.await.fault("task of a reader was stopped")?
}

/// Runs a plan. An order that runs out of memory before its first batch is run once more, more slowly and with joins that
/// can spill. (Measured: a sort of 60 columns under 300 MB fails with two partitions and passes with one.)
pub(crate) async fn run(sessions: &Sessions, plan: LogicalPlan, pace: Pace) -> Result<Batches, DataFusionError> {
    match with_first_batch(sessions, plan.clone(), pace).await {
        Err(error) if is_out_of_memory(&error) => {
            tracing::info!("an order ran out of memory and is run again more slowly");
            sessions.settle().await;
            let joins = plan.exists(|node| Ok(matches!(node, LogicalPlan::Join(_))))?;
            with_first_batch(sessions, plan, Pace::Frugal { joins }).await
        }
        outcome => outcome,
    }
}

/// What a plan gives.
pub(crate) type Batches = BoxStream<'static, Result<RecordBatch, DataFusionError>>;

async fn with_first_batch(sessions: &Sessions, plan: LogicalPlan, pace: Pace) -> Result<Batches, DataFusionError> {
    let session = sessions
        .start(pace, plan.schema().fields().len())
        .await
        .map_err(|fault| DataFusionError::External(fault.into()))?;
    let mut rest = session.execute_logical_plan(plan).await?.execute_stream().await?;
    let first = rest.next().await.transpose()?;
    Ok(stream::iter(first.map(Ok)).chain(rest).boxed())
}

fn is_out_of_memory(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

/// Left joins on `import_id` and the columns named, then the order, then the columns asked for. What stands in step with
/// the first table is read beside it instead of being joined.
fn plan(order: &ScanOrder, opened: &[OpenTable], in_step: bool) -> Result<LogicalPlan, Fault> {
    check(order, opened)?;
    let imports: Vec<String> = order.imports.iter().map(ToString::to_string).collect();
    let files = |index: usize| ImportFiles::new(&opened[index], Some(imports.clone()));
    let scan = |index: usize, rows: Arc<dyn TableProvider>| {
        build(LogicalPlanBuilder::scan(alias(index), provider_as_source(rows), None))
    };
    // Within one import its identifier decides nothing, and sorting and joining by it costs.
    let by_import = (imports.len() != 1).then_some(IMPORT_ID);
    let mut beside = Beside::new(files(0)?);
    let mut joined = Vec::new();
    let mut columns: Vec<Expr> = order.columns.iter().map(|name| column(0, name)).collect();
    for (index, join) in order.joins.iter().enumerate() {
        if in_step && join.in_step {
            let names = beside.put(files(index + 1)?, &join.on, &join.columns)?;
            columns.extend(names.iter().map(|name| column(0, name)));
        } else {
            columns.extend(join.columns.iter().map(|name| column(index + 1, name)));
            joined.push((index + 1, join));
        }
    }
    let mut builder = if in_step { scan(0, Arc::new(beside))? } else { scan(0, Arc::new(files(0)?))? };
    for (right, join) in joined {
        let on = |side: usize| {
            let names = by_import.into_iter().chain(join.on.iter().map(String::as_str));
            names.map(|name| Column::new(Some(alias(side)), name)).collect::<Vec<_>>()
        };
        let table = scan(right, Arc::new(files(right)?))?;
        builder = if in_step {
            // The other way round: the side named first is kept in memory.
            build(table.join(build(builder.build())?, JoinType::Right, (on(right), on(0)), None))?
        } else {
            build(builder.join(build(table.build())?, JoinType::Left, (on(0), on(right)), None))?
        };
    }
    builder = if order.shuffle {
        shuffled(builder)?
    } else if order.order_by.is_empty() {
        builder
    } else {
        let keys = by_import.into_iter().chain(order.order_by.iter().map(String::as_str));
        build(builder.sort(keys.map(|name| ascending(column(0, name))).collect::<Vec<_>>()))?
    };
    // Two tables may have a column of the same name.
    let numbered = columns.into_iter().enumerate().map(|(index, column)| column.alias(format!("c{index}")));
    build(build(builder.project(numbered.collect::<Vec<_>>()))?.build())
}

/// In an order drawn anew each time. The number drawn for a row (by a generator fit for keys, `rand`'s thread generator)
/// is a column before it is sorted by, so that a sort that spills and merges sees the same number twice.
pub(crate) fn shuffled(builder: LogicalPlanBuilder) -> Result<LogicalPlanBuilder, Fault> {
    const DRAWN: &str = "drawn";
    let mut columns: Vec<Expr> = builder.schema().columns().into_iter().map(Expr::Column).collect();
    columns.push(random().alias(DRAWN));
    let drawn = build(builder.project(columns))?;
    build(drawn.sort([ascending(Expr::Column(Column::new_unqualified(DRAWN)))]))
}

fn ascending(key: Expr) -> SortExpr {
    SortExpr::new(key, true, false)
}

pub(crate) fn build<T>(built: Result<T, DataFusionError>) -> Result<T, Fault> {
    built.fault("order cannot be planned")
}

pub(crate) fn alias(index: usize) -> String {
    format!("t{index}")
}

pub(crate) fn column(table: usize, name: &str) -> Expr {
    Expr::Column(Column::new(Some(alias(table)), name))
}

/// Every column named must be there, or the fault says which is not.
fn check(order: &ScanOrder, opened: &[OpenTable]) -> Result<(), Fault> {
    let mut named: Vec<(&OpenTable, &String)> = Vec::new();
    named.extend(order.columns.iter().chain(&order.order_by).map(|name| (&opened[0], name)));
    for (join, table) in order.joins.iter().zip(&opened[1..]) {
        if join.on.is_empty() {
            return Err(Fault::new(format!("an order joins {} on no column", table.name)));
        }
        named.extend(join.on.iter().map(|name| (&opened[0], name)));
        named.extend(join.on.iter().chain(&join.columns).map(|name| (table, name)));
    }
    for (table, name) in named {
        if name != IMPORT_ID && !table.columns.iter().any(|column| column.name == *name) {
            return Err(Fault::new(format!("{} has no column {name}", table.name)));
        }
    }
    if order.columns.is_empty() && order.joins.iter().all(|join| join.columns.is_empty()) {
        return Err(Fault::new(format!("an order for {} names no column", order.table)));
    }
    Ok(())
}
