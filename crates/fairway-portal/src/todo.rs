//! What somebody has to do, worked out from the lists.

use fairway_domain::SubmissionState;

use crate::format::counted;
use crate::{ReleaseLine, ReleaseState, StatusView, SubmissionLine, words};

/// Something that somebody has to do.
#[derive(Debug)]
pub struct Todo {
    /// What is open.
    pub what: String,
    /// Who does what about it.
    pub how: &'static str,
    /// Where on the page it is shown.
    pub anchor: &'static str,
}

/// All that is open, the most urgent first. A rejected file that has been sent again since, and a refused request that
/// has been granted since, are not.
pub fn list(view: &StatusView) -> Vec<Todo> {
    let all = [
        log(view),
        failed(view),
        held(view),
        rejected(view),
        to_confirm(view),
        on_the_way(view),
        refused(view),
        to_fetch(view),
    ];
    all.into_iter().flatten().collect()
}

fn log(view: &StatusView) -> Option<Todo> {
    (!view.audit.problems.is_empty()).then(|| Todo {
        what: "The audit log does not verify".into(),
        how: "Stop work, keep a copy of the data directory, and find out who changed the log.",
        anchor: "log",
    })
}

fn failed(view: &StatusView) -> Option<Todo> {
    some(
        view.failed_jobs.len(),
        ["job failed", "jobs failed"],
        "Put right what went wrong, and start the worker again: what was done stays done, nothing is doubled.",
        "jobs",
    )
}

fn held(view: &StatusView) -> Option<Todo> {
    some(
        view.submissions.iter().filter(|line| line.trace_waits.is_some()).count(),
        ["trace waits for a person", "traces wait for a person"],
        "Look at the submission's page for the reason, then run fairway trace approve or reject.",
        "submissions",
    )
}

fn rejected(view: &StatusView) -> Option<Todo> {
    let open = |line: &SubmissionLine| {
        line.state == SubmissionState::Rejected && !view.submissions.iter().any(|later| replaces(later, line))
    };
    some(
        view.submissions.iter().filter(|line| open(line)).count(),
        ["file was rejected", "files were rejected"],
        "The council reads the check report, corrects the file and sends it again.",
        "submissions",
    )
}

/// Whether `later` came after a rejected file, from the same sender for the same dataset, and was not rejected itself.
fn replaces(later: &SubmissionLine, rejected: &SubmissionLine) -> bool {
    let same_dataset = later.dataset == rejected.dataset || rejected.dataset.is_empty();
    later.landed_at > rejected.landed_at
        && later.organisation_code == rejected.organisation_code
        && same_dataset
        && later.state != SubmissionState::Rejected
}

fn to_confirm(view: &StatusView) -> Option<Todo> {
    some(
        usize::try_from(view.totals.files_to_confirm).unwrap_or(usize::MAX),
        ["file waits to be confirmed", "files wait to be confirmed"],
        "The council reads the check report, and confirms the file or sends a corrected one.",
        "submissions",
    )
}

fn on_the_way(view: &StatusView) -> Option<Todo> {
    some(
        view.submissions
            .iter()
            .filter(|line| words::is_queued(line.state) && line.trace_waits.is_none() && !has_failed(view, line))
            .count(),
        ["file is on its way", "files are on their way"],
        "If no worker is running, start one: fairway work --until-idle.",
        "submissions",
    )
}

fn has_failed(view: &StatusView, line: &SubmissionLine) -> bool {
    view.failed_jobs.iter().any(|job| job.submission == line.id)
}

fn refused(view: &StatusView) -> Option<Todo> {
    let granted_since = |refused: &ReleaseLine| {
        view.releases.iter().any(|later| {
            later.created_at > refused.created_at
                && later.agreement == refused.agreement
                && later.state != ReleaseState::Refused
        })
    };
    let open = view.releases.iter().filter(|line| line.state == ReleaseState::Refused && !granted_since(line));
    some(
        open.count(),
        ["request for a release was refused", "requests for a release were refused"],
        "Every reason is given. Change the request, or ask for the agreement to be amended.",
        "releases",
    )
}

fn to_fetch(view: &StatusView) -> Option<Todo> {
    some(
        view.outbox.iter().filter(|line| line.collected_at.is_none()).count(),
        ["file waits to be fetched", "files wait to be fetched"],
        "The organisation that it is for fetches it from its outbox.",
        "outbox",
    )
}

fn some(count: usize, [one, many]: [&str; 2], how: &'static str, anchor: &'static str) -> Option<Todo> {
    (count > 0).then(|| Todo { what: counted(count as u64, one, many), how, anchor })
}
