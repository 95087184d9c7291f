//! What goes in and out as JSON: structs of their own, so that each place where something leaves can be seen.

use fairway_service as service;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file and where it stands.
#[derive(Serialize, ToSchema)]
pub struct Submission {
    /// The identifier on the receipt.
    pub submission: String,
    /// The sender’s code.
    pub organisation: String,
    /// The sender’s name.
    pub organisation_name: String,
    /// The dataset.
    pub dataset: String,
    /// The specification it was checked against.
    pub specification: Option<String>,
    /// How it came.
    pub route: String,
    /// landed, rejected, needs_confirmation, accepted, loaded, traced or deidentified.
    pub state: String,
    /// When it came.
    pub landed_at: String,
    /// When its state last changed.
    pub updated_at: String,
    /// First day of its reporting period.
    pub period_start: Option<String>,
    /// Last day of its reporting period.
    pub period_end: Option<String>,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The submission that it replaced.
    pub supersedes: Option<String>,
    /// Records read.
    pub rows_in: Option<u64>,
    /// Records loaded.
    pub rows_loaded: Option<u64>,
    /// Records left out.
    pub rows_rejected: Option<u64>,
    /// How often each rule was broken.
    pub findings: Vec<FindingCount>,
    /// Its trace, once there is one.
    pub trace: Option<Trace>,
}

/// How often a rule was broken.
#[derive(Serialize, ToSchema)]
pub struct FindingCount {
    /// The rule.
    pub rule: String,
    /// reject, error, warning or info.
    pub severity: String,
    /// How often.
    pub count: u64,
}

/// What the check found, by rule and column. No value is repeated.
#[derive(Serialize, ToSchema)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// reject, error, warning or info.
    pub severity: String,
    /// The column.
    pub column: String,
    /// What to do.
    pub message: String,
    /// How often.
    pub count: u64,
    /// Lines of the file where it was first found.
    pub lines: Vec<u64>,
}

/// A run of tracing.
#[derive(Serialize, ToSchema)]
pub struct Trace {
    /// asked, sent, delivered, answered, held, approved, completed, expired, refused or rejected.
    pub state: String,
    /// Whether a person has to decide.
    pub waits_for_a_person: bool,
    /// People asked about.
    pub people: Option<u64>,
    /// People found.
    pub found: Option<u64>,
    /// Why it waits.
    pub reason: Option<String>,
}

/// A trace that waits for a person.
#[derive(Serialize, ToSchema)]
pub struct HeldTrace {
    /// The submission.
    pub submission: String,
    /// Its council.
    pub organisation: String,
    /// The trace.
    pub trace: Trace,
}

/// What the sender is given once the file is safe.
#[derive(Serialize, ToSchema)]
pub struct Receipt {
    /// The submission’s identifier.
    pub submission: String,
    /// The sender’s code.
    pub organisation: String,
    /// When it came, the first time.
    pub landed_at: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Whether the same bytes were sent before.
    pub again: bool,
}

/// A file that waits to be fetched.
#[derive(Serialize, ToSchema)]
pub struct OutboxFile {
    /// Its number.
    pub file: i64,
    /// For whom.
    pub organisation: String,
    /// check_report, trace_return or release.
    pub kind: String,
    /// Its name, with its folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// When it was put there.
    pub created_at: String,
    /// When it was first fetched.
    pub collected_at: Option<String>,
}

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

/// An organisation.
#[derive(Serialize, ToSchema)]
pub struct Organisation {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A right, or that there is none.
#[derive(Serialize, ToSchema)]
pub struct Right {
    /// What is asked.
    pub verb: &'static str,
    /// In which role.
    pub role: &'static str,
    /// none, own or any.
    pub scope: &'static str,
    /// Why.
    pub why: String,
}

/// Whoever calls.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// Their account.
    pub person: String,
    /// Their organisation.
    pub organisation: String,
    /// Their roles today.
    pub roles: Vec<&'static str>,
    /// What they may do.
    pub may: Vec<Right>,
}

/// An entry of the log.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub verb: String,
    /// To what.
    pub object: String,
    /// Figures and reasons; null once they were forgotten.
    pub detail: serde_json::Value,
}

/// Whether the log is as it was written.
#[derive(Serialize, ToSchema)]
pub struct AuditVerification {
    /// Whether it is.
    pub verified: bool,
    /// How many entries it has.
    pub entries: u64,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

/// Somebody who works with Fairway.
#[derive(Serialize, ToSchema)]
pub struct Person {
    /// By which the log names them.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
    /// When the account was ended.
    pub retired_at: Option<String>,
    /// Roles that they have or will have.
    pub roles: Vec<Held>,
    /// Tokens that are good, without their secrets.
    pub tokens: Vec<Shown>,
}

/// A role that somebody has for a time.
#[derive(Serialize, ToSchema)]
pub struct Held {
    /// The role.
    pub role: &'static str,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: Option<String>,
    /// Who granted it.
    pub granted_by: String,
}

/// A token without its secret.
#[derive(Serialize, ToSchema)]
pub struct Shown {
    /// The part of it that is shown.
    pub token: String,
    /// Until when it is good.
    pub expires_at: String,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// The part of it that is shown.
    pub token: String,
    /// The whole of it, told this once.
    pub secret: String,
    /// Until when it is good.
    pub expires_at: String,
}

/// A person to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
    /// Their organisation’s code.
    pub organisation: String,
}

/// A role to be granted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// The role’s word.
    pub role: String,
    /// From when; now where nothing is said.
    pub from: Option<String>,
    /// Until when; without an end where nothing is said.
    pub until: Option<String>,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// For how many days it is good.
    pub days: Option<u32>,
}

impl From<service::SubmissionStatus> for Submission {
    fn from(status: service::SubmissionStatus) -> Self {
        let count =
            |one: service::FindingStatus| FindingCount { rule: one.rule, severity: one.severity, count: one.count };
        Self {
            submission: status.submission,
            organisation: status.organisation,
            organisation_name: status.organisation_name,
            dataset: status.dataset,
            specification: status.specification,
            route: status.route,
            state: status.state,
            landed_at: status.landed_at,
            updated_at: status.updated_at,
            period_start: status.period_start,
            period_end: status.period_end,
            bytes: status.bytes,
            sha256: status.sha256,
            supersedes: status.supersedes,
            rows_in: status.rows_in,
            rows_loaded: status.rows_loaded,
            rows_rejected: status.rows_rejected,
            findings: status.findings.into_iter().map(count).collect(),
            trace: status.trace_run.map(Trace::from),
        }
    }
}

impl From<service::FindingDetail> for Finding {
    fn from(one: service::FindingDetail) -> Self {
        let lines = one.first.iter().filter_map(|place| place.line).collect();
        let service::FindingDetail { rule, severity, column, message, count, .. } = one;
        Self { rule, severity, column, message, count, lines }
    }
}

impl From<service::TraceRunStatus> for Trace {
    fn from(run: service::TraceRunStatus) -> Self {
        let service::TraceRunStatus { state, waits_for_a_person, people, found, reason, .. } = run;
        Self { state, waits_for_a_person, people, found, reason }
    }
}

impl From<service::TraceHeld> for HeldTrace {
    fn from(held: service::TraceHeld) -> Self {
        let (submission, organisation) = (held.submission.to_string(), held.organisation.to_string());
        Self { submission, organisation, trace: held.run.into() }
    }
}

impl From<service::Receipt> for Receipt {
    fn from(receipt: service::Receipt) -> Self {
        let service::Receipt { submission, again } = receipt;
        Self {
            submission: submission.id.to_string(),
            organisation: submission.organisation.to_string(),
            landed_at: submission.landed_at.to_string(),
            bytes: submission.bytes,
            sha256: submission.digest.to_string(),
            again,
        }
    }
}

impl From<(i64, service::OutboxStatus)> for OutboxFile {
    fn from((file, status): (i64, service::OutboxStatus)) -> Self {
        let service::OutboxStatus { organisation, kind, path, bytes, created_at, collected_at } = status;
        Self { file, organisation, kind, path, bytes, created_at, collected_at }
    }
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

impl From<service::AuditEntry> for Entry {
    fn from(entry: service::AuditEntry) -> Self {
        let detail = serde_json::from_str(&entry.detail).unwrap_or_default();
        let (seq, at) = (entry.seq, entry.at.to_string());
        Self { seq, at, actor: entry.actor, verb: entry.verb, object: entry.object, detail }
    }
}

impl From<service::Person> for Person {
    fn from(person: service::Person) -> Self {
        let held = |one: service::PersonRole| Held {
            role: one.role.as_str(),
            from: one.from.to_string(),
            until: one.until.map(|until| until.to_string()),
            granted_by: one.granted_by,
        };
        let shown = |one: service::PersonToken| Shown { token: one.id, expires_at: one.expires_at.to_string() };
        Self {
            person: person.id.to_string(),
            name: person.name,
            organisation: person.organisation.to_string(),
            retired_at: person.retired_at.map(|at| at.to_string()),
            roles: person.roles.into_iter().map(held).collect(),
            tokens: person.tokens.into_iter().map(shown).collect(),
        }
    }
}

impl From<service::NewToken> for Token {
    fn from(new: service::NewToken) -> Self {
        Self { token: new.id, secret: new.text, expires_at: new.expires_at.to_string() }
    }
}
