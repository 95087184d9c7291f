//! G5: the policy on people who opted out is stated, applied where the law asks for it, and the same for all extracts under
//! one key: who has an extract with them and one without has the list of them.

use super::{Extract, GateRule};
use crate::Reason;
use crate::gate::Example;
use crate::rules::{Case, reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G5",
    title: "The policy on opt-outs is stated, lawful, and the same for all extracts under one key",
    against: "two extracts with the same pseudonyms, one with and one without the people who opted out",
    before: &[unstated, needed, changed, figures],
    output: &[],
    remarks,
    examples: &[
        Example {
            wrong: "Nothing is said of opt-outs",
            reason: "opt-outs-unstated",
            change: |trial| trial.agreement.particulars.opt_outs = None,
        },
        Example {
            wrong: "No reason is given for the policy",
            reason: "opt-outs-unstated",
            change: |trial| {
                trial.agreement.particulars.opt_outs.iter_mut().for_each(|policy| policy.reason.clear());
            },
        },
        Example {
            wrong: "Confidence is set aside under section 251, and opt-outs are not applied",
            reason: "opt-outs-not-applied",
            change: |trial| trial.agreement.particulars.legal.push("s251".into()),
        },
        Example {
            wrong: "People who opted out are left out, and a table of figures counts everybody",
            reason: "opt-outs-in-figures",
            change: |trial| {
                trial.tabulate("Gender");
                trial.agreement.particulars.opt_outs.iter_mut().for_each(|policy| policy.applied = true);
            },
        },
        Example {
            wrong: "Another policy was applied before under the same key",
            reason: "opt-outs-changed",
            change: |trial| trial.request.opt_outs_before = Some(true),
        },
    ],
};

fn unstated(case: &Case<'_>) -> Vec<Reason> {
    let stated = case.agreement.particulars.opt_outs.as_ref().is_some_and(|policy| !policy.reason.trim().is_empty());
    if stated || (case.agreement.edition < 2 && case.agreement.particulars.opt_outs.is_none()) {
        return Vec::new();
    }
    let why = "The agreement does not say whether people who opted out are left out, and why";
    vec![reason("opt-outs-unstated", why, "State opt_outs with applied and reason")]
}

fn needed(case: &Case<'_>) -> Vec<Reason> {
    if applied(case) {
        return Vec::new();
    }
    let legal = case.agreement.particulars.legal.iter().filter_map(|id| case.request.terms.basis(id));
    let reason_of = |basis: &crate::LegalBasis| {
        let why = format!("{} asks for opt-outs to be applied, and the agreement does not apply them", basis.meaning);
        reason("opt-outs-not-applied", why, "State opt_outs: applied: true, or another legal basis")
    };
    legal.filter(|basis| basis.asks_for_opt_outs).map(reason_of).collect()
}

fn changed(case: &Case<'_>) -> Vec<Reason> {
    let now = applied(case);
    let said = |applied: bool| if applied { "leaves people out who opted out" } else { "does not" };
    let before = case.request.opt_outs_before.filter(|before| *before != now);
    let reason_of = |before| {
        let why = format!(
            "An earlier extract under the same key {}, and this one {}: the two together would name them",
            said(before),
            said(now)
        );
        reason("opt-outs-changed", why, "Keep the policy, or have the agreement name the next key_epoch")
    };
    before.map(reason_of).into_iter().collect()
}

fn figures(case: &Case<'_>) -> Vec<Reason> {
    if case.request.figures.is_none() || !applied(case) {
        return Vec::new();
    }
    let why = "A table of figures counts everybody, and the agreement leaves out people who opted out";
    vec![reason(
        "opt-outs-in-figures",
        why,
        "Have the agreement say that figures, which are of nobody, are made of all",
    )]
}

fn applied(case: &Case<'_>) -> bool {
    case.agreement.particulars.opt_outs.as_ref().is_some_and(|policy| policy.applied)
}

fn remarks(case: &Case<'_>, _: &Extract<'_>) -> Vec<String> {
    let said = match &case.agreement.particulars.opt_outs {
        Some(policy) if policy.applied => format!("People who opted out are left out: {}", policy.reason.trim()),
        Some(policy) => format!("Opt-outs are not applied: {}", policy.reason.trim()),
        None => "The agreement does not say whether opt-outs are applied; they are not".into(),
    };
    vec![said]
}
