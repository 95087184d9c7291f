//! G11: rows leave where the agreement is about rows; figures are made by `tabulate`, under their disclosure profile.

use super::{GateRule, silent};
use crate::gate::Example;
use crate::rules::{Case, reason};
use crate::{DataClass, Level, Reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G11",
    title: "Rows leave where rows were agreed; figures leave under their disclosure profile",
    against: "rows about people where figures were agreed",
    before: &[rows, profile],
    output: &[],
    remarks: silent,
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
    ],
};

fn rows(case: &Case<'_>) -> Vec<Reason> {
    let particulars = &case.agreement.particulars;
    if particulars.class == Some(DataClass::Aggregated) || particulars.level == Some(Level::Aggregate) {
        let why = "The agreement is about figures, and an extract has rows about people";
        return vec![reason("figures-alone", why, "Make figures with: fairway tabulate")];
    }
    if particulars.level.is_none() && case.agreement.edition >= 2 {
        let why = "The agreement does not say what one row is about";
        return vec![reason("level-unstated", why, "State level: record or aggregate")];
    }
    Vec::new()
}

fn profile(case: &Case<'_>) -> Vec<Reason> {
    let stated = case.agreement.particulars.disclosure_profile.as_ref().is_some_and(|name| !name.trim().is_empty());
    if case.agreement.edition < 2 || stated {
        return Vec::new();
    }
    let why = "The agreement names no disclosure profile for figures made of the data";
    vec![reason("profile-unstated", why, "State disclosure_profile")]
}
