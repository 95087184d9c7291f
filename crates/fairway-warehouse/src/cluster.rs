//! The same orders on a Ballista cluster: a scheduler plans them and executors read the files, which all of them must
//! find at the same place.
//!
//! What travels is the plan. In it a table is its place, its version and the imports asked for; the scheduler opens that
//! version itself and plans a plain Parquet scan, which executors know. (delta-rs's own provider plans to a node that no
//! codec can carry.) No key and no cell is in a plan.

use std::any::Any;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use ballista::extension::{SessionConfigExt, SessionContextExt};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result as PlanResult, TableReference, not_impl_err};
use datafusion::datasource::TableType;
use datafusion::execution::TaskContext;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{Expr, Extension, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use fairway_domain::{Fault, FaultExt};
use object_store::local::LocalFileSystem;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::provider::ImportFiles;
use crate::session::plain_settings;
use crate::tables::open_at;

/// Plans orders and hands them to executors, until the process ends.
///
/// # Errors
/// When the address cannot be bound or the server stops.
pub async fn scheduler(listen: SocketAddr) -> Result<(), Fault> {
    let config = SchedulerConfig {
        bind_host: listen.ip().to_string(),
        external_host: listen.ip().to_string(),
        bind_port: listen.port(),
        override_logical_codec: Some(Arc::new(PlaceCodec)),
        override_config_producer: Some(Arc::new(cluster_config)),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await.fault("scheduler cannot be set up")?;
    start_server(cluster, listen, Arc::new(config)).await.fault("scheduler stopped")
}

/// What an executor may use.
#[derive(Debug, Clone)]
pub struct ExecutorOptions {
    /// Where it serves results; the port after it serves the scheduler.
    pub listen: SocketAddr,
    /// The scheduler's host.
    pub scheduler_host: String,
    /// The scheduler's port.
    pub scheduler_port: u16,
    /// Folder for what it hands over between stages: rows, so inside the data directory of the machine.
    pub work_dir: PathBuf,
    /// Memory for sorts, joins and aggregates, in bytes.
    pub memory_bytes: u64,
    /// Tasks at a time.
    pub tasks: usize,
}

/// Runs parts of orders, until the process is told to end.
///
/// # Errors
/// When an address cannot be bound or the scheduler cannot be reached.
pub async fn executor(options: ExecutorOptions) -> Result<(), Fault> {
    let work_dir = options.work_dir.to_str().ok_or_else(|| Fault::new("folder of an executor is not UTF-8"))?;
    let config = ExecutorProcessConfig {
        bind_host: options.listen.ip().to_string(),
        external_host: Some(options.listen.ip().to_string()),
        port: options.listen.port(),
        grpc_port: options.listen.port() + 1,
        scheduler_host: options.scheduler_host,
        scheduler_port: options.scheduler_port,
        scheduler_connect_timeout_seconds: 30,
        vcores: options.tasks,
        work_dir: Some(work_dir.into()),
        memory_pool_size: Some(options.memory_bytes),
        override_logical_codec: Some(Arc::new(PlaceCodec)),
        override_config_producer: Some(Arc::new(cluster_config)),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await.fault("executor stopped")
}

fn cluster_config() -> SessionConfig {
    prepared(plain_settings(SessionConfig::new_with_ballista()))
}

/// Settings with which a session can send its plans.
pub(crate) fn prepared(config: SessionConfig) -> SessionConfig {
    config.upgrade_for_ballista().with_ballista_logical_extension_codec(Arc::new(PlaceCodec))
}

/// A session whose orders run on the cluster.
pub(crate) async fn connect(scheduler: &str, state: SessionState) -> Result<SessionContext, Fault> {
    SessionContext::remote_with_state(scheduler, state).await.fault("scheduler cannot be reached")
}

/// Where a table lies, at which version, and which imports are wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    url: Url,
    version: u64,
    imports: Option<Vec<String>>,
}

/// A table on its way: opened when it is planned.
#[derive(Clone)]
struct Distant {
    place: Place,
    schema: SchemaRef,
}

impl fmt::Debug for Distant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(f)
    }
}

#[async_trait]
impl TableProvider for Distant {
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
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let Place { url, version, imports } = self.place.clone();
        let opened = open_at(Arc::new(LocalFileSystem::new()), url, version).await;
        let files = opened.and_then(|table| ImportFiles::new(&table, imports));
        files.map_err(|fault| DataFusionError::External(fault.into()))?.scan(state, projection, filters, limit).await
    }
}

/// Writes tables as their places.
#[derive(Debug)]
struct PlaceCodec;

impl LogicalExtensionCodec for PlaceCodec {
    fn try_decode(&self, _buf: &[u8], _inputs: &[LogicalPlan], _context: &TaskContext) -> PlanResult<Extension> {
        not_impl_err!("plans have no nodes of our own")
    }

    fn try_encode(&self, node: &Extension, _buf: &mut Vec<u8>) -> PlanResult<()> {
        not_impl_err!("a plan with {node:?} cannot be sent")
    }

    fn try_decode_table_provider(
        &self,
        buf: &[u8],
        _table: &TableReference,
        schema: SchemaRef,
        _context: &TaskContext,
    ) -> PlanResult<Arc<dyn TableProvider>> {
        let place = serde_json::from_slice(buf).map_err(|e| DataFusionError::External(e.into()))?;
        Ok(Arc::new(Distant { place, schema }))
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        node: Arc<dyn TableProvider>,
        buf: &mut Vec<u8>,
    ) -> PlanResult<()> {
        let node: &dyn Any = node.as_ref();
        let place = if let Some(files) = node.downcast_ref::<ImportFiles>() {
            let (url, version, imports) = files.reference();
            Place { url: url.clone(), version, imports: imports.map(<[String]>::to_vec) }
        } else if let Some(distant) = node.downcast_ref::<Distant>() {
            distant.place.clone()
        } else {
            return not_impl_err!("{table} is not a table of the warehouse and cannot be sent");
        };
        serde_json::to_writer(buf, &place).map_err(|e| DataFusionError::External(e.into()))
    }
}
