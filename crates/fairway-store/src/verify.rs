//! Checking the audit log from its first entry to its last, and the ledger file it is in.

use fairway_domain::{Digest, Fault};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use crate::audit::{Sealing, hash_of, transactions_after};
use crate::directory::DataDirectory;
use crate::error::OpenError;
use crate::head::{Head, HeadFile};
use crate::store::{Store, not_a_data_directory};

/// What a check of the audit log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// How many entries could be read.
    pub entries: u64,
    /// The last entry that could be read. Note it down elsewhere: a log that was rewritten whole does not have it.
    pub head: Head,
    /// Everything wrong, in order. Empty for a log that is whole.
    pub problems: Vec<AuditProblem>,
}

/// One thing wrong with the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditProblem {
    /// The entry it is about; `None` for the ledger file or the head.
    pub seq: Option<u64>,
    /// What is wrong, as a sentence without a full stop.
    pub what: String,
}

/// Checks the audit log of an open store. See [`verify_directory`].
///
/// # Errors
/// When the check cannot be made at all.
pub async fn verify(store: &Store) -> Result<AuditReport, Fault> {
    check(store.directory()).await
}

/// Checks the audit log of a data directory, which need not open: an edited, missing or added entry, a broken chain, an
/// end that was cut off, a damaged file. It reports everything it finds and changes nothing.
///
/// # Errors
/// Refused when there is no ledger; a fault when the check cannot be made at all.
pub async fn verify_directory(directory: &DataDirectory) -> Result<AuditReport, OpenError> {
    if !directory.ledger().is_file() {
        return Err(OpenError::Refused(not_a_data_directory(directory)));
    }
    Ok(check(directory).await?)
}

async fn check(directory: &DataDirectory) -> Result<AuditReport, Fault> {
    let mut walk = Walk::start();
    let options = SqliteConnectOptions::new()
        .filename(directory.ledger())
        .read_only(true)
        .busy_timeout(std::time::Duration::from_secs(60))
        .disable_statement_logging();
    let mut conn = match options.connect().await {
        Ok(conn) => conn,
        Err(error) => {
            walk.problem(None, damaged("The ledger cannot be opened", &error));
            return Ok(walk.report());
        }
    };
    check_open(directory, &mut conn, &mut walk).await?;
    // Nothing was written, so there is nothing to lose in closing.
    let _closed = conn.close().await;
    Ok(walk.report())
}

async fn check_open(directory: &DataDirectory, conn: &mut SqliteConnection, walk: &mut Walk) -> Result<(), Fault> {
    let head = begin(directory, conn, walk).await?;
    check_file(conn, walk).await;
    check_entries(conn, walk).await;
    if let Some(head) = head {
        check_head(conn, walk, head).await;
    }
    Ok(())
}

/// Reads the head, and fixes what is read of the log at the same moment.
async fn begin(directory: &DataDirectory, conn: &mut SqliteConnection, walk: &mut Walk) -> Result<Option<Head>, Fault> {
    let path = directory.audit_head();
    if !path.exists() {
        walk.problem(None, "audit.head is missing");
        return Ok(None);
    }
    let file = HeadFile::lock_shared(&path).await?;
    let head = file.read();
    for sql in ["BEGIN", "SELECT COUNT(*) FROM audit WHERE seq < 0"] {
        if let Err(error) = sqlx::query(sql).execute(&mut *conn).await {
            walk.problem(None, damaged("The audit log cannot be read", &error));
        }
    }
    if head.is_err() {
        walk.problem(None, "audit.head is damaged");
    }
    Ok(head.ok())
}

async fn check_file(conn: &mut SqliteConnection, walk: &mut Walk) {
    match sqlx::query_scalar::<_, String>("PRAGMA integrity_check").fetch_all(conn).await {
        Ok(lines) => {
            for line in lines.iter().filter(|line| *line != "ok") {
                walk.problem(None, format!("The ledger file is damaged: {line}"));
            }
        }
        Err(error) => walk.problem(None, damaged("The ledger file cannot be checked", &error)),
    }
}

/// Reads page by page, so that memory does not grow with the log.
async fn check_entries(conn: &mut SqliteConnection, walk: &mut Walk) {
    const PAGE: usize = 1_000;
    let mut after = i64::MIN;
    loop {
        let page = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
            .bind(after)
            .bind(PAGE as i64)
            .fetch_all(&mut *conn)
            .await;
        let rows = match page {
            Ok(rows) => rows,
            Err(error) => {
                let what = format!("The audit log cannot be read after entry {}", walk.last);
                return walk.problem(None, damaged(&what, &error));
            }
        };
        for row in &rows {
            match row.try_get_unchecked("seq") {
                Ok(seq) => {
                    after = seq;
                    walk.step(seq, row);
                }
                Err(error) => return walk.problem(None, damaged("An entry bears no number", &error)),
            }
        }
        if rows.len() < PAGE {
            return;
        }
    }
}

async fn check_head(conn: &mut SqliteConnection, walk: &mut Walk, head: Head) {
    if head.seq > walk.last {
        let what = format!(
            "The end of the audit log is missing: audit.head says that entry {} is the last, the log ends at {}",
            head.seq, walk.last
        );
        return walk.problem(None, what);
    }
    let named = hash_of(conn, head.seq).await.ok().flatten();
    if head != Head::GENESIS && named.is_none_or(|hash| hash != head.hash.0) {
        return walk.problem(Some(head.seq), "This entry is not the one that audit.head names");
    }
    // A process killed between a commit and its head leaves one transaction.
    if transactions_after(conn, head.seq).await.is_ok_and(|behind| behind > 1) {
        let what = format!("audit.head is behind the log: it names entry {}, the last is {}", head.seq, walk.last);
        walk.problem(None, what);
    }
}

/// The walk along the chain.
struct Walk {
    entries: u64,
    /// The number of the last entry read and its hash as stored.
    last: u64,
    last_hash: Vec<u8>,
    problems: Vec<AuditProblem>,
}

impl Walk {
    fn start() -> Self {
        Self { entries: 0, last: 0, last_hash: Head::GENESIS.hash.0.to_vec(), problems: Vec::new() }
    }

    fn problem(&mut self, seq: Option<u64>, what: impl Into<String>) {
        self.problems.push(AuditProblem { seq, what: what.into() });
    }

    fn step(&mut self, seq: i64, row: &SqliteRow) {
        let Ok(seq) = u64::try_from(seq) else {
            return self.problem(None, format!("An entry bears the number {seq}"));
        };
        self.entries += 1;
        let follows = seq == self.last + 1;
        if !follows {
            self.problem(Some(self.last + 1), missing(self.last + 1, seq - 1));
        }
        self.last = seq;
        match Stored::read(row) {
            Ok(stored) => self.compare(seq, follows, stored),
            Err(error) => {
                self.problem(Some(seq), damaged("This entry cannot be read", &error));
                self.last_hash.clear();
            }
        }
    }

    fn compare(&mut self, seq: u64, follows: bool, stored: Stored) {
        if follows && stored.prev != self.last_hash {
            self.problem(Some(seq), "This entry does not follow the one before it");
        }
        if stored.hash_due(seq)[..] != stored.hash {
            self.problem(Some(seq), "This entry has been changed");
        }
        self.last_hash = stored.hash;
    }

    fn report(self) -> AuditReport {
        let hash = Digest(<[u8; 32]>::try_from(self.last_hash).unwrap_or_default());
        AuditReport { entries: self.entries, head: Head { seq: self.last, hash }, problems: self.problems }
    }
}

/// An entry as stored. Bytes, not text: an edited entry need not be UTF-8.
struct Stored {
    texts: [Vec<u8>; 5],
    prev: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    fn read(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let column = |name: &str| row.try_get_unchecked::<Vec<u8>, _>(name);
        let texts = [column("at")?, column("actor")?, column("verb")?, column("object")?, column("detail")?];
        Ok(Self { texts, prev: column("prev")?, hash: column("hash")? })
    }

    fn hash_due(&self, seq: u64) -> [u8; 32] {
        let [at, actor, verb, object, detail] = &self.texts;
        Sealing { seq, at, actor, verb, object, detail }.hash(&self.prev)
    }
}

fn missing(first: u64, last: u64) -> String {
    if first == last { format!("Entry {first} is missing") } else { format!("Entries {first} to {last} are missing") }
}

fn damaged(what: &str, error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => format!("{what}: {}", error.message()),
        None => format!("{what}: {error}"),
    }
}
