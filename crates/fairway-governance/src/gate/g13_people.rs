//! G13: whoever asks for an extract does not approve it, and those who approve are of different organisations.

use super::{Extract, GateRule};
use crate::gate::Example;
use crate::rules::{Case, reason};
use crate::{Agreement, Reason, ReleaseTerms};

pub(super) static RULE: GateRule = GateRule {
    id: "G13",
    title: "People of different organisations approve the bytes, and nobody what they asked for",
    against: "somebody who releases to themselves, or approves without having seen what leaves",
    before: &[waiting],
    output: &[],
    remarks,
    examples: &[Example {
        wrong: "The agreement asks for approvals, and the extract is to leave at once",
        reason: "approvals-missing",
        change: |trial| trial.request.at_once = true,
    }],
};

/// How many people approve an extract under an agreement: what it says; else, of the second edition, what the terms say;
/// else nobody, as it was before agreements could say so.
pub fn approvals_needed(agreement: &Agreement, terms: &ReleaseTerms) -> u32 {
    let default = if agreement.edition >= 2 { terms.numbers.approvals.value } else { 0 };
    agreement.particulars.approvals.unwrap_or(default)
}

fn waiting(case: &Case<'_>) -> Vec<Reason> {
    let needed = approvals_needed(case.agreement, &case.request.terms);
    if needed == 0 || !case.request.at_once {
        return Vec::new();
    }
    let why = format!("The agreement asks for the approval of {needed} people before an extract leaves");
    let next = match &case.request.figures {
        None => "Ask for the extract with: fairway release request",
        Some(_) => "Say who asks for the table with --requester and --requester-org, so that it is held until they do",
    };
    vec![reason("approvals-missing", why, next)]
}

fn remarks(case: &Case<'_>, _: &Extract<'_>) -> Vec<String> {
    match approvals_needed(case.agreement, &case.request.terms) {
        0 => vec!["The agreement asks for nobody's approval".into()],
        needed => vec![format!("The extract is held until {needed} people approve it")],
    }
}
