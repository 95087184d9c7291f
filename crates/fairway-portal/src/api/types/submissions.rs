use fairway_service as service;
use serde::Serialize;
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
