use std::fmt;
use std::io;

use fairway_domain::{Fault, Refusal};
use sqlx::sqlite::SqliteError;

/// Why a data directory was not opened.
#[derive(Debug)]
pub enum OpenError {
    /// It is not a data directory, or not one this Fairway can use: the person can put that right.
    Refused(Refusal),
    /// Our own fault.
    Fault(Fault),
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(_) => None,
            Self::Fault(fault) => std::error::Error::source(fault),
        }
    }
}

/// Puts the operator's words before an error of the file system, and says when the disk is full.
pub(crate) trait IoExt<T> {
    fn io(self, what: impl Into<String>) -> Result<T, Fault>;
}

impl<T> IoExt<T> for io::Result<T> {
    fn io(self, what: impl Into<String>) -> Result<T, Fault> {
        self.map_err(|error| {
            let what = what.into();
            match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                    Fault::from_source(format!("{what}: there is no room left on the disk"), error)
                }
                _ => Fault::from_source(what, error),
            }
        })
    }
}

/// Puts the operator's words before an error of the database, and says when it is full, busy or damaged.
pub(crate) trait SqlExt<T> {
    fn sql(self, what: &str) -> Result<T, Fault>;
}

impl<T> SqlExt<T> for Result<T, sqlx::Error> {
    fn sql(self, what: &str) -> Result<T, Fault> {
        self.map_err(|error| sql_fault(what, error))
    }
}

pub(crate) fn sql_fault(what: &str, error: sqlx::Error) -> Fault {
    match reason(&error) {
        Some(reason) => Fault::from_source(format!("{what}: {reason}"), error),
        None => Fault::from_source(what, error),
    }
}

fn reason(error: &sqlx::Error) -> Option<&'static str> {
    if let sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut = error {
        return Some("the database cannot be reached, or went away meanwhile");
    }
    let error = error.as_database_error()?;
    let code = error.code()?;
    if error.try_downcast_ref::<SqliteError>().is_some() {
        sqlite_reason(code.parse().ok()?)
    } else {
        postgres_reason(&code)
    }
}

/// What the primary result codes of SQLite mean to an operator (<https://sqlite.org/rescode.html>).
fn sqlite_reason(code: u32) -> Option<&'static str> {
    match code & 0xff {
        5 | 6 => Some("another process has been writing to the ledger for too long"),
        8 => Some("the ledger may only be read here"),
        10 => Some("the disk under the ledger is full or failing"),
        13 => Some("there is no room left on the disk"),
        11 | 26 => Some("the ledger file is damaged"),
        _ => None,
    }
}

/// What the states of PostgreSQL mean to an operator
/// (<https://www.postgresql.org/docs/15/errcodes-appendix.html>).
fn postgres_reason(state: &str) -> Option<&'static str> {
    match state {
        "55P03" => Some("another process or machine has been writing to the ledger for too long"),
        "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => {
            Some("the PostgreSQL server ended the connection or is not ready")
        }
        "25006" => Some("the ledger may only be read here"),
        "28000" | "28P01" => Some("the PostgreSQL server does not accept this role or its password"),
        "3D000" => Some("the PostgreSQL server has no such database: make it first"),
        "42501" => Some("the PostgreSQL role may not do that: it must own the ledger's database or schema"),
        "53100" => Some("there is no room left on the disk of the PostgreSQL server"),
        "53300" => Some("the PostgreSQL server has no connection left"),
        "58030" => Some("the disk under the PostgreSQL server is failing"),
        "XX001" | "XX002" => Some("the PostgreSQL server has found the ledger damaged"),
        _ => None,
    }
}
