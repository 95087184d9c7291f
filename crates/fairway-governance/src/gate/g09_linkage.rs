//! G9: only pairs that the agreement names are linked (`decide_link`), and persons are known well enough.

use super::{Extract, GateRule};
use crate::Reason;
use crate::gate::Example;
use crate::gate::g10_groups::limit;
use crate::rules::{Case, reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G9",
    title: "Only named pairs of datasets are linked, by persons who are known well enough",
    against: "a link that nobody agreed to, or one that puts two people's records beside each other",
    before: &[],
    output: &[classes],
    remarks,
    examples: &[Example {
        wrong: "Too many links rest on scored traces or unverified numbers",
        reason: "links-weak",
        change: |trial| {
            trial.agreement.particulars.limits.push(("most_scored_links_percent".into(), 10));
            trial.facts.links = vec![("traced_exact".into(), 80), ("traced_scored".into(), 20)];
        },
    }],
};

/// How a person is known where the number was found without a doubt.
const EXACT: &str = "traced_exact";

fn classes(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let all: u64 = extract.facts.links.iter().map(|(_, rows)| rows).sum();
    let weak: u64 = extract.facts.links.iter().filter(|(class, _)| class != EXACT).map(|(_, rows)| rows).sum();
    let most = limit(case, "most_scored_links_percent");
    if weak * 100 <= all * u64::from(most) {
        return Vec::new();
    }
    let why =
        format!("{weak} of {all} links rest on something else than an exact trace, and at most {most} in 100 may");
    vec![reason("links-weak", why, "Have the numbers traced again, or the agreement's limit changed")]
}

fn remarks(case: &Case<'_>, extract: &Extract<'_>) -> Vec<String> {
    if !extract.facts.links.is_empty() {
        return extract.facts.links.iter().map(|(class, rows)| format!("{rows} rows are linked as {class}")).collect();
    }
    let named = case.agreement.linkages.len();
    vec![format!("Nothing is linked in this extract; the agreement names {named} datasets to link with")]
}
