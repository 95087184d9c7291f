//! What the log says about a data file.

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::compute::{max, min};
use datafusion::arrow::datatypes::{Date32Type, Decimal128Type, Int64Type};
use fairway_domain::{Column, ColumnKind};
use serde_json::{Map, Value, json};

use crate::batch::EPOCH_FROM_CE;
use crate::schema::may_be_described;

/// Gathers the statistics of one file: rows; for every column that may be described, its nulls; and for numbers and
/// dates among those, the smallest and the largest. Text has none: other engines prune by import, and few by text.
/// (Delta protocol, "Per-file statistics".)
pub(crate) struct FileStats {
    rows: u64,
    columns: Vec<ColumnStats>,
}

struct ColumnStats {
    name: String,
    kind: ColumnKind,
    described: bool,
    nulls: u64,
    /// Days, hundredths or whole numbers.
    range: Option<(i128, i128)>,
}

impl FileStats {
    pub(crate) fn new(columns: &[Column]) -> Self {
        let columns = columns.iter().map(|column| ColumnStats {
            name: column.name.clone(),
            kind: column.kind,
            described: may_be_described(column),
            nulls: 0,
            range: None,
        });
        Self { rows: 0, columns: columns.collect() }
    }

    pub(crate) fn add(&mut self, batch: &RecordBatch) {
        self.rows += batch.num_rows() as u64;
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            if column.described {
                column.add(array.as_ref());
            }
        }
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The statistics as the log keeps them.
    pub(crate) fn to_json(&self) -> String {
        let (mut nulls, mut least, mut most) = (Map::new(), Map::new(), Map::new());
        for column in self.columns.iter().filter(|c| c.described) {
            nulls.insert(column.name.clone(), json!(column.nulls));
            if let Some((low, high)) = column.range {
                least.insert(column.name.clone(), column.shown(low));
                most.insert(column.name.clone(), column.shown(high));
            }
        }
        json!({ "numRecords": self.rows, "minValues": least, "maxValues": most, "nullCount": nulls }).to_string()
    }
}

impl ColumnStats {
    fn add(&mut self, array: &dyn Array) {
        self.nulls += array.null_count() as u64;
        let range = match self.kind {
            ColumnKind::Integer => pair(min(array.as_primitive::<Int64Type>()), max(array.as_primitive::<Int64Type>())),
            ColumnKind::Date => pair(min(array.as_primitive::<Date32Type>()), max(array.as_primitive::<Date32Type>())),
            ColumnKind::Decimal => {
                pair(min(array.as_primitive::<Decimal128Type>()), max(array.as_primitive::<Decimal128Type>()))
            }
            ColumnKind::Text | ColumnKind::Bytes => None,
        };
        self.range = match (self.range, range) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
    }

    fn shown(&self, number: i128) -> Value {
        match self.kind {
            ColumnKind::Date => {
                let day = i32::try_from(number).ok().and_then(|n| n.checked_add(EPOCH_FROM_CE));
                json!(day.and_then(NaiveDate::from_num_days_from_ce_opt).map(|d| d.to_string()))
            }
            // A double holds fifteen digits whole; beyond that a bound could lie inside the true range.
            ColumnKind::Decimal if number.abs() < 1_000_000_000_000_000 => json!(number as f64 / 100.0),
            ColumnKind::Decimal => Value::Null,
            _ => json!(i64::try_from(number).ok()),
        }
    }
}

fn pair<N: Into<i128>>(low: Option<N>, high: Option<N>) -> Option<(i128, i128)> {
    Some((low?.into(), high?.into()))
}
