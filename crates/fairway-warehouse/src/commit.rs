//! One import into one table's log.

use deltalake::errors::DeltaTableError;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TableReference, TransactionError};
use deltalake::kernel::{Action, Add, MetadataExt as _, StructType, Transaction};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use fairway_domain::port::{TableCommit, TablePlan};
use fairway_domain::{Column, Fault, FaultExt, ImportId};

use crate::schema::{IMPORT_ID, delta_schema, may_be_described, merge};
use crate::tables::{OpenTable, Tables, transaction_of};

/// How often a commit is tried again because another import came first.
const TRIES: usize = 50;

/// The property that tells other writers of which columns they may gather statistics.
fn statistics_property(columns: &[Column]) -> (String, String) {
    let described: Vec<_> = columns.iter().filter(|c| may_be_described(c)).map(|c| c.name.as_str()).collect();
    match described.is_empty() {
        // An empty list is no list to every reader: of the first 0 columns, then.
        true => ("delta.dataSkippingNumIndexedCols".into(), "0".into()),
        false => ("delta.dataSkippingStatsColumns".into(), described.join(",")),
    }
}

/// What a table is made with besides its columns: a checkpoint now and then, since every import is a commit of its own;
/// and a log that is never cut, so that a version named in a manifest can be opened years later.
const PROPERTIES: [(&str, &str); 2] = [("delta.checkpointInterval", "25"), ("delta.enableExpiredLogCleanup", "false")];

/// Commits the files of one import, with the columns they need, under the import's name. A table that has the import
/// already is left as it is.
pub(crate) async fn commit(
    tables: &Tables,
    import: ImportId,
    plan: &TablePlan,
    files: &[Add],
) -> Result<TableCommit, Fault> {
    let wrong = || format!("import cannot be committed to {}", plan.table);
    for _ in 0..TRIES {
        let outcome = match tables.open(&plan.table).await? {
            None => create(tables, import, plan, files).await?,
            Some(table) => {
                if let Some(there) = table.import(import).await? {
                    return Ok(there);
                }
                append(&table, import, plan, files).await?
            }
        };
        match outcome {
            Ok(version) => {
                let rows = rows_of(files)?;
                return Ok(TableCommit { table: plan.table.clone(), version, rows, already_there: false });
            }
            Err(error) if lost_the_race(&error) => {}
            Err(error) => return Err(Fault::from_source(wrong(), error)),
        }
    }
    Err(Fault::new(format!("{}: other imports came first {TRIES} times", wrong())))
}

async fn create(
    tables: &Tables,
    import: ImportId,
    plan: &TablePlan,
    files: &[Add],
) -> Result<Result<u64, DeltaTableError>, Fault> {
    let properties = PROPERTIES.map(|(key, value)| (key.to_string(), value.to_string())).into_iter();
    let properties = properties.chain([statistics_property(&plan.columns)]).map(|(key, value)| (key, Some(value)));
    let made = CreateBuilder::new()
        .with_log_store(tables.log(&plan.table)?)
        .with_columns(delta_schema(&plan.columns)?.fields().cloned())
        .with_partition_columns([IMPORT_ID])
        .with_configuration(properties)
        .with_save_mode(SaveMode::ErrorIfExists)
        .with_actions(files.iter().cloned().map(Action::Add))
        .with_commit_properties(properties_of(import, 0))
        .await;
    Ok(made.map(|table| table.version().unwrap_or_default()))
}

async fn append(
    table: &OpenTable,
    import: ImportId,
    plan: &TablePlan,
    files: &[Add],
) -> Result<Result<u64, DeltaTableError>, Fault> {
    let mut actions = Vec::with_capacity(files.len() + 1);
    if let Some(columns) = merge(&table.name, &table.columns, &plan.columns)? {
        actions.push(widen(table, &columns)?);
    }
    actions.extend(files.iter().cloned().map(Action::Add));
    let operation =
        DeltaOperation::Write { mode: SaveMode::Append, partition_by: Some(vec![IMPORT_ID.into()]), predicate: None };
    let committed = CommitBuilder::from(properties_of(import, table.version() + 1))
        .with_actions(actions)
        .build(Some(&table.state as &dyn TableReference), table.log.clone(), operation)
        .await;
    Ok(committed.map(|done| done.version()))
}

/// The table's description with more columns.
fn widen(table: &OpenTable, columns: &[Column]) -> Result<Action, Fault> {
    let schema: StructType = delta_schema(columns)?;
    let metadata = table.state.metadata().clone().with_schema(&schema);
    let (key, value) = statistics_property(columns);
    metadata
        .and_then(|m| m.add_config_key(key, value))
        .map(Action::Metadata)
        .fault(format!("columns of {} cannot be added to", table.name))
}

/// The import as an application transaction; its version is the table's own version at this commit, so no retry inside
/// the library may move it.
fn properties_of(import: ImportId, version: u64) -> CommitProperties {
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_millis() as i64);
    CommitProperties::default().with_max_retries(0).with_cleanup_expired_logs(Some(false)).with_application_transaction(
        Transaction::new_with_last_update(transaction_of(import), version as i64, Some(now)),
    )
}

fn lost_the_race(error: &DeltaTableError) -> bool {
    matches!(
        error,
        DeltaTableError::VersionAlreadyExists(_)
            | DeltaTableError::Transaction {
                source: TransactionError::MaxCommitAttempts(_) | TransactionError::VersionAlreadyExists(_)
            }
    ) || error.to_string().contains("already exists")
}

/// Rows in data files that we wrote.
pub(crate) fn rows_of(files: &[Add]) -> Result<u64, Fault> {
    files.iter().map(rows_of_file).sum()
}

fn rows_of_file(file: &Add) -> Result<u64, Fault> {
    let stats = file.stats.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    stats.and_then(|s| s["numRecords"].as_u64()).ok_or_else(|| Fault::new("a data file has no count of its rows"))
}
