//! Tables of a warehouse in the memory of the test: it answers the one question that counts people by dimensions, and nothing
//! else.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Mutex;

use async_trait::async_trait;
use fairway_domain::port::{
    AppendOrder, AsOf, ExtractCommit, ExtractFile, LinkOrder, QueryAnswer, QueryError, RowMap, RowSink, RowSource,
    ScanOrder, TableCommit, Unreferenced, Warehouse,
};
use fairway_domain::{Column, Fault, Row, Value, Zone};
use jiff::Timestamp;

use crate::away::Away;

/// A record: of whom, and its columns.
pub struct Record {
    pub person: u32,
    pub values: HashMap<&'static str, String>,
}

#[derive(Default)]
pub struct Tables(pub Mutex<Vec<Record>>);

impl Tables {
    /// Takes records of people who are alike.
    pub fn put(&self, import: &str, values: &[(&'static str, &str)], people: usize) {
        let mut records = self.0.lock().unwrap();
        for _ in 0..people {
            let own = values.iter().map(|(column, value)| (*column, (*value).to_owned()));
            let values = own.chain([("import_id", import.to_owned())]).collect();
            let person = u32::try_from(records.len()).unwrap();
            records.push(Record { person, values });
        }
    }

    fn answer(&self, sql: &str) -> QueryAnswer {
        let between = |text: &str, from: &str, to: &str| -> String {
            text.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned()
        };
        let tuple = between(sql, " AS person, ", " AS tuple FROM");
        let columns: Vec<String> = tuple
            .split(" || '\u{1f}' || ")
            .map(|part| part.split('"').nth(1).unwrap_or("import_id").to_owned())
            .collect();
        let imports = between(sql, "import_id IN (", ")");
        let mut people: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
        for record in self.0.lock().unwrap().iter().filter(|record| imports.contains(&record.values["import_id"])) {
            let value = |column: &String| record.values.get(column.as_str()).cloned().unwrap_or_default();
            let values: Vec<String> = columns.iter().map(value).collect();
            people.entry(record.person).or_default().insert(values.join("\u{1f}"));
        }
        let mut alike: BTreeMap<String, i64> = BTreeMap::new();
        for tuples in people.into_values() {
            *alike.entry(tuples.into_iter().collect::<Vec<_>>().join("\u{1e}")).or_default() += 1;
        }
        let row = |(tuples, count): (String, i64)| {
            let mut row = Row::default();
            row.push(Value::Text(&tuples));
            row.push(Value::Integer(count));
            row
        };
        QueryAnswer {
            columns: vec!["tuples".into(), "n".into()],
            rows: alike.into_iter().map(row).collect(),
            cut: false,
        }
    }
}

#[async_trait]
impl Warehouse for Tables {
    async fn append(&self, order: AppendOrder, source: Box<dyn RowSource>) -> Result<Vec<TableCommit>, Fault> {
        Away.append(order, source).await
    }

    async fn scan(&self, order: ScanOrder, sink: Box<dyn RowSink>) -> Result<(u64, Box<dyn RowSink>), Fault> {
        Away.scan(order, sink).await
    }

    async fn derive(&self, from: ScanOrder, to: AppendOrder, map: Box<dyn RowMap>) -> Result<TableCommit, Fault> {
        Away.derive(from, to, map).await
    }

    async fn extract(
        &self,
        order: ScanOrder,
        columns: Vec<Column>,
        map: Box<dyn RowMap>,
        files: Vec<ExtractFile>,
    ) -> Result<ExtractCommit, Fault> {
        Away.extract(order, columns, map, files).await
    }

    async fn link(
        &self,
        order: LinkOrder,
        columns: Vec<Column>,
        map: Box<dyn RowMap>,
        files: Vec<ExtractFile>,
    ) -> Result<ExtractCommit, Fault> {
        Away.link(order, columns, map, files).await
    }

    async fn query_as_of(&self, _: Zone, sql: &str, _: usize, _: AsOf) -> Result<QueryAnswer, QueryError> {
        Ok(self.answer(sql))
    }

    async fn read_back(&self, path: &Path, sink: Box<dyn RowSink>) -> Result<(Vec<String>, Box<dyn RowSink>), Fault> {
        Away.read_back(path, sink).await
    }

    async fn vacuum(&self, before: Timestamp, take_away: bool) -> Result<Unreferenced, Fault> {
        Away.vacuum(before, take_away).await
    }
}
