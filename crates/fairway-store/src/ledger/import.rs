use std::fmt;

use fairway_domain::{Fault, SubmissionId};
use jiff::Timestamp;

use crate::database::Conn;
use crate::error::SqlExt;
use crate::share;
use crate::store::{Store, blocking};
use crate::text;
use crate::tx::Tx;

/// The rows of a submission in the identity vault and the events table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// The submission loaded.
    pub submission: SubmissionId,
    /// Records in the file: always `rows_loaded + rows_rejected`.
    pub rows_in: u64,
    /// Records loaded.
    pub rows_loaded: u64,
    /// Records the check kept out.
    pub rows_rejected: u64,
    /// Version of the identity vault that has them.
    pub vault_version: u64,
    /// Version of the events table that has them.
    pub events_version: u64,
}

/// The key a submission's vault cells are encrypted under, wrapped by the keyholder.
#[derive(Clone, PartialEq, Eq)]
pub struct LoadKey {
    /// The wrapped key; `None` once it is destroyed, and the cells with it.
    pub wrapped: Option<Vec<u8>>,
    /// When it was destroyed.
    pub destroyed_at: Option<Timestamp>,
}

impl fmt::Debug for LoadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.wrapped.is_some() { "[load key]" } else { "[destroyed load key]" })
    }
}

async fn import(conn: &mut Conn, id: SubmissionId) -> Result<Option<Import>, Fault> {
    let row: Option<(i64, i64, i64, i64, i64)> = sqlx::query_as(
        "SELECT rows_in, rows_loaded, rows_rejected, vault_version, events_version FROM import WHERE submission = $1",
    )
    .bind(id.to_string())
    .fetch_optional(conn)
    .await
    .sql("import cannot be read")?;
    row.map(|row| {
        Ok(Import {
            submission: id,
            rows_in: text::from_sql(row.0)?,
            rows_loaded: text::from_sql(row.1)?,
            rows_rejected: text::from_sql(row.2)?,
            vault_version: text::from_sql(row.3)?,
            events_version: text::from_sql(row.4)?,
        })
    })
    .transpose()
}

async fn load_key(conn: &mut Conn, id: SubmissionId) -> Result<Option<LoadKey>, Fault> {
    let row: Option<(Option<Vec<u8>>, Option<String>)> =
        sqlx::query_as("SELECT wrapped, destroyed_at FROM load_key WHERE submission = $1")
            .bind(id.to_string())
            .fetch_optional(conn)
            .await
            .sql("load key cannot be read")?;
    row.map(|(wrapped, destroyed_at)| {
        Ok(LoadKey { wrapped, destroyed_at: text::read_instant_option(destroyed_at.as_deref())? })
    })
    .transpose()
}

impl Store {
    /// What was loaded of a submission.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn import(&self, id: SubmissionId) -> Result<Option<Import>, Fault> {
        import(&mut *self.reader().await?, id).await
    }

    /// The key of a submission's vault cells, if one was made.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn load_key(&self, id: SubmissionId) -> Result<Option<LoadKey>, Fault> {
        let kept = load_key(&mut *self.reader().await?, id).await?;
        match kept {
            Some(key) => Ok(Some(self.whole(id, key).await?)),
            None => Ok(None),
        }
    }

    /// A load key with both its halves, where the ledger has one of them.
    async fn whole(&self, id: SubmissionId, key: LoadKey) -> Result<LoadKey, Fault> {
        let (true, Some(half)) = (self.database().remembers(), &key.wrapped) else { return Ok(key) };
        let (folder, half) = (self.directory().load_keys(), half.clone());
        let wrapped = blocking(move || share::join(&folder, id, &half)).await?;
        Ok(LoadKey { wrapped: Some(wrapped), ..key })
    }

    /// Takes away halves of load keys whose destruction was recorded and cut short.
    pub(crate) async fn sweep_shares(&self) -> Result<(), Fault> {
        let folder = self.directory().load_keys();
        for id in share::kept(&folder)? {
            let key = load_key(&mut *self.reader().await?, id).await?;
            if key.is_some_and(|key| key.wrapped.is_none()) {
                share::destroy(&folder, id)?;
            }
        }
        Ok(())
    }
}

impl Tx {
    /// Keeps the wrapped key of a submission's vault cells, and gives the one to use: an earlier run's, if it kept one.
    /// Commit this before the first cell is written, or cells of a run cut short could never be read.
    ///
    /// # Errors
    /// When the key was destroyed, or the ledger refuses the row.
    pub async fn keep_load_key(&mut self, id: SubmissionId, wrapped: &[u8]) -> Result<Vec<u8>, Fault> {
        let kept = match load_key(self.reading(), id).await? {
            Some(key) => Some(self.store.whole(id, key).await?),
            None => None,
        };
        match kept {
            Some(LoadKey { wrapped: Some(kept), .. }) => return Ok(kept),
            Some(_) => return Err(Fault::new(format!("load key of submission {id} has been destroyed"))),
            None => {}
        }
        let told = if self.store.database().remembers() {
            let (folder, secret) = (self.store.directory().load_keys(), wrapped.to_owned());
            blocking(move || share::split(&folder, id, &secret)).await?
        } else {
            wrapped.to_owned()
        };
        let now = self.now();
        sqlx::query("INSERT INTO load_key (submission, wrapped, made_at) VALUES ($1, $2, $3)")
            .bind(id.to_string())
            .bind(told)
            .bind(now)
            .execute(self.writing())
            .await
            .sql("load key cannot be written")?;
        Ok(wrapped.to_owned())
    }

    /// Destroys the key of a submission's vault cells: after the commit its bytes are in no file of the ledger. Says
    /// whether there was one.
    ///
    /// # Errors
    /// When the ledger refuses.
    pub async fn destroy_load_key(&mut self, id: SubmissionId) -> Result<bool, Fault> {
        let now = self.now();
        let done = sqlx::query(
            "UPDATE load_key SET wrapped = NULL, destroyed_at = $2 WHERE submission = $1 AND wrapped IS NOT NULL",
        )
        .bind(id.to_string())
        .bind(now)
        .execute(self.writing())
        .await
        .sql("load key cannot be destroyed")?;
        self.destroyed = true;
        self.shares.push(id);
        Ok(done.rows_affected() == 1)
    }

    /// Records what was loaded. Says `false`, and changes nothing, when the same was recorded before.
    ///
    /// # Errors
    /// When rows in are not rows loaded and rows rejected together, or another load was recorded before.
    pub async fn insert_import(&mut self, new: &Import) -> Result<bool, Fault> {
        if let Some(before) = import(self.reading(), new.submission).await? {
            if before == *new {
                return Ok(false);
            }
            return Err(Fault::new(format!("another import of submission {} is recorded", new.submission)));
        }
        let now = self.now();
        sqlx::query(
            "INSERT INTO import
             (submission, rows_in, rows_loaded, rows_rejected, vault_version, events_version, loaded_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new.submission.to_string())
        .bind(text::to_sql(new.rows_in)?)
        .bind(text::to_sql(new.rows_loaded)?)
        .bind(text::to_sql(new.rows_rejected)?)
        .bind(text::to_sql(new.vault_version)?)
        .bind(text::to_sql(new.events_version)?)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("import cannot be written")?;
        Ok(true)
    }
}
