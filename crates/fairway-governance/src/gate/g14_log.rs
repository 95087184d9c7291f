//! G14: the log is there, the intent is in it, and a witness has seen it lately where there are witnesses.

use super::{Extract, GateRule};
use crate::Reason;
use crate::gate::Example;
use crate::rules::{Case, reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G14",
    title: "The intent is in the log, and a witness has seen the log within a day",
    against: "a release that the log does not tell of, or tells of to one auditor alone",
    before: &[],
    output: &[log],
    remarks,
    examples: &[
        Example {
            wrong: "The intent is not in the log",
            reason: "intent-not-recorded",
            change: |trial| trial.log.intent_recorded = false,
        },
        Example {
            wrong: "The last witness saw the log two days ago",
            reason: "log-not-witnessed",
            change: |trial| trial.log.witnessed_hours_ago = Some(48),
        },
    ],
};

/// Hours after which a witness must have seen the log again. Source: proposed for this program (assumed).
const HOURS: u32 = 24;

fn log(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if !extract.log.intent_recorded {
        let why = "The intent to release is not in the log";
        reasons.push(reason("intent-not-recorded", why, "Ask again once the log can be written"));
    }
    if let Some(hours) = extract.log.witnessed_hours_ago.filter(|hours| *hours > HOURS) {
        let why = format!("No witness has seen the log for {hours} hours");
        reasons.push(reason("log-not-witnessed", why, "Have a witness co-sign a checkpoint, then ask again"));
    }
    reasons
}

fn remarks(_: &Case<'_>, extract: &Extract<'_>) -> Vec<String> {
    match extract.log.witnessed_hours_ago {
        None => {
            vec!["No witness of the log is configured: nobody else would notice a log that was written anew".into()]
        }
        Some(hours) => vec![format!("A witness saw the log {hours} hours ago")],
    }
}
