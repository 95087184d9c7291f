//! A table's data files as DataFusion reads them.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DataFusionError, Result, ScalarValue, Statistics};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::object_store::ObjectStoreUrl;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use fairway_domain::Fault;
use object_store::path::Path;
use url::Url;

use crate::schema::{IMPORT_ID, file_schema};
use crate::tables::{DataFile, OpenTable};

/// The files of a table at one version: all, or those of some imports. `import_id` comes first.
///
/// Delta's own provider is not used: its plan cannot be sent to another machine, and it reads more than we write. This
/// one plans to the plain Parquet scan that DataFusion and Ballista share. It leaves out imports by folder, before any
/// file is opened; a column that a file is too old to have reads as null.
#[derive(Clone)]
pub(crate) struct ImportFiles {
    url: Url,
    version: u64,
    imports: Option<Vec<String>>,
    files: Vec<DataFile>,
    file_schema: SchemaRef,
    schema: SchemaRef,
}

impl ImportFiles {
    pub(crate) fn new(table: &OpenTable, imports: Option<Vec<String>>) -> Result<Self, Fault> {
        let file_schema = file_schema(&table.columns);
        let mut fields = vec![Arc::new(Field::new(IMPORT_ID, DataType::Utf8, true))];
        fields.extend(file_schema.fields().iter().cloned());
        Ok(Self {
            url: table.url.clone(),
            version: table.version(),
            files: table.files(imports.as_deref())?,
            imports,
            file_schema,
            schema: Arc::new(Schema::new(fields)),
        })
    }

    /// The files of each import in the order in which they were written, which their names begin with.
    pub(crate) fn in_order(mut self) -> Self {
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        self
    }

    /// Where the table lies, its version, and the imports asked for: all that another machine needs to find the files.
    #[cfg(feature = "cluster")]
    pub(crate) fn reference(&self) -> (&Url, u64, Option<&[String]>) {
        (&self.url, self.version, self.imports.as_deref())
    }

    fn partitioned(&self, folder: &Path, file: &DataFile) -> PartitionedFile {
        let location = folder.parts().chain(file.path.parts()).collect::<Path>();
        let mut part = PartitionedFile::new(String::new(), file.bytes);
        part.object_meta.location = location;
        part.partition_values = vec![ScalarValue::Utf8(Some(file.import.clone()))];
        part
    }

    fn statistics(&self, schema: &Schema) -> Statistics {
        let mut statistics = Statistics::new_unknown(schema);
        statistics.num_rows = Precision::Exact(self.files.iter().map(|f| f.rows as usize).sum());
        statistics.total_byte_size = Precision::Inexact(self.files.iter().map(|f| f.bytes as usize).sum());
        statistics
    }
}

impl fmt::Debug for ImportFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at version {}, imports {:?}", self.url, self.version, self.imports)
    }
}

#[async_trait]
impl TableProvider for ImportFiles {
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
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            let schema = match projection {
                Some(wanted) => Arc::new(self.schema.project(wanted)?),
                None => self.schema(),
            };
            // A Parquet scan without files has no partition at all, which joins do not expect.
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let folder = Path::from_url_path(self.url.path()).map_err(|e| DataFusionError::External(e.into()))?;
        let files: Vec<_> = self.files.iter().map(|file| self.partitioned(&folder, file)).collect();
        let groups = FileGroup::new(files).split_files(state.config().target_partitions());
        let import_id = Arc::new(Field::new(IMPORT_ID, DataType::Utf8, true));
        let schema = TableSchema::builder(Arc::clone(&self.file_schema)).with_table_partition_cols(vec![import_id]);
        let schema = schema.build();
        let statistics = self.statistics(schema.table_schema());
        let parquet = state.default_table_options().parquet;
        let source = ParquetSource::new(schema).with_table_parquet_options(parquet);
        // DataFusion puts columns of the folder's name last; ours come first.
        let last = self.file_schema.fields().len();
        let place = |index: usize| if index == 0 { last } else { index - 1 };
        let wanted = match projection {
            Some(wanted) => wanted.iter().copied().map(place).collect(),
            None => (0..=last).map(place).collect(),
        };
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(Some(wanted))?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
