//! Ledgers from before the log was a tree: each entry of the chain becomes a leaf that names its hash in the chain.

use fairway_domain::{Digest, Fault};
use fairway_log::{Frontier, Phase, commitment};
use sha2::{Digest as _, Sha256};

use crate::database::{Conn, Database};
use crate::directory::DataDirectory;
use crate::error::SqlExt;
use crate::head::{Head, HeadFile};
use crate::leaf::{self, Leaf};
use crate::text;

const WHAT: &str = "audit log cannot be made a tree";

#[derive(sqlx::FromRow)]
struct Chained {
    seq: i64,
    at: String,
    actor: String,
    verb: String,
    object: String,
    detail: String,
    hash: Vec<u8>,
}

impl Chained {
    /// The hash it was given: over the one before, the number, and each text behind its length.
    fn hash_due(&self, prev: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(prev);
        hasher.update(self.seq.to_be_bytes());
        for text in [&self.at, &self.actor, &self.verb, &self.object, &self.detail] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text);
        }
        hasher.finalize().into()
    }
}

/// Turns the chain into the tree, if there is one: all of it or nothing.
pub(crate) async fn chain_to_tree(database: &Database, directory: &DataDirectory) -> Result<(), Fault> {
    let chained: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM audit_chained").fetch_one(database.writer()).await.sql(WHAT)?;
    if chained == 0 {
        return Ok(());
    }
    let mut tx = database.begin(WHAT).await?;
    let file = HeadFile::lock(&directory.audit_head()).await?;
    if leaf::size(&mut tx).await? > 0 {
        // Another process has done it meanwhile.
        return tx.rollback().await.sql(WHAT);
    }
    let (tree, last) = convert(&mut tx).await?;
    let head = file.read()?;
    // A process killed between a commit and its head left the head one transaction behind.
    let behind = head.seq <= last.seq && leaf::transactions_after(&mut tx, head.seq).await? <= 1;
    if !behind || !leaf::knows(&mut tx, head).await? {
        return Err(Fault::new(format!("{WHAT}: it does not end where audit.head says")));
    }
    sqlx::query("DELETE FROM audit_chained").execute(&mut *tx).await.sql(WHAT)?;
    tx.commit().await.sql(WHAT)?;
    file.write(Head::of(&tree))
}

/// Gives the tree, and the head of the chain.
async fn convert(conn: &mut Conn) -> Result<(Frontier, Head), Fault> {
    const PAGE: usize = 1_000;
    let (mut tree, mut last) = (Frontier::default(), Head::GENESIS);
    loop {
        let page: Vec<Chained> = sqlx::query_as(
            "SELECT seq, at, actor, verb, object, detail, hash FROM audit_chained WHERE seq > $1 ORDER BY seq LIMIT $2",
        )
        .bind(text::to_sql(last.seq)?)
        .bind(PAGE as i64)
        .fetch_all(&mut *conn)
        .await
        .sql(WHAT)?;
        let whole = page.len() == PAGE;
        for entry in page {
            if text::from_sql(entry.seq)? != last.seq + 1 || entry.hash_due(&last.hash.0)[..] != entry.hash {
                return Err(Fault::new(format!("{WHAT}: its chain does not hold at entry {}", last.seq + 1)));
            }
            last = Head { seq: last.seq + 1, hash: Digest(text::read_bytes(&entry.hash)?) };
            append(conn, &mut tree, entry).await?;
        }
        if !whole {
            return Ok((tree, last));
        }
    }
}

async fn append(conn: &mut Conn, tree: &mut Frontier, old: Chained) -> Result<(), Fault> {
    let salt = leaf::salt()?;
    let leaf = Leaf {
        seq: tree.size() + 1,
        at: old.at,
        actor: old.actor,
        role: String::new(),
        org: String::new(),
        verb: old.verb,
        object: old.object,
        agreement: String::new(),
        decision: String::new(),
        phase: Phase::Event.as_str().into(),
        prev_intent: None,
        commitment: commitment(&salt, old.detail.as_bytes()).into(),
        chained: Some(old.hash),
    };
    leaf.append(conn, tree).await?;
    leaf::keep_payload(conn, leaf.seq, &salt, &old.detail).await
}
