use std::fmt;

use fairway_domain::{Fault, SubmissionId};
use fairway_log::Frontier;
use jiff::Timestamp;
use sqlx::Transaction;

use crate::database::{Conn, Db};
use crate::error::SqlExt;
use crate::head::{Head, HeadFile};
use crate::leaf;
use crate::share;
use crate::store::{Store, blocking};
use crate::text;

/// A named transaction: the only way to write to the ledger. There is one at a time in a data directory. Dropped without
/// [`Tx::commit`], it changes nothing.
pub struct Tx {
    name: &'static str,
    at: Timestamp,
    inner: Transaction<'static, Db>,
    head: HeadFile,
    begun_at: u64,
    /// The audit log's tree as this transaction sees it.
    pub(crate) tree: Frontier,
    /// In what role it is done, and of which organisation; empty where nobody has said.
    pub(crate) role: String,
    pub(crate) organisation: String,
    wrote: bool,
    /// Whether bytes were destroyed that must not stay in the write-ahead log either.
    pub(crate) destroyed: bool,
    /// Whose halves of load keys go with the commit.
    pub(crate) shares: Vec<SubmissionId>,
    pub(crate) store: Store,
}

impl Store {
    /// Begins a transaction. `name` says what for (`submission.land`); `at` is the time of everything it writes.
    /// Waits for other writers, here and in other processes.
    ///
    /// # Errors
    /// When the ledger stays busy for a minute, or when the audit log does not end where `audit.head` says: then
    /// nothing is written until that is put right.
    pub async fn tx(&self, name: &'static str, at: Timestamp) -> Result<Tx, Fault> {
        let what = format!("transaction {name} cannot begin");
        let mut inner = self.database().begin(&what).await?;
        let head = HeadFile::lock(&self.directory().audit_head()).await?;
        let tree = catch_up(&mut inner, &head).await?;
        let (role, organisation) = self.speaks_as.clone();
        let (begun_at, store) = (tree.size(), self.clone());
        Ok(Tx {
            name,
            at,
            inner,
            head,
            begun_at,
            tree,
            role,
            organisation,
            wrote: false,
            destroyed: false,
            shares: Vec::new(),
            store,
        })
    }
}

/// Compares the tree with the head, and brings a head forward that a killed process left one transaction behind.
async fn catch_up(conn: &mut Conn, file: &HeadFile) -> Result<Frontier, Fault> {
    let (head, size) = (file.read()?, leaf::size(conn).await?);
    let Some(tree) = leaf::frontier(conn, size).await? else {
        return Err(Fault::new(
            "audit log has holes or is damaged, so nothing is written: run fairway audit verify, and restore the ledger \
             and audit.head from one backup",
        ));
    };
    let last = Head::of(&tree);
    if head == last {
        return Ok(tree);
    }
    // What a killed process leaves: the head of one transaction ago, or that of the chain which has become the tree.
    let behind = head.seq <= size && leaf::transactions_after(conn, head.seq).await? <= 1;
    if !behind || !leaf::knows(conn, head).await? {
        return Err(Fault::new(
            "audit log does not end where audit.head says, so nothing is written: run fairway audit verify, \
             and restore the ledger and audit.head from one backup",
        ));
    }
    file.write(last)?;
    Ok(tree)
}

impl Tx {
    /// Makes everything durable, then brings `audit.head` forward.
    ///
    /// # Errors
    /// When something was written but no audit event recorded (then nothing is changed), or when the disk refuses.
    pub async fn commit(self) -> Result<(), Fault> {
        let Self { name, inner, head, begun_at, tree, wrote, destroyed, shares, store, .. } = self;
        let last = Head::of(&tree);
        if wrote && last.seq == begun_at {
            inner.rollback().await.sql("transaction cannot be undone")?;
            return Err(Fault::new(format!("transaction {name} changes something but records no audit event")));
        }
        inner.commit().await.sql(&format!("transaction {name} cannot be committed"))?;
        if last.seq != begun_at {
            blocking(move || head.write(last)).await?;
        }
        let folder = store.directory().load_keys();
        blocking(move || shares.into_iter().try_for_each(|id| share::destroy(&folder, id))).await?;
        if destroyed {
            store.database().forget().await?;
        }
        Ok(())
    }

    /// Undoes everything. Dropping does the same, a little later.
    ///
    /// # Errors
    /// When the connection is lost; then the database has undone it by itself.
    pub async fn roll_back(self) -> Result<(), Fault> {
        self.inner.rollback().await.sql("transaction cannot be undone")
    }

    /// The time of this transaction.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The time of this transaction as the ledger writes it.
    pub(crate) fn now(&self) -> String {
        text::instant(self.at)
    }

    /// The connection, for reading.
    pub(crate) fn reading(&mut self) -> &mut Conn {
        &mut self.inner
    }

    /// The connection, for writing: from now on an audit event is due.
    pub(crate) fn writing(&mut self) -> &mut Conn {
        self.wrote = true;
        &mut self.inner
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").field("name", &self.name).field("at", &self.at).finish_non_exhaustive()
    }
}
