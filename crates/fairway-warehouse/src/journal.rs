//! What makes several tables take an import in step.
//!
//! Delta Lake commits one table at a time. So the data files of all tables are written and synced first; then a note of
//! them all is put down (the point of no return); then each table is committed; then the note is taken away. A process
//! killed before the note leaves files that nothing refers to, and the next run starts afresh. Killed after it, the next
//! run commits the same files where they are missing and does not ask its source again: a source whose rows differ from
//! run to run (random uids, fresh encryption) cannot leave tables that do not fit one another.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::PathBuf;

use deltalake::kernel::Add;
use fairway_domain::port::TablePlan;
use fairway_domain::{Column, ColumnKind, Fault, FaultExt, ImportId, TableName, Zone};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use serde::{Deserialize, Serialize};

use crate::durable::make_folders;
use crate::tables::Tables;

const FOLDER: &str = "_imports";

/// The tables of an import and the files each is to be given.
pub(crate) type Parts = Vec<(TablePlan, Vec<Add>)>;

/// Lets one process at a time write an import. Given back when dropped, and when the process ends in any way.
pub(crate) struct ImportLock(#[expect(dead_code, reason = "held for its lock")] File);

/// Waits until no other process writes this import.
pub(crate) async fn lock(tables: &Tables, import: ImportId) -> Result<ImportLock, Fault> {
    let folder = tables.root().join(FOLDER);
    // One of 256 files, never removed: removing a lock file lets two processes hold "the" lock.
    let path = folder.join(format!("lock-{:02x}", import.as_bytes()[15]));
    let locked = tokio::task::spawn_blocking(move || lock_file(folder, path)).await;
    locked.fault("task was stopped")?.map(ImportLock).fault("import cannot be locked")
}

fn lock_file(folder: PathBuf, path: PathBuf) -> io::Result<File> {
    make_folders(&folder)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    file.lock()?;
    Ok(file)
}

/// Puts the note down. From here on the import will be whole.
pub(crate) async fn put(tables: &Tables, import: ImportId, parts: &Parts) -> Result<(), Fault> {
    let note = Note { tables: parts.iter().map(TableNote::new).collect() };
    let text = serde_json::to_vec(&note).fault("import's note cannot be written")?;
    let path = path_of(tables, import)?;
    tables.store().put(&path, text.into()).await.fault("import's note cannot be put down")?;
    Ok(())
}

/// The note of an import that was cut off while its tables were being committed.
pub(crate) async fn get(tables: &Tables, import: ImportId) -> Result<Option<Parts>, Fault> {
    let bytes = match tables.store().get(&path_of(tables, import)?).await {
        Ok(found) => found.bytes().await.fault("import's note cannot be read")?,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(e) => return Err(Fault::from_source("import's note cannot be opened", e)),
    };
    let note: Note = serde_json::from_slice(&bytes).fault("import's note is damaged")?;
    note.tables.into_iter().map(TableNote::into_part).collect::<Result<_, _>>().map(Some)
}

/// Takes the note away once every table has the import.
pub(crate) async fn remove(tables: &Tables, import: ImportId) -> Result<(), Fault> {
    tables.store().delete(&path_of(tables, import)?).await.fault("import's note cannot be taken away")
}

/// The paths, below their tables, of files that notes speak of: their commits may be yet to come.
pub(crate) fn noted(tables: &Tables) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    let folder = match std::fs::read_dir(tables.root().join(FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(paths),
        folder => folder?,
    };
    for entry in folder {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let note: Note = serde_json::from_slice(&std::fs::read(path)?)?;
            paths.extend(note.tables.into_iter().flat_map(|table| table.files).map(|file| file.path));
        }
    }
    Ok(paths)
}

fn path_of(tables: &Tables, import: ImportId) -> Result<Path, Fault> {
    Path::from_absolute_path(tables.root().join(FOLDER))
        .map(|folder| folder.join(format!("{import}.json")))
        .fault("folder of notes has no path in the store")
}

#[derive(Serialize, Deserialize)]
struct Note {
    tables: Vec<TableNote>,
}

#[derive(Serialize, Deserialize)]
struct TableNote {
    zone: String,
    name: String,
    columns: Vec<ColumnNote>,
    files: Vec<Add>,
}

#[derive(Serialize, Deserialize)]
struct ColumnNote {
    name: String,
    kind: String,
    class: String,
}

const ZONES: [Zone; 4] = [Zone::Landing, Zone::Identifiable, Zone::Deidentified, Zone::Released];

const KINDS: [(ColumnKind, &str); 5] = [
    (ColumnKind::Text, "text"),
    (ColumnKind::Integer, "integer"),
    (ColumnKind::Decimal, "decimal"),
    (ColumnKind::Date, "date"),
    (ColumnKind::Bytes, "bytes"),
];

impl TableNote {
    fn new((plan, files): &(TablePlan, Vec<Add>)) -> Self {
        let columns = plan.columns.iter().map(|column| ColumnNote {
            name: column.name.clone(),
            kind: KINDS.iter().find(|(kind, _)| *kind == column.kind).map_or("", |(_, word)| word).into(),
            class: column.class.as_str().into(),
        });
        Self {
            zone: plan.table.zone.as_str().into(),
            name: plan.table.name.clone(),
            columns: columns.collect(),
            files: files.clone(),
        }
    }

    fn into_part(self) -> Result<(TablePlan, Vec<Add>), Fault> {
        let zone = ZONES.into_iter().find(|zone| zone.as_str() == self.zone);
        let zone = zone.ok_or_else(|| Fault::new("import's note names no zone"))?;
        let columns = self.columns.into_iter().map(ColumnNote::into_column).collect::<Result<_, _>>()?;
        Ok((TablePlan { table: TableName::new(zone, self.name), columns }, self.files))
    }
}

impl ColumnNote {
    fn into_column(self) -> Result<Column, Fault> {
        let kind = KINDS.into_iter().find(|(_, word)| *word == self.kind).map(|(kind, _)| kind);
        let kind = kind.ok_or_else(|| Fault::new("import's note has a column of no kind"))?;
        Ok(Column::new(self.name, kind, self.class.parse().fault("import's note has a column of no class")?))
    }
}
