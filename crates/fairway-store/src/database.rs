//! The database under the ledger, chosen when the store opens: SQLite in the data directory, or PostgreSQL for many machines.
//!
//! Everything above speaks to [`Conn`] in SQL that both understand: `$1` for values, TEXT for words and times, BIGINT for
//! numbers. What the two do differently is here and in [`kind`](self::kind), and nowhere else (docs/adr/0027).

mod address;
mod history;
mod kind;
mod statement;

use std::time::Duration;

use fairway_domain::Fault;
use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{AnyPool, Connection, Transaction};

use crate::error::{OpenError, SqlExt};

pub(crate) use address::Address;
pub(crate) use kind::Kind;
pub(crate) use statement::Statement;

/// What sqlx calls a database that is chosen at run time.
pub(crate) type Db = sqlx::Any;
/// A connection to it.
pub(crate) type Conn = sqlx::AnyConnection;

/// How long one writer waits for another.
const PATIENCE: Duration = Duration::from_secs(60);
const READERS: u32 = 4;

/// The connections of a store: one that writes, and a few that read.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    kind: Kind,
    writer: AnyPool,
    readers: AnyPool,
}

impl Database {
    /// Opens the ledger and brings it up to date.
    pub(crate) async fn open(address: &Address) -> Result<Self, OpenError> {
        let kind = address.kind();
        // The pool would try again for a minute what fails for good, so the first connection is made without it.
        let mut first = address.connect().await?;
        kind.prepare(&mut first).await?;
        history::bring_up_to_date(kind, &mut first).await?;
        // Nothing is under way on it, so there is nothing to lose in closing.
        let _closed = first.close().await;
        let pool = |settings: &'static str, most| {
            AnyPoolOptions::new()
                .acquire_timeout(PATIENCE)
                .max_connections(most)
                // SQLite undoes a transaction by itself when the disk is full, and sqlx goes on counting it: such a connection
                // could begin nothing any more, and another takes its place.
                .before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
                .after_connect(move |conn, _| Box::pin(async move { kind::set(conn, settings).await }))
                .connect_lazy_with(address.options())
        };
        Ok(Self { kind, writer: pool(kind.for_writing(), 1), readers: pool(kind.for_reading(), READERS) })
    }

    /// Begins a transaction that writes, once nobody else has one: here, in other processes, or on other machines.
    pub(crate) async fn begin(&self, what: &str) -> Result<Transaction<'static, Db>, Fault> {
        let mut begun = self.writer.begin_with(self.kind.begin()).await.sql(what)?;
        if let Some(lock) = self.kind.lock() {
            sqlx::query(lock).execute(&mut *begun).await.sql(what)?;
        }
        Ok(begun)
    }

    /// Whether it keeps copies of what it was once told, out of our reach.
    pub(crate) fn remembers(&self) -> bool {
        self.kind == Kind::Postgres
    }

    /// For single statements that hold by themselves whatever others do.
    pub(crate) fn writer(&self) -> &AnyPool {
        &self.writer
    }

    /// A connection that cannot write.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Db>, Fault> {
        self.readers.acquire().await.sql("ledger cannot be read")
    }

    /// Takes destroyed bytes out of everything that the database keeps of them where it can: SQLite folds its write-ahead
    /// log into the ledger and empties it; PostgreSQL drops dead rows, and keeps its own log until that is recycled.
    pub(crate) async fn forget(&self) -> Result<(), Fault> {
        const WHAT: &str = "destroyed key cannot be taken out of the write-ahead log";
        if self.kind == Kind::Postgres {
            let forgetful = "VACUUM load_key, reidentification, audit_payload";
            return sqlx::query(forgetful).execute(&self.writer).await.sql(WHAT).map(drop);
        }
        let (busy, _pages, _folded): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.writer).await.sql(WHAT)?;
        if busy == 0 { Ok(()) } else { Err(Fault::new(format!("{WHAT}: somebody has been reading for too long"))) }
    }

    /// Closes the connections once they are no longer used.
    pub(crate) async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
