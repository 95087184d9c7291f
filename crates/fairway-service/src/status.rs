//! The verb `status`: where everything stands. Nothing in it is about one person.

use fairway_governance::{Object, Verb};
use std::collections::HashMap;

use fairway_domain::{FaultExt, SubmissionId};
use fairway_store::{
    AuditReport, ImportReference, JobRecord, JobState, OutboxItem, Release, Submission, Tally, TraceRun, TraceTally,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::log::intent_alarms;
use crate::{Service, VerbResult, verify_audit};

/// Lines of a list at most; the totals count everything in the lists.
const LINES: u32 = 10_000;

/// All that the first page and `fairway status` show.
#[derive(Debug, Clone, Serialize)]
pub struct Overview {
    /// When the ledger was read, in universal time.
    pub as_of: String,
    /// Submissions, newest first.
    pub submissions: Vec<SubmissionStatus>,
    /// Releases and refused requests, newest first.
    pub releases: Vec<ReleaseStatus>,
    /// What waits to be fetched, newest first.
    pub outbox: Vec<OutboxStatus>,
    /// Jobs that wait, run or failed.
    pub jobs: Vec<JobStatus>,
    /// The log.
    pub audit: AuditStatus,
}

/// One submission.
#[derive(Debug, Clone, Serialize)]
pub struct SubmissionStatus {
    /// The receipt's identifier.
    pub submission: String,
    /// The sender's code.
    pub organisation: String,
    /// The sender's name.
    pub organisation_name: String,
    /// Dataset.
    pub dataset: String,
    /// Dataset and release, once checked.
    pub specification: Option<String>,
    /// How it came.
    pub route: String,
    /// Where it stands.
    pub state: String,
    /// When it was acknowledged.
    pub landed_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// First day of the reporting period.
    pub period_start: Option<String>,
    /// Last day of the reporting period.
    pub period_end: Option<String>,
    /// Bytes sent.
    pub bytes: u64,
    /// SHA-256 of the bytes sent.
    pub sha256: String,
    /// The earlier submission it replaces.
    pub supersedes: Option<String>,
    /// Whether the sealed file is destroyed.
    pub payload_destroyed: bool,
    /// When the identifiers of its load were destroyed, if they were.
    pub identifiers_destroyed_at: Option<String>,
    /// What it was derived with: kind, release and digest.
    pub references: Vec<ReferenceStatus>,
    /// Records in the file, once loaded.
    pub rows_in: Option<u64>,
    /// Of these, records loaded.
    pub rows_loaded: Option<u64>,
    /// Of these, records left out.
    pub rows_rejected: Option<u64>,
    /// Findings by rule.
    pub findings: Vec<FindingStatus>,
    /// What the register answered.
    pub traces: Vec<TraceStatus>,
    /// The last tracing of its people, once begun.
    pub trace_run: Option<TraceRunStatus>,
    /// Where its check's report lies, once checked.
    pub report: Option<String>,
}

/// Reference data that a submission was derived with.
#[derive(Debug, Clone, Serialize)]
pub struct ReferenceStatus {
    /// postcodes or practices.
    pub kind: String,
    /// Release and digest.
    pub version: String,
}

/// How often a rule was broken.
#[derive(Debug, Clone, Serialize)]
pub struct FindingStatus {
    /// The rule.
    pub rule: String,
    /// reject, error, warning or info.
    pub severity: String,
    /// How often.
    pub count: u64,
}

/// How often a rule was broken in one column, in the words of the report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindingDetail {
    /// The rule.
    pub rule: String,
    /// reject, error, warning or info.
    pub severity: String,
    /// The header; empty for the whole file or record.
    pub column: String,
    /// What is wrong.
    pub message: String,
    /// How often.
    pub count: u64,
    /// The first places.
    pub first: Vec<FindingPlace>,
}

/// A place in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindingPlace {
    /// Line, counting the header as 1.
    pub line: Option<u64>,
}

#[derive(Deserialize)]
struct ReportBody {
    rules: Vec<FindingDetail>,
}

/// A thing that was done, as the log has it.
#[derive(Debug, Clone, Serialize)]
pub struct HistoryEntry {
    /// When, in universal time.
    pub at: String,
    /// What.
    pub verb: String,
    /// Figures and reasons.
    pub detail: serde_json::Value,
}

/// How many people had one answer.
#[derive(Debug, Clone, Serialize)]
pub struct TraceStatus {
    /// The outcome.
    pub outcome: String,
    /// The step.
    pub step: String,
    /// People.
    pub people: u64,
}

/// One tracing of a submission's people.
#[derive(Debug, Clone, Serialize)]
pub struct TraceRunStatus {
    /// Counts the submission's traces from 1.
    pub number: u32,
    /// `register` or `elsewhere`.
    pub traced_by: String,
    /// Its own reference.
    pub reference: String,
    /// Where it stands, such as sent, held or completed.
    pub state: String,
    /// Whether it goes on only when a person says so.
    pub waits_for_a_person: bool,
    /// People asked about, once answered.
    pub people: Option<u64>,
    /// Of these, people found.
    pub found: Option<u64>,
    /// Why it is held or was not answered.
    pub reason: Option<String>,
    /// When it began.
    pub begun_at: String,
    /// When it last changed.
    pub updated_at: String,
}

impl From<TraceRun> for TraceRunStatus {
    fn from(run: TraceRun) -> Self {
        let (people, found) = run.figures.map(|figures| (figures.people, figures.found)).unzip();
        Self {
            number: run.number,
            traced_by: run.traced_by.as_str().into(),
            reference: run.reference,
            state: run.state.as_str().into(),
            waits_for_a_person: run.state.waits_for_a_person(),
            people,
            found,
            reason: run.reason,
            begun_at: run.begun_at.to_string(),
            updated_at: run.updated_at.to_string(),
        }
    }
}

/// One release or refused request.
#[derive(Debug, Clone, Serialize)]
pub struct ReleaseStatus {
    /// The release.
    pub release: String,
    /// The agreement.
    pub agreement: String,
    /// The recipient's code.
    pub recipient: String,
    /// intended, refused, granted or collected.
    pub state: String,
    /// Rows, where something was made.
    pub rows: Option<u64>,
    /// Where it lies.
    pub folder: Option<String>,
    /// When it was asked for.
    pub created_at: String,
}

/// One file of the outbox.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxStatus {
    /// Whom it is for.
    pub organisation: String,
    /// `check_report`, `trace_return` or `release`.
    pub kind: String,
    /// Below the outbox.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// When it was put there.
    pub created_at: String,
    /// When it was fetched.
    pub collected_at: Option<String>,
}

/// One job.
#[derive(Debug, Clone, Serialize)]
pub struct JobStatus {
    /// check, load, trace or deidentify.
    pub step: String,
    /// The submission.
    pub submission: String,
    /// queued, leased or failed.
    pub state: String,
    /// Times it was begun.
    pub attempts: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// The log and whether it is as it was written.
#[derive(Debug, Clone, Serialize)]
pub struct AuditStatus {
    /// Entries.
    pub entries: u64,
    /// Every problem, in words; none when the log is as it was written.
    pub problems: Vec<String>,
    /// What needs somebody's eye all the same: something begun an hour ago of which nothing came.
    pub alarms: Vec<String>,
    /// The first entry that does not fit.
    pub first_broken: Option<u64>,
}

impl AuditStatus {
    /// What a check found, as of `now`.
    pub fn of(report: &AuditReport, now: Timestamp) -> Self {
        let words = |problem: &fairway_store::AuditProblem| match problem.seq {
            Some(seq) => format!("entry {seq}: {}", problem.what),
            None => problem.what.clone(),
        };
        Self {
            entries: report.entries,
            problems: report.problems.iter().map(words).collect(),
            alarms: intent_alarms(&report.open_intents, now),
            first_broken: report.problems.iter().find_map(|problem| problem.seq),
        }
    }
}

impl Service {
    /// Where everything stands.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn overview(&self) -> VerbResult<Overview> {
        self.authorise(Verb::CentreOverview, Object::Centre).await?;
        let names = self.council_names().await?;
        let mut submissions = Vec::new();
        for submission in self.store.submissions(LINES).await? {
            submissions.push(self.submission_line(submission, &names).await?);
        }
        Ok(Overview {
            as_of: self.clock.now().to_string(),
            submissions,
            releases: self.store.releases(LINES).await?.into_iter().map(release_status).collect(),
            outbox: self.outbox_lines().await?,
            jobs: self.store.open_jobs().await?.into_iter().map(job).collect(),
            audit: AuditStatus::of(&verify_audit(&self.dir).await?, self.clock.now()),
        })
    }

    /// Where one submission stands.
    ///
    /// # Errors
    /// Refused when there is none of that name.
    pub async fn submission_status(&self, id: SubmissionId) -> VerbResult<SubmissionStatus> {
        let submission = self.authorised_submission(Verb::SubmissionShow, id).await?;
        let names = self.council_names().await?;
        self.submission_line(submission, &names).await
    }

    /// Jobs of one submission that wait, run or failed.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn submission_jobs(&self, id: SubmissionId) -> VerbResult<Vec<JobStatus>> {
        self.authorised_submission(Verb::SubmissionShow, id).await?;
        let jobs = self.store.jobs(id).await?;
        Ok(jobs.into_iter().filter(|job| job.state != JobState::Done).map(job).collect())
    }

    /// What the check said about a submission, by rule and column; nothing where it was not checked yet.
    ///
    /// # Errors
    /// When the report cannot be read.
    pub async fn findings(&self, id: SubmissionId) -> VerbResult<Vec<FindingDetail>> {
        self.authorised_submission(Verb::SubmissionFindings, id).await?;
        let path = self.dir.report(id).join(fairway_check::report::SUMMARY);
        let Ok(text) = std::fs::read_to_string(path) else { return Ok(Vec::new()) };
        let body: ReportBody = serde_json::from_str(&text).fault("report of a check cannot be read")?;
        Ok(body.rules)
    }

    /// What was done to an object (`submission:0192…`, `release:0192…`), oldest first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn history(&self, object: &str) -> VerbResult<Vec<HistoryEntry>> {
        self.authorise(Verb::AuditHistory, Object::Centre).await?;
        self.history_of(object).await
    }

    pub(crate) async fn history_of(&self, object: &str) -> VerbResult<Vec<HistoryEntry>> {
        let entries = self.store.audit_of(object).await?;
        Ok(entries
            .into_iter()
            .map(|entry| HistoryEntry {
                at: entry.at.to_string(),
                verb: entry.verb,
                detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
            })
            .collect())
    }

    pub(crate) async fn submission_line(
        &self,
        submission: Submission,
        names: &HashMap<String, String>,
    ) -> VerbResult<SubmissionStatus> {
        let id = submission.id;
        let import = self.store.import(id).await?;
        let code = submission.organisation.to_string();
        let report = self.dir.report(id);
        let destroyed = self.store.load_key(id).await?.and_then(|key| key.destroyed_at);
        let references = self.store.import_references(id).await?;
        Ok(SubmissionStatus {
            submission: id.to_string(),
            organisation_name: names.get(&code).cloned().unwrap_or_default(),
            organisation: code,
            specification: submission.release.map(|release| format!("{}/{release}", submission.dataset)),
            dataset: submission.dataset,
            route: submission.route.as_str().into(),
            state: submission.state.to_string(),
            landed_at: submission.landed_at.to_string(),
            updated_at: submission.updated_at.to_string(),
            period_start: submission.period.map(|(start, _)| start.to_string()),
            period_end: submission.period.map(|(_, end)| end.to_string()),
            bytes: submission.bytes,
            sha256: submission.digest.to_string(),
            supersedes: submission.supersedes.map(|id| id.to_string()),
            payload_destroyed: submission.payload_destroyed_at.is_some(),
            identifiers_destroyed_at: destroyed.map(|at| at.to_string()),
            references: references.into_iter().map(reference).collect(),
            rows_in: import.map(|import| import.rows_in),
            rows_loaded: import.map(|import| import.rows_loaded),
            rows_rejected: import.map(|import| import.rows_rejected),
            findings: self.store.tallies(id).await?.into_iter().map(finding).collect(),
            traces: self.store.trace_tallies(id).await?.into_iter().map(traced).collect(),
            trace_run: self.store.trace_run(id).await?.map(TraceRunStatus::from),
            report: report.is_dir().then(|| report.display().to_string()),
        })
    }

    async fn outbox_lines(&self) -> VerbResult<Vec<OutboxStatus>> {
        Ok(self.store.outbox_items(LINES).await?.into_iter().map(outbox_status).collect())
    }
}

pub(crate) fn outbox_status(item: OutboxItem) -> OutboxStatus {
    OutboxStatus {
        organisation: item.organisation.to_string(),
        kind: item.kind.as_str().into(),
        path: item.file.path,
        bytes: item.file.bytes,
        created_at: item.created_at.to_string(),
        collected_at: item.collected_at.map(|at| at.to_string()),
    }
}

pub(crate) fn release_status(release: Release) -> ReleaseStatus {
    let (rows, folder) = release.files.map(|files| (files.rows, files.folder)).unzip();
    ReleaseStatus {
        release: release.id.to_string(),
        agreement: release.agreement.to_string(),
        recipient: release.recipient.to_string(),
        state: release.state.as_str().into(),
        rows,
        folder,
        created_at: release.created_at.to_string(),
    }
}

fn job(record: JobRecord) -> JobStatus {
    JobStatus {
        step: record.job.kind.as_str().into(),
        submission: record.job.submission.to_string(),
        state: record.state.as_str().into(),
        attempts: record.attempts,
        last_error: record.last_error,
    }
}

fn reference(used: ImportReference) -> ReferenceStatus {
    ReferenceStatus { kind: used.kind.as_str().into(), version: used.version }
}

fn finding(tally: Tally) -> FindingStatus {
    FindingStatus { rule: tally.rule, severity: tally.severity, count: tally.count }
}

fn traced(tally: TraceTally) -> TraceStatus {
    TraceStatus { outcome: tally.outcome.as_str().into(), step: tally.step.as_str().into(), people: tally.count }
}
