use std::collections::HashSet;
use std::path::PathBuf;

use fairway_domain::{Fault, FaultExt, Refusal, SubmissionId};
use sqlx::pool::PoolConnection;

use crate::database::{Address, Database, Db};
use crate::directory::DataDirectory;
use crate::error::{OpenError, SqlExt};
use crate::ledger_url::LedgerUrl;
use crate::{disk, outbox, sealed, settle, text, upgrade};

/// The control database of a data directory. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    directory: DataDirectory,
    database: Database,
    /// In what role, and of which organisation, what is written is done; empty where nobody has said.
    pub(crate) speaks_as: (String, String),
}

/// What a sweep took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Sealed files that no receipt was given for.
    pub orphans: u64,
    /// Sealed files that were to be destroyed and still there.
    pub destroyed: u64,
}

impl Store {
    /// Makes the data directory `dir` with an empty ledger, and opens it. Keys are made by [`crate::keys::create`].
    /// Running it again on a data directory opens that one.
    ///
    /// # Errors
    /// When the directory cannot be made, or holds a ledger of a newer Fairway.
    pub async fn create(dir: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let directory = DataDirectory::new(dir);
        Self::create_there(directory).await
    }

    /// As [`Self::create`], with the ledger in PostgreSQL; the data directory keeps the address.
    ///
    /// # Errors
    /// Refused when the data directory has another ledger, or that database holds the ledger of another data directory.
    pub async fn create_with(dir: impl Into<PathBuf>, url: &LedgerUrl) -> Result<Self, OpenError> {
        let directory = DataDirectory::new(dir);
        settle::ledger_is(&directory, url).await?;
        Self::create_there(directory).await
    }

    async fn create_there(directory: DataDirectory) -> Result<Self, OpenError> {
        let place = directory.clone();
        blocking(move || {
            disk::make_folder(place.root())?;
            disk::make_folder(&place.landing())?;
            disk::make_folder(&place.outbox())?;
            settle::begin_head(&place)
        })
        .await?;
        let store = Self::connect(directory, "rwc").await?;
        let root = store.directory.root().to_owned();
        blocking(move || disk::sync_folder(&root)).await?;
        Ok(store)
    }

    /// Opens the data directory `dir`, brings its ledger up to date, and takes away files that a killed process left
    /// half written.
    ///
    /// # Errors
    /// Refused when `dir` is not a data directory, or its ledger is of a newer Fairway; a fault when it cannot be read.
    pub async fn open(dir: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let directory = DataDirectory::new(dir);
        if !directory.has_ledger() {
            return Err(OpenError::Refused(not_a_data_directory(&directory)));
        }
        let store = Self::connect(directory, "rw").await?;
        store.sweep_shares().await?;
        let place = store.directory.clone();
        blocking(move || {
            sealed::sweep_parts(&place.landing())?;
            outbox::sweep(&place.outbox())
        })
        .await?;
        Ok(store)
    }

    async fn connect(directory: DataDirectory, mode: &str) -> Result<Self, OpenError> {
        let database = Database::open(&Address::of(&directory, mode)?).await?;
        upgrade::chain_to_tree(&database, &directory).await?;
        Ok(Self { directory, database, speaks_as: Default::default() })
    }

    /// The same store for somebody whose role and organisation the log's entries name from now on.
    #[must_use]
    pub fn speaking_as(self, role: &str, organisation: &str) -> Self {
        Self { speaks_as: (role.into(), organisation.into()), ..self }
    }

    /// Where things lie.
    pub fn directory(&self) -> &DataDirectory {
        &self.directory
    }

    /// Takes away sealed files that the ledger does not know (their sender got no receipt) or whose payload is recorded
    /// as destroyed. Files being landed now are left alone. Nothing is taken away while the audit log does not end where
    /// `audit.head` says: an older ledger put back beside newer files would not know them.
    ///
    /// # Errors
    /// When the ledger or the landing folder cannot be read, or a file cannot be removed.
    pub async fn sweep(&self, at: jiff::Timestamp) -> Result<Swept, Fault> {
        self.tx("landing.sweep", at).await?.roll_back().await?;
        let (known, landing) = (self.payloads(true).await?, self.directory.landing());
        let held = blocking(move || sealed::hold_unknown(&landing, &known)).await?;
        let (kept, recorded) = (self.payloads(true).await?, self.payloads(false).await?);
        blocking(move || {
            let mut swept = Swept::default();
            for file in held.into_iter().filter(|file| !kept.contains(&file.id)) {
                sealed::destroy(&file.path)?;
                let count = if recorded.contains(&file.id) { &mut swept.destroyed } else { &mut swept.orphans };
                *count += 1;
            }
            Ok(swept)
        })
        .await
    }

    /// Submissions whose payload is kept, or is recorded as destroyed.
    async fn payloads(&self, kept: bool) -> Result<HashSet<SubmissionId>, Fault> {
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM submission WHERE (payload_destroyed_at IS NULL) = $1")
                .bind(kept)
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("submissions cannot be read")?;
        ids.iter().map(|id| text::read_word(id, "submission")).collect()
    }

    /// Closes the connections once they are no longer used, and folds the write-ahead log into the ledger.
    pub async fn close(self) {
        self.database.close().await;
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) async fn reader(&self) -> Result<PoolConnection<Db>, Fault> {
        self.database.reader().await
    }
}

/// Runs work that blocks away from the tasks that must not.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.fault("work on files was cut short")?
}

pub(crate) fn not_a_data_directory(directory: &DataDirectory) -> Refusal {
    Refusal::new(
        format!("{} is not a Fairway data directory", directory.root().display()),
        "It holds neither ledger.sqlite nor ledger.url",
        "Run fairway init --data DIR to make one, or name another directory with --data",
    )
}
