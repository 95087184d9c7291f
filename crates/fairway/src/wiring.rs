//! Puts the machines behind the service: the ledger, the tables, the clock, the progress bars.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_domain::Refusal;
use fairway_service::{DataDir, Progress, Service, SystemClock};
use fairway_warehouse::{DeltaWarehouse, WarehouseOptions};

use crate::exit::Stop;
use crate::output::Bars;
use crate::tracing;

/// Memory for sorting and joining where nobody said otherwise, in MiB.
pub const MEMORY_MIB: u64 = 1024;

/// The service of a data directory.
pub async fn service(dir: &Path, quiet: bool) -> Result<Service, Stop> {
    service_with(dir, Arc::new(Bars::new(quiet)), MEMORY_MIB).await
}

/// The service of a data directory, with progress told to `progress` and so much memory for sorting and joining.
pub async fn service_with(dir: &Path, progress: Arc<dyn Progress>, memory_mib: u64) -> Result<Service, Stop> {
    let dir = DataDir::new(dir);
    if !dir.is_initialised() {
        return Err(Stop::Refused(Refusal::new(
            format!("{} is not a Fairway data directory", dir.root().display()),
            "It holds no ledger",
            "Make one with: fairway init --data DIR, or name another with --data",
        )));
    }
    let mut options = WarehouseOptions::new(dir.warehouse().join("spill"));
    options.memory_bytes = usize::try_from(memory_mib.saturating_mul(1024 * 1024)).unwrap_or(usize::MAX);
    options.scheduler = std::env::var("FAIRWAY_SCHEDULER").ok();
    let warehouse = DeltaWarehouse::open(&dir.warehouse(), options)?;
    let tracing = tracing::plan(&dir)?;
    Ok(Service::open(dir, Arc::new(warehouse), Arc::new(SystemClock), progress).await?.tracing_by(tracing))
}

/// Who asks, as the log names them.
pub fn actor() -> String {
    let name = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
    if name.is_empty() { "cli".into() } else { format!("cli:{name}") }
}

/// The reference data: what was named, else the folder `reference` here, above here, or beside the program.
pub fn reference(named: Option<PathBuf>) -> Result<PathBuf, Stop> {
    if let Some(folder) = named {
        return Ok(folder);
    }
    let here = std::env::current_dir().unwrap_or_default();
    let program = std::env::current_exe().unwrap_or_default();
    let places = here.ancestors().take(4).chain(program.ancestors().skip(1).take(2));
    let found = places.map(|place| place.join("reference")).find(|folder| folder.join("postcodes").is_dir());
    found.ok_or_else(|| {
        Stop::Refused(Refusal::new(
            "The reference data cannot be found",
            "There is no folder `reference` with postcodes here, above here, or beside the program",
            "Name it with --reference DIR; it is the folder `reference` of Fairway's source",
        ))
    })
}
