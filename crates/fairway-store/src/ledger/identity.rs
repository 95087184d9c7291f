use std::collections::HashMap;

use fairway_domain::{Fault, ImportId, PersonUid};

use crate::database::{Conn, Statement};
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// Rows in one statement. SQLite takes 32,766 values a statement, PostgreSQL 65,535.
const CHUNK: usize = 2_000;

type Known = HashMap<[u8; 32], PersonUid>;

async fn find(conn: &mut Conn, kind: &str, blind: &[[u8; 32]], known: &mut Known) -> Result<(), Fault> {
    let mut statement = Statement::new("SELECT blind_index, uid FROM identity WHERE kind = ");
    statement.bind(kind).push(" AND blind_index IN ").list(blind.iter().map(|index| &index[..]));
    let rows: Vec<(Vec<u8>, Vec<u8>)> =
        statement.query_as().fetch_all(conn).await.sql("identity map cannot be read")?;
    for (index, uid) in rows {
        known.insert(text::read_bytes(&index)?, PersonUid(text::read_bytes(&uid)?));
    }
    Ok(())
}

async fn insert(
    conn: &mut Conn,
    kind: &str,
    first_import: ImportId,
    new: &[([u8; 32], PersonUid)],
) -> Result<(), Fault> {
    let first_import = first_import.to_string();
    let mut statement = Statement::new("INSERT INTO identity (kind, blind_index, uid, first_import) VALUES ");
    statement.rows(new, |row, (index, uid)| {
        row.value(kind).value(&index[..]).value(&uid.0[..]).value(first_import.as_str());
    });
    statement.query().execute(conn).await.sql("identity map cannot be written").map(|_done| ())
}

impl Store {
    /// The uid that each blind index was first given, in order, where the map has one. Who that person turned out to be
    /// is said by [`Store::persons`].
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn lookup(&self, kind: &str, blind: &[[u8; 32]]) -> Result<Vec<Option<PersonUid>>, Fault> {
        let mut conn = self.reader().await?;
        let mut known = Known::with_capacity(blind.len());
        for chunk in blind.chunks(CHUNK) {
            find(&mut conn, kind, chunk, &mut known).await?;
        }
        Ok(blind.iter().map(|index| known.get(index).copied()).collect())
    }
}

impl Tx {
    /// The person behind each blind index, merges followed, in order. One that the map does not have gets `new_uid()` and `import` as the
    /// import that brought it first; the same index twice gets one uid. Commit this before the uids are used elsewhere,
    /// or a run cut short would leave rows of persons nobody knows.
    ///
    /// # Errors
    /// When the ledger cannot be read or written.
    pub async fn resolve(
        &mut self,
        kind: &str,
        blind: &[[u8; 32]],
        import: ImportId,
        new_uid: &mut (dyn FnMut() -> PersonUid + Send),
    ) -> Result<Vec<PersonUid>, Fault> {
        let persons = self.persons().await?;
        let mut uids = Vec::with_capacity(blind.len());
        let mut known = Known::with_capacity(CHUNK);
        for chunk in blind.chunks(CHUNK) {
            known.clear();
            find(self.reading(), kind, chunk, &mut known).await?;
            let mut new = Vec::new();
            for index in chunk {
                let uid = *known.entry(*index).or_insert_with(|| {
                    let uid = new_uid();
                    new.push((*index, uid));
                    uid
                });
                uids.push(persons.now(uid));
            }
            if !new.is_empty() {
                insert(self.writing(), kind, import, &new).await?;
            }
        }
        Ok(uids)
    }
}
