//! One `SELECT` over the tables of a zone.

mod spelling;

use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use datafusion::sql::sqlparser::tokenizer::TokenWithSpan;
use fairway_domain::port::{AsOf, QueryAnswer, QueryError};
use fairway_domain::{Fault, FaultExt, Row, TableName, Zone};
use futures::StreamExt;

use self::spelling::{respell, tokens};
use crate::DeltaWarehouse;
use crate::cells::RowReader;
use crate::provider::ImportFiles;
use crate::scan::run;
use crate::session::{Pace, Sessions};
use crate::tables::{OpenTable, Tables};

const ONE_SELECT: &str = "a query is one SELECT (it may begin with WITH, or be put behind EXPLAIN); \
                          nothing else is run here";

/// Answers a query with at most `limit` rows. The tables of the zone stand under their names; nothing else can be read:
/// no other zone, no file, no setting. Columns may be written in any case.
pub(crate) async fn query(
    warehouse: &DeltaWarehouse,
    zone: Zone,
    sql: &str,
    limit: usize,
    as_of: AsOf,
) -> Result<QueryAnswer, QueryError> {
    let DeltaWarehouse { tables, sessions } = warehouse;
    let session = sessions.start(Pace::Full, 0).await?;
    let words = tokens(sql).map_err(|e| QueryError::Refused(plain(&e.into())))?;
    let wanted = referenced(tables, &session, zone, one_select(words.clone())?).await?;
    let mut opened = Vec::with_capacity(wanted.len());
    for table in &wanted {
        let then = tables.as_of(table, as_of).await?;
        opened.push(then.ok_or_else(|| QueryError::Refused(format!("{} held nothing then", table.name)))?);
    }
    let statement = one_select(respell(words, &opened))?;
    let plan = plan(&session, &opened, statement).await?;
    answer(sessions, plan, limit).await
}

/// The statement, if it is one and only reads.
fn one_select(words: Vec<TokenWithSpan>) -> Result<Statement, QueryError> {
    let parsed = DFParserBuilder::new(words).build().and_then(|mut parser| parser.parse_statements());
    let mut statements = parsed.map_err(|e| QueryError::Refused(plain(&e)))?;
    match (statements.pop_front(), statements.is_empty()) {
        (Some(statement), true) if only_reads(&statement) => Ok(statement),
        _ => Err(QueryError::Refused(ONE_SELECT.into())),
    }
}

fn only_reads(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(sql) => match sql.as_ref() {
            SqlStatement::Query(_) => true,
            SqlStatement::Explain { statement, .. } => matches!(statement.as_ref(), SqlStatement::Query(_)),
            _ => false,
        },
        Statement::Explain(explain) => {
            matches!(explain.statement.as_ref(), Statement::Statement(sql) if matches!(sql.as_ref(), SqlStatement::Query(_)))
        }
        _ => false,
    }
}

/// The tables a statement names, all of them tables of the zone.
async fn referenced(
    tables: &Tables,
    session: &SessionContext,
    zone: Zone,
    statement: Statement,
) -> Result<Vec<TableName>, QueryError> {
    let named = session.state().resolve_table_references(&statement).map_err(|e| QueryError::Refused(plain(&e)))?;
    let there = tables.names(zone).await?;
    let mut wanted = Vec::new();
    for reference in named {
        let found = match &reference {
            TableReference::Bare { table } => there.iter().find(|name| name.name == table.as_ref()),
            _ => None,
        };
        match found {
            Some(table) if wanted.contains(table) => {}
            Some(table) => wanted.push(table.clone()),
            None => return Err(QueryError::Refused(no_table(zone, &reference, &there))),
        }
    }
    Ok(wanted)
}

fn no_table(zone: Zone, reference: &TableReference, there: &[TableName]) -> String {
    if there.is_empty() {
        return format!("there is no table {reference}: the zone {zone} has no tables yet");
    }
    let names: Vec<_> = there.iter().map(|table| table.name.as_str()).collect();
    format!("there is no table {reference} in the zone {zone}; its tables are {}", names.join(", "))
}

async fn plan(session: &SessionContext, opened: &[OpenTable], statement: Statement) -> Result<LogicalPlan, QueryError> {
    for table in opened {
        let files = Arc::new(ImportFiles::new(table, None)?);
        session.register_table(table.name.name.as_str(), files).fault("table cannot be registered")?;
    }
    let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    let plan = session.state().statement_to_plan(statement).await;
    let plan = plan.and_then(|plan| options.verify_plan(&plan).map(|()| plan));
    plan.map_err(|e| QueryError::Refused(plain(&e)))
}

async fn answer(sessions: &Sessions, plan: LogicalPlan, limit: usize) -> Result<QueryAnswer, QueryError> {
    let columns = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut answer = QueryAnswer { columns, ..QueryAnswer::default() };
    let plan = match plan {
        LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => plan,
        rows => LogicalPlanBuilder::from(rows)
            .limit(0, Some(limit.saturating_add(1)))
            .and_then(LogicalPlanBuilder::build)
            .fault("query cannot be cut to its limit")?,
    };
    let mut batches = run(sessions, plan, Pace::Full).await.map_err(stopped)?;
    while let Some(batch) = batches.next().await {
        add(&mut answer, &batch.map_err(stopped)?, limit)?;
        if answer.cut {
            break;
        }
    }
    Ok(answer)
}

fn add(answer: &mut QueryAnswer, batch: &RecordBatch, limit: usize) -> Result<(), Fault> {
    let reader = RowReader::new(batch)?;
    for index in 0..reader.rows() {
        if answer.rows.len() == limit {
            answer.cut = true;
            return Ok(());
        }
        let mut row = Row::default();
        reader.read(index, &mut row)?;
        answer.rows.push(row);
    }
    Ok(())
}

/// What planning says, in the words of the person who wrote the query: it has names of columns, never a cell.
fn plain(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    let prefixes = ["SQL error: ", "Error during planning: ", "Schema error: ", "Arrow error: ", "External error: "];
    let mut text = text.as_str();
    while let Some(rest) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        text = rest;
    }
    let text = text.strip_prefix("ParserError(\"").and_then(|rest| rest.strip_suffix("\")")).unwrap_or(text);
    text.replace("datafusion.public.", "")
}

/// Why a query did not come to its end. DataFusion's own text may quote a cell, so it goes no further than here, unless
/// it is about files.
fn stopped(error: DataFusionError) -> QueryError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => QueryError::Refused(
            "the query needs more memory than it may use; ask for fewer columns or rows, or group before joining"
                .into(),
        ),
        DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) | DataFusionError::ParquetError(_) => {
            QueryError::Fault(Fault::from_source("tables of a query cannot be read", error))
        }
        DataFusionError::ArrowError(arrow, _) if arrow.to_string().contains("Divide by zero") => {
            QueryError::Refused("the query divides by zero; guard the divisor with nullif(divisor, 0)".into())
        }
        _ => QueryError::Refused(
            "the query met a value it cannot work with; where it converts text, use try_cast instead of cast".into(),
        ),
    }
}
