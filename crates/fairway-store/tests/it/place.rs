//! A data directory in a temporary folder, and the few things every test does with it.

use fairway_domain::{Digest, OrganisationCode, Route, SubmissionEvent, SubmissionId};
use fairway_store::keys::{LANDING_PUB, LandingKey, PROCESSING_CENTRE_KEY, ProcessingCentreKey};
use fairway_store::{
    AuditEvent, DataDirectory, Job, JobKind, Landed, NewSubmission, Organisation, Store, Tx, Verdict, keys,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::postgres;

pub struct Place {
    pub dir: TempDir,
    pub store: Store,
}

impl Place {
    /// A new data directory with keys and two councils; its ledger is where this run of the tests has them.
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let store = match postgres::new_database().await {
            Some(url) => Store::create_with(data, &url).await.unwrap(),
            None => Store::create(data).await.unwrap(),
        };
        Self::with(dir, store).await
    }

    /// The same with SQLite, for what is about its file.
    pub async fn with_file() -> Self {
        Self::new_in(tempfile::tempdir().unwrap()).await
    }

    /// The same with SQLite in a folder that is there.
    pub async fn new_in(dir: TempDir) -> Self {
        let store = Store::create(dir.path().join("data")).await.unwrap();
        Self::with(dir, store).await
    }

    /// Puts into a store what every test begins with.
    pub async fn with(dir: TempDir, store: Store) -> Self {
        keys::create(&store.directory().keys()).unwrap();
        let mut tx = store.tx("test.onboard", at(0)).await.unwrap();
        for (code, name) in [("816", "York"), ("202", "Camden")] {
            tx.put_organisation(&Organisation { code: org(code), name: name.into() }).await.unwrap();
        }
        tx.audit(event("OrganisationOnboarded", "organisation:816")).await.unwrap();
        tx.commit().await.unwrap();
        Self { dir, store }
    }

    pub fn directory(&self) -> &DataDirectory {
        self.store.directory()
    }

    pub fn landing_key(&self) -> LandingKey {
        LandingKey::load(&self.directory().keys().join(LANDING_PUB)).unwrap()
    }

    pub fn centre_key(&self) -> ProcessingCentreKey {
        ProcessingCentreKey::load(&self.directory().keys().join(PROCESSING_CENTRE_KEY)).unwrap()
    }

    /// A connection that knows nothing of the store's rules.
    pub async fn raw(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let (url, unbound) = match std::fs::read_to_string(self.directory().ledger_url()) {
            Ok(url) => (url, "SET session_replication_role = replica"),
            Err(_) => (format!("sqlite://{}", self.directory().ledger().display()), "PRAGMA foreign_keys = OFF"),
        };
        let mut raw = AnyConnection::connect(url.trim()).await.unwrap();
        sqlx::raw_sql(unbound).execute(&mut raw).await.unwrap();
        raw
    }

    /// Changes the ledger behind the store's back.
    pub async fn tamper(&self, sql: &'static str) {
        let mut raw = self.raw().await;
        sqlx::raw_sql(sql).execute(&mut raw).await.unwrap();
        raw.close().await.unwrap();
    }

    /// Closes the store and opens the data directory again.
    pub async fn reopen(self) -> Self {
        let Self { dir, store } = self;
        let data = store.directory().root().to_owned();
        store.close().await;
        Self { dir, store: Store::open(data).await.unwrap() }
    }

    /// A submission in the ledger, without a sealed file.
    pub async fn landed(&self, number: u8) -> SubmissionId {
        let new = submission(number);
        let mut tx = self.store.tx("test.land", at(i64::from(number))).await.unwrap();
        assert_eq!(tx.insert_submission(&new).await.unwrap(), Landed::New);
        tx.audit(event("SubmissionLanded", &format!("submission:{}", new.id))).await.unwrap();
        tx.commit().await.unwrap();
        new.id
    }

    /// A submission for a period that has come all the way.
    pub async fn deidentified(&self, number: u8, period: (&str, &str)) -> SubmissionId {
        use SubmissionEvent as E;
        let id = self.landed(number).await;
        let period = Some((period.0.parse().unwrap(), period.1.parse().unwrap()));
        let mut tx = self.begin(100 + i64::from(number)).await;
        tx.record_verdict(id, &Verdict { release: Some("r2".into()), period }).await.unwrap();
        for event in [E::CheckPassed, E::LoadCommitted, E::TraceCompleted, E::DeidentifyCompleted] {
            tx.advance(id, event).await.unwrap();
        }
        commit(tx).await;
        id
    }

    pub async fn begin(&self, seconds: i64) -> Tx {
        self.store.tx("test", at(seconds)).await.unwrap()
    }

    pub async fn enqueue(&self, kind: JobKind, submission: SubmissionId) -> bool {
        let mut tx = self.begin(50).await;
        let new = tx.enqueue(Job { kind, submission }).await.unwrap();
        commit(tx).await;
        new
    }
}

pub async fn commit(mut tx: Tx) {
    tx.audit(event("Tested", "test")).await.unwrap();
    tx.commit().await.unwrap();
}

/// A moment, in seconds after the tests' midnight.
pub fn at(seconds: i64) -> Timestamp {
    "2026-04-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

pub fn org(code: &str) -> OrganisationCode {
    code.parse().unwrap()
}

pub fn id(number: u8) -> SubmissionId {
    SubmissionId::new(Uuid::from_bytes([number; 16]))
}

pub fn submission(number: u8) -> NewSubmission {
    NewSubmission {
        id: id(number),
        organisation: org("816"),
        dataset: "asc-cld".into(),
        route: Route::Cli,
        digest: Digest([number; 32]),
        bytes: 1_000 + u64::from(number),
    }
}

pub fn event(verb: &'static str, object: &str) -> AuditEvent {
    AuditEvent { actor: "test".into(), verb, object: object.into(), detail: serde_json::json!({ "rows": 3 }) }
}
