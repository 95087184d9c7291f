//! What the pages show. Filled by whoever implements [`StatusSource`]; nothing in it is about one person.

use async_trait::async_trait;
use fairway_domain::{Fault, Route, SubmissionId, SubmissionState, TraceOutcome, TraceStep};
use jiff::{Timestamp, civil::Date};

/// Where the pages get what they show.
#[async_trait]
pub trait StatusSource: Send + Sync {
    /// All that the first page shows.
    ///
    /// # Errors
    /// When the ledger or the log cannot be read. The reader sees a reference, the operator's log has the fault.
    async fn status(&self) -> Result<StatusView, Fault>;

    /// All that one submission's page shows; `None` where there is no such submission.
    ///
    /// # Errors
    /// As for [`StatusSource::status`].
    async fn submission(&self, id: SubmissionId) -> Result<Option<SubmissionView>, Fault>;
}

/// The first page.
#[derive(Debug, Clone)]
pub struct StatusView {
    /// The data directory's name, such as `demo-data`: never a whole path.
    pub data_name: String,
    /// When the ledger was read.
    pub as_of: Timestamp,
    /// Figures over everything, also over what the lists below leave out.
    pub totals: Totals,
    /// The latest submissions, newest first. May be cut; `totals.files` says how many there are.
    pub submissions: Vec<SubmissionLine>,
    /// Releases and refused requests, newest first.
    pub releases: Vec<ReleaseLine>,
    /// Files made for someone to fetch, newest first.
    pub outbox: Vec<OutboxLine>,
    /// Jobs that failed and are not tried again by themselves.
    pub failed_jobs: Vec<FailedJobLine>,
    /// The audit log.
    pub audit: AuditLine,
}

/// Counts over the whole ledger. A person is counted once per submission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files landed.
    pub files: u64,
    /// Files whose check is over, whatever it said.
    pub files_checked: u64,
    /// Files rejected.
    pub files_rejected: u64,
    /// Files that wait for the sender's confirmation.
    pub files_to_confirm: u64,
    /// Records in the files that were loaded: `records_loaded` + `records_left_out`.
    pub records_in: u64,
    /// Records loaded.
    pub records_loaded: u64,
    /// Records left out of a load, each with a finding.
    pub records_left_out: u64,
    /// People asked of the demographics register.
    pub people_asked: u64,
    /// People the register found.
    pub people_matched: u64,
    /// Records in the de-identified zone.
    pub records_deidentified: u64,
    /// Releases granted, collected or not.
    pub releases: u64,
    /// Rows in those releases.
    pub rows_released: u64,
    /// Requests for a release that were refused.
    pub requests_refused: u64,
}

/// One submission in a list.
#[derive(Debug, Clone)]
pub struct SubmissionLine {
    /// As on the receipt.
    pub id: SubmissionId,
    /// The sender's code.
    pub organisation_code: String,
    /// The sender's name.
    pub organisation_name: String,
    /// How the file came.
    pub route: Route,
    /// Dataset and release in words, or `asc-cld/r2`; empty while unknown.
    pub dataset: String,
    /// First and last day of the reporting period, once known.
    pub period: Option<(Date, Date)>,
    /// Where it stands.
    pub state: SubmissionState,
    /// When it was sealed.
    pub landed_at: Timestamp,
    /// Records in the file; `None` until it was checked.
    pub records: Option<u64>,
    /// Of these, records that are left out of the load.
    pub rejected: u64,
    /// What the check found; `None` until it was checked.
    pub findings: Option<FindingCounts>,
    /// What the register answered; `None` until it was asked.
    pub traced: Option<TraceCounts>,
    /// Why its trace waits for a person, as a sentence without its full stop; `None` where it does not.
    pub trace_waits: Option<String>,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FindingCounts {
    /// Reasons to refuse the file or leave a record out.
    pub reject: u64,
    /// Errors.
    pub error: u64,
    /// Warnings.
    pub warning: u64,
    /// Remarks.
    pub info: u64,
}

/// Answers of the demographics register about one submission's people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TraceCounts {
    /// People found.
    pub matched: u64,
    /// People asked about.
    pub asked: u64,
}

/// A release, or a request for one that was refused.
#[derive(Debug, Clone)]
pub struct ReleaseLine {
    /// The agreement's reference.
    pub agreement: String,
    /// The recipient's code.
    pub recipient_code: String,
    /// The recipient's name.
    pub recipient_name: String,
    /// What became of the request.
    pub state: ReleaseState,
    /// Rows in the extract; `None` where nothing was made.
    pub rows: Option<u64>,
    /// When it was decided.
    pub created_at: Timestamp,
    /// Every reason of a refusal, where it was kept.
    pub reasons: Vec<String>,
}

/// What became of a request for a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseState {
    /// Granted; its files are being made.
    Intended,
    /// In the recipient's outbox.
    Released,
    /// Fetched by the recipient.
    Collected,
    /// Not granted.
    Refused,
}

/// A file that waits to be fetched.
#[derive(Debug, Clone)]
pub struct OutboxLine {
    /// Whom it is for: the code.
    pub organisation_code: String,
    /// Whom it is for: the name.
    pub organisation_name: String,
    /// What it is, in words: `Check report`, `Trace return file`, `Extract`.
    pub what: String,
    /// The file's name within the outbox.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// When it was put there.
    pub created_at: Timestamp,
    /// When it was fetched.
    pub collected_at: Option<Timestamp>,
}

/// The audit log and the last look at its chain.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// Entries in the log.
    pub entries: u64,
    /// Every problem, in words: which entry, and what about it. None when every entry fits the one before.
    pub problems: Vec<String>,
    /// When that was looked at.
    pub checked_at: Timestamp,
}

/// A job that failed.
#[derive(Debug, Clone)]
pub struct FailedJobLine {
    /// What was to be done.
    pub step: Step,
    /// To which submission.
    pub submission: SubmissionId,
    /// How often it was begun.
    pub attempts: u32,
    /// What went wrong, in the operator's words.
    pub reason: String,
}

/// One submission's page.
#[derive(Debug, Clone)]
pub struct SubmissionView {
    /// The data directory's name.
    pub data_name: String,
    /// When the ledger was read.
    pub as_of: Timestamp,
    /// As in the list.
    pub line: SubmissionLine,
    /// Size of the file as it came.
    pub bytes: u64,
    /// SHA-256 of the file as it came, 64 hexadecimal digits.
    pub sha256: String,
    /// Steps that were done, oldest first. The page adds those that are still to come.
    pub steps: Vec<StepLine>,
    /// Findings, one line per rule and field.
    pub findings: Vec<FindingLine>,
    /// What the register answered, one line per outcome and step that occurred.
    pub trace: Vec<TraceLine>,
}

/// A step of a submission's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Sealed and acknowledged.
    Land,
    /// Held against its specification.
    Check,
    /// Counts for its period.
    Accept,
    /// In the identity vault and the events table.
    Load,
    /// Asked of the demographics register.
    Trace,
    /// In the de-identified zone.
    Deidentify,
}

/// A step that was done.
#[derive(Debug, Clone)]
pub struct StepLine {
    /// Which.
    pub step: Step,
    /// When it was over.
    pub at: Timestamp,
    /// Its figures in a sentence, or nothing.
    pub note: String,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Refuses the file, or leaves the record out.
    Reject,
    /// To be corrected or confirmed.
    Error,
    /// To be confirmed.
    Warning,
    /// A remark.
    Info,
}

/// What one rule found in one field. The words are the rule's own: never a value of the file.
#[derive(Debug, Clone)]
pub struct FindingLine {
    /// The rule's identifier.
    pub rule: String,
    /// How grave.
    pub severity: Severity,
    /// The field's own name; empty for the whole file, or where it is not at hand.
    pub field: String,
    /// What to do, in the rule's words; empty where they are not at hand.
    pub message: String,
    /// How often; 1 for the whole file.
    pub count: u64,
    /// The first line of the file that has it, counting the header as 1.
    pub first_line: Option<u64>,
}

/// How many people had one outcome.
#[derive(Debug, Clone, Copy)]
pub struct TraceLine {
    /// The outcome.
    pub outcome: TraceOutcome,
    /// The step that gave it.
    pub step: TraceStep,
    /// People.
    pub people: u64,
}
