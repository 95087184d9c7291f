//! What becomes of extracts that were delivered, agreements that release by themselves, and who opted out.

use fairway_domain::governance::ReleaseLife;
use fairway_domain::{Fault, KeyDomain, OrganisationCode, ReleaseId};
use jiff::civil::Date;

use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

/// An extract that was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseDelivery {
    /// The release.
    pub release: ReleaseId,
    /// Into whose outbox it was put.
    pub organisation: OrganisationCode,
    /// Where it stands.
    pub state: ReleaseLife,
    /// The last day on which it can be fetched.
    pub expires_on: Date,
    /// The last day for the receipt, once it was fetched.
    pub receipt_due: Option<Date>,
}

/// An agreement that releases by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingAgreement {
    /// Its reference.
    pub agreement: String,
    /// Its document.
    pub document: String,
    /// Who asked for it to release by itself.
    pub requester: String,
    /// The requester's organisation.
    pub organisation: String,
    /// The day of the next extract.
    pub next_on: Date,
    /// Its last day.
    pub ends_on: Date,
    /// What came of the last extract.
    pub last_outcome: String,
}

/// Whether opt-outs were applied in a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOutPolicy {
    /// The release.
    pub release: ReleaseId,
    /// Its key.
    pub domain: KeyDomain,
    /// Its dataset.
    pub dataset: String,
    /// First and last day of its reporting periods.
    pub period: (Date, Date),
    /// Whether people who opted out were left out.
    pub applied: bool,
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    release_id: String,
    organisation: String,
    state: String,
    expires_on: String,
    receipt_due: Option<String>,
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    agreement: String,
    document: String,
    requester: String,
    organisation: String,
    next_on: String,
    ends_on: String,
    last_outcome: String,
}

#[derive(sqlx::FromRow)]
struct PolicyRow {
    release_id: String,
    domain: String,
    epoch: i64,
    dataset: String,
    from_day: String,
    to_day: String,
    applied: i64,
}

fn day(text: &str) -> Result<Date, Fault> {
    text::read_day(Some(text))?.ok_or_else(|| Fault::new("ledger holds a day that cannot be read"))
}

impl DeliveryRow {
    fn read(self) -> Result<ReleaseDelivery, Fault> {
        Ok(ReleaseDelivery {
            release: text::read_word(&self.release_id, "release")?,
            organisation: text::read_word(&self.organisation, "organisation")?,
            state: text::read_word(&self.state, "state")?,
            expires_on: day(&self.expires_on)?,
            receipt_due: text::read_day(self.receipt_due.as_deref())?,
        })
    }
}

impl Store {
    /// Every extract that was delivered.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn release_deliveries(&self) -> Result<Vec<ReleaseDelivery>, Fault> {
        let rows: Vec<DeliveryRow> = sqlx::query_as(
            "SELECT release_id, organisation, state, expires_on, receipt_due FROM release_delivery ORDER BY release_id",
        )
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("deliveries cannot be read")?;
        rows.into_iter().map(DeliveryRow::read).collect()
    }

    /// Every agreement that releases by itself.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn standing_agreements(&self) -> Result<Vec<StandingAgreement>, Fault> {
        let rows: Vec<StandingRow> = sqlx::query_as(
            "SELECT agreement, document, requester, organisation, next_on, ends_on, last_outcome
             FROM standing_agreement ORDER BY agreement",
        )
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("standing agreements cannot be read")?;
        let read = |row: StandingRow| {
            Ok(StandingAgreement {
                next_on: day(&row.next_on)?,
                ends_on: day(&row.ends_on)?,
                agreement: row.agreement,
                document: row.document,
                requester: row.requester,
                organisation: row.organisation,
                last_outcome: row.last_outcome,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Blind indices of the NHS numbers of everybody who opted out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn opt_outs(&self) -> Result<Vec<[u8; 32]>, Fault> {
        let rows: Vec<Vec<u8>> = sqlx::query_scalar("SELECT blind_index FROM opt_out")
            .fetch_all(&mut *self.reader().await?)
            .await
            .sql("opt-outs cannot be read")?;
        rows.iter().map(|index| text::read_bytes(index)).collect()
    }

    /// Whether opt-outs were applied in each release under a key.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn opt_out_policies(&self, domain: &KeyDomain) -> Result<Vec<OptOutPolicy>, Fault> {
        let rows: Vec<PolicyRow> = sqlx::query_as(
            "SELECT release_id, domain, epoch, dataset, from_day, to_day, applied FROM opt_out_policy
             WHERE domain = $1 AND epoch = $2",
        )
        .bind(&domain.name)
        .bind(i64::from(domain.epoch))
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("policies on opt-outs cannot be read")?;
        let read = |row: PolicyRow| {
            Ok(OptOutPolicy {
                release: text::read_word(&row.release_id, "release")?,
                domain: KeyDomain { name: row.domain, epoch: u32::try_from(row.epoch).unwrap_or_default() },
                dataset: row.dataset,
                period: (day(&row.from_day)?, day(&row.to_day)?),
                applied: row.applied == 1,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Records where a delivered extract stands.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn put_release_delivery(&mut self, delivery: &ReleaseDelivery) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO release_delivery (release_id, organisation, state, expires_on, receipt_due, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (release_id) DO UPDATE SET state = excluded.state, expires_on = excluded.expires_on,
                 receipt_due = excluded.receipt_due, changed_at = excluded.changed_at",
        )
        .bind(delivery.release.to_string())
        .bind(delivery.organisation.as_str())
        .bind(delivery.state.as_str())
        .bind(delivery.expires_on.to_string())
        .bind(delivery.receipt_due.map(|day| day.to_string()))
        .bind(now)
        .execute(self.writing())
        .await
        .sql("delivery cannot be recorded")
        .map(|_done| ())
    }

    /// Records an agreement that releases by itself, or what came of its last extract.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn put_standing_agreement(&mut self, standing: &StandingAgreement) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO standing_agreement (agreement, document, requester, organisation, next_on, ends_on, last_outcome,
                                             changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (agreement) DO UPDATE SET document = excluded.document, requester = excluded.requester,
                 organisation = excluded.organisation, next_on = excluded.next_on, ends_on = excluded.ends_on,
                 last_outcome = excluded.last_outcome, changed_at = excluded.changed_at",
        )
        .bind(&standing.agreement)
        .bind(&standing.document)
        .bind(&standing.requester)
        .bind(&standing.organisation)
        .bind(standing.next_on.to_string())
        .bind(standing.ends_on.to_string())
        .bind(&standing.last_outcome)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("standing agreement cannot be recorded")
        .map(|_done| ())
    }

    /// Puts a list of opt-outs in the place of the one before.
    ///
    /// # Errors
    /// When the ledger refuses a row.
    pub async fn replace_opt_outs(&mut self, indices: &[[u8; 32]]) -> Result<(), Fault> {
        const WHAT: &str = "opt-outs cannot be recorded";
        let now = self.now();
        sqlx::query("DELETE FROM opt_out").execute(self.writing()).await.sql(WHAT)?;
        for index in indices {
            sqlx::query("INSERT INTO opt_out (blind_index, imported_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(&index[..])
                .bind(&now)
                .execute(self.writing())
                .await
                .sql(WHAT)?;
        }
        Ok(())
    }

    /// Records whether opt-outs were applied in a release.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn insert_opt_out_policy(&mut self, policy: &OptOutPolicy) -> Result<(), Fault> {
        sqlx::query(
            "INSERT INTO opt_out_policy (release_id, domain, epoch, dataset, from_day, to_day, applied)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(policy.release.to_string())
        .bind(&policy.domain.name)
        .bind(i64::from(policy.domain.epoch))
        .bind(&policy.dataset)
        .bind(policy.period.0.to_string())
        .bind(policy.period.1.to_string())
        .bind(i64::from(policy.applied))
        .execute(self.writing())
        .await
        .sql("policy on opt-outs cannot be recorded")
        .map(|_done| ())
    }
}
