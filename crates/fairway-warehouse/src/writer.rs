//! Batches into the data files of a table.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::AsyncArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use deltalake::kernel::Add;
use fairway_domain::{Column, ColumnKind, Fault, FaultExt, ImportId};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use uuid::Uuid;

use crate::schema::{IMPORT_ID, file_schema, may_be_described};
use crate::stats::FileStats;

const FILE_ROWS: u64 = 2_000_000;
const FILE_BYTES: usize = 256 << 20;
/// Small enough that a file of a council's quarter is read by several threads, large enough to compress.
const ROW_GROUP_ROWS: usize = 131_072;
/// What the columns of a row group may take in memory while it is written: wide tables get smaller groups.
const ROW_GROUP_BYTES: usize = 128 << 20;

/// How Parquet files are written: zstd at its quickest; statistics for columns that may be described and no others;
/// no dictionary for bytes, which are random.
pub(crate) fn parquet_properties(columns: &[Column]) -> Result<WriterProperties, Fault> {
    let level = ZstdLevel::try_new(1).fault("zstd level cannot be set")?;
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_created_by(concat!("fairway ", env!("CARGO_PKG_VERSION")).into());
    for column in columns {
        let path = || ColumnPath::from(column.name.as_str());
        if !may_be_described(column) {
            properties = properties.set_column_statistics_enabled(path(), EnabledStatistics::None);
        }
        if column.kind == ColumnKind::Bytes {
            properties = properties.set_column_dictionary_enabled(path(), false);
        }
    }
    Ok(properties.build())
}

/// The folder of a table that holds the files of one import.
pub(crate) fn import_folder(import: ImportId) -> Path {
    Path::from(format!("{IMPORT_ID}={import}"))
}

/// Writes the files of one import of one table. Nothing refers to them until they are committed.
pub(crate) struct TableWriter {
    store: Arc<dyn ObjectStore>,
    import: ImportId,
    schema: SchemaRef,
    columns: Vec<Column>,
    properties: WriterProperties,
    open: Option<OpenFile>,
    done: Vec<Add>,
}

struct OpenFile {
    path: Path,
    writer: AsyncArrowWriter<BufWriter>,
    stats: FileStats,
}

impl TableWriter {
    /// `store` has the table's folder as its root.
    pub(crate) fn new(store: Arc<dyn ObjectStore>, import: ImportId, columns: &[Column]) -> Result<Self, Fault> {
        let (schema, properties) = (file_schema(columns), parquet_properties(columns)?);
        Ok(Self { store, import, schema, columns: columns.to_vec(), properties, open: None, done: Vec::new() })
    }

    pub(crate) async fn write(&mut self, batch: &RecordBatch) -> Result<(), Fault> {
        let mut file = match self.open.take() {
            Some(file) => file,
            None => self.start()?,
        };
        file.stats.add(batch);
        file.writer.write(batch).await.fault("data file cannot be written")?;
        if file.writer.memory_size() >= ROW_GROUP_BYTES {
            file.writer.flush().await.fault("data file cannot be written")?;
        }
        let full = file.stats.rows() >= FILE_ROWS || file.writer.bytes_written() >= FILE_BYTES;
        self.open = Some(file);
        if full { self.finish_file().await } else { Ok(()) }
    }

    /// Ends the last file and gives all of them.
    pub(crate) async fn finish(mut self) -> Result<Vec<Add>, Fault> {
        self.finish_file().await?;
        Ok(self.done)
    }

    fn start(&self) -> Result<OpenFile, Fault> {
        let path = import_folder(self.import).join(format!("part-{:05}-{}.parquet", self.done.len(), Uuid::new_v4()));
        let sink = BufWriter::new(Arc::clone(&self.store), path.clone());
        let writer = AsyncArrowWriter::try_new(sink, Arc::clone(&self.schema), Some(self.properties.clone()))
            .fault("data file cannot be started")?;
        Ok(OpenFile { path, writer, stats: FileStats::new(&self.columns) })
    }

    async fn finish_file(&mut self) -> Result<(), Fault> {
        let Some(mut file) = self.open.take() else { return Ok(()) };
        file.writer.finish().await.fault("data file cannot be finished")?;
        let size = self.store.head(&file.path).await.fault("data file cannot be found again")?.size;
        let written_at = SystemTime::now().duration_since(UNIX_EPOCH).fault("clock stands before 1970")?;
        self.done.push(Add {
            path: file.path.to_string(),
            partition_values: HashMap::from([(IMPORT_ID.to_string(), Some(self.import.to_string()))]),
            size: i64::try_from(size).fault("data file is too large")?,
            modification_time: written_at.as_millis() as i64,
            data_change: true,
            stats: Some(file.stats.to_json()),
            ..Default::default()
        });
        Ok(())
    }
}
