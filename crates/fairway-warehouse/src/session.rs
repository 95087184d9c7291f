//! The one place where sessions are made.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionState;
use datafusion::prelude::{SessionConfig, SessionContext};
use fairway_domain::{Fault, FaultExt};

use crate::batch::batch_rows;
use crate::spill::SpillFolder;

/// What the warehouse may use of the machine.
#[derive(Debug, Clone)]
pub struct WarehouseOptions {
    /// Memory for sorts, joins and aggregates of all running orders together, in bytes. Readers and writers of files need
    /// some 100 MB beyond it. Below 64 MB large sorts fail.
    pub memory_bytes: usize,
    /// Threads a single order may keep busy.
    pub partitions: usize,
    /// Where sorts and joins put what does not fit in memory: a folder inside the data directory, because spilt rows are
    /// rows. Removed when the warehouse is dropped; what a killed process left, when the next is opened.
    pub spill_dir: PathBuf,
    /// A Ballista scheduler (`df://host:port`) to run orders on, if this build has the feature `cluster`.
    pub scheduler: Option<String>,
}

impl WarehouseOptions {
    /// One gigabyte, every processor, no cluster.
    pub fn new(spill_dir: impl Into<PathBuf>) -> Self {
        let partitions = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self { memory_bytes: 1 << 30, partitions, spill_dir: spill_dir.into(), scheduler: None }
    }
}

/// Makes sessions that share one memory pool and one spill folder.
#[derive(Debug)]
pub(crate) struct Sessions {
    options: WarehouseOptions,
    runtime: Arc<RuntimeEnv>,
    #[expect(dead_code, reason = "removed when dropped, after the last session")]
    spill: SpillFolder,
}

/// How much of the machine one session takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// All partitions, hash joins.
    Full,
    /// One partition, hash joins: for rows that stand in step already, and would be taken apart and put together again by
    /// more. Reading goes on beside whatever is done with the rows.
    InStep,
    /// For an order that ran out of memory: small batches, a small reserve for merging, and one partition; or, where
    /// there are joins, two, because DataFusion joins by sorting (which can spill) between partitions only.
    Frugal {
        /// Whether the order joins.
        joins: bool,
    },
}

impl Sessions {
    pub(crate) fn new(options: WarehouseOptions) -> Result<Self, Fault> {
        if options.scheduler.is_some() && !cfg!(feature = "cluster") {
            return Err(Fault::new("this build cannot run orders on a cluster: it lacks the feature `cluster`"));
        }
        let spill = SpillFolder::new(&options.spill_dir).fault("folder for temporary files cannot be made")?;
        let disk =
            DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![spill.path().to_path_buf()]));
        let consumers = NonZeroUsize::MIN.saturating_add(4);
        let pool = TrackConsumersPool::new(FairSpillPool::new(options.memory_bytes), consumers);
        let runtime = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(disk)
            .with_memory_pool(Arc::new(pool))
            .build_arc()
            .fault("query engine cannot be started")?;
        Ok(Self { options, runtime, spill })
    }

    /// A session of its own for one order.
    /// `columns` says how wide its rows are.
    pub(crate) async fn start(&self, pace: Pace, columns: usize) -> Result<SessionContext, Fault> {
        #[cfg(feature = "cluster")]
        if let Some(scheduler) = &self.options.scheduler {
            let config = crate::cluster::prepared(config(&self.options, pace, columns));
            return crate::cluster::connect(scheduler, self.state(config)).await;
        }
        Ok(SessionContext::new_with_state(self.state(config(&self.options, pace, columns))))
    }

    /// Whether orders are run by other machines.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.options.scheduler.is_some()
    }

    /// Waits, a second at most, until orders that have failed gave their memory back, which they do in the background.
    pub(crate) async fn settle(&self) {
        for _ in 0..40 {
            if self.runtime.memory_pool.reserved() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    fn state(&self, config: SessionConfig) -> SessionState {
        SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(Arc::clone(&self.runtime))
            .with_default_features()
            .build()
    }
}

fn config(options: &WarehouseOptions, pace: Pace, columns: usize) -> SessionConfig {
    let rows = batch_rows(columns);
    let (partitions, batch, hash_joins, reserve) = match pace {
        Pace::Full => (options.partitions.max(1), rows, true, 10 << 20),
        Pace::InStep => (1, rows, true, 10 << 20),
        Pace::Frugal { joins } => (1 + usize::from(joins), rows.min(1024), false, 1 << 20),
    };
    let config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(batch);
    let mut config = plain_settings(config);
    let settings = config.options_mut();
    settings.optimizer.prefer_hash_join = hash_joins;
    settings.execution.sort_spill_reservation_bytes = reserve;
    config
}

/// What every session has, here and on every machine of a cluster: plain strings and bytes rather than views.
pub(crate) fn plain_settings(mut config: SessionConfig) -> SessionConfig {
    let settings = config.options_mut();
    // Files of one import are small: share a file of a few megabytes between threads.
    settings.optimizer.repartition_file_min_size = 1 << 20;
    settings.execution.parquet.schema_force_view_types = false;
    settings.sql_parser.map_string_types_to_utf8view = false;
    settings.catalog.information_schema = false;
    config
}
