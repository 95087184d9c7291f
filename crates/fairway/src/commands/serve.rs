//! `fairway serve`: the read-only status page and the JSON API.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use fairway_domain::{Fault, FaultExt, Refusal, SubmissionId, SubmissionState, TraceOutcome, TraceStep};
use fairway_portal::{
    AuditLine, FailedJobLine, FindingCounts, FindingLine, OutboxLine, ReleaseLine, ReleaseState, Severity,
    StatusSource, StatusView, Step, StepLine, SubmissionLine, SubmissionView, Totals, TraceCounts, TraceLine,
};
use fairway_service::{
    HistoryEntry, JobStatus, OutboxStatus, Overview, ReleaseStatus, Service, SubmissionStatus, VerbError,
};

use crate::exit::{CommandResult, Exit, Stop};
use crate::output;
use crate::wiring;

/// Longest file that the API takes where nothing else is said, in MiB.
pub const LARGEST_FILE_MIB: u64 = fairway_portal::LARGEST_FILE / (1024 * 1024);

/// Serves the page and the API until interrupted.
pub async fn serve(dir: &Path, listen: SocketAddr, largest_file_mib: u64) -> CommandResult {
    let service = wiring::service(dir, true).await?;
    let listener = fairway_portal::bind(listen).await.map_err(|error| {
        Stop::Refused(Refusal::new(
            format!("The status page cannot be served on {listen}"),
            error.to_string(),
            "Name another address with --listen, such as 127.0.0.1:8081",
        ))
    })?;
    output::line(format!("Status page: http://{listen}  (end with Ctrl-C)"))?;
    let stop = async {
        let _interrupted = tokio::signal::ctrl_c().await;
    };
    let api = fairway_portal::api(service.clone(), largest_file_mib.saturating_mul(1024 * 1024));
    let app = fairway_portal::router(Arc::new(Ledger(service))).merge(api);
    let served = fairway_portal::serve_app(listener, app, stop).await;
    served.fault("status page stopped")?;
    Ok(Exit::Clean)
}

/// What the page shows, read from the ledger at each request.
struct Ledger(Service);

fn plain(error: VerbError) -> Fault {
    match error {
        VerbError::Fault(fault) => fault,
        VerbError::Refused(refusal) | VerbError::Denied(refusal) | VerbError::NotFound(refusal) => {
            Fault::new(refusal.what)
        }
    }
}

fn read<T: std::str::FromStr>(text: &str) -> Result<T, Fault> {
    text.parse().map_err(|_| Fault::new("ledger's words cannot be read by the status page"))
}

#[async_trait]
impl StatusSource for Ledger {
    async fn status(&self) -> Result<StatusView, Fault> {
        let overview = self.0.overview().await.map_err(plain)?;
        let submissions: Vec<SubmissionLine> = overview.submissions.iter().map(line).collect::<Result<_, _>>()?;
        let mut releases = Vec::new();
        for release in &overview.releases {
            releases.push(self.release(release).await?);
        }
        let as_of = read(&overview.as_of)?;
        Ok(StatusView {
            data_name: self.name(),
            as_of,
            totals: totals(&overview, &submissions)?,
            submissions,
            releases,
            outbox: overview.outbox.iter().map(|item| outbox(item, &overview)).collect::<Result<_, _>>()?,
            failed_jobs: overview
                .jobs
                .iter()
                .filter(|job| job.state == "failed")
                .map(failed)
                .collect::<Result<_, _>>()?,
            audit: AuditLine {
                entries: overview.audit.entries,
                problems: overview.audit.problems.clone(),
                checked_at: as_of,
            },
        })
    }

    async fn submission(&self, id: SubmissionId) -> Result<Option<SubmissionView>, Fault> {
        let status = match self.0.submission_status(id).await {
            Ok(status) => status,
            Err(VerbError::NotFound(_) | VerbError::Denied(_) | VerbError::Refused(_)) => return Ok(None),
            Err(VerbError::Fault(fault)) => return Err(fault),
        };
        let history = self.0.history(&format!("submission:{id}")).await.map_err(plain)?;
        let findings = self.0.findings(id).await.map_err(plain)?;
        Ok(Some(SubmissionView {
            data_name: self.name(),
            as_of: jiff::Timestamp::now(),
            line: line(&status)?,
            bytes: status.bytes,
            sha256: status.sha256.clone(),
            steps: history.iter().filter_map(|entry| step(entry).transpose()).collect::<Result<_, _>>()?,
            findings: findings
                .into_iter()
                .map(|finding| FindingLine {
                    severity: severity(&finding.severity),
                    first_line: finding.first.first().and_then(|place| place.line),
                    rule: finding.rule,
                    field: finding.column,
                    message: finding.message,
                    count: finding.count,
                })
                .collect(),
            trace: status
                .traces
                .iter()
                .filter_map(|trace| {
                    let outcome = TraceOutcome::ALL.into_iter().find(|word| word.as_str() == trace.outcome)?;
                    let step = TraceStep::ALL.into_iter().find(|word| word.as_str() == trace.step)?;
                    Some(TraceLine { outcome, step, people: trace.people })
                })
                .collect(),
        }))
    }
}

impl Ledger {
    fn name(&self) -> String {
        let name = self.0.dir().root().file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    async fn release(&self, release: &ReleaseStatus) -> Result<ReleaseLine, Fault> {
        let state = match release.state.as_str() {
            "granted" => ReleaseState::Released,
            "collected" => ReleaseState::Collected,
            "intended" => ReleaseState::Intended,
            _ => ReleaseState::Refused,
        };
        let mut reasons = Vec::new();
        if state == ReleaseState::Refused {
            let history = self.0.history(&format!("release:{}", release.release)).await.map_err(plain)?;
            let said = history.iter().filter_map(|entry| entry.detail.get("reasons")?.as_array());
            reasons.extend(said.flatten().filter_map(|reason| reason.as_str()).map(str::to_owned));
        }
        Ok(ReleaseLine {
            agreement: release.agreement.clone(),
            recipient_code: release.recipient.clone(),
            recipient_name: String::new(),
            state,
            rows: release.rows,
            created_at: read(&release.created_at)?,
            reasons,
        })
    }
}

fn line(status: &SubmissionStatus) -> Result<SubmissionLine, Fault> {
    let mut findings = FindingCounts::default();
    for finding in &status.findings {
        match severity(&finding.severity) {
            Severity::Reject => findings.reject += finding.count,
            Severity::Error => findings.error += finding.count,
            Severity::Warning => findings.warning += finding.count,
            Severity::Info => findings.info += finding.count,
        }
    }
    let asked: u64 = status.traces.iter().map(|trace| trace.people).sum();
    let found = |outcome: &str| TraceOutcome::ALL.into_iter().any(|word| word.as_str() == outcome && word.is_found());
    let matched = status.traces.iter().filter(|trace| found(&trace.outcome)).map(|trace| trace.people).sum();
    let period = match (&status.period_start, &status.period_end) {
        (Some(start), Some(end)) => Some((read(start)?, read(end)?)),
        _ => None,
    };
    let state: SubmissionState = read(&status.state)?;
    Ok(SubmissionLine {
        id: read(&status.submission)?,
        organisation_code: status.organisation.clone(),
        organisation_name: status.organisation_name.clone(),
        route: read(&status.route)?,
        dataset: status.specification.clone().unwrap_or_default(),
        period,
        state,
        landed_at: read(&status.landed_at)?,
        records: status.rows_in,
        rejected: status.rows_rejected.unwrap_or_default(),
        findings: (state != SubmissionState::Landed).then_some(findings),
        traced: (asked > 0).then_some(TraceCounts { matched, asked }),
        trace_waits: status.trace_run.as_ref().filter(|run| run.waits_for_a_person).map(|run| {
            let reason = run.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            format!("it is {}{reason}", run.state)
        }),
    })
}

fn totals(overview: &Overview, lines: &[SubmissionLine]) -> Result<Totals, Fault> {
    let count = |state: SubmissionState| lines.iter().filter(|line| line.state == state).count() as u64;
    let sum =
        |number: fn(&SubmissionStatus) -> Option<u64>| -> u64 { overview.submissions.iter().filter_map(number).sum() };
    let deidentified = overview.submissions.iter().filter(|one| one.state == SubmissionState::Deidentified.as_str());
    let released = overview.releases.iter().filter(|one| matches!(one.state.as_str(), "granted" | "collected"));
    Ok(Totals {
        files: lines.len() as u64,
        files_checked: lines.len() as u64 - count(SubmissionState::Landed),
        files_rejected: count(SubmissionState::Rejected),
        files_to_confirm: count(SubmissionState::NeedsConfirmation),
        records_in: sum(|one| one.rows_in),
        records_loaded: sum(|one| one.rows_loaded),
        records_left_out: sum(|one| one.rows_rejected),
        people_asked: lines.iter().filter_map(|line| line.traced).map(|traced| traced.asked).sum(),
        people_matched: lines.iter().filter_map(|line| line.traced).map(|traced| traced.matched).sum(),
        records_deidentified: deidentified.filter_map(|one| one.rows_loaded).sum(),
        releases: released.clone().count() as u64,
        rows_released: released.filter_map(|one| one.rows).sum(),
        requests_refused: overview.releases.iter().filter(|one| one.state == "refused").count() as u64,
    })
}

fn severity(word: &str) -> Severity {
    match word {
        "reject" => Severity::Reject,
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        _ => Severity::Info,
    }
}

fn outbox(item: &OutboxStatus, overview: &Overview) -> Result<OutboxLine, Fault> {
    let what = match item.kind.as_str() {
        "check_report" => "Check report",
        "trace_return" => "Trace return file",
        _ => "Extract",
    };
    let named = overview.submissions.iter().find(|one| one.organisation == item.organisation);
    Ok(OutboxLine {
        organisation_code: item.organisation.clone(),
        organisation_name: named.map(|one| one.organisation_name.clone()).unwrap_or_default(),
        what: what.into(),
        file: item.path.clone(),
        bytes: item.bytes,
        created_at: read(&item.created_at)?,
        collected_at: item.collected_at.as_deref().map(read).transpose()?,
    })
}

fn failed(job: &JobStatus) -> Result<FailedJobLine, Fault> {
    let step = match job.step.as_str() {
        "check" => Step::Check,
        "load" => Step::Load,
        "trace" => Step::Trace,
        _ => Step::Deidentify,
    };
    Ok(FailedJobLine {
        step,
        submission: read(&job.submission)?,
        attempts: job.attempts,
        reason: job.last_error.clone().unwrap_or_default(),
    })
}

/// A step of the way, from an entry of the log that ends one.
fn step(entry: &HistoryEntry) -> Result<Option<StepLine>, Fault> {
    let number =
        |key: &str| entry.detail.get(key).and_then(serde_json::Value::as_u64).map_or(String::new(), output::grouped);
    let text = |key: &str| entry.detail.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let (step, note) = match entry.verb.as_str() {
        "SubmissionLanded" => (Step::Land, format!("{} bytes sealed", number("bytes"))),
        "SubmissionChecked" => {
            (Step::Check, format!("{} records held against {}", number("records"), text("specification")))
        }
        "SubmissionAccepted" => (Step::Accept, text("why")),
        "LoadCommitted" => (
            Step::Load,
            format!(
                "{} records = {} loaded + {} left out",
                number("rows_in"),
                number("rows_loaded"),
                number("rows_rejected")
            ),
        ),
        "TraceCompleted" => (Step::Trace, format!("{} of {} people found", number("found"), number("people"))),
        "DeidCompleted" => (Step::Deidentify, format!("{} rows", number("rows"))),
        _ => return Ok(None),
    };
    Ok(Some(StepLine { step, at: read(&entry.at)?, note }))
}
