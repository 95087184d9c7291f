//! Checking the audit log from its first entry to its last, and the ledger file it is in.

use fairway_domain::{Digest, Fault};
use fairway_log::TreeHead;
use sqlx::{Connection, Row};

use crate::audit::OpenIntent;
use crate::database::{Address, Conn, Kind};
use crate::directory::DataDirectory;
use crate::error::OpenError;
use crate::head::{Head, HeadFile};
use crate::leaf;
use crate::store::{Store, not_a_data_directory};
use crate::walk::Walk;
use crate::{publish, witness};

/// What a check of the audit log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// How many entries could be read.
    pub entries: u64,
    /// Of these, entries whose figures and reasons were forgotten.
    pub erased: u64,
    /// Intents that nothing has closed, oldest first.
    pub open_intents: Vec<OpenIntent>,
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

/// Checks the audit log of a data directory, which need not open: an edited, missing or added entry, a tree that does not hold, an
/// end that was cut off, a damaged file. It reports everything it finds and changes nothing.
///
/// # Errors
/// Refused when there is no ledger; a fault when the check cannot be made at all.
pub async fn verify_directory(directory: &DataDirectory) -> Result<AuditReport, OpenError> {
    if !directory.has_ledger() {
        return Err(OpenError::Refused(not_a_data_directory(directory)));
    }
    Ok(check(directory).await?)
}

async fn check(directory: &DataDirectory) -> Result<AuditReport, Fault> {
    let mut walk = Walk::start();
    let address = Address::of(directory, "ro")?;
    let kind = address.kind();
    let mut conn = match address.attempt().await {
        Ok(conn) => conn,
        Err(error) => {
            walk.problem(None, damaged("The ledger cannot be opened", &error));
            return Ok(walk.report());
        }
    };
    check_open(directory, kind, &mut conn, &mut walk).await?;
    // Nothing was written, so there is nothing to lose in closing.
    let _closed = conn.close().await;
    Ok(walk.report())
}

async fn check_open(directory: &DataDirectory, kind: Kind, conn: &mut Conn, walk: &mut Walk) -> Result<(), Fault> {
    let head = begin(directory, kind, conn, walk).await?;
    head.into_iter().for_each(|head| walk.look_for(head));
    let signed = signed(directory, walk);
    if kind == Kind::Sqlite {
        check_file(conn, walk).await;
    }
    check_entries(kind, conn, walk).await;
    if let Some(head) = head {
        check_head(conn, walk, head).await;
    }
    for (whose, head) in signed {
        let size = head.seq;
        match walk.held_against(head) {
            _ if size > walk.last => {
                let what = format!(
                    "The end of the audit log is missing: {whose} of {size} entries, the log has {}",
                    walk.last
                );
                walk.problem(None, what);
            }
            Some(false) => walk.problem(None, format!("The audit log is not that of {whose} of {size} entries")),
            _ => {}
        }
    }
    Ok(())
}

/// The heads that were signed, by this log's key or a witness's, and whose they are.
fn signed(directory: &DataDirectory, walk: &mut Walk) -> Vec<(String, Head)> {
    let mut found = Vec::new();
    let checkpoint = publish::last(directory).unwrap_or_else(|fault| {
        walk.problem(None, format!("The checkpoint cannot be believed: {fault}"));
        None
    });
    let witnesses = witness::read(directory).map(|witnesses| witnesses.all).unwrap_or_else(|fault| {
        walk.problem(None, format!("The witnesses cannot be known: {fault}"));
        Vec::new()
    });
    if let Some(checkpoint) = &checkpoint {
        found.push(("its checkpoint".to_owned(), checkpoint.head));
    }
    for one in &witnesses {
        let seen = checkpoint.as_ref().map_or(Ok(None), |checkpoint| witness::signed(one, &checkpoint.key));
        match seen {
            Ok(seen) => {
                found.extend(seen.map(|seen| (format!("the one that {} has co-signed", one.key.name()), seen.head)))
            }
            Err(fault) => {
                walk.problem(None, format!("What {} has co-signed cannot be believed: {fault}", one.key.name()))
            }
        }
    }
    let head = |head: TreeHead| {
        if head.size == 0 { Head::GENESIS } else { Head { seq: head.size, hash: Digest(head.root.0) } }
    };
    let found: Vec<(String, Head)> = found.into_iter().map(|(whose, signed)| (whose, head(signed))).collect();
    found.iter().for_each(|(_, head)| walk.look_for(*head));
    found
}

/// Reads the head, and fixes what is read of the log at the same moment.
async fn begin(directory: &DataDirectory, kind: Kind, conn: &mut Conn, walk: &mut Walk) -> Result<Option<Head>, Fault> {
    let path = directory.audit_head();
    if !path.exists() {
        walk.problem(None, "audit.head is missing");
        return Ok(None);
    }
    let file = HeadFile::lock_shared(&path).await?;
    let head = file.read();
    for sql in [kind.begin_snapshot(), "SELECT COUNT(*) FROM audit WHERE seq < 0"] {
        if let Err(error) = sqlx::query(sql).execute(&mut *conn).await {
            walk.problem(None, damaged("The audit log cannot be read", &error));
        }
    }
    if head.is_err() {
        walk.problem(None, "audit.head is damaged");
    }
    Ok(head.ok())
}

async fn check_file(conn: &mut Conn, walk: &mut Walk) {
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
async fn check_entries(kind: Kind, conn: &mut Conn, walk: &mut Walk) {
    const PAGE: usize = 1_000;
    let mut after = i64::MIN;
    loop {
        let page = sqlx::query(entries_as_bytes(kind)).bind(after).bind(PAGE as i64).fetch_all(&mut *conn).await;
        let rows = match page {
            Ok(rows) => rows,
            Err(error) => {
                let what = format!("The audit log cannot be read after entry {}", walk.last);
                return walk.problem(None, damaged(&what, &error));
            }
        };
        for row in &rows {
            match row.try_get("seq") {
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

/// A page of entries, every text as its bytes: in SQLite a column holds whatever was written to it.
macro_rules! entries_as_bytes {
    ($before:literal, $after:literal) => {
        concat!(
            "SELECT audit.seq, prev_intent, ",
            entries_as_bytes!(@ $before, $after, "at", "actor", "role", "org", "verb", "object", "agreement", "decision"),
            entries_as_bytes!(@ $before, $after, "phase", "payload", "erased_at"),
            "commitment, chained, nodes, salt FROM audit LEFT JOIN audit_payload ON audit_payload.seq = audit.seq
             WHERE audit.seq > $1 ORDER BY audit.seq LIMIT $2"
        )
    };
    (@ $before:literal, $after:literal, $($column:literal),+) => {
        concat!($($before, $column, $after, $column, ", "),+)
    };
}

fn entries_as_bytes(kind: Kind) -> &'static str {
    match kind {
        Kind::Sqlite => entries_as_bytes!("CAST(", " AS BLOB) AS "),
        Kind::Postgres => entries_as_bytes!("convert_to(", ", 'UTF8') AS "),
    }
}

async fn check_head(conn: &mut Conn, walk: &mut Walk, head: Head) {
    if head.seq > walk.last {
        let what = format!(
            "The end of the audit log is missing: audit.head says that entry {} is the last, the log ends at {}",
            head.seq, walk.last
        );
        return walk.problem(None, what);
    }
    if walk.held_against(head) == Some(false) {
        walk.problem(Some(head.seq), "This entry is not the one that audit.head names");
    }
    // A process killed between a commit and its head leaves one transaction.
    if leaf::transactions_after(conn, head.seq).await.is_ok_and(|behind| behind > 1) {
        let what = format!("audit.head is behind the log: it names entry {}, the last is {}", head.seq, walk.last);
        walk.problem(None, what);
    }
}

pub(crate) fn damaged(what: &str, error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => format!("{what}: {}", error.message()),
        None => format!("{what}: {error}"),
    }
}
