use std::sync::Arc;

use fairway_domain::Fault;
use fairway_domain::port::{Keyholder, Warehouse};
use fairway_governance::{Actor, Permissions};
use fairway_store::Store;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::reference::Shelf;
use crate::{DataDir, Progress, TracingPlan, VerbError, VerbResult};

/// Tells the time, so that tests can choose it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Today, in universal time.
    fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// One processing centre: its ledger, its tables, its clock. Verbs are its methods, one file each.
#[derive(Clone)]
pub struct Service {
    pub(crate) dir: DataDir,
    pub(crate) store: Store,
    pub(crate) warehouse: Arc<dyn Warehouse>,
    pub(crate) keyholder: Arc<dyn Keyholder>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) progress: Arc<dyn Progress>,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) tracing: TracingPlan,
    pub(crate) actor: Actor,
    pub(crate) permissions: Arc<Permissions>,
}

impl Service {
    /// Opens the data directory of a processing centre, for the console's operator until [`Service::acting`] says
    /// otherwise. The keyholder need not answer yet.
    ///
    /// # Errors
    /// Refused when the folder is not a data directory; a fault when the ledger cannot be read.
    pub async fn open(
        dir: DataDir,
        warehouse: Arc<dyn Warehouse>,
        keyholder: Arc<dyn Keyholder>,
        clock: Arc<dyn Clock>,
        progress: Arc<dyn Progress>,
    ) -> VerbResult<Self> {
        let store = Store::open(dir.root()).await?;
        if let Some(refusal) = store.stands_to_its_witnesses().await? {
            return Err(refusal.into());
        }
        let tracing = TracingPlan::here()?;
        let (actor, permissions) = (Actor::console(), Arc::new(permissions(&dir)?));
        let shelf = Arc::default();
        let service = Self {
            dir,
            store,
            warehouse,
            keyholder,
            clock,
            progress,
            shelf,
            tracing,
            actor: actor.clone(),
            permissions,
        };
        Ok(service.acting(actor))
    }

    /// The same with another plan of where people are traced; without one, against the register here.
    #[must_use]
    pub fn tracing_by(self, tracing: TracingPlan) -> Self {
        Self { tracing, ..self }
    }

    /// The data directory.
    pub fn dir(&self) -> &DataDir {
        &self.dir
    }

    /// Closes the ledger.
    pub async fn close(self) {
        self.store.close().await;
    }
}

/// The centre's own permission table, where it has one; else the one that comes with the program.
fn permissions(dir: &DataDir) -> VerbResult<Permissions> {
    match std::fs::read_to_string(dir.permissions()) {
        Ok(own) => Permissions::read(&own).map_err(|why| {
            let next = "Mend permissions.yaml in the data directory, or take it away to have the published table";
            VerbError::refused("Nothing can be done here", why.to_string(), next)
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Permissions::published()?),
        Err(error) => Err(Fault::from_source("permission table cannot be read", error).into()),
    }
}

/// Runs blocking work (files, encryption, checks) away from the tasks that wait.
pub(crate) async fn blocking<T, F>(what: &'static str, work: F) -> VerbResult<T>
where
    T: Send + 'static,
    F: FnOnce() -> VerbResult<T> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Fault::from_source(format!("{what} stopped"), error).into()),
    }
}
