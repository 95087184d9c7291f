use fairway_domain::Fault;

use super::Conn;
use crate::error::SqlExt;

/// What SQLite and PostgreSQL do differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// Whether PostgreSQL puts on disk what it acknowledges.
const DURABLE: &str = "SELECT CASE WHEN current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on'
    THEN 1 ELSE 0 END";

impl Kind {
    /// Everything that is set once for the database rather than for a connection.
    pub(super) async fn prepare(self, conn: &mut Conn) -> Result<(), Fault> {
        match self {
            // SQLite reads its file only now, so a file that is no ledger shows here.
            Self::Sqlite => {
                set(conn, "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL").await.sql("ledger cannot be opened")
            }
            Self::Postgres => {
                let durable: i64 = sqlx::query_scalar(DURABLE).fetch_one(conn).await.sql("ledger cannot be opened")?;
                if durable == 1 {
                    return Ok(());
                }
                Err(Fault::new(
                    "PostgreSQL server loses what it acknowledged when its machine stops: \
                     set fsync and full_page_writes to on in its configuration",
                ))
            }
        }
    }

    /// What a connection that writes is told first. SQLite puts each transaction on disk by itself (`synchronous` is FULL
    /// where nothing else is said), and overwrites what is deleted: a destroyed key must not stay in a free page.
    pub(super) fn for_writing(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA busy_timeout = 60000; PRAGMA secure_delete = ON",
            Self::Postgres => POSTGRES_SETTINGS,
        }
    }

    /// What a connection that reads is told first.
    pub(super) fn for_reading(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA busy_timeout = 60000; PRAGMA query_only = ON",
            Self::Postgres => POSTGRES_READ_ONLY,
        }
    }

    /// Begins a transaction that writes.
    pub(super) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            // Each statement sees what was committed before it, so everything before the lock.
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        }
    }

    /// Waits for other writers after the transaction has begun, where beginning does not wait. The number means nothing;
    /// it is the same for every ledger of a database.
    pub(super) fn lock(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("SELECT pg_advisory_xact_lock(5064651223940312148)"),
        }
    }

    /// Begins a transaction that reads the ledger as it is at one moment.
    pub(crate) fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// Waiting for the one writer ends after a minute, and the lock of a machine that is gone is given up about as soon.
const POSTGRES_SETTINGS: &str = "SET client_min_messages = warning; SET lock_timeout = '60s';
    SET idle_in_transaction_session_timeout = '10min';
    SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

const POSTGRES_READ_ONLY: &str = "SET client_min_messages = warning; SET default_transaction_read_only = on";

/// Runs statements whose answers do not matter.
pub(super) async fn set(conn: &mut Conn, settings: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(settings).execute(conn).await.map(drop)
}
