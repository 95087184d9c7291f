//! G10: how many people are alike in what others may know of them, and the recipient that is also a source.

use fairway_domain::GroupFacts;

use super::{Extract, GateRule};
use crate::Reason;
use crate::gate::Example;
use crate::rules::{Case, reason, shown};

pub(super) static RULE: GateRule = GateRule {
    id: "G10",
    title: "People are not singled out beyond what was agreed, and a source does not find its own people",
    against: "a council that knows its own rows by their dates and reads beside them what hospitals wrote",
    before: &[limits],
    output: &[groups, own],
    remarks,
    examples: &[
        Example {
            wrong: "The agreement sets a limit that is looser than the terms",
            reason: "limit-looser",
            change: |trial| trial.agreement.particulars.limits.push(("own_source_people".into(), 2)),
        },
        Example {
            wrong: "The agreement sets a limit that there is not",
            reason: "limit-unknown",
            change: |trial| trial.agreement.particulars.limits.push(("most_luck".into(), 1)),
        },
        Example {
            wrong: "More people than agreed are in small groups",
            reason: "groups-small",
            change: |trial| {
                trial.agreement.particulars.limits.push(("most_in_small_groups_percent".into(), 5));
                trial.facts.groups.below = trial.facts.groups.people;
            },
        },
        Example {
            wrong: "The recipient's own people are alone in what it sent of them",
            reason: "own-people-found",
            change: |trial| {
                let own = GroupFacts { people: 20, smallest: 1, below: 20, alone: 20, ..GroupFacts::default() };
                trial.facts.own = Some(own);
            },
        },
    ],
};

/// A number, the agreement's own or that of the terms. Limits that are looser than may be are refused before.
pub(super) fn limit(case: &Case<'_>, name: &str) -> u32 {
    let own = case.agreement.particulars.limits.iter().rfind(|(own, _)| own == name).map(|(_, value)| *value);
    own.or_else(|| case.request.terms.number(name).map(|number| number.value)).unwrap_or_default()
}

fn limits(case: &Case<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for (name, own) in &case.agreement.particulars.limits {
        let Some(number) = case.request.terms.number(name) else {
            let why = format!("There is no limit called {}", shown(name));
            reasons.push(reason("limit-unknown", why, "Take it out, or spell it as the terms of releases do"));
            continue;
        };
        // Numbers that begin so are highest values; all others are lowest.
        let is_looser = if name.starts_with("most_") { *own > number.value } else { *own < number.value };
        if is_looser && !number.may_be_looser {
            let why = format!("The limit {name} of {own} is looser than {}, which holds for everybody", number.value);
            reasons.push(reason("limit-looser", why, "Take it out, or make it stricter"));
        }
    }
    reasons
}

fn groups(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let groups = &extract.facts.groups;
    let most = u64::from(limit(case, "most_in_small_groups_percent"));
    if groups.below * 100 <= groups.people * most {
        return Vec::new();
    }
    let small = limit(case, "small_group");
    let why = format!(
        "{} of {} people are in groups of fewer than {small} by {}, and at most {most} in 100 may be",
        groups.below,
        groups.people,
        groups.columns.join(", ")
    );
    vec![reason("groups-small", why, "Ask for fewer of these columns, or for bands and larger areas")]
}

fn own(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let Some(own) = extract.facts.own.as_ref().filter(|own| own.below > 0) else { return Vec::new() };
    let least = limit(case, "own_source_people");
    let why = format!(
        "The recipient sent records of {} of these people, and by what it sent {} of them are in groups of fewer than \
         {least}: it would learn whom the other dataset is about",
        own.people, own.below
    );
    vec![reason(
        "own-people-found",
        why,
        "Leave out the recipient's own columns, give months for days, or give figures",
    )]
}

fn remarks(case: &Case<'_>, extract: &Extract<'_>) -> Vec<String> {
    let groups = &extract.facts.groups;
    if groups.columns.is_empty() {
        return vec!["No column tells what others may know of a person".into()];
    }
    vec![format!(
        "{} people by {}: the smallest group has {}, {} are in groups of fewer than {}, {} are alone",
        groups.people,
        groups.columns.join(", "),
        groups.smallest,
        groups.below,
        limit(case, "small_group"),
        groups.alone
    )]
}
