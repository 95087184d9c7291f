//! G15: the register's entry can be written, and it is settled until when the data are kept.

use super::{Extract, GateRule};
use crate::Reason;
use crate::gate::Example;
use crate::rules::{Case, reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G15",
    title: "It is settled until when the data are kept and by when they are destroyed",
    against: "data that are kept for good because nobody said until when",
    before: &[dates],
    output: &[],
    remarks,
    examples: &[
        Example {
            wrong: "Nothing is said of how long the data are kept",
            reason: "retention-unstated",
            change: |trial| trial.agreement.particulars.retained_until = None,
        },
        Example {
            wrong: "Nothing is said of when they are destroyed",
            reason: "retention-unstated",
            change: |trial| trial.agreement.particulars.destroyed_by = None,
        },
        Example {
            wrong: "They are to be destroyed while they may be kept",
            reason: "retention-contradicts",
            change: |trial| trial.agreement.particulars.destroyed_by = Some(trial.yesterday()),
        },
        Example {
            wrong: "The time to keep them is over",
            reason: "retention-over",
            change: |trial| trial.agreement.particulars.retained_until = Some(trial.yesterday()),
        },
        Example {
            wrong: "Nothing is said of turning pseudonyms back",
            reason: "reidentification-unstated",
            change: |trial| trial.agreement.particulars.reidentification = None,
        },
    ],
};

fn dates(case: &Case<'_>) -> Vec<Reason> {
    let particulars = &case.agreement.particulars;
    let mut reasons = Vec::new();
    if case.agreement.edition >= 2 {
        for (date, key) in [(particulars.retained_until, "retained_until"), (particulars.destroyed_by, "destroyed_by")]
        {
            if date.is_none() {
                let why = format!("The agreement does not state {key}");
                reasons.push(reason("retention-unstated", why, "State it, a day written year-month-day"));
            }
        }
        if particulars.reidentification.is_none() {
            let why = "The agreement does not say whether pseudonyms may be turned back";
            reasons.push(reason("reidentification-unstated", why, "State reidentification: true or false"));
        }
    }
    if let (Some(kept), Some(destroyed)) = (particulars.retained_until, particulars.destroyed_by)
        && destroyed < kept
    {
        let why = format!("The data are to be destroyed by {destroyed}, and kept until {kept}");
        reasons.push(reason("retention-contradicts", why, "Correct the days"));
    }
    if let Some(kept) = particulars.retained_until.filter(|kept| *kept < case.today) {
        let why = format!("The data may be kept until {kept} alone, which is over");
        reasons.push(reason("retention-over", why, "Have the agreement renewed"));
    }
    reasons
}

fn remarks(case: &Case<'_>, _: &Extract<'_>) -> Vec<String> {
    match case.agreement.particulars.retained_until {
        Some(kept) => vec![format!("The recipient keeps the data until {kept} at the latest")],
        None => vec!["The agreement does not say until when the recipient keeps the data".into()],
    }
}
