//! G11: rows leave where the agreement is about rows; figures are made by `tabulate` under their disclosure profile, and
//! audited anew from the bytes that would leave.

use super::{Extract, GateRule};
use crate::gate::Example;
use crate::rules::{Case, reason, shown};
use crate::{DataClass, Level, Reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G11",
    title: "Rows leave where rows were agreed; figures leave under their disclosure profile",
    against: "rows about people where figures were agreed; a small number that can be worked out from a table",
    before: &[rows, figures, profile],
    output: &[audited],
    remarks,
    examples: &[
        Example {
            wrong: "The agreement is about figures",
            reason: "figures-alone",
            change: |trial| trial.agreement.particulars.class = Some(DataClass::Aggregated),
        },
        Example {
            wrong: "A row is agreed to be a figure",
            reason: "figures-alone",
            change: |trial| trial.agreement.particulars.level = Some(Level::Aggregate),
        },
        Example {
            wrong: "Nothing is said of the disclosure profile",
            reason: "profile-unstated",
            change: |trial| trial.agreement.particulars.disclosure_profile = None,
        },
        Example {
            wrong: "Nothing is said of what one row is about",
            reason: "level-unstated",
            change: |trial| trial.agreement.particulars.level = None,
        },
        Example {
            wrong: "A table of figures is made by a profile that protects less than the agreement's",
            reason: "profile-weaker",
            change: |trial| {
                trial.tabulate("Gender");
                trial.request.figures.iter_mut().for_each(|figures| figures.is_weaker = true);
            },
        },
        Example {
            wrong: "A table that was protected by another profile than it says",
            reason: "profile-other",
            change: |trial| {
                trial.tabulate("Gender");
                trial.facts.figures.iter_mut().for_each(|figures| figures.profile = "none".into());
            },
        },
        Example {
            wrong: "A number of a table tells a small one",
            reason: "figures-narrowed",
            change: |trial| {
                trial.tabulate("Gender");
                trial.facts.figures.iter_mut().for_each(|figures| figures.narrowed = 1);
            },
        },
        Example {
            wrong: "A number of a table is not the one that was counted",
            reason: "figures-untrue",
            change: |trial| {
                trial.tabulate("Gender");
                trial.facts.figures.iter_mut().for_each(|figures| figures.untrue = 1);
            },
        },
        Example {
            wrong: "Nobody audited the bytes of a table",
            reason: "figures-unaudited",
            change: |trial| {
                trial.tabulate("Gender");
                trial.facts.figures = None;
            },
        },
    ],
};

const TELL: &str = "Tell the processing centre's data manager: the table is not the one that was protected";

fn rows(case: &Case<'_>) -> Vec<Reason> {
    let particulars = &case.agreement.particulars;
    let figures = particulars.class == Some(DataClass::Aggregated) || particulars.level == Some(Level::Aggregate);
    if figures && case.request.figures.is_none() {
        let why = "The agreement is about figures, and an extract has rows about people";
        return vec![reason("figures-alone", why, "Make figures with: fairway tabulate")];
    }
    if particulars.level.is_none() && case.agreement.edition >= 2 {
        let why = "The agreement does not say what one row is about";
        return vec![reason("level-unstated", why, "State level: record or aggregate")];
    }
    Vec::new()
}

fn figures(case: &Case<'_>) -> Vec<Reason> {
    let Some(figures) = &case.request.figures else { return Vec::new() };
    let mut reasons = Vec::new();
    if figures.is_weaker {
        let agreed = case.agreement.particulars.disclosure_profile.as_deref().unwrap_or_default();
        let why = format!(
            "The disclosure profile {} protects less than the agreement's {}",
            shown(&figures.profile),
            shown(agreed)
        );
        reasons.push(reason("profile-weaker", why, "Leave --profile out, or name one that protects as much"));
    }
    if case.agreement.particulars.class == Some(DataClass::Identifiable) {
        let why = "The agreement is about identifiable data, and a table holds none";
        reasons.push(reason("class-other", why, "Have the agreement name figures: class: aggregated"));
    }
    reasons
}

fn profile(case: &Case<'_>) -> Vec<Reason> {
    let stated = case.agreement.particulars.disclosure_profile.as_ref().is_some_and(|name| !name.trim().is_empty());
    if case.agreement.edition < 2 || stated {
        return Vec::new();
    }
    let why = "The agreement names no disclosure profile for figures made of the data";
    vec![reason("profile-unstated", why, "State disclosure_profile")]
}

/// What the audit of the bytes found.
fn audited(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let Some(asked) = &case.request.figures else { return Vec::new() };
    let Some(found) = &extract.facts.figures else {
        return vec![reason(
            "figures-unaudited",
            "The numbers of the table were not audited as they would leave",
            TELL,
        )];
    };
    let mut reasons = Vec::new();
    if found.profile != asked.profile {
        let why =
            format!("The table says that {} protects it, and not {}", shown(&found.profile), shown(&asked.profile));
        reasons.push(reason("profile-other", why, TELL));
    }
    if found.narrowed > 0 {
        let why = format!("{} small numbers can be worked out more nearly than they may be", found.narrowed);
        reasons.push(reason("figures-narrowed", why, TELL));
    }
    if found.untrue > 0 {
        let why = format!("{} numbers of the table are not those that were counted and protected", found.untrue);
        reasons.push(reason("figures-untrue", why, TELL));
    }
    reasons
}

fn remarks(_: &Case<'_>, extract: &Extract<'_>) -> Vec<String> {
    let told = |found: &fairway_domain::FigureFacts| {
        format!(
            "{} numbers by {}: {} are small and {} withheld; each small one keeps its full range beside {} earlier tables",
            found.numbers, found.profile, found.small, found.withheld, found.held_against
        )
    };
    extract.facts.figures.iter().map(told).collect()
}
