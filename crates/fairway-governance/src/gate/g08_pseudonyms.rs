//! G8: every pseudonym is of the release's key, the key is the recorded one, and nothing is shared with another agreement.

use super::{Extract, GateRule, per_column};
use crate::Reason;
use crate::gate::Example;
use crate::rules::{Case, reason, shown};

pub(super) static RULE: GateRule = GateRule {
    id: "G8",
    title: "Every pseudonym is of this agreement's key, and none is another agreement's",
    against: "the key of one agreement used for another, by mistake or on purpose, so that two extracts can be joined",
    before: &[policy],
    output: &[key, foreign, overlaps],
    remarks,
    examples: &[
        Example {
            wrong: "Nothing is said of what becomes of the keys",
            reason: "key-policy-unstated",
            change: |trial| trial.agreement.particulars.key_policy = None,
        },
        Example {
            wrong: "The keyholder's key is not the one that was recorded",
            reason: "key-other",
            change: |trial| trial.facts.key_is_the_recorded_one = false,
        },
        Example {
            wrong: "A pseudonym is of another key",
            reason: "pseudonym-foreign",
            change: |trial| trial.facts.foreign.push(("Der_NHS_LA_Combined_Person_ID".into(), 1)),
        },
        Example {
            wrong: "A pseudonym is in an extract of another agreement",
            reason: "pseudonym-shared",
            change: |trial| trial.facts.overlaps.push(("DARS-NIC-000002-D3E4F-v1.0".into(), 1)),
        },
    ],
};

fn policy(case: &Case<'_>) -> Vec<Reason> {
    if case.agreement.edition < 2 || case.agreement.particulars.key_policy.is_some() {
        return Vec::new();
    }
    let why = "The agreement does not say what becomes of its keys when it ends";
    vec![reason("key-policy-unstated", why, "State key_policy: destroy or keep")]
}

fn key(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    if extract.facts.key_is_the_recorded_one {
        return Vec::new();
    }
    let why = "The keyholder does not make the canaries that were recorded when the key was made";
    vec![reason("key-other", why, "The operator of the processing centre compares them with: fairway keyholder keys")]
}

fn foreign(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    per_column(
        &extract.facts.foreign,
        "pseudonym-foreign",
        "are no pseudonyms of the agreement's key",
        "Tell the processing centre's data manager",
    )
}

fn overlaps(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let reason_of = |(agreement, count): &(String, u64)| {
        let why = format!("{count} pseudonyms are also in an extract under {}", shown(agreement));
        reason("pseudonym-shared", why, "Tell the processing centre's data manager: a key was used twice")
    };
    extract.facts.overlaps.iter().map(reason_of).collect()
}

fn remarks(case: &Case<'_>, extract: &Extract<'_>) -> Vec<String> {
    if case.request.figures.is_some() {
        return vec!["Figures have no pseudonyms".into()];
    }
    vec![format!("{} pseudonyms were held against those of every other agreement", extract.facts.pseudonyms)]
}
