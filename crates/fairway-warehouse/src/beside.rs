//! Tables that took an import in step, read side by side: row n of one is row n of the other. Nothing is sorted, hashed or
//! kept, however many rows there are.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::streaming::StreamingTable;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::datasource::TableType;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use fairway_domain::{Fault, FaultExt};
use futures::{StreamExt, stream};

use crate::provider::ImportFiles;

const OUT_OF_STEP: &str = "rows of two tables of one import are not in step";

/// Tables side by side. The first keeps the names of its columns.
#[derive(Debug)]
pub(crate) struct Beside {
    first: ImportFiles,
    others: Vec<Other>,
    schema: SchemaRef,
}

#[derive(Debug)]
struct Other {
    files: ImportFiles,
    /// Columns that must agree: where they stand in the first table and in this one.
    on: Vec<(usize, usize)>,
    /// Columns that are taken.
    columns: Vec<usize>,
}

impl Beside {
    pub(crate) fn new(first: ImportFiles) -> Self {
        let schema = first.schema();
        Self { first: first.in_order(), others: Vec::new(), schema }
    }

    /// Puts a table beside those that are there, and says what its columns are called.
    pub(crate) fn put(&mut self, files: ImportFiles, on: &[String], columns: &[String]) -> Result<Vec<String>, Fault> {
        const WHAT: &str = "order cannot be planned";
        let (first, own) = (self.first.schema(), files.schema());
        let on = on.iter().map(|name| Ok((first.index_of(name).fault(WHAT)?, own.index_of(name).fault(WHAT)?)));
        let on = on.collect::<Result<_, Fault>>()?;
        let columns = columns.iter().map(|name| own.index_of(name).fault(WHAT)).collect::<Result<Vec<_>, Fault>>()?;
        let number = self.others.len();
        let names: Vec<String> = (0..columns.len()).map(|at| format!("beside {number} {at}")).collect();
        let mut fields: Vec<_> = self.schema.fields().iter().cloned().collect();
        let kinds = columns.iter().map(|at| own.field(*at).data_type().clone());
        fields.extend(names.iter().zip(kinds).map(|(name, kind)| Arc::new(Field::new(name, kind, true))));
        self.schema = Arc::new(Schema::new(fields));
        self.others.push(Other { files: files.in_order(), on, columns });
        Ok(names)
    }
}

#[async_trait]
impl TableProvider for Beside {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wanted: Vec<usize> = match projection {
            Some(wanted) => wanted.clone(),
            None => (0..self.schema.fields().len()).collect(),
        };
        let own = self.first.schema().fields().len();
        let mut first: Vec<usize> = wanted.iter().copied().filter(|at| *at < own).collect();
        first.extend(self.others.iter().flat_map(|other| other.on.iter().map(|(at, _)| *at)));
        first.sort_unstable();
        first.dedup();
        let place = |column: usize| first.binary_search(&column).unwrap_or_default();
        let mut sides = vec![Side::of(state, &self.first, &first, Vec::new()).await?];
        // The cells of all sides in a row, and where among them each wanted one stands.
        let (mut taken, mut next, mut width) = (Vec::new(), own, first.len());
        for other in &self.others {
            let columns: Vec<usize> = other.on.iter().map(|(_, at)| *at).chain(other.columns.iter().copied()).collect();
            let on = other.on.iter().enumerate().map(|(at, (one, _))| (place(*one), at)).collect();
            sides.push(Side::of(state, &other.files, &columns, on).await?);
            taken.extend((0..other.columns.len()).map(|at| (next + at, width + other.on.len() + at)));
            next += other.columns.len();
            width += columns.len();
        }
        let find = |column: &usize| match *column {
            column if column < own => place(column),
            column => taken.iter().find(|(at, _)| *at == column).map_or(0, |(_, cell)| *cell),
        };
        let cells = wanted.iter().map(find).collect();
        let schema = Arc::new(self.schema.project(&wanted)?);
        let rows = Arc::new(SideBySide { schema: Arc::clone(&schema), sides, cells });
        StreamingTable::try_new(schema, vec![rows])?.scan(state, None, filters, limit).await
    }
}

/// One table's rows, in the order of its files.
#[derive(Debug, Clone)]
struct Side {
    plan: Arc<dyn ExecutionPlan>,
    /// Cells that must agree: of the first side, and of this one.
    on: Vec<(usize, usize)>,
}

impl Side {
    async fn of(
        state: &dyn Session,
        files: &ImportFiles,
        columns: &Vec<usize>,
        on: Vec<(usize, usize)>,
    ) -> Result<Self> {
        let mut plan = files.scan(state, Some(columns), &[], None).await?;
        if plan.output_partitioning().partition_count() > 1 {
            plan = Arc::new(CoalescePartitionsExec::new(plan));
        }
        Ok(Self { plan, on })
    }
}

struct SideBySide {
    schema: SchemaRef,
    sides: Vec<Side>,
    cells: Vec<usize>,
}

impl fmt::Debug for SideBySide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tables side by side", self.sides.len())
    }
}

impl PartitionStream for SideBySide {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let begun = self.sides.iter().map(|side| {
            let rows = side.plan.execute(0, Arc::clone(&context))?;
            Ok(Running { rows, batch: None, on: side.on.clone() })
        });
        let schema = Arc::clone(&self.schema);
        let rows = match begun.collect::<Result<Vec<_>>>() {
            Ok(running) => {
                let step = Step { running, schema: Arc::clone(&schema), cells: self.cells.clone() };
                stream::try_unfold(step, |mut step| async move { Ok(step.next().await?.map(|batch| (batch, step))) })
                    .left_stream()
            }
            Err(error) => stream::once(async { Err(error) }).right_stream(),
        };
        Box::pin(RecordBatchStreamAdapter::new(schema, rows))
    }
}

struct Running {
    rows: SendableRecordBatchStream,
    batch: Option<RecordBatch>,
    on: Vec<(usize, usize)>,
}

struct Step {
    running: Vec<Running>,
    schema: SchemaRef,
    cells: Vec<usize>,
}

impl Step {
    /// As many rows as every side has at hand.
    async fn next(&mut self) -> Result<Option<RecordBatch>> {
        for side in &mut self.running {
            while side.batch.as_ref().is_none_or(|batch| batch.num_rows() == 0) {
                side.batch = match side.rows.next().await {
                    Some(batch) => Some(batch?),
                    None => break,
                };
            }
        }
        let rows = self.running.iter().map(|side| side.batch.as_ref().map_or(0, RecordBatch::num_rows));
        let (least, most) = rows.fold((usize::MAX, 0), |(least, most), rows| (least.min(rows), most.max(rows)));
        if most == 0 {
            return Ok(None);
        }
        let mut cells: Vec<ArrayRef> = Vec::new();
        for side in &mut self.running {
            let Some(batch) = side.batch.take().filter(|_| least > 0) else { return Err(out_of_step()) };
            let piece = batch.slice(0, least);
            if side.on.iter().any(|(one, other)| cells[*one].as_ref() != piece.column(*other).as_ref()) {
                return Err(out_of_step());
            }
            cells.extend(piece.columns().iter().cloned());
            side.batch = Some(batch.slice(least, batch.num_rows() - least));
        }
        let wanted = self.cells.iter().map(|at| Arc::clone(&cells[*at])).collect();
        Ok(Some(RecordBatch::try_new(Arc::clone(&self.schema), wanted)?))
    }
}

fn out_of_step() -> DataFusionError {
    DataFusionError::Execution(OUT_OF_STEP.into())
}
