//! What states, steps and outcomes are called on the page, and what to do next.

use fairway_domain::{Route, SubmissionState, TraceOutcome, TraceStep};

use crate::{ReleaseState, Severity, Step};

/// A short word on a coloured ground. The word says it all: colour only repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// The word.
    pub word: &'static str,
    /// The class in the style sheet.
    pub colour: &'static str,
}

const fn tag(word: &'static str, colour: &'static str) -> Tag {
    Tag { word, colour }
}

/// Not begun.
pub const NOT_STARTED: Tag = tag("Not started yet", "grey");
/// Next in turn.
pub const WAITING: Tag = tag("Waiting", "blue");
/// Waits for the council.
pub const WAITING_FOR_COUNCIL: Tag = tag("Waiting for the council", "yellow");
/// Over and well.
pub const DONE: Tag = tag("Done", "green");
/// The file went no further.
pub const REJECTED: Tag = tag("Rejected", "red");

/// Where a submission stands.
pub fn state(state: SubmissionState) -> Tag {
    match state {
        SubmissionState::Landed => tag("Landed", "blue"),
        SubmissionState::Rejected => REJECTED,
        SubmissionState::NeedsConfirmation => tag("To be confirmed", "yellow"),
        SubmissionState::Accepted => tag("Accepted", "blue"),
        SubmissionState::Loaded => tag("Loaded", "blue"),
        SubmissionState::Traced => tag("Traced", "blue"),
        SubmissionState::Deidentified => tag("De-identified", "green"),
    }
}

/// What happens next to a submission, and who has to act.
pub fn next(state: SubmissionState, trace_waits: Option<&str>) -> String {
    if let Some(reason) = trace_waits {
        return format!(
            "Its trace waits for a person: {reason}. Nothing of it is kept or returned. Find out why, then run \
             fairway trace approve, or fairway trace reject to have its people traced anew."
        );
    }
    let text = match state {
        SubmissionState::Landed => "It waits to be checked. If no worker is running, start one.",
        SubmissionState::Rejected => {
            "The council reads the check report in its outbox, corrects the file and sends it again. \
             What was in the file has been destroyed."
        }
        SubmissionState::NeedsConfirmation => {
            "The council reads the check report in its outbox, and confirms the file or sends a corrected one."
        }
        SubmissionState::Accepted => "It waits to be loaded. If no worker is running, start one.",
        SubmissionState::Loaded => "Its people wait to be traced. If no worker is running, start one.",
        SubmissionState::Traced => "It waits to be de-identified. If no worker is running, start one.",
        SubmissionState::Deidentified => "Nothing. Its records can be released under an agreement.",
    };
    text.into()
}

/// Whether a worker has to act next.
pub fn is_queued(state: SubmissionState) -> bool {
    !matches!(state, SubmissionState::Rejected | SubmissionState::NeedsConfirmation | SubmissionState::Deidentified)
}

/// How a file came.
pub fn route(route: Route) -> &'static str {
    match route {
        Route::Cli => "by command line",
        Route::Portal => "by web portal",
        Route::Sftp => "by SFTP",
        Route::Mailbox => "by secure mailbox",
        Route::Database => "from the sender’s database",
    }
}

/// What became of a request.
pub fn release(state: ReleaseState) -> Tag {
    match state {
        ReleaseState::Intended => tag("Being made", "blue"),
        ReleaseState::Released => tag("Released", "green"),
        ReleaseState::Collected => tag("Collected", "grey"),
        ReleaseState::Refused => tag("Refused", "red"),
    }
}

/// How grave a finding is.
pub fn severity(severity: Severity) -> Tag {
    match severity {
        Severity::Reject => tag("Reject", "red"),
        Severity::Error => tag("Error", "orange"),
        Severity::Warning => tag("Warning", "yellow"),
        Severity::Info => tag("Info", "grey"),
    }
}

/// The way of a submission, with the name of each step.
pub const STEPS: [(Step, &str); 6] = [
    (Step::Land, "Land"),
    (Step::Check, "Check"),
    (Step::Accept, "Accept"),
    (Step::Load, "Load"),
    (Step::Trace, "Trace"),
    (Step::Deidentify, "De-identify"),
];

/// What a step is called.
pub fn step(step: Step) -> &'static str {
    STEPS.into_iter().find(|(known, _)| *known == step).map_or("", |(_, name)| name)
}

/// The step that gave an answer; empty for none.
pub fn trace_step(step: TraceStep) -> &'static str {
    match step {
        TraceStep::None => "",
        TraceStep::CrossCheck => "Cross-check",
        TraceStep::Alphanumeric => "Alphanumeric",
        TraceStep::Algorithmic => "Algorithmic",
    }
}

/// What the register answered.
pub fn outcome(outcome: TraceOutcome) -> (&'static str, &'static str) {
    match outcome {
        TraceOutcome::CrossChecked => ("Cross-checked", "NHS number and birth date agree with the register"),
        TraceOutcome::Superseded => {
            ("Cross-checked, number replaced", "The register has given the person another NHS number since")
        }
        TraceOutcome::Matched => ("Matched", "Exactly one person fits the other details"),
        TraceOutcome::Multiple => ("More than one match", "Several people fit, so none was chosen"),
        TraceOutcome::NotFound => ("Not found", "Nobody in the register fits"),
        TraceOutcome::NotTraced => ("Not traced", "Too little to ask with, or no register at hand"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_that_is_held_waits_for_a_person_and_no_worker() {
        let said = next(SubmissionState::Loaded, Some("it is held (75.0% were found)"));
        assert!(said.contains("75.0%") && said.contains("trace approve") && !said.contains("worker"), "{said}");
        assert!(next(SubmissionState::Loaded, None).contains("worker"));
    }
}
