//! A processing centre with a clock that the test sets, no tables and no keys.

use std::path::Path;
use std::sync::{Arc, Mutex};

use fairway_domain::governance::Particulars;
use fairway_domain::port::{Keyholder, Warehouse};
use fairway_service::{Clock, DataDir, Quiet, Service, VerbError, VerbResult};
use fairway_store::Store;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::away::Away;

/// Who asks, in every test.
pub const ACTOR: &str = "cli:ada";

pub struct Centre {
    pub folder: tempfile::TempDir,
    pub service: Service,
    pub clock: Arc<SetClock>,
}

/// A clock that moves on by itself, a second a look, so that no two transactions bear one time; unless it is stopped.
pub struct SetClock(Mutex<(Timestamp, i64)>);

impl SetClock {
    pub fn set(&self, day: Date) {
        *self.0.lock().unwrap() = (day.to_zoned(TimeZone::UTC).unwrap().timestamp() + 9.hours(), 1);
    }

    /// Stops at a moment of universal time, such as `2024-06-30T23:59:59Z`.
    pub fn stop_at(&self, moment: &str) {
        *self.0.lock().unwrap() = (moment.parse().unwrap(), 0);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        let mut now = self.0.lock().unwrap();
        let step = now.1;
        now.0 += step.seconds();
        now.0
    }

    fn today(&self) -> Date {
        self.0.lock().unwrap().0.to_zoned(TimeZone::UTC).date()
    }
}

impl Centre {
    pub async fn on(day: Date) -> Self {
        Self::with(day, Arc::new(Away), Arc::new(Away)).await
    }

    /// The same with tables and keys.
    pub async fn with(day: Date, warehouse: Arc<dyn Warehouse>, keyholder: Arc<dyn Keyholder>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("centre");
        Store::create(&root).await.unwrap().close().await;
        let lists = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference/organisations");
        let into = root.join("reference/organisations");
        std::fs::create_dir_all(&into).unwrap();
        for entry in std::fs::read_dir(lists).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), into.join(entry.file_name())).unwrap();
        }
        let clock = Arc::new(SetClock(Mutex::new((Timestamp::UNIX_EPOCH, 1))));
        clock.set(day);
        let service = Service::open(DataDir::new(&root), warehouse, keyholder, clock.clone(), Arc::new(Quiet));
        Self { folder, service: service.await.unwrap(), clock }
    }

    /// Its data directory opened once more.
    pub async fn opened(&self, warehouse: Arc<dyn Warehouse>, keyholder: Arc<dyn Keyholder>) -> VerbResult<Service> {
        let root = self.folder.path().join("centre");
        Service::open(DataDir::new(root), warehouse, keyholder, self.clock.clone(), Arc::new(Quiet)).await
    }

    /// How many entries the log has.
    pub async fn entries(&self) -> usize {
        self.service.audit_entries(u32::MAX).await.unwrap().len()
    }

    /// The ledger itself.
    pub async fn store(&self) -> Store {
        Store::open(self.folder.path().join("centre")).await.unwrap()
    }
}

/// Particulars of a person on a day.
pub fn by(name: &str, on: Date) -> Particulars {
    Particulars { by: name.into(), ..Particulars::on(on) }
}

/// The same of an organisation.
pub fn of(code: &str, about: Particulars) -> Particulars {
    Particulars { organisation: Some(code.parse().unwrap()), ..about }
}

/// Every reason of a refusal.
pub fn reasons<T>(answer: VerbResult<T>) -> Vec<String> {
    match answer {
        Err(VerbError::Refused(refusal) | VerbError::NotFound(refusal)) => refusal.reasons,
        Err(error) => panic!("not a refusal: {error:?}"),
        Ok(_) => panic!("it was not refused"),
    }
}
