//! The job `check`: a landed file is opened, its specification recognised, and every finding written to its report.
//! A rejected file's report is kept and its payload destroyed.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_check::report::{About, FolderOptions, ReportFolder};
use fairway_check::{CheckOptions, CheckSummary, Verdict, check, sniff_among};
use fairway_domain::{Fault, FaultExt, SpecName, SubmissionEvent, SubmissionId};
use fairway_spec::{Overrides, Role, Severity, Spec};
use fairway_store::{LeasedJob, OutboxKind, Submission, Tally, outbox, sealed};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::accept::{accepted, go_on};
use crate::context::blocking;
use crate::identity::event;
use crate::imprint;
use crate::specs::KnownSpec;
use crate::work::JobFigures;
use crate::{Service, VerbResult};

impl Service {
    pub(crate) async fn check(&self, leased: &LeasedJob, submission: Submission) -> VerbResult<JobFigures> {
        let earlier = imprint::earlier(self, &submission).await?;
        let (service, about) = (self.clone(), submission.clone());
        let (summary, placed) = blocking("checking", move || {
            let (summary, report, names) = service.check_payload(&about, earlier)?;
            let name = format!("check-{}", about.id);
            let placed = outbox::place(&service.dir.outbox(), &about.organisation, &name, |folder| {
                for file in names {
                    fs::copy(report.join(file), folder.join(file)).fault("report cannot be put into the outbox")?;
                }
                Ok(())
            })?;
            Ok((summary, placed))
        })
        .await?;
        let event = match summary.verdict {
            Verdict::Clean => SubmissionEvent::CheckPassed,
            Verdict::Confirm => SubmissionEvent::CheckFoundWarnings,
            Verdict::Rejected | Verdict::StoppedEarly => SubmissionEvent::CheckRejected,
        };
        self.record_check(leased, &submission, &summary, event, &placed.files).await?;
        if event == SubmissionEvent::CheckRejected {
            let path = sealed::path(&self.dir.store().landing(), submission.id);
            blocking("destroying a payload", move || Ok(sealed::destroy(&path)?)).await?;
        }
        Ok(JobFigures { records: summary.records, note: in_short(&summary) })
    }

    async fn record_check(
        &self,
        leased: &LeasedJob,
        submission: &Submission,
        summary: &CheckSummary,
        outcome: SubmissionEvent,
        files: &[outbox::PlacedFile],
    ) -> VerbResult<()> {
        let id = submission.id;
        let mut tx = self.store.tx("submission.check", self.clock.now()).await?;
        let verdict = fairway_store::Verdict {
            release: Some(summary.spec.release().to_owned()),
            period: summary.period_start.zip(summary.period_end).filter(|(start, end)| start <= end),
        };
        tx.record_verdict(id, &verdict).await?;
        tx.record_tallies(id, &tallies(summary)).await?;
        tx.insert_outbox_items(&submission.organisation, OutboxKind::CheckReport, files).await?;
        tx.advance(id, outcome).await?;
        let figures = json!({
            "specification": summary.spec.to_string(), "verdict": summary.verdict.as_str(), "records": summary.records,
            "rejected": summary.records_rejected, "errors": summary.count(Severity::Error),
            "warnings": summary.count(Severity::Warning),
        });
        tx.audit(event("worker", "SubmissionChecked", id, figures)).await?;
        match outcome {
            SubmissionEvent::CheckRejected => {
                tx.give_up_payload(id).await?;
                tx.audit(event("worker", "PayloadDestroyed", id, json!({ "why": "rejected" }))).await?;
            }
            SubmissionEvent::CheckPassed => {
                let replaced = go_on(&mut tx, submission).await?;
                tx.audit(accepted("worker", id, replaced, "nothing to confirm")).await?;
            }
            _ => {}
        }
        tx.complete(leased).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Checks the sealed file into its report folder; gives the names of the reports there.
    fn check_payload(
        &self,
        submission: &Submission,
        earlier: Option<SubmissionId>,
    ) -> VerbResult<(CheckSummary, PathBuf, Vec<&'static str>)> {
        let (known, chosen) = self.spec_for(submission)?;
        let severities = self.dir.severities();
        let spec = known.spec.clone().map_err(|why| Fault::new(format!("{} does not load: {why}", known.name)))?;
        let spec = with_severities(spec, &severities)?;
        let mut options = CheckOptions::new(self.clock.today());
        options.sender = Some(submission.organisation.clone());
        options.follow = Some(imprint::follow(self, &submission.organisation, earlier)?);
        let about =
            About { file: None, chosen: Some(chosen), checked_on: Some(options.today), size: Some(submission.bytes) };
        let folder = self.dir.report(submission.id);
        let mut sink = ReportFolder::begin(&folder, FolderOptions { durable: true, ..FolderOptions::default() })?;
        let progress = self.progress.clone();
        let mut at = |bytes| progress.at("Checking", bytes, about.size);
        let summary = check(self.payload(submission)?, &spec, &options, &mut sink, &mut at)?;
        progress.finished("Checking");
        if let Some(left) = &summary.imprint {
            imprint::keep(self, submission.id, left)?;
        }
        let names = sink.finish(&summary, &about)?;
        self.keep_spec_of(submission, &known)?;
        if severities.is_file() {
            fs::copy(&severities, self.dir.severities_of(submission.id)).fault("severities cannot be kept")?;
        }
        Ok((with_period(summary, &spec, submission), folder, names))
    }

    /// The specification that was named when the file was landed; else the one of its dataset that it was most likely made
    /// for, else the newest: its check says what is wrong. With why, in a sentence.
    fn spec_for(&self, submission: &Submission) -> VerbResult<(KnownSpec, String)> {
        let gone = |name: &str| Fault::new(format!("specification {name} is no longer there"));
        if let Some(release) = &submission.release {
            let name: SpecName =
                format!("{}/{release}", submission.dataset).parse().fault("specification has no name")?;
            let known = self.known_spec(&name)?.ok_or_else(|| gone(&name.to_string()))?;
            return Ok((known, format!("{name} was named when the file was landed.")));
        }
        let specs = self.specs_of(&submission.dataset)?;
        let newest = specs.first().ok_or_else(|| gone(&submission.dataset))?.name.clone();
        let sniffed = sniff_among(self.payload(submission)?, &specs)?;
        let name = sniffed.likely().cloned().unwrap_or(newest);
        let known = self.known_spec(&name)?.ok_or_else(|| gone(&name.to_string()))?;
        Ok((known, sniffed.reason(&name)))
    }

    /// The sealed file, opened with the processing centre's key.
    pub(crate) fn payload(&self, submission: &Submission) -> Result<impl Read + Send + use<>, Fault> {
        let store = self.dir.store();
        sealed::open(&sealed::path(&store.landing(), submission.id), &self.centre_key()?)
    }

    /// The specification a checked submission was held against.
    pub(crate) fn spec_of(&self, submission: &Submission) -> Result<Arc<Spec>, Fault> {
        let spec = self.checked_spec(submission)?;
        with_severities(spec, &self.dir.severities_of(submission.id))
    }
}

/// The specification with the severities of a file, where there is one.
fn with_severities(spec: Arc<Spec>, path: &Path) -> Result<Arc<Spec>, Fault> {
    let overrides = Overrides::load(path).fault("severities cannot be read")?;
    if overrides.is_empty() {
        return Ok(spec);
    }
    fairway_check::with_severities(&spec, &overrides).map(Arc::new).fault("severities cannot be used")
}

/// The reporting period of a file whose specification has none: what whoever landed it said, else the day it was landed.
fn with_period(mut summary: CheckSummary, spec: &Spec, submission: &Submission) -> CheckSummary {
    let is_stated = [Role::PeriodStart, Role::PeriodEnd].into_iter().any(|role| spec.index_of_role(role).is_some());
    if !is_stated {
        let day = submission.landed_at.to_zoned(TimeZone::UTC).date();
        let (start, end) = submission.period.unwrap_or((day, day));
        (summary.period_start, summary.period_end) = (Some(start), Some(end));
    }
    summary
}

/// Findings by rule and severity; a rule may stand in several columns.
fn tallies(summary: &CheckSummary) -> Vec<Tally> {
    let mut all: Vec<Tally> = Vec::new();
    for tally in &summary.tallies {
        let severity = tally.severity.as_str();
        match all.iter_mut().find(|known| known.rule == tally.rule && known.severity == severity) {
            Some(known) => known.count += tally.count,
            None => all.push(Tally { rule: tally.rule.clone(), severity: severity.into(), count: tally.count }),
        }
    }
    all
}

fn in_short(summary: &CheckSummary) -> String {
    let (errors, warnings) = (summary.count(Severity::Error), summary.count(Severity::Warning));
    match summary.verdict {
        Verdict::Clean => format!("{} records, nothing to confirm", summary.records),
        Verdict::Confirm => format!(
            "{} records, {errors} errors and {warnings} warnings to confirm, {} records cannot be loaded",
            summary.records, summary.records_rejected
        ),
        Verdict::Rejected | Verdict::StoppedEarly => {
            let worst = summary.tallies.first().map_or("", |tally| tally.message.as_str());
            format!("rejected: {worst}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_centres_own_severities_are_those_of_its_file() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("severities.yaml");
        let shipped = Spec::builtin(&"asc-cld/r2".parse().unwrap()).unwrap();
        let severity = |spec: &Spec| spec.rule("date-format").unwrap().severity;
        assert!(Arc::ptr_eq(&with_severities(Arc::clone(&shipped), &path).unwrap(), &shipped));
        fs::write(&path, "severities: {date-format: info}\n").unwrap();
        assert_eq!(severity(&with_severities(Arc::clone(&shipped), &path).unwrap()), Severity::Info);
        assert_eq!(severity(&shipped), Severity::Error);
        fs::write(&path, "severities: {organisation-other: info}\n").unwrap();
        assert!(with_severities(shipped, &path).is_err());
    }
}
