use fairway_service as service;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An extract that was released, or refused.
#[derive(Serialize, ToSchema)]
pub struct Release {
    /// Its identifier.
    pub release: String,
    /// Under which agreement.
    pub agreement: String,
    /// For whom.
    pub recipient: String,
    /// intended, refused, granted or collected.
    pub state: String,
    /// Its rows.
    pub rows: Option<u64>,
    /// When it was decided.
    pub created_at: String,
}

/// A release with what was done to it.
#[derive(Serialize, ToSchema)]
pub struct ReleaseDetail {
    /// The release.
    pub release: Release,
    /// What was done, oldest first.
    pub history: Vec<Done>,
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub struct Done {
    /// When.
    pub at: String,
    /// What.
    pub verb: String,
    /// Figures and reasons.
    pub detail: serde_json::Value,
}

/// A release that was made just now.
#[derive(Serialize, ToSchema)]
pub struct MadeRelease {
    /// Its identifier.
    pub release: String,
    /// Under which agreement.
    pub agreement: String,
    /// For whom.
    pub recipient: String,
    /// Its rows.
    pub rows: u64,
    /// Names of its files.
    pub files: Vec<String>,
}

impl From<service::ReleaseStatus> for Release {
    fn from(status: service::ReleaseStatus) -> Self {
        let service::ReleaseStatus { release, agreement, recipient, state, rows, created_at, .. } = status;
        Self { release, agreement, recipient, state, rows, created_at }
    }
}

impl From<(service::ReleaseStatus, Vec<service::HistoryEntry>)> for ReleaseDetail {
    fn from((release, history): (service::ReleaseStatus, Vec<service::HistoryEntry>)) -> Self {
        let done = |entry: service::HistoryEntry| Done { at: entry.at, verb: entry.verb, detail: entry.detail };
        Self { release: release.into(), history: history.into_iter().map(done).collect() }
    }
}

impl From<service::ReleaseReport> for MadeRelease {
    fn from(report: service::ReleaseReport) -> Self {
        let manifest = report.manifest;
        Self {
            release: manifest.release,
            agreement: manifest.agreement,
            recipient: manifest.recipient,
            rows: manifest.rows,
            files: manifest.files.into_iter().map(|file| file.name).collect(),
        }
    }
}

/// An extract that waits, or waited, for approval.
#[derive(Serialize, ToSchema)]
pub struct HeldRelease {
    /// Its identifier.
    pub release: String,
    /// Under which agreement.
    pub agreement: String,
    /// held, rejected or delivered.
    pub state: String,
    /// Who asked, with their account.
    pub requested_by: String,
    /// The organisation of whoever asked.
    pub organisation: String,
    /// When.
    pub requested_at: String,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 of its manifest: what is approved.
    pub manifest_sha256: String,
    /// How many people it takes.
    pub needed: u64,
    /// What was said about it, oldest first.
    pub said: Vec<Said>,
    /// Into whose outbox it goes.
    pub deliver_to: String,
}

/// What somebody said about an extract.
#[derive(Serialize, ToSchema)]
pub struct Said {
    /// Who, with their account.
    pub by: String,
    /// Their organisation.
    pub organisation: String,
    /// Whether they approve it.
    pub approved: bool,
    /// Why.
    pub reason: String,
}

/// An extract that was delivered.
#[derive(Serialize, ToSchema)]
pub struct Delivery {
    /// The release.
    pub release: String,
    /// Into whose outbox.
    pub delivered_to: String,
    /// granted, receipt-due, received, recalled or expired.
    pub state: String,
    /// The last day on which it can be fetched.
    pub expires_on: String,
    /// By when the recipient says that it arrived.
    pub receipt_due: Option<String>,
}

/// An agreement that releases by itself.
#[derive(Serialize, ToSchema)]
pub struct Standing {
    /// The agreement.
    pub agreement: String,
    /// Who asked, with their account.
    pub requested_by: String,
    /// The organisation of whoever asked.
    pub organisation: String,
    /// When it does so next.
    pub next_on: String,
    /// Its last day.
    pub ends_on: String,
}

/// What fell due and was done.
#[derive(Serialize, ToSchema)]
pub struct Due {
    /// Releases that nobody fetched in time.
    pub expired: Vec<String>,
    /// Releases whose receipt is overdue.
    pub overdue: Vec<String>,
    /// Standing agreements whose extract was due.
    pub standing: Vec<StandingMade>,
    /// Agreements whose last day is over.
    pub expired_agreements: Vec<String>,
    /// Keys that verify only from now on, for their agreement has ended.
    pub retired_keys: Vec<String>,
    /// Keys that were destroyed, for their agreement has ended and says so.
    pub destroyed_keys: Vec<String>,
}

/// What came of a standing agreement.
#[derive(Serialize, ToSchema)]
pub struct StandingMade {
    /// The agreement.
    pub agreement: String,
    /// What came of it.
    pub outcome: String,
}

/// What the gate said of a release.
#[derive(Serialize, ToSchema)]
pub struct GateReport {
    /// The key that signed it.
    pub key: String,
    /// Every rule with its reasons and remarks, and the figures.
    pub report: serde_json::Value,
}

/// A rule of the gate.
#[derive(Serialize, ToSchema)]
pub struct GateRule {
    /// Its number.
    pub rule: &'static str,
    /// What must be so.
    pub title: &'static str,
    /// What it keeps from happening.
    pub against: &'static str,
}

/// What is said about an extract that is held.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// SHA-256 of the manifest that was looked at; that of the held one where nothing is said.
    pub manifest_sha256: Option<String>,
    /// Why, in words that name nobody.
    pub reason: Option<String>,
}

/// What arrived.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Arrived {
    /// SHA-256 of the manifest.
    pub manifest_sha256: String,
}

/// A reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// Why, in words that name nobody.
    pub reason: String,
}

impl From<service::HeldRelease> for HeldRelease {
    fn from(held: service::HeldRelease) -> Self {
        let said = |voice: service::ReleaseVoice| {
            let service::ReleaseVoice { name: by, organisation, approved, reason, .. } = voice;
            Said { by, organisation, approved, reason }
        };
        let asked = held.asked;
        Self {
            release: asked.id.to_string(),
            agreement: asked.agreement,
            state: held.state.to_string(),
            requested_by: asked.requester,
            organisation: asked.organisation,
            requested_at: held.requested_at.to_string(),
            rows: asked.rows,
            manifest_sha256: asked.content.to_string(),
            needed: asked.needed,
            said: held.voices.into_iter().map(said).collect(),
            deliver_to: asked.deliver_to.to_string(),
        }
    }
}

impl From<service::ReleaseDelivery> for Delivery {
    fn from(delivery: service::ReleaseDelivery) -> Self {
        Self {
            release: delivery.release.to_string(),
            delivered_to: delivery.organisation.to_string(),
            state: delivery.state.to_string(),
            expires_on: delivery.expires_on.to_string(),
            receipt_due: delivery.receipt_due.map(|day| day.to_string()),
        }
    }
}

impl From<service::StandingAgreement> for Standing {
    fn from(standing: service::StandingAgreement) -> Self {
        Self {
            agreement: standing.agreement,
            requested_by: standing.requester,
            organisation: standing.organisation,
            next_on: standing.next_on.to_string(),
            ends_on: standing.ends_on.to_string(),
        }
    }
}

impl From<service::DueReport> for Due {
    fn from(report: service::DueReport) -> Self {
        let names = |ids: Vec<fairway_domain::ReleaseId>| ids.into_iter().map(|id| id.to_string()).collect();
        let made = |(agreement, outcome)| StandingMade { agreement, outcome };
        Self {
            expired: names(report.expired),
            overdue: names(report.overdue),
            standing: report.standing.into_iter().map(made).collect(),
            expired_agreements: report.expired_agreements.iter().map(ToString::to_string).collect(),
            retired_keys: report.retired_keys,
            destroyed_keys: report.destroyed_keys,
        }
    }
}

impl From<service::VerifiedReport> for GateReport {
    fn from(service::VerifiedReport { key, report }: service::VerifiedReport) -> Self {
        Self { key, report }
    }
}

impl From<&'static service::GateRule> for GateRule {
    fn from(rule: &'static service::GateRule) -> Self {
        Self { rule: rule.id, title: rule.title, against: rule.against }
    }
}
