//! Extracts that wait for approval, and who said what about them.

use fairway_domain::words;
use fairway_domain::{Digest, Fault, OrganisationCode, ReleaseId};
use jiff::Timestamp;

use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

words!(
    /// Where an extract that waits for approval stands.
    HeldState, "a held release is held, rejected or delivered", {
        /// It waits.
        Held = "held",
        /// Somebody rejected it, and its files are gone.
        Rejected = "rejected",
        /// It was approved and delivered.
        Delivered = "delivered",
    }
);

/// An extract that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHeldRelease {
    /// The release.
    pub id: ReleaseId,
    /// Reference of the agreement.
    pub agreement: String,
    /// Who asks.
    pub requester: String,
    /// The requester's organisation.
    pub organisation: String,
    /// SHA-256 of the manifest: what is approved.
    pub content: Digest,
    /// Name of the held folder.
    pub folder: String,
    /// Into whose outbox it goes.
    pub deliver_to: OrganisationCode,
    /// How many people approve it.
    pub needed: u64,
    /// Rows in it.
    pub rows: u64,
    /// The agreement's document.
    pub document: String,
}

/// An extract that waited for approval, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRelease {
    /// What was asked.
    pub asked: NewHeldRelease,
    /// Where it stands.
    pub state: HeldState,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// What was said about it, oldest first.
    pub voices: Vec<ReleaseVoice>,
}

/// What one person said about an extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseVoice {
    /// Who.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
    /// Whether they approve it.
    pub approved: bool,
    /// SHA-256 of the manifest that they saw.
    pub content: Digest,
    /// Why, in words that name nobody.
    pub reason: String,
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    release_id: String,
    agreement: String,
    requester: String,
    organisation: String,
    content: String,
    folder: String,
    deliver_to: String,
    needed: i64,
    records: i64,
    document: String,
    state: String,
    requested_at: String,
}

#[derive(sqlx::FromRow)]
struct VoiceRow {
    release_id: String,
    approver: String,
    organisation: String,
    approved: i64,
    content: String,
    reason: String,
}

impl HeldRow {
    fn read(self, voices: &[VoiceRow]) -> Result<HeldRelease, Fault> {
        let of_this = voices.iter().filter(|voice| voice.release_id == self.release_id);
        let voices = of_this.map(VoiceRow::read).collect::<Result<_, _>>()?;
        Ok(HeldRelease {
            asked: NewHeldRelease {
                id: text::read_word(&self.release_id, "release")?,
                agreement: self.agreement,
                requester: self.requester,
                organisation: self.organisation,
                content: text::read_word(&self.content, "digest")?,
                folder: self.folder,
                deliver_to: text::read_word(&self.deliver_to, "organisation")?,
                needed: text::from_sql(self.needed)?,
                rows: text::from_sql(self.records)?,
                document: self.document,
            },
            state: text::read_word(&self.state, "state")?,
            requested_at: text::read_instant(&self.requested_at)?,
            voices,
        })
    }
}

impl VoiceRow {
    fn read(&self) -> Result<ReleaseVoice, Fault> {
        Ok(ReleaseVoice {
            name: self.approver.clone(),
            organisation: self.organisation.clone(),
            approved: self.approved == 1,
            content: text::read_word(&self.content, "digest")?,
            reason: self.reason.clone(),
        })
    }
}

impl Store {
    /// Every extract that waited or waits for approval, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn held_releases(&self) -> Result<Vec<HeldRelease>, Fault> {
        const WHAT: &str = "held releases cannot be read";
        let mut conn = self.reader().await?;
        let rows: Vec<HeldRow> = sqlx::query_as(
            "SELECT release_id, agreement, requester, organisation, content, folder, deliver_to, needed, records, document,
                    state, requested_at
             FROM release_request ORDER BY requested_at, release_id",
        )
        .fetch_all(&mut *conn)
        .await
        .sql(WHAT)?;
        let voices: Vec<VoiceRow> = sqlx::query_as(
            "SELECT release_id, approver, organisation, approved, content, reason FROM release_approval ORDER BY at, approver",
        )
        .fetch_all(&mut *conn)
        .await
        .sql(WHAT)?;
        rows.into_iter().map(|row| row.read(&voices)).collect()
    }
}

impl Tx {
    /// Records that an extract waits for approval.
    ///
    /// # Errors
    /// When the ledger refuses the row.
    pub async fn insert_held_release(&mut self, new: &NewHeldRelease) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO release_request (release_id, agreement, requester, organisation, content, folder, deliver_to,
                                          needed, records, document, state, requested_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'held', $11)",
        )
        .bind(new.id.to_string())
        .bind(&new.agreement)
        .bind(&new.requester)
        .bind(&new.organisation)
        .bind(new.content.to_string())
        .bind(&new.folder)
        .bind(new.deliver_to.as_str())
        .bind(text::to_sql(new.needed)?)
        .bind(text::to_sql(new.rows)?)
        .bind(&new.document)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("held release cannot be recorded")
        .map(|_done| ())
    }

    /// Records what somebody said about an extract that waits.
    ///
    /// # Errors
    /// When they spoke before, or there is no such extract.
    pub async fn insert_release_voice(&mut self, id: ReleaseId, voice: &ReleaseVoice) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO release_approval (release_id, approver, organisation, approved, content, reason, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.to_string())
        .bind(&voice.name)
        .bind(&voice.organisation)
        .bind(i64::from(voice.approved))
        .bind(voice.content.to_string())
        .bind(&voice.reason)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("approval cannot be recorded")
        .map(|_done| ())
    }

    /// Records that an extract no longer waits; one that was rejected is refused.
    ///
    /// # Errors
    /// When it does not wait.
    pub async fn decide_held_release(&mut self, id: ReleaseId, state: HeldState) -> Result<(), Fault> {
        let now = self.now();
        let done = sqlx::query(
            "UPDATE release_request SET state = $2, decided_at = $3 WHERE release_id = $1 AND state = 'held'",
        )
        .bind(id.to_string())
        .bind(state.as_str())
        .bind(now)
        .execute(self.writing())
        .await
        .sql("held release cannot be recorded")?;
        if done.rows_affected() != 1 {
            return Err(Fault::new(format!("release {id} does not wait for approval")));
        }
        if state == HeldState::Rejected {
            sqlx::query("UPDATE release SET state = 'refused' WHERE id = $1 AND state = 'intended'")
                .bind(id.to_string())
                .execute(self.writing())
                .await
                .sql("release cannot be written")?;
        }
        Ok(())
    }
}
