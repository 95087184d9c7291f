//! Checking the audit log from its first entry to its last, and the ledger file it is in.

use fairway_domain::{Digest, Fault};
use fairway_log::{Frontier, Hash, commitment};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use crate::directory::DataDirectory;
use crate::error::OpenError;
use crate::head::{Head, HeadFile};
use crate::leaf::{self, Leaf};
use crate::store::{Store, not_a_data_directory};

/// What a check of the audit log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// How many entries could be read.
    pub entries: u64,
    /// Of these, entries whose figures and reasons were forgotten.
    pub erased: u64,
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
    head.into_iter().for_each(|head| walk.look_for(head));
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
        let page = sqlx::query(
            "SELECT audit.seq, at, actor, role, org, verb, object, agreement, decision, phase, prev_intent, commitment,
             chained, nodes, salt, payload, erased_at
             FROM audit LEFT JOIN audit_payload ON audit_payload.seq = audit.seq
             WHERE audit.seq > $1 ORDER BY audit.seq LIMIT $2",
        )
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
    if walk.held_against(head) == Some(false) {
        walk.problem(Some(head.seq), "This entry is not the one that audit.head names");
    }
    // A process killed between a commit and its head leaves one transaction.
    if leaf::transactions_after(conn, head.seq).await.is_ok_and(|behind| behind > 1) {
        let what = format!("audit.head is behind the log: it names entry {}, the last is {}", head.seq, walk.last);
        walk.problem(None, what);
    }
}

/// The walk along the log, by which its tree grows again.
struct Walk {
    entries: u64,
    erased: u64,
    last: u64,
    /// `None` from where it no longer holds.
    tree: Option<Frontier>,
    /// Heads that others have of this log, with the log's own of then once the walk has come by.
    heads: Vec<(Head, Option<Head>)>,
    problems: Vec<AuditProblem>,
}

impl Walk {
    fn start() -> Self {
        let tree = Some(Frontier::default());
        Self { entries: 0, erased: 0, last: 0, tree, heads: Vec::new(), problems: Vec::new() }
    }

    fn problem(&mut self, seq: Option<u64>, what: impl Into<String>) {
        self.problems.push(AuditProblem { seq, what: what.into() });
    }

    /// Will hold the log against a head that somebody else has of it.
    fn look_for(&mut self, head: Head) {
        self.heads.push((head, (head.seq == 0).then_some(Head::GENESIS)));
    }

    /// Whether the log is the one of a head; `None` where the walk could not tell.
    fn held_against(&self, head: Head) -> Option<bool> {
        self.heads.iter().find(|(sought, _)| *sought == head)?.1.map(|ours| ours == head)
    }

    fn step(&mut self, seq: i64, row: &SqliteRow) {
        let Ok(seq) = u64::try_from(seq) else {
            return self.problem(None, format!("An entry bears the number {seq}"));
        };
        self.entries += 1;
        if seq != self.last + 1 {
            self.problem(Some(self.last + 1), missing(self.last + 1, seq - 1));
            self.tree = None;
        }
        self.last = seq;
        match Stored::read(seq, row) {
            Ok(stored) => self.compare(stored),
            Err(error) => {
                self.problem(Some(seq), damaged("This entry cannot be read", &error));
                self.tree = None;
            }
        }
    }

    fn compare(&mut self, stored: Stored) {
        let seq = self.last;
        let kept = leaf::node(&stored.nodes, 0);
        if kept.is_none() || stored.leaf.as_ref().and_then(|leaf| leaf.hash().ok()) != kept {
            self.problem(Some(seq), "This entry has been changed");
        }
        match stored.payload_holds() {
            Some(true) => {}
            None => self.erased += 1,
            Some(false) => self.problem(Some(seq), "Figures and reasons of this entry have been changed or taken away"),
        }
        let Some(tree) = &mut self.tree else { return };
        let due: Vec<u8> = tree.push(kept.unwrap_or(Hash([0; 32]))).iter().flat_map(|hash| hash.0).collect();
        let ours = Head::of(tree);
        self.heads.iter_mut().filter(|(head, _)| head.seq == seq).for_each(|(_, at)| *at = Some(ours));
        if due != stored.nodes {
            self.problem(Some(seq), "From this entry on the tree does not hold");
            self.tree = None;
        }
    }

    fn report(self) -> AuditReport {
        let hash = self.tree.as_ref().map_or(Digest([0; 32]), |tree| Head::of(tree).hash);
        let head = Head { seq: self.last, hash };
        AuditReport { entries: self.entries, erased: self.erased, head, problems: self.problems }
    }
}

/// An entry as stored. Read as bytes first: an edited entry need not be UTF-8.
struct Stored {
    leaf: Option<Leaf>,
    nodes: Vec<u8>,
    salt: Option<Vec<u8>>,
    payload: Option<Vec<u8>>,
    erased: bool,
}

impl Stored {
    fn read(seq: u64, row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let optional = |name: &str| row.try_get_unchecked::<Option<Vec<u8>>, _>(name);
        Ok(Self {
            leaf: read_leaf(seq, row)?,
            nodes: row.try_get_unchecked("nodes")?,
            salt: optional("salt")?,
            payload: optional("payload")?,
            erased: optional("erased_at")?.is_some(),
        })
    }

    /// Whether the payload is the one committed to; `None` where it was forgotten.
    fn payload_holds(&self) -> Option<bool> {
        if self.erased && self.payload.is_none() {
            return None;
        }
        let salt = self.salt.as_deref().and_then(|salt| <[u8; 32]>::try_from(salt).ok());
        let (Some(salt), Some(payload), Some(leaf)) = (salt, &self.payload, &self.leaf) else { return Some(false) };
        Some(commitment(&salt, payload)[..] == leaf.commitment)
    }
}

/// `None` where a text is not UTF-8, which no entry is.
fn read_leaf(seq: u64, row: &SqliteRow) -> Result<Option<Leaf>, sqlx::Error> {
    let mut texts = Vec::new();
    for name in ["at", "actor", "role", "org", "verb", "object", "agreement", "decision", "phase"] {
        texts.push(String::from_utf8(row.try_get_unchecked(name)?).ok());
    }
    let texts: Option<Vec<String>> = texts.into_iter().collect();
    let prev_intent = row.try_get_unchecked::<Option<i64>, _>("prev_intent")?;
    let (commitment, chained) = (row.try_get_unchecked("commitment")?, row.try_get_unchecked("chained")?);
    let Some(Ok([at, actor, role, org, verb, object, agreement, decision, phase])) = texts.map(<[String; 9]>::try_from)
    else {
        return Ok(None);
    };
    let prev_intent = prev_intent.map(u64::try_from).transpose().unwrap_or(Some(0));
    Ok(Some(Leaf {
        seq,
        at,
        actor,
        role,
        org,
        verb,
        object,
        agreement,
        decision,
        phase,
        prev_intent,
        commitment,
        chained,
    }))
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
