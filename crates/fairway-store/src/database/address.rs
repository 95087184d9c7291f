use std::fmt::Write;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use fairway_domain::Fault;
use sqlx::any::AnyConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::{Conn, Kind};
use crate::directory::DataDirectory;
use crate::error::{IoExt, SqlExt};
use crate::ledger_url::LedgerUrl;

/// Where the ledger is.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    kind: Kind,
    options: AnyConnectOptions,
}

impl Address {
    /// The ledger of a data directory: the one that `ledger.url` names, or else its SQLite file, which `mode` (`rwc`, `rw`
    /// or `ro`) makes, writes, or only reads.
    pub(crate) fn of(directory: &DataDirectory, mode: &str) -> Result<Self, Fault> {
        match fs::read_to_string(directory.ledger_url()) {
            Ok(text) => Self::server(&LedgerUrl::read(&text)?),
            Err(error) if error.kind() == ErrorKind::NotFound => Self::file(&directory.ledger(), mode),
            Err(error) => Err(error).io("ledger.url cannot be read"),
        }
    }

    /// A PostgreSQL database.
    pub(crate) fn server(url: &LedgerUrl) -> Result<Self, Fault> {
        Self::parse(Kind::Postgres, &url.to_string())
    }

    /// An SQLite file.
    pub(crate) fn file(path: &Path, mode: &str) -> Result<Self, Fault> {
        const WHAT: &str = "ledger cannot be found";
        // Without links and dots, for an address follows them by the letter.
        let folder = path.parent().unwrap_or(Path::new(".")).canonicalize().io(WHAT)?;
        let whole = folder.join(path.file_name().unwrap_or_default());
        let url = format!("sqlite://{}?mode={mode}", percent_encoded(&whole.to_string_lossy()));
        Self::parse(Kind::Sqlite, &url)
    }

    fn parse(kind: Kind, url: &str) -> Result<Self, Fault> {
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = url.parse().sql("address of the ledger cannot be read")?;
        Ok(Self { kind, options: options.disable_statement_logging() })
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn options(&self) -> AnyConnectOptions {
        self.options.clone()
    }

    /// A connection outside the pools.
    pub(crate) async fn connect(&self) -> Result<Conn, Fault> {
        self.attempt().await.sql("ledger cannot be opened")
    }

    /// As [`Self::connect`], for whoever reports why not.
    pub(crate) async fn attempt(&self) -> Result<Conn, sqlx::Error> {
        Conn::connect_with(&self.options).await
    }
}

/// A path as an address bears it.
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.') {
            encoded.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _written = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ledger_is_found_under_any_name() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["plain", "with space", "50%", "a?b#c", "Rhŷl", "..double", "a%20b"] {
            let folder = dir.path().join(name);
            fs::create_dir(&folder).unwrap();
            let file = folder.join("ledger.sqlite");
            let mut conn = Address::file(&file, "rwc").unwrap().connect().await.unwrap();
            sqlx::query("CREATE TABLE t (a TEXT)").execute(&mut conn).await.unwrap();
            conn.close().await.unwrap();
            assert!(file.is_file(), "{name}");
        }
    }
}
