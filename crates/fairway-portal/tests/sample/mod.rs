//! Made-up figures of real councils, for the tests and for the sample server.

use async_trait::async_trait;
use fairway_domain::{Fault, Route, SubmissionId, SubmissionState, TraceOutcome, TraceStep};
use fairway_portal::{
    AuditLine, FailedJobLine, FindingCounts, FindingLine, OutboxLine, ReleaseLine, ReleaseState, Severity,
    StatusSource, StatusView, Step, StepLine, SubmissionLine, SubmissionView, Totals, TraceCounts, TraceLine,
};
use jiff::Timestamp;
use uuid::Uuid;

/// What the sample server shows: a busy day, a bad one, an empty data directory, or a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// Three councils; one file rejected and sent again, one to be confirmed, one on its way.
    Busy,
    /// The busy day, with a failed job and a log that was changed.
    Bad,
    /// Nothing has landed.
    Empty,
    /// The ledger cannot be read.
    Broken,
}

#[async_trait]
impl StatusSource for Sample {
    async fn status(&self) -> Result<StatusView, Fault> {
        match self {
            Self::Busy => Ok(busy()),
            Self::Bad => Ok(bad()),
            Self::Empty => Ok(empty()),
            Self::Broken => Err(Fault::from_source("ledger cannot be opened", std::io::Error::other("disk is gone"))),
        }
    }

    async fn submission(&self, id: SubmissionId) -> Result<Option<SubmissionView>, Fault> {
        let view = self.status().await?;
        Ok(view.submissions.into_iter().find(|line| line.id == id).map(one))
    }
}

/// The identifier of the `n`th made-up submission.
pub fn id(n: u128) -> SubmissionId {
    SubmissionId::new(Uuid::from_u128(0x019a_b0f1_7a5e_7c3a_9b1e_2f6a_4c8d_0e00 + n))
}

/// A moment on the made-up day.
pub fn at(clock: &str) -> Timestamp {
    format!("2025-07-04T{clock}:00Z").parse().unwrap_or_default()
}

/// A data directory in which nothing has landed.
pub fn empty() -> StatusView {
    StatusView {
        data_name: "demo-data".into(),
        as_of: at("13:20"),
        totals: Totals::default(),
        submissions: Vec::new(),
        releases: Vec::new(),
        outbox: Vec::new(),
        failed_jobs: Vec::new(),
        audit: AuditLine { entries: 1, problems: Vec::new(), checked_at: at("13:20") },
    }
}

/// A busy day.
pub fn busy() -> StatusView {
    StatusView {
        totals: Totals {
            files: 6,
            files_checked: 5,
            files_rejected: 1,
            files_to_confirm: 1,
            records_in: 11_986,
            records_loaded: 11_930,
            records_left_out: 56,
            people_asked: 2_991,
            people_matched: 2_804,
            records_deidentified: 11_930,
            releases: 2,
            rows_released: 15_204,
            requests_refused: 1,
        },
        submissions: submissions(),
        releases: releases(),
        outbox: outbox(),
        audit: AuditLine { entries: 47, problems: Vec::new(), checked_at: at("13:20") },
        ..empty()
    }
}

/// The busy day, gone wrong.
pub fn bad() -> StatusView {
    let mut view = busy();
    view.failed_jobs.push(FailedJobLine {
        step: Step::Check,
        submission: id(6),
        attempts: 5,
        reason: "sealed file cannot be opened: no key fits".into(),
    });
    view.audit.problems =
        vec!["entry 31: does not fit the entry before".into(), "the last entry is not the head's".into()];
    view.totals.records_left_out -= 1;
    view
}

fn line(n: u128, (code, name): (&str, &str), state: SubmissionState, landed: &str) -> SubmissionLine {
    let first = jiff::civil::date(2025, 4, 1);
    let last = jiff::civil::date(2025, 6, 30);
    SubmissionLine {
        id: id(n),
        organisation_code: code.into(),
        organisation_name: name.into(),
        route: Route::Cli,
        dataset: "Adult social care client level data, release 2".into(),
        period: Some((first, last)),
        state,
        landed_at: at(landed),
        records: None,
        rejected: 0,
        findings: None,
        traced: None,
        trace_waits: None,
    }
}

fn checked(line: SubmissionLine, records: u64, rejected: u64, [error, warning]: [u64; 2]) -> SubmissionLine {
    let findings = FindingCounts { reject: rejected, error, warning, info: 2 };
    SubmissionLine { records: Some(records), rejected, findings: Some(findings), ..line }
}

fn traced(line: SubmissionLine, matched: u64, asked: u64) -> SubmissionLine {
    SubmissionLine { traced: Some(TraceCounts { matched, asked }), ..line }
}

const CAMBRIDGESHIRE: (&str, &str) = ("623", "Cambridgeshire County Council");
const LEEDS: (&str, &str) = ("211", "Leeds City Council");
const TELFORD: (&str, &str) = ("418", "Telford and Wrekin Council");

fn submissions() -> Vec<SubmissionLine> {
    use SubmissionState as S;
    let clean = checked(line(1, CAMBRIDGESHIRE, S::Deidentified, "09:02"), 4_382, 0, [0, 0]);
    let warned = checked(line(2, LEEDS, S::Deidentified, "09:15"), 5_120, 41, [212, 1_038]);
    let broken = line(3, TELFORD, S::Rejected, "09:40");
    let broken = SubmissionLine { findings: Some(FindingCounts { reject: 3, ..FindingCounts::default() }), ..broken };
    let corrected = checked(line(4, TELFORD, S::Deidentified, "11:05"), 2_484, 15, [18, 77]);
    let asked = checked(line(5, LEEDS, S::NeedsConfirmation, "12:58"), 5_133, 2, [4, 96]);
    let new = SubmissionLine {
        dataset: String::new(),
        period: None,
        route: Route::Sftp,
        ..line(6, CAMBRIDGESHIRE, S::Landed, "13:19")
    };
    vec![new, asked, traced(corrected, 602, 640), broken, traced(warned, 1_187, 1_293), traced(clean, 1_015, 1_058)]
}

fn releases() -> Vec<ReleaseLine> {
    let granted = |agreement: &str, code: &str, name: &str, state, rows, clock| ReleaseLine {
        agreement: agreement.into(),
        recipient_code: code.into(),
        recipient_name: name.into(),
        state,
        rows: Some(rows),
        created_at: at(clock),
        reasons: Vec::new(),
    };
    let refused = ReleaseLine {
        rows: None,
        reasons: vec![
            "The agreement ended on 31 March 2025".into(),
            "The agreement does not name the column Ethnicity".into(),
        ],
        ..granted(
            "DARS-NIC-000007-C3D4E-v1.2",
            "QE1",
            "NHS Lancashire and South Cumbria ICB",
            ReleaseState::Refused,
            0,
            "12:20",
        )
    };
    let leeds = "NHS West Yorkshire Integrated Care Board";
    vec![
        refused,
        granted("DARS-NIC-000002-B2C3D-v2.0", "QWO", leeds, ReleaseState::Released, 5_079, "12:14"),
        granted(
            "DARS-NIC-000001-A1B2C-v1.0",
            "X26",
            "Department of Health and Social Care",
            ReleaseState::Collected,
            10_125,
            "12:10",
        ),
    ]
}

fn outbox() -> Vec<OutboxLine> {
    let file = |(code, name): (&str, &str), what: &str, file: &str, bytes, clock, collected: Option<&str>| OutboxLine {
        organisation_code: code.into(),
        organisation_name: name.into(),
        what: what.into(),
        file: file.into(),
        bytes,
        created_at: at(clock),
        collected_at: collected.map(at),
    };
    let extract = "DARS-NIC-000002-B2C3D-v2.0/extract.csv.age";
    vec![
        file(LEEDS, "Check report", "019ab0f1-7a5e-7c3a-9b1e-2f6a4c8d0e05/findings.csv", 17_420, "12:58", None),
        file(("QWO", "NHS West Yorkshire Integrated Care Board"), "Extract", extract, 2_412_880, "12:14", None),
        file(
            LEEDS,
            "Trace return file",
            "019ab0f1-7a5e-7c3a-9b1e-2f6a4c8d0e02/trace.csv.age",
            96_212,
            "09:18",
            Some("10:02"),
        ),
    ]
}

/// The page of one of the busy day's submissions.
pub fn one(line: SubmissionLine) -> SubmissionView {
    let was_checked = line.findings.is_some();
    SubmissionView {
        data_name: "demo-data".into(),
        as_of: at("13:20"),
        bytes: 1_804_233,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        steps: steps(&line),
        findings: if was_checked { findings(&line) } else { Vec::new() },
        trace: if line.traced.is_some() { trace() } else { Vec::new() },
        line,
    }
}

fn steps(line: &SubmissionLine) -> Vec<StepLine> {
    let all = [
        (Step::Land, "Sealed to the processing centre’s key; the receipt was given."),
        (Step::Check, "5,120 records held against 99 rules."),
        (Step::Accept, "Counts for April to June 2025."),
        (Step::Load, "5,079 records loaded, 41 left out."),
        (Step::Trace, "1,293 people asked, 1,187 found."),
        (Step::Deidentify, "5,079 records, birth dates and postcodes derived, pseudonyms made."),
    ];
    let done = match line.state {
        SubmissionState::Landed => 1,
        SubmissionState::Rejected | SubmissionState::NeedsConfirmation => 2,
        SubmissionState::Accepted => 3,
        SubmissionState::Loaded => 4,
        SubmissionState::Traced => 5,
        SubmissionState::Deidentified => 6,
    };
    let clock = |index: usize| line.landed_at + jiff::SignedDuration::from_secs(20 * index as i64);
    let made = all.into_iter().enumerate().take(done);
    made.map(|(index, (step, note))| StepLine { step, at: clock(index), note: note.into() }).collect()
}

fn findings(line: &SubmissionLine) -> Vec<FindingLine> {
    let finding = |rule: &str, severity, field: &str, message: &str, count, first_line| FindingLine {
        rule: rule.into(),
        severity,
        field: field.into(),
        message: message.into(),
        count,
        first_line,
    };
    if line.state == SubmissionState::Rejected {
        let missing = "Add the column. The header must be exactly as in the specification";
        return vec![
            finding("file.column.missing", Severity::Reject, "LA Person Unique Identifier", missing, 1, None),
            finding("file.column.missing", Severity::Reject, "Event Start Date", missing, 1, None),
            finding("file.encoding", Severity::Reject, "", "Save the file as UTF-8 or Windows-1252", 1, None),
        ];
    }
    let after = "Event End Date must be on or after Event Start Date";
    vec![
        finding(
            "service.start.empty",
            Severity::Warning,
            "Event Start Date",
            "Enter the date the service started",
            1_038,
            Some(17),
        ),
        finding("event.end.before.start", Severity::Error, "Event End Date", after, 212, Some(204)),
        finding(
            "la.other",
            Severity::Reject,
            "LA Code",
            "The code must be that of the council that sends the file",
            41,
            Some(3_310),
        ),
    ]
}

fn trace() -> Vec<TraceLine> {
    let counts = [
        (TraceOutcome::CrossChecked, TraceStep::CrossCheck, 1_012),
        (TraceOutcome::Superseded, TraceStep::CrossCheck, 9),
        (TraceOutcome::Matched, TraceStep::Alphanumeric, 166),
        (TraceOutcome::Multiple, TraceStep::Alphanumeric, 4),
        (TraceOutcome::NotFound, TraceStep::Alphanumeric, 97),
        (TraceOutcome::NotTraced, TraceStep::None, 5),
    ];
    counts.into_iter().map(|(outcome, step, people)| TraceLine { outcome, step, people }).collect()
}
