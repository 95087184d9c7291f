//! Puts the machines behind the service: the ledger, the tables, the clock, the progress bars.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use fairway_domain::{Fault, Refusal};
use fairway_keyholder::{KeyFolder, KeyholderClient};
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
    let keyholder = Arc::new(keyholder(dir.root())?);
    let tracing = tracing::plan(&dir)?;
    let service = Service::open(dir, Arc::new(warehouse), keyholder, Arc::new(SystemClock), progress).await?;
    signed_in(service.tracing_by(tracing)).await
}

/// The keyholder of a data directory: at the socket that the environment or the data directory names, else in the key
/// folder beside it. It need not run.
pub fn keyholder(data: &Path) -> Result<KeyholderClient, Stop> {
    if let Some(named) = std::env::var_os("FAIRWAY_KEYHOLDER") {
        return Ok(KeyholderClient::at(named));
    }
    match fs::read_to_string(DataDir::new(data).keyholder()) {
        Ok(named) => Ok(KeyholderClient::at(named.trim_end())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(KeyholderClient::at(KeyFolder::beside(data).socket())),
        Err(error) => Err(Stop::Fault(Fault::from_source("name of the keyholder's socket cannot be read", error))),
    }
}

/// Waits until the process is told to end, by a key at the terminal or by whoever supervises it.
pub async fn told_to_end() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// The token that somebody signs in with, where they do.
static TOKEN: OnceLock<String> = OnceLock::new();
/// How the log names whoever signed in.
static SIGNED_IN: OnceLock<String> = OnceLock::new();

/// Takes the token of the environment (`FAIRWAY_TOKEN`), or else of a file.
pub fn sign_in_with(file: Option<&Path>) -> Result<(), Stop> {
    let named = match file {
        Some(path) => Some(fs::read_to_string(path).map_err(|_| {
            let reason = format!("{} cannot be read", path.display());
            Refusal::new("You cannot sign in", reason, "Name a file that holds a token with --as")
        })?),
        None => std::env::var("FAIRWAY_TOKEN").ok().filter(|token| !token.trim().is_empty()),
    };
    if let Some(token) = named {
        TOKEN.get_or_init(|| token.trim().to_owned());
    }
    Ok(())
}

/// The service for whoever signed in; for the console's operator where nobody did.
async fn signed_in(service: Service) -> Result<Service, Stop> {
    let Some(token) = TOKEN.get() else { return Ok(service) };
    let Some(actor) = service.sign_in(token).await? else {
        return Err(Stop::Refused(Refusal::new(
            "You are not signed in",
            "The token is unknown, has expired or was revoked",
            "Ask whoever grants your role for another, or unset FAIRWAY_TOKEN",
        )));
    };
    SIGNED_IN.get_or_init(|| actor.to_string());
    Ok(service.acting(actor))
}

/// Who asks, as the log names them.
pub fn actor() -> String {
    if let Some(name) = SIGNED_IN.get() {
        return name.clone();
    }
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
