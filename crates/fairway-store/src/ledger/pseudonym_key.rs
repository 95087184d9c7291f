use fairway_domain::{Digest, Fault, FaultExt, KeyDomain, KeyRecord, KeyState, Pseudonym};
use jiff::Timestamp;

use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

#[derive(sqlx::FromRow)]
struct KeyRow {
    key_id: String,
    domain: String,
    epoch: i64,
    state: String,
    commitment: Vec<u8>,
    canaries: String,
}

impl KeyRow {
    fn read(self) -> Result<KeyRecord, Fault> {
        Ok(KeyRecord {
            key_id: self.key_id,
            domain: KeyDomain {
                name: self.domain,
                epoch: u32::try_from(self.epoch).fault("ledger holds an epoch that is none")?,
            },
            state: text::read_word(&self.state, "state")?,
            commitment: Digest(text::read_bytes(&self.commitment)?),
            canaries: self.canaries.split(' ').map(|canary| Pseudonym(canary.to_owned())).collect(),
        })
    }
}

impl Store {
    /// What was recorded of a pseudonym key.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn pseudonym_key(&self, key_id: &str) -> Result<Option<KeyRecord>, Fault> {
        let keys = self.pseudonym_keys().await?;
        Ok(keys.into_iter().find(|key| key.key_id == key_id))
    }

    /// When a pseudonym key came into the state that it has; `None` where none of that id was recorded.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn pseudonym_key_moved_at(&self, key_id: &str) -> Result<Option<Timestamp>, Fault> {
        let moved: Option<String> = sqlx::query_scalar("SELECT changed_at FROM pseudonym_key WHERE key_id = $1")
            .bind(key_id)
            .fetch_optional(&mut *self.reader().await?)
            .await
            .sql("keys cannot be read")?;
        moved.map(|moved| text::read_instant(&moved)).transpose()
    }

    /// What was recorded of every pseudonym key, ordered by domain and epoch.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn pseudonym_keys(&self) -> Result<Vec<KeyRecord>, Fault> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT key_id, domain, epoch, state, commitment, canaries FROM pseudonym_key ORDER BY domain, epoch",
        )
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("keys cannot be read")?;
        rows.into_iter().map(KeyRow::read).collect()
    }
}

impl Tx {
    /// Records a key that the keyholder has made, with what later proves which it was.
    ///
    /// # Errors
    /// When the key, or another of its domain and epoch, is recorded already.
    pub async fn insert_pseudonym_key(&mut self, key: &KeyRecord) -> Result<(), Fault> {
        let now = self.now();
        let canaries: Vec<&str> = key.canaries.iter().map(|canary| canary.0.as_str()).collect();
        sqlx::query(
            "INSERT INTO pseudonym_key (key_id, domain, epoch, state, commitment, canaries, made_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        )
        .bind(&key.key_id)
        .bind(&key.domain.name)
        .bind(i64::from(key.domain.epoch))
        .bind(key.state.as_str())
        .bind(&key.commitment.0[..])
        .bind(canaries.join(" "))
        .bind(now)
        .execute(self.writing())
        .await
        .sql("key cannot be recorded")
        .map(|_done| ())
    }

    /// Records that a key is in another state.
    ///
    /// # Errors
    /// When the key is not recorded.
    pub async fn set_key_state(&mut self, key_id: &str, state: KeyState) -> Result<(), Fault> {
        let now = self.now();
        let done = sqlx::query("UPDATE pseudonym_key SET state = $2, changed_at = $3 WHERE key_id = $1")
            .bind(key_id)
            .bind(state.as_str())
            .bind(now)
            .execute(self.writing())
            .await
            .sql("state of a key cannot be recorded")?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(Fault::new(format!("key {key_id} is not recorded"))) }
    }
}
