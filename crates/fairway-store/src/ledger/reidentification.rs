use fairway_domain::words;
use fairway_domain::{Digest, Fault, KeyDomain};
use jiff::Timestamp;
use uuid::Uuid;

use crate::database::Conn;
use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

words!(
    /// Where a request to re-identify stands.
    ReidentificationState, "a request is requested, approved, answered, rejected or expired", {
        /// Asked, and not approved by enough people yet.
        Requested = "requested",
        /// Approved by two.
        Approved = "approved",
        /// The result lies ready, for its recipient alone.
        Answered = "answered",
        /// Refused as a whole: one of its pseudonyms was never made.
        Rejected = "rejected",
        /// The result is destroyed.
        Expired = "expired",
    }
);

/// Who may receive results, with the key to which they are encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReidentificationRecipient {
    /// By what name requests mean it.
    pub name: String,
    /// The organisation's code.
    pub organisation: String,
    /// A public key of the age format.
    pub key: String,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReidentification {
    /// Its identifier.
    pub id: Uuid,
    /// The agreement's reference and the epoch of its key.
    pub domain: KeyDomain,
    /// What the pseudonyms stand for: person or la_person.
    pub subject: String,
    /// The pseudonyms.
    pub pseudonyms: Vec<String>,
    /// The reason, from the list.
    pub reason: String,
    /// SHA-256 of the evidence.
    pub evidence: Digest,
    /// The registered recipient.
    pub recipient: String,
    /// Who asks.
    pub requester: String,
    /// The requester's organisation.
    pub organisation: String,
}

/// A request as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reidentification {
    /// What was asked; no pseudonyms once it is over.
    pub asked: NewReidentification,
    /// How many pseudonyms there are, or were.
    pub count: u64,
    /// Where it stands.
    pub state: ReidentificationState,
    /// When it was asked.
    pub requested_at: Timestamp,
    /// When its result is destroyed, once there is one.
    pub expires_at: Option<Timestamp>,
    /// Who has approved, with their organisations.
    pub approvals: Vec<(String, String)>,
}

#[derive(sqlx::FromRow)]
struct AskedRow {
    id: String,
    agreement: String,
    epoch: i64,
    subject: String,
    count: i64,
    pseudonyms: Option<String>,
    reason: String,
    evidence: Vec<u8>,
    recipient: String,
    requester: String,
    organisation: String,
    state: String,
    requested_at: String,
    expires_at: Option<String>,
}

impl AskedRow {
    async fn read(self, conn: &mut Conn) -> Result<Reidentification, Fault> {
        let approvals = sqlx::query_as(
            "SELECT approver, organisation FROM reidentification_approval WHERE request = $1 ORDER BY approved_at",
        )
        .bind(&self.id)
        .fetch_all(conn)
        .await
        .sql("approvals cannot be read")?;
        let pseudonyms = self.pseudonyms.as_deref().unwrap_or_default();
        let asked = NewReidentification {
            id: text::read_word(&self.id, "request")?,
            domain: KeyDomain {
                name: self.agreement,
                epoch: u32::try_from(self.epoch).map_err(|_| Fault::new("ledger holds an epoch that is none"))?,
            },
            subject: self.subject,
            pseudonyms: pseudonyms.split(' ').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            reason: self.reason,
            evidence: Digest(text::read_bytes(&self.evidence)?),
            recipient: self.recipient,
            requester: self.requester,
            organisation: self.organisation,
        };
        Ok(Reidentification {
            asked,
            count: text::from_sql(self.count)?,
            state: text::read_word(&self.state, "state")?,
            requested_at: text::read_instant(&self.requested_at)?,
            expires_at: text::read_instant_option(self.expires_at.as_deref())?,
            approvals,
        })
    }
}

impl Store {
    /// Everybody who may receive results, by name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reidentification_recipients(&self) -> Result<Vec<ReidentificationRecipient>, Fault> {
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT name, organisation, key FROM reidentification_recipient ORDER BY name")
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("recipients cannot be read")?;
        let read = |(name, organisation, key)| ReidentificationRecipient { name, organisation, key };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Every request, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reidentifications(&self) -> Result<Vec<Reidentification>, Fault> {
        let mut conn = self.reader().await?;
        let rows: Vec<AskedRow> = sqlx::query_as(
            "SELECT id, agreement, epoch, subject, count, pseudonyms, reason, evidence, recipient, requester,
             organisation, state, requested_at, expires_at FROM reidentification ORDER BY requested_at DESC, id DESC",
        )
        .fetch_all(&mut *conn)
        .await
        .sql("requests cannot be read")?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.push(row.read(&mut conn).await?);
        }
        Ok(all)
    }
}

impl Tx {
    /// Registers who may receive results. A name is registered once.
    ///
    /// # Errors
    /// When the name is registered already.
    pub async fn insert_reidentification_recipient(&mut self, new: &ReidentificationRecipient) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO reidentification_recipient (name, organisation, key, registered_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(&new.name)
        .bind(&new.organisation)
        .bind(&new.key)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("recipient cannot be registered")
        .map(|_done| ())
    }

    /// How many pseudonyms were asked about under an agreement since `since`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reidentifications_asked(&mut self, agreement: &str, since: Timestamp) -> Result<u64, Fault> {
        let asked: Option<i64> = sqlx::query_scalar(
            "SELECT CAST(SUM(count) AS BIGINT) FROM reidentification WHERE agreement = $1 AND requested_at >= $2",
        )
        .bind(agreement)
        .bind(text::instant(since))
        .fetch_one(self.reading())
        .await
        .sql("requests cannot be counted")?;
        text::from_sql(asked.unwrap_or_default())
    }

    /// Records a request.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn insert_reidentification(&mut self, new: &NewReidentification) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO reidentification (id, agreement, epoch, subject, count, pseudonyms, reason, evidence,
             recipient, requester, organisation, state, requested_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'requested', $12)",
        )
        .bind(new.id.to_string())
        .bind(&new.domain.name)
        .bind(i64::from(new.domain.epoch))
        .bind(&new.subject)
        .bind(text::to_sql(new.pseudonyms.len() as u64)?)
        .bind(new.pseudonyms.join(" "))
        .bind(&new.reason)
        .bind(&new.evidence.0[..])
        .bind(&new.recipient)
        .bind(&new.requester)
        .bind(&new.organisation)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("request cannot be recorded")
        .map(|_done| ())
    }

    /// Records an approval, and with `enough` that the request is approved.
    ///
    /// # Errors
    /// When the same person or organisation has approved, or the request does not wait for approval.
    pub async fn approve_reidentification(
        &mut self,
        id: Uuid,
        (approver, organisation): (&str, &str),
        enough: bool,
    ) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO reidentification_approval (request, approver, organisation, approved_at)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(id.to_string())
        .bind(approver)
        .bind(organisation)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("approval cannot be recorded")?;
        let state = if enough { ReidentificationState::Approved } else { ReidentificationState::Requested };
        self.move_reidentification(id, ReidentificationState::Requested, state).await
    }

    /// Moves a request on. One that is over forgets whom it was about.
    ///
    /// # Errors
    /// When it is not in the state `from`.
    pub async fn move_reidentification(
        &mut self,
        id: Uuid,
        from: ReidentificationState,
        to: ReidentificationState,
    ) -> Result<(), Fault> {
        use ReidentificationState::{Approved, Requested};
        let over = !matches!(to, Requested | Approved);
        self.destroyed |= over;
        let done = sqlx::query(
            "UPDATE reidentification SET state = $3, pseudonyms = CASE WHEN $4 THEN NULL ELSE pseudonyms END
             WHERE id = $1 AND state = $2",
        )
        .bind(id.to_string())
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(over)
        .execute(self.writing())
        .await
        .sql("request cannot be moved on")?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(Fault::new(format!("request {id} is not {from}"))) }
    }

    /// Records until when a result lies ready.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn expire_reidentification(&mut self, id: Uuid, at: Timestamp) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query("UPDATE reidentification SET answered_at = $2, expires_at = $3 WHERE id = $1")
            .bind(id.to_string())
            .bind(now)
            .bind(text::instant(at))
            .execute(self.writing())
            .await
            .sql("expiry of a result cannot be recorded")
            .map(|_done| ())
    }
}
