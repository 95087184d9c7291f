//! One submission's page: its way as a timeline, what the check found, what the register answered.

use askama::Template;
use fairway_domain::SubmissionState;

use crate::format::{Moment, number, size};
use crate::home::SubmissionRow;
use crate::words::{self, Tag};
use crate::{FindingLine, StepLine, SubmissionView, TraceLine};

/// The page.
#[derive(Template)]
#[template(path = "submission.html")]
pub struct SubmissionPage {
    data_name: String,
    as_of: Moment,
    row: SubmissionRow,
    next: String,
    size: String,
    sha256: String,
    timeline: Vec<TimelineRow>,
    checked: bool,
    /// Which columns of the findings have anything in them.
    with_field: bool,
    with_message: bool,
    with_line: bool,
    findings: Vec<FindingRow>,
    trace: Vec<TraceRow>,
}

struct TimelineRow {
    name: &'static str,
    tag: Tag,
    at: Option<Moment>,
    note: String,
}

struct FindingRow {
    rule: String,
    tag: Tag,
    field: String,
    message: String,
    count: String,
    first_line: String,
}

struct TraceRow {
    word: &'static str,
    meaning: &'static str,
    step: &'static str,
    people: String,
}

impl SubmissionPage {
    /// The page for a view.
    pub fn new(view: SubmissionView) -> Self {
        let state = view.line.state;
        let mut findings = view.findings;
        findings.sort_by_key(|line| line.severity);
        Self {
            data_name: view.data_name,
            as_of: view.as_of.into(),
            next: words::next(state, view.line.trace_waits.as_deref()),
            size: size(view.bytes),
            sha256: view.sha256,
            timeline: timeline(state, view.steps),
            checked: view.line.findings.is_some(),
            with_field: findings.iter().any(|line| !line.field.is_empty()),
            with_message: findings.iter().any(|line| !line.message.is_empty()),
            with_line: findings.iter().any(|line| line.first_line.is_some()),
            findings: findings.into_iter().map(FindingRow::from).collect(),
            trace: view.trace.iter().map(TraceRow::from).collect(),
            row: view.line.into(),
        }
    }
}

impl From<FindingLine> for FindingRow {
    fn from(line: FindingLine) -> Self {
        Self {
            rule: line.rule,
            tag: words::severity(line.severity),
            field: match (line.field.is_empty(), line.first_line) {
                (true, Some(first)) if first > 1 => "Whole record".into(),
                (true, _) => "Whole file".into(),
                (false, _) => line.field,
            },
            message: line.message,
            count: number(line.count),
            first_line: line.first_line.map(number).unwrap_or_default(),
        }
    }
}

impl From<&TraceLine> for TraceRow {
    fn from(line: &TraceLine) -> Self {
        let (word, meaning) = words::outcome(line.outcome);
        Self { word, meaning, step: words::trace_step(line.step), people: number(line.people) }
    }
}

/// Steps done, then those still to come. A rejected file's way ends where it was rejected.
fn timeline(state: SubmissionState, done: Vec<StepLine>) -> Vec<TimelineRow> {
    let rejected = state == SubmissionState::Rejected;
    let last = done.iter().map(|line| line.step).max();
    let to_come = words::STEPS.into_iter().filter(|(step, _)| !rejected && last.is_none_or(|last| *step > last));
    let first_to_come =
        if state == SubmissionState::NeedsConfirmation { words::WAITING_FOR_COUNCIL } else { words::WAITING };
    let to_come: Vec<TimelineRow> = to_come
        .enumerate()
        .map(|(index, (_, name))| TimelineRow {
            name,
            tag: if index == 0 { first_to_come } else { words::NOT_STARTED },
            at: None,
            note: String::new(),
        })
        .collect();
    let mut rows: Vec<TimelineRow> = done
        .into_iter()
        .map(|line| TimelineRow {
            name: words::step(line.step),
            tag: if rejected && Some(line.step) == last { words::REJECTED } else { words::DONE },
            at: Some(line.at.into()),
            note: line.note,
        })
        .collect();
    rows.extend(to_come);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Step;

    fn done(steps: &[Step]) -> Vec<StepLine> {
        steps
            .iter()
            .map(|step| StepLine { step: *step, at: jiff::Timestamp::UNIX_EPOCH, note: String::new() })
            .collect()
    }

    fn told(state: SubmissionState, steps: &[Step]) -> Vec<String> {
        timeline(state, done(steps)).iter().map(|row| format!("{}: {}", row.name, row.tag.word)).collect()
    }

    #[test]
    fn a_rejected_file_goes_no_further() {
        assert_eq!(told(SubmissionState::Rejected, &[Step::Land, Step::Check]), ["Land: Done", "Check: Rejected"]);
    }

    #[test]
    fn a_file_to_be_confirmed_waits_for_the_council() {
        let rows = told(SubmissionState::NeedsConfirmation, &[Step::Land, Step::Check]);
        assert_eq!(rows[2..4], ["Accept: Waiting for the council", "Load: Not started yet"]);
    }

    #[test]
    fn a_finished_file_has_nothing_to_come() {
        let all: Vec<Step> = words::STEPS.into_iter().map(|(step, _)| step).collect();
        let rows = told(SubmissionState::Deidentified, &all);
        assert_eq!(rows.len(), 6);
        assert!(rows.iter().all(|row| row.ends_with(": Done")));
    }
}
