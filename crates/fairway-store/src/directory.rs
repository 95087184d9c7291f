use std::path::{Path, PathBuf};

/// Where things lie in a data directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDirectory {
    root: PathBuf,
}

impl DataDirectory {
    /// Names a data directory; nothing is read or made.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The control database where that is SQLite.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger.sqlite")
    }

    /// The address of the control database where that is in PostgreSQL.
    pub fn ledger_url(&self) -> PathBuf {
        self.root.join("ledger.url")
    }

    /// Whether there is a control database, here or elsewhere.
    pub fn has_ledger(&self) -> bool {
        self.ledger().is_file() || self.ledger_url().is_file()
    }

    /// The end of the audit log, kept apart from the log so that cutting its end off shows.
    pub fn audit_head(&self) -> PathBuf {
        self.root.join("audit.head")
    }

    /// The log as files for others: tiles, checkpoint, the key that it is known by, its witnesses.
    pub fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// The key that shows who signed a checkpoint.
    pub fn log_public_key(&self) -> PathBuf {
        self.log().join("log.vkey")
    }

    /// The key that checkpoints are signed with. It opens nothing.
    pub fn log_key(&self) -> PathBuf {
        self.keys().join("log.key")
    }

    /// Locked by the one worker of this directory.
    pub fn worker_lock(&self) -> PathBuf {
        self.root.join("worker.lock")
    }

    /// Sealed files.
    pub fn landing(&self) -> PathBuf {
        self.root.join("landing")
    }

    /// What waits to be fetched, one folder an organisation.
    pub fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }

    /// Halves of load keys, where the ledger is on a server.
    pub fn load_keys(&self) -> PathBuf {
        self.root.join("load-keys")
    }

    /// Key files.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }
}
