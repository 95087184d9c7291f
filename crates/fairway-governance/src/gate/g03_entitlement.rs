//! G3: each dataset, column, period and area is entitled, in the wish and in the bytes.

use std::collections::BTreeSet;

use super::{Extract, GateRule, silent};
use crate::gate::Example;
use crate::rules::{self, Case, reason, shown};
use crate::{Areas, Reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G3",
    title: "Every dataset, column, period and area is entitled",
    against: "a column, a council or a period that nobody agreed to, asked for or slipped in",
    before: &[
        rules::dataset_other,
        rules::columns_none,
        rules::column_twice,
        rules::column_unknown,
        rules::column_not_named,
        rules::area_unknown,
        rules::area_not_covered,
        rules::areas_without_data,
        rules::period_empty,
        rules::period_outside,
    ],
    output: &[columns, areas, periods],
    remarks: silent,
    examples: &[
        Example {
            wrong: "A column is asked for that the agreement does not name",
            reason: "column-not-named",
            change: |trial| trial.request.columns = Some(vec!["Ethnicity".into()]),
        },
        Example {
            wrong: "A column is misspelt",
            reason: "column-unknown",
            change: |trial| trial.agreement.columns.insert(0, "gender".into()),
        },
        Example {
            wrong: "A table of figures is by months, and quarters were agreed",
            reason: "level-finer",
            change: |trial| {
                trial.tabulate("Event_Start_Date:month");
                trial.agreement.columns.retain(|name| name != "Event_Start_Date");
                trial.agreement.columns.push("Event_Start_Date:quarter".into());
            },
        },
        Example {
            wrong: "A file has a column more than was granted",
            reason: "columns-differ",
            change: |trial| trial.facts.files.iter_mut().for_each(|file| file.columns.push("Ethnicity".into())),
        },
        Example {
            wrong: "A file has the columns in another order",
            reason: "columns-differ",
            change: |trial| trial.facts.files.iter_mut().for_each(|file| file.columns.swap(0, 1)),
        },
        Example {
            wrong: "A council is asked for that the agreement does not cover",
            reason: "area-not-covered",
            change: |trial| {
                trial.request.areas = Some(["816", "503"].iter().filter_map(|code| code.parse().ok()).collect());
            },
        },
        Example {
            wrong: "Rows of another council are in the extract",
            reason: "area-in-output",
            change: |trial| trial.facts.areas.push(("503".into(), 1)),
        },
        Example {
            wrong: "A submission of another period is in the extract",
            reason: "period-in-output",
            change: |trial| {
                let tomorrow = trial.tomorrow();
                trial.submissions.iter_mut().for_each(|(_, period)| period.to = tomorrow);
            },
        },
        Example {
            wrong: "A row tells of another reporting period",
            reason: "period-in-output",
            change: |trial| trial.facts.days = Some((trial.agreement.period.from, trial.tomorrow())),
        },
    ],
};

fn columns(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let differing = extract.facts.files.iter().filter(|file| file.columns != extract.columns);
    let reason_of = |file: &fairway_domain::FileFacts| {
        let granted: BTreeSet<&String> = extract.columns.iter().collect();
        let further: Vec<String> =
            file.columns.iter().filter(|name| !granted.contains(name)).map(|name| shown(name)).collect();
        let more = if further.is_empty() { String::new() } else { format!(": {} beyond them", further.join(", ")) };
        let why = format!("{} does not have the columns that were granted, in their order{more}", file.name);
        reason("columns-differ", why, "Tell the processing centre's data manager: the extract is not what was decided")
    };
    differing.map(reason_of).collect()
}

fn areas(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let granted = |code: &str| extract.areas.iter().any(|area| rules::same_code(code, area));
    let mut found: BTreeSet<String> =
        extract.facts.areas.iter().filter(|(code, _)| !granted(code)).map(|(code, _)| shown(code)).collect();
    let sent = extract.submissions.iter().map(|(sender, _)| sender);
    found.extend(sent.filter(|sender| !extract.areas.contains(sender)).map(ToString::to_string));
    let what = match &case.agreement.areas {
        Areas::All => "that was not granted",
        Areas::Only(_) => "that the agreement does not cover, or that was not asked for",
    };
    found
        .into_iter()
        .map(|code| {
            let why = format!("Rows of {code} are in the extract, a sender {what}");
            reason("area-in-output", why, "Tell the processing centre's data manager")
        })
        .collect()
}

fn periods(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let entitled = case.chosen_period();
    let outside = |from, to| from < entitled.from || to > entitled.to;
    let told = extract.facts.days.filter(|(from, to)| outside(*from, *to)).map(|(from, to)| {
        let why = format!("Rows tell of reporting periods from {from} to {to}, and {entitled} was granted");
        reason("period-in-output", why, "Tell the processing centre's data manager")
    });
    let sent = extract.submissions.iter().filter(|(_, period)| outside(period.from, period.to));
    let submissions = sent.map(|(sender, period)| {
        let why = format!("A submission of {sender} about {period} is in the extract, and {entitled} was granted");
        reason("period-in-output", why, "Tell the processing centre's data manager")
    });
    told.into_iter().chain(submissions).collect()
}
