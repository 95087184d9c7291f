//! Rows of two tables about the same person.

use std::sync::Arc;

use datafusion::common::{Column, JoinType};
use datafusion::datasource::provider_as_source;
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use fairway_domain::Fault;
use fairway_domain::port::{LinkOrder, LinkSide};

use crate::provider::ImportFiles;
use crate::scan::{alias, build, column, shuffled};
use crate::schema::IMPORT_ID;
use crate::tables::OpenTable;

/// An inner join on the first key that is filled, in a random order.
pub(crate) fn plan(order: &LinkOrder, opened: &[OpenTable; 2]) -> Result<LogicalPlan, Fault> {
    let [left, right] = opened;
    let builder = side(0, &order.left, left)?;
    let other = build(side(1, &order.right, right)?.build())?;
    let on = (vec![Column::new_unqualified(key(0))], vec![Column::new_unqualified(key(1))]);
    let joined = shuffled(build(builder.join(other, JoinType::Inner, on, None))?)?;
    let taken = [(0, &order.left), (1, &order.right)].into_iter().flat_map(|(number, side)| {
        (0..side.columns.len()).map(move |at| Expr::Column(Column::new_unqualified(cell(number, at))))
    });
    build(build(joined.project(taken.collect::<Vec<_>>()))?.build())
}

/// The columns of one side under names of their own, with the key.
fn side(number: usize, side: &LinkSide, opened: &OpenTable) -> Result<LogicalPlanBuilder, Fault> {
    for name in side.columns.iter().chain(&side.keys) {
        if name != IMPORT_ID && !opened.columns.iter().any(|column| column.name == *name) {
            return Err(Fault::new(format!("{} has no column {name}", opened.name)));
        }
    }
    if side.keys.is_empty() {
        return Err(Fault::new(format!("{} is linked by no key", opened.name)));
    }
    let imports = side.imports.iter().map(ToString::to_string).collect();
    let files = ImportFiles::new(opened, Some(imports))?;
    let scan = build(LogicalPlanBuilder::scan(alias(number), provider_as_source(Arc::new(files)), None))?;
    let named = |(at, name): (usize, &String)| column(number, name).alias(cell(number, at));
    let mut columns: Vec<Expr> = side.columns.iter().enumerate().map(named).collect();
    let keys = side.keys.iter().map(|name| column(number, name)).collect();
    columns.push(coalesce(keys).alias(key(number)));
    build(scan.project(columns))
}

fn key(side: usize) -> String {
    format!("key{side}")
}

fn cell(side: usize, at: usize) -> String {
    format!("c{side}_{at}")
}
