//! The first page: what came in, where it stands, what to do next.

use askama::Template;

use crate::flow::{self, Placed};
use crate::format::{Moment, counted, number, percent, period, size};
use crate::todo::{self, Todo};
use crate::words::{self, Tag};
use crate::{
    AuditLine, FailedJobLine, FindingCounts, OutboxLine, ReleaseLine, StatusView, SubmissionLine, Totals, TraceCounts,
};

/// The page.
#[derive(Template)]
#[template(path = "home.html")]
pub struct HomePage {
    data_name: String,
    as_of: Moment,
    todo: Vec<Todo>,
    stations: Vec<Placed>,
    accounted: String,
    balanced: bool,
    submissions: Vec<SubmissionRow>,
    submissions_in_all: String,
    submissions_cut: bool,
    releases: Vec<ReleaseRow>,
    rows_released: String,
    outbox: Vec<OutboxRow>,
    failed_jobs: Vec<JobRow>,
    audit: AuditBox,
}

/// Problems of the log that are shown.
const PROBLEMS_SHOWN: usize = 20;

/// A row of the submissions' table.
pub struct SubmissionRow {
    /// As on the receipt.
    pub id: String,
    /// The sender.
    pub organisation: String,
    /// Its code.
    pub code: String,
    /// The dataset, or that it is not known yet.
    pub dataset: String,
    /// The reporting period; empty while unknown.
    pub period: String,
    /// How it came.
    pub route: &'static str,
    /// When it came.
    pub landed: Moment,
    /// Where it stands.
    pub tag: Tag,
    /// Records in the file; empty until checked.
    pub records: String,
    /// Records left out; empty for none.
    pub left_out: String,
    /// Findings in words; empty until checked.
    pub findings: String,
    /// Trace in words; empty until traced.
    pub traced: String,
    /// Its share.
    pub traced_share: String,
}

struct ReleaseRow {
    agreement: String,
    recipient: String,
    code: String,
    tag: Tag,
    rows: String,
    at: Moment,
    reasons: Vec<String>,
}

struct OutboxRow {
    what: String,
    file: String,
    organisation: String,
    code: String,
    size: String,
    at: Moment,
    collected: Option<Moment>,
}

struct JobRow {
    step: &'static str,
    submission: String,
    organisation: String,
    attempts: String,
    reason: String,
}

struct AuditBox {
    entries: String,
    problems: Vec<String>,
    /// How many more there are than are shown.
    more: String,
    checked: Moment,
}

impl HomePage {
    /// The page for a view.
    pub fn new(view: StatusView) -> Self {
        let totals = view.totals;
        Self {
            todo: todo::list(&view),
            accounted: accounted(&totals),
            balanced: totals.records_in == totals.records_loaded + totals.records_left_out,
            submissions_in_all: number(totals.files),
            submissions_cut: totals.files > view.submissions.len() as u64,
            failed_jobs: view.failed_jobs.iter().map(|line| JobRow::new(line, &view.submissions)).collect(),
            submissions: view.submissions.into_iter().map(SubmissionRow::from).collect(),
            rows_released: counted(totals.rows_released, "row", "rows"),
            releases: view.releases.into_iter().map(ReleaseRow::from).collect(),
            outbox: view.outbox.into_iter().map(OutboxRow::from).collect(),
            audit: AuditBox::from(view.audit),
            stations: flow::place(flow::stations(&totals)),
            data_name: view.data_name,
            as_of: view.as_of.into(),
        }
    }
}

impl From<SubmissionLine> for SubmissionRow {
    fn from(line: SubmissionLine) -> Self {
        Self {
            id: line.id.to_string(),
            organisation: line.organisation_name,
            code: line.organisation_code,
            dataset: if line.dataset.is_empty() { "Dataset not known yet".into() } else { line.dataset },
            period: line.period.map(period).unwrap_or_default(),
            route: words::route(line.route),
            landed: line.landed_at.into(),
            tag: words::state(line.state),
            records: line.records.map(number).unwrap_or_default(),
            left_out: some(line.rejected, |count| format!("{} left out", number(count))),
            findings: line.findings.map(findings).unwrap_or_default(),
            traced: line.traced.map(traced).unwrap_or_default(),
            traced_share: line.traced.map(|t| percent(t.matched, t.asked)).unwrap_or_default(),
        }
    }
}

impl From<ReleaseLine> for ReleaseRow {
    fn from(line: ReleaseLine) -> Self {
        Self {
            agreement: line.agreement,
            recipient: line.recipient_name,
            code: line.recipient_code,
            tag: words::release(line.state),
            rows: line.rows.map(number).unwrap_or_default(),
            at: line.created_at.into(),
            reasons: line.reasons,
        }
    }
}

impl From<OutboxLine> for OutboxRow {
    fn from(line: OutboxLine) -> Self {
        Self {
            what: line.what,
            file: line.file,
            organisation: line.organisation_name,
            code: line.organisation_code,
            size: size(line.bytes),
            at: line.created_at.into(),
            collected: line.collected_at.map(Moment::from),
        }
    }
}

impl JobRow {
    fn new(line: &FailedJobLine, submissions: &[SubmissionLine]) -> Self {
        let sender = submissions.iter().find(|submission| submission.id == line.submission);
        Self {
            step: words::step(line.step),
            submission: line.submission.to_string(),
            organisation: sender.map_or_else(|| "a submission".into(), |sender| sender.organisation_name.clone()),
            attempts: counted(line.attempts.into(), "attempt", "attempts"),
            reason: line.reason.clone(),
        }
    }
}

impl From<AuditLine> for AuditBox {
    fn from(line: AuditLine) -> Self {
        let more = line.problems.len().saturating_sub(PROBLEMS_SHOWN);
        let mut problems = line.problems;
        problems.truncate(PROBLEMS_SHOWN);
        Self {
            entries: counted(line.entries, "entry", "entries"),
            problems,
            more: some(more as u64, |more| counted(more, "more problem", "more problems")),
            checked: line.checked_at.into(),
        }
    }
}

fn some(count: u64, say: impl FnOnce(u64) -> String) -> String {
    if count == 0 { String::new() } else { say(count) }
}

/// Findings in words, the gravest first; remarks are not counted.
pub fn findings(counts: FindingCounts) -> String {
    let grave = [
        (counts.reject, "rejection", "rejections"),
        (counts.error, "error", "errors"),
        (counts.warning, "warning", "warnings"),
    ];
    let told: Vec<String> = grave
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    if told.is_empty() { "None".into() } else { told.join(", ") }
}

fn traced(counts: TraceCounts) -> String {
    format!("{} of {}", number(counts.matched), number(counts.asked))
}

fn accounted(totals: &Totals) -> String {
    format!(
        "{} in the files loaded: {} loaded, {} left out with a finding.",
        counted(totals.records_in, "record", "records"),
        number(totals.records_loaded),
        number(totals.records_left_out)
    )
}
