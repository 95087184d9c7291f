//! An entry of the log between its row in the ledger and its leaf in the tree.

use fairway_domain::{Fault, FaultExt};
use fairway_log::{Entry, Frontier, Hash, record_hash};

use crate::database::{Conn, Statement};
use crate::error::SqlExt;
use crate::head::Head;
use crate::text;

/// An entry's columns, in the order of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub(crate) seq: u64,
    pub(crate) at: String,
    pub(crate) actor: String,
    pub(crate) role: String,
    pub(crate) org: String,
    pub(crate) verb: String,
    pub(crate) object: String,
    pub(crate) agreement: String,
    pub(crate) decision: String,
    pub(crate) phase: String,
    pub(crate) prev_intent: Option<u64>,
    pub(crate) commitment: Vec<u8>,
    pub(crate) chained: Option<Vec<u8>>,
}

impl Leaf {
    /// The entry in its canonical encoding.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, Fault> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let entry = Entry {
            action: &self.verb,
            actor: &self.actor,
            agreement: &self.agreement,
            chained: &self.chained.as_deref().map(hex).unwrap_or_default(),
            decision: &self.decision,
            objects: &[self.object.as_str()],
            org: &self.org,
            payload_commitment: &hex(&self.commitment),
            phase: &self.phase,
            prev_intent: self.prev_intent,
            role: &self.role,
            seq: self.seq,
            time: &self.at,
        };
        entry.encode().fault("audit entry cannot be written")
    }

    pub(crate) fn hash(&self) -> Result<Hash, Fault> {
        Ok(record_hash(&self.encode()?))
    }

    /// Appends it to the tree and the ledger.
    pub(crate) async fn append(&self, conn: &mut Conn, tree: &mut Frontier) -> Result<(), Fault> {
        let nodes: Vec<u8> = tree.push(self.hash()?).iter().flat_map(|hash| hash.0).collect();
        sqlx::query(
            "INSERT INTO audit (seq, at, actor, role, org, verb, object, agreement, decision, phase, prev_intent,
             commitment, chained, nodes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(text::to_sql(self.seq)?)
        .bind(&self.at)
        .bind(&self.actor)
        .bind(&self.role)
        .bind(&self.org)
        .bind(&self.verb)
        .bind(&self.object)
        .bind(&self.agreement)
        .bind(&self.decision)
        .bind(&self.phase)
        .bind(self.prev_intent.map(text::to_sql).transpose()?)
        .bind(&self.commitment)
        .bind(&self.chained)
        .bind(&nodes)
        .execute(conn)
        .await
        .sql("audit entry cannot be written")
        .map(|_done| ())
    }
}

/// Keeps what an entry commits to.
pub(crate) async fn keep_payload(conn: &mut Conn, seq: u64, salt: &[u8; 32], payload: &str) -> Result<(), Fault> {
    sqlx::query("INSERT INTO audit_payload (seq, salt, payload) VALUES ($1, $2, $3)")
        .bind(text::to_sql(seq)?)
        .bind(&salt[..])
        .bind(payload)
        .execute(conn)
        .await
        .sql("audit entry cannot be written")
        .map(|_done| ())
}

/// Random bytes that nobody can try.
pub(crate) fn salt() -> Result<[u8; 32], Fault> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).fault("random numbers cannot be had")?;
    Ok(salt)
}

/// The hash of level `level` among those kept with an entry.
pub(crate) fn node(nodes: &[u8], level: u8) -> Option<Hash> {
    nodes.as_chunks::<32>().0.get(usize::from(level)).map(|hash| Hash(*hash))
}

/// The number of the log's last entry; 0 for an empty log.
pub(crate) async fn size(conn: &mut Conn) -> Result<u64, Fault> {
    let last: Option<i64> =
        sqlx::query_scalar("SELECT MAX(seq) FROM audit").fetch_one(conn).await.sql("audit log cannot be read")?;
    text::from_sql(last.unwrap_or_default())
}

/// The right edge of the tree of the first `size` entries; `None` when some of it is missing or damaged.
pub(crate) async fn frontier(conn: &mut Conn, size: u64) -> Result<Option<Frontier>, Fault> {
    let wanted = Frontier::nodes(size);
    if wanted.is_empty() {
        return Ok(Frontier::new(0, Vec::new()));
    }
    let kept = nodes_of(conn, &wanted.iter().map(|node| node.seq).collect::<Vec<_>>()).await?;
    if kept.len() != wanted.len() {
        return Ok(None);
    }
    let peaks: Option<Vec<Hash>> =
        wanted.iter().zip(&kept).map(|(wanted, (_, nodes))| node(nodes, wanted.level)).collect();
    Ok(peaks.and_then(|peaks| Frontier::new(size, peaks)))
}

/// The hashes kept with some entries, by number. At most 256 are asked for.
pub(crate) async fn nodes_of(conn: &mut Conn, seqs: &[u64]) -> Result<Vec<(i64, Vec<u8>)>, Fault> {
    let seqs = seqs.iter().map(|seq| text::to_sql(*seq)).collect::<Result<Vec<_>, _>>()?;
    let mut statement = Statement::new("SELECT seq, nodes FROM audit WHERE seq IN ");
    statement.list(seqs).push(" ORDER BY seq");
    statement.query_as().fetch_all(conn).await.sql("audit log cannot be read")
}

/// How many transactions wrote the entries after `seq`: the entries of one bear one time.
pub(crate) async fn transactions_after(conn: &mut Conn, seq: u64) -> Result<i64, Fault> {
    sqlx::query_scalar("SELECT COUNT(DISTINCT at) FROM audit WHERE seq > $1")
        .bind(text::to_sql(seq)?)
        .fetch_one(conn)
        .await
        .sql("audit log cannot be read")
}

/// Whether a head is of the log as it was after `head.seq` entries: of the tree, or of the chain before it.
pub(crate) async fn knows(conn: &mut Conn, head: Head) -> Result<bool, Fault> {
    let chained: Option<Option<Vec<u8>>> = sqlx::query_scalar("SELECT chained FROM audit WHERE seq = $1")
        .bind(text::to_sql(head.seq)?)
        .fetch_optional(&mut *conn)
        .await
        .sql("audit log cannot be read")?;
    if chained.flatten().is_some_and(|hash| hash == head.hash.0) {
        return Ok(true);
    }
    Ok(frontier(conn, head.seq).await?.is_some_and(|tree| Head::of(&tree) == head))
}
