use fairway_domain::{AccountId, Digest, Fault, OrganisationCode};
use jiff::Timestamp;

use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// A person who works with Fairway; never one whom data is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// By which the log names them.
    pub id: AccountId,
    /// Their name.
    pub name: String,
    /// The organisation they act for.
    pub organisation: OrganisationCode,
    /// Who added them.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
    /// When the account was ended.
    pub retired_at: Option<Timestamp>,
}

/// A role that somebody was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRole {
    /// Whose.
    pub account: AccountId,
    /// A word of the permission table.
    pub role: String,
    /// From when it is theirs.
    pub from: Timestamp,
    /// Until when: its end, or when it was taken if that was before.
    pub until: Option<Timestamp>,
    /// Who granted it.
    pub granted_by: String,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountToken {
    /// The part of it that is shown.
    pub id: String,
    /// Whose.
    pub account: AccountId,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: String,
    name: String,
    organisation: String,
    added_by: String,
    added_at: String,
    retired_at: Option<String>,
}

impl AccountRow {
    fn read(self) -> Result<Account, Fault> {
        Ok(Account {
            id: text::read_word(&self.id, "account")?,
            name: self.name,
            organisation: text::read_word(&self.organisation, "organisation")?,
            added_by: self.added_by,
            added_at: text::read_instant(&self.added_at)?,
            retired_at: text::read_instant_option(self.retired_at.as_deref())?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct RoleRow {
    account: String,
    role: String,
    from_at: String,
    until_at: Option<String>,
    granted_by: String,
    revoked_at: Option<String>,
}

impl RoleRow {
    fn read(self) -> Result<AccountRole, Fault> {
        let until = text::read_instant_option(self.until_at.as_deref())?;
        let revoked = text::read_instant_option(self.revoked_at.as_deref())?;
        Ok(AccountRole {
            account: text::read_word(&self.account, "account")?,
            role: self.role,
            from: text::read_instant(&self.from_at)?,
            until: until.into_iter().chain(revoked).min(),
            granted_by: self.granted_by,
        })
    }
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: String,
    account: String,
    made_at: String,
    expires_at: String,
    revoked_at: Option<String>,
}

impl TokenRow {
    fn read(self) -> Result<AccountToken, Fault> {
        Ok(AccountToken {
            id: self.id,
            account: text::read_word(&self.account, "account")?,
            made_at: text::read_instant(&self.made_at)?,
            expires_at: text::read_instant(&self.expires_at)?,
            revoked_at: text::read_instant_option(self.revoked_at.as_deref())?,
        })
    }
}

impl Store {
    /// Everybody who has or had an account, by name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn accounts(&self) -> Result<Vec<Account>, Fault> {
        let rows: Vec<AccountRow> = sqlx::query_as("SELECT * FROM account ORDER BY name, id")
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("accounts cannot be read")?;
        rows.into_iter().map(AccountRow::read).collect()
    }

    /// One account.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, Fault> {
        let row: Option<AccountRow> = sqlx::query_as("SELECT * FROM account WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&mut *self.reader().await?)
            .await
            .sql("account cannot be read")?;
        row.map(AccountRow::read).transpose()
    }

    /// Every role that was ever granted to a person, in the order of the grants.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn account_roles(&self, account: AccountId) -> Result<Vec<AccountRole>, Fault> {
        let rows: Vec<RoleRow> = sqlx::query_as("SELECT * FROM account_role WHERE account = $1 ORDER BY id")
            .bind(account.to_string())
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("roles cannot be read")?;
        rows.into_iter().map(RoleRow::read).collect()
    }

    /// A person's tokens, the oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn account_tokens(&self, account: AccountId) -> Result<Vec<AccountToken>, Fault> {
        let rows: Vec<TokenRow> = sqlx::query_as("SELECT * FROM account_token WHERE account = $1 ORDER BY made_at, id")
            .bind(account.to_string())
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("tokens cannot be read")?;
        rows.into_iter().map(TokenRow::read).collect()
    }

    /// The token with this SHA-256.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn token_of_digest(&self, digest: &Digest) -> Result<Option<AccountToken>, Fault> {
        let row: Option<TokenRow> = sqlx::query_as("SELECT * FROM account_token WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&mut *self.reader().await?)
            .await
            .sql("token cannot be read")?;
        row.map(TokenRow::read).transpose()
    }

    /// The token of that name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn token(&self, id: &str) -> Result<Option<AccountToken>, Fault> {
        let row: Option<TokenRow> = sqlx::query_as("SELECT * FROM account_token WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *self.reader().await?)
            .await
            .sql("token cannot be read")?;
        row.map(TokenRow::read).transpose()
    }
}

impl Tx {
    /// Adds a person.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn insert_account(&mut self, new: &Account) -> Result<(), Fault> {
        sqlx::query("INSERT INTO account (id, name, organisation, added_by, added_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(new.id.to_string())
            .bind(&new.name)
            .bind(new.organisation.as_str())
            .bind(&new.added_by)
            .bind(text::instant(new.added_at))
            .execute(self.writing())
            .await
            .sql("account cannot be added")
            .map(|_done| ())
    }

    /// Ends an account with its roles and tokens. Says whether it had not ended before.
    ///
    /// # Errors
    /// When the ledger refuses the change.
    pub async fn retire_account(&mut self, id: AccountId, by: &str) -> Result<bool, Fault> {
        const WHAT: &str = "account cannot be ended";
        let now = self.now();
        let done = sqlx::query("UPDATE account SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL")
            .bind(id.to_string())
            .bind(&now)
            .execute(self.writing())
            .await
            .sql(WHAT)?;
        sqlx::query(
            "UPDATE account_role SET revoked_by = $2, revoked_at = $3 WHERE account = $1 AND revoked_at IS NULL",
        )
        .bind(id.to_string())
        .bind(by)
        .bind(&now)
        .execute(self.writing())
        .await
        .sql(WHAT)?;
        sqlx::query("UPDATE account_token SET revoked_at = $2 WHERE account = $1 AND revoked_at IS NULL")
            .bind(id.to_string())
            .bind(&now)
            .execute(self.writing())
            .await
            .sql(WHAT)?;
        Ok(done.rows_affected() == 1)
    }

    /// Every role that was ever granted to a person, as this transaction sees it.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn account_roles(&mut self, account: AccountId) -> Result<Vec<AccountRole>, Fault> {
        let rows: Vec<RoleRow> = sqlx::query_as("SELECT * FROM account_role WHERE account = $1 ORDER BY id")
            .bind(account.to_string())
            .fetch_all(self.reading())
            .await
            .sql("roles cannot be read")?;
        rows.into_iter().map(RoleRow::read).collect()
    }

    /// Grants a role under the identifier `grant`.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn grant_role(&mut self, grant: &str, new: &AccountRole) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO account_role (id, account, role, from_at, until_at, granted_by, granted_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(grant)
        .bind(new.account.to_string())
        .bind(&new.role)
        .bind(text::instant(new.from))
        .bind(new.until.map(text::instant))
        .bind(&new.granted_by)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("role cannot be granted")
        .map(|_done| ())
    }

    /// Takes a role, with every grant of it that has not ended. Says whether there was one.
    ///
    /// # Errors
    /// When the ledger refuses the change.
    pub async fn revoke_role(&mut self, account: AccountId, role: &str, by: &str) -> Result<bool, Fault> {
        let now = self.now();
        let done = sqlx::query(
            "UPDATE account_role SET revoked_by = $3, revoked_at = $4
             WHERE account = $1 AND role = $2 AND revoked_at IS NULL AND (until_at IS NULL OR until_at > $4)",
        )
        .bind(account.to_string())
        .bind(role)
        .bind(by)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("role cannot be taken")?;
        Ok(done.rows_affected() > 0)
    }

    /// Keeps the SHA-256 of a new token.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn insert_token(&mut self, new: &AccountToken, digest: &Digest, by: &str) -> Result<(), Fault> {
        sqlx::query(
            "INSERT INTO account_token (id, account, digest, made_by, made_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&new.id)
        .bind(new.account.to_string())
        .bind(digest.to_string())
        .bind(by)
        .bind(text::instant(new.made_at))
        .bind(text::instant(new.expires_at))
        .execute(self.writing())
        .await
        .sql("token cannot be kept")
        .map(|_done| ())
    }

    /// Revokes a token. Says whether it was not revoked before.
    ///
    /// # Errors
    /// When the ledger refuses the change.
    pub async fn revoke_token(&mut self, id: &str) -> Result<bool, Fault> {
        let now = self.now();
        let done = sqlx::query("UPDATE account_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id)
            .bind(now)
            .execute(self.writing())
            .await
            .sql("token cannot be revoked")?;
        Ok(done.rows_affected() == 1)
    }

    /// What was done about a thing, by whom: `(verb, account)`, in the order of the first times.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn acts(&mut self, object: &str) -> Result<Vec<(String, AccountId)>, Fault> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT verb, account FROM act WHERE object = $1 ORDER BY at, verb, account")
                .bind(object)
                .fetch_all(self.reading())
                .await
                .sql("acts cannot be read")?;
        rows.into_iter().map(|(verb, account)| Ok((verb, text::read_word(&account, "account")?))).collect()
    }

    /// Records who did what about a thing; the first time is kept.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn record_act(&mut self, object: &str, verb: &str, account: AccountId) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query("INSERT INTO act (object, verb, account, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(object)
            .bind(verb)
            .bind(account.to_string())
            .bind(now)
            .execute(self.writing())
            .await
            .sql("act cannot be recorded")
            .map(|_done| ())
    }
}
