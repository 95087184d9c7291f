use std::path::Path;

use fairway_domain::port::{AppendOrder, RowMap, RowSink, RowSource, ScanOrder, TablePlan, Warehouse};
use fairway_domain::{Column, ColumnKind, Fault, ImportId, PrivacyClass, Row, TableName, Value, Zone};
use fairway_warehouse::{DeltaWarehouse, WarehouseOptions};
use jiff::civil::date;
use tempfile::TempDir;

pub(crate) type K = ColumnKind;
pub(crate) type C = PrivacyClass;

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(32 << 20)
        .enable_all()
        .build()
        .unwrap()
}

pub(crate) struct House {
    pub(crate) folder: TempDir,
    pub(crate) warehouse: DeltaWarehouse,
}

impl House {
    /// A warehouse in a folder whose name has a space and a per cent sign.
    pub(crate) fn new() -> Self {
        Self::with_memory(256 << 20)
    }

    pub(crate) fn with_memory(bytes: usize) -> Self {
        let folder = tempfile::Builder::new().prefix("fairway 100% ").tempdir().unwrap();
        let warehouse = open(folder.path(), bytes);
        Self { folder, warehouse }
    }
}

pub(crate) fn options(root: &Path, memory_bytes: usize) -> WarehouseOptions {
    WarehouseOptions { memory_bytes, partitions: 2, ..WarehouseOptions::new(root.join("spill")) }
}

pub(crate) fn open(root: &Path, memory_bytes: usize) -> DeltaWarehouse {
    DeltaWarehouse::open(&root.join("tables"), options(root, memory_bytes)).unwrap()
}

pub(crate) fn import(number: u128) -> ImportId {
    ImportId::new(uuid::Uuid::from_u128(0x0192_f0c1_7a5e_7c3a_9b1e_0000_0000_0000 + number))
}

pub(crate) fn vault() -> TableName {
    TableName::new(Zone::Identifiable, "asc_cld_vault")
}

pub(crate) fn events() -> TableName {
    TableName::new(Zone::Identifiable, "asc_cld")
}

pub(crate) fn deidentified() -> TableName {
    TableName::new(Zone::Deidentified, "asc_cld")
}

pub(crate) fn vault_columns() -> Vec<Column> {
    vec![
        Column::new("person_uid", K::Bytes, C::Quasi),
        Column::new("nhs_number", K::Bytes, C::Direct),
        Column::new("surname", K::Text, C::Direct),
    ]
}

pub(crate) fn event_columns() -> Vec<Column> {
    vec![
        Column::new("row_number", K::Integer, C::Plain),
        Column::new("person_uid", K::Bytes, C::Quasi),
        Column::new("Event_Type", K::Text, C::Plain),
        Column::new("Event_Start_Date", K::Date, C::Quasi),
        Column::new("Unit_Cost", K::Decimal, C::Sensitive),
    ]
}

pub(crate) fn both(import: ImportId) -> AppendOrder {
    AppendOrder {
        import,
        tables: vec![
            TablePlan { table: vault(), columns: vault_columns() },
            TablePlan { table: events(), columns: event_columns() },
        ],
    }
}

/// A person every second event; events numbered from 1 in falling order; uids random, so that no two runs agree.
pub(crate) struct People {
    left: u64,
    uid: [u8; 16],
}

impl People {
    pub(crate) fn new(events: u64) -> Box<Self> {
        Box::new(Self { left: events, uid: [0; 16] })
    }
}

impl RowSource for People {
    fn next(&mut self, rows: &mut [Row]) -> Result<bool, Fault> {
        if self.left == 0 {
            return Ok(false);
        }
        let [vault, events] = rows else { return Err(Fault::new("two tables are filled")) };
        if self.left.is_multiple_of(2) {
            self.uid = rand::random();
            vault.push(Value::Bytes(&self.uid));
            vault.push(Value::Bytes(format!("sealed-{}", self.left).as_bytes()));
            vault.push(Value::Text("Made-Up"));
        }
        events.push(Value::Integer(self.left as i64));
        events.push(Value::Bytes(&self.uid));
        events.push(if self.left.is_multiple_of(3) { Value::Null } else { Value::Text("Service") });
        events.push(Value::Date(date(2024, 1 + (self.left % 12) as i8, 9)));
        events.push(Value::Decimal(self.left as i64 * 10 + 5));
        self.left -= 1;
        Ok(true)
    }
}

/// A source that must not be asked.
pub(crate) struct Untouched;

impl RowSource for Untouched {
    fn next(&mut self, _rows: &mut [Row]) -> Result<bool, Fault> {
        Err(Fault::new("source was asked although the import was written"))
    }
}

/// Rows as text, cells divided by `|`.
#[derive(Default)]
pub(crate) struct Lines(pub(crate) std::sync::Arc<std::sync::Mutex<Vec<String>>>);

impl RowSink for Lines {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        self.0.lock().unwrap().push(line(row));
        Ok(())
    }
}

pub(crate) fn line(row: &Row) -> String {
    (0..row.len()).map(|index| shown(row.get(index))).collect::<Vec<_>>().join("|")
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Text(text) => text.into(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(hundredths) => format!("{}.{:02}", hundredths / 100, hundredths % 100),
        Value::Date(day) => day.to_string(),
        Value::Bytes(bytes) => bytes.iter().map(|b| format!("{b:02x}")).collect(),
    }
}

pub(crate) async fn lines(warehouse: &DeltaWarehouse, order: ScanOrder) -> Vec<String> {
    let sink = Lines::default();
    let lines = sink.0.clone();
    let (rows, _) = warehouse.scan(order, Box::new(sink)).await.unwrap();
    let lines = lines.lock().unwrap().clone();
    assert_eq!(rows, lines.len() as u64);
    lines
}

pub(crate) fn of(table: TableName, columns: &[&str], imports: &[ImportId]) -> ScanOrder {
    ScanOrder {
        table,
        columns: columns.iter().map(|name| name.to_string()).collect(),
        imports: imports.to_vec(),
        joins: Vec::new(),
        order_by: Vec::new(),
        shuffle: false,
    }
}

/// Leaves out rows whose first cell is an odd number; keeps the others as they are.
pub(crate) struct Even;

impl RowMap for Even {
    fn map(&mut self, row: &Row, out: &mut Row) -> Result<bool, Fault> {
        if row.get(0).integer().is_some_and(|n| n % 2 == 1) {
            return Ok(false);
        }
        (0..row.len()).for_each(|index| out.push(row.get(index)));
        Ok(true)
    }
}

/// Keeps every row as it is.
pub(crate) struct Same;

impl RowMap for Same {
    fn map(&mut self, row: &Row, out: &mut Row) -> Result<bool, Fault> {
        (0..row.len()).for_each(|index| out.push(row.get(index)));
        Ok(true)
    }
}

/// Every file below a folder.
pub(crate) fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
