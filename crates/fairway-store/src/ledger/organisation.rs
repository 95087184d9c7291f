use fairway_domain::{Fault, OrganisationCode};

use crate::database::Conn;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// An organisation that may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its ODS code.
    pub code: OrganisationCode,
    /// Its name.
    pub name: String,
}

impl Store {
    /// Every organisation that may send, in order of their codes.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, Fault> {
        let rows: Vec<(String, String)> = sqlx::query_as("SELECT code, name FROM organisation ORDER BY code")
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("organisations cannot be read")?;
        rows.into_iter()
            .map(|(code, name)| Ok(Organisation { code: text::read_word(&code, "organisation")?, name }))
            .collect()
    }

    /// One organisation, if it may send.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn organisation(&self, code: &OrganisationCode) -> Result<Option<Organisation>, Fault> {
        let name = name_of(&mut *self.reader().await?, code).await?;
        Ok(name.map(|name| Organisation { code: code.clone(), name }))
    }
}

async fn name_of(conn: &mut Conn, code: &OrganisationCode) -> Result<Option<String>, Fault> {
    sqlx::query_scalar("SELECT name FROM organisation WHERE code = $1")
        .bind(code.as_str())
        .fetch_optional(conn)
        .await
        .sql("organisation cannot be read")
}

impl Tx {
    /// Writes an organisation, or gives it another name. Says whether that changed anything.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn put_organisation(&mut self, organisation: &Organisation) -> Result<bool, Fault> {
        if name_of(self.reading(), &organisation.code).await?.as_ref() == Some(&organisation.name) {
            return Ok(false);
        }
        let now = self.now();
        sqlx::query(
            "INSERT INTO organisation (code, name, written_at) VALUES ($1, $2, $3)
             ON CONFLICT (code) DO UPDATE SET name = excluded.name, written_at = excluded.written_at",
        )
        .bind(organisation.code.as_str())
        .bind(&organisation.name)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("organisation cannot be written")?;
        Ok(true)
    }
}
