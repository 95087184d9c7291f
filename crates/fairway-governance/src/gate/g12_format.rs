//! G12: the files are in the one form that there is: canonical, alike, in no order, safe to open, not too large.

use super::{Extract, GateRule, per_column};
use crate::Reason;
use crate::gate::Example;
use crate::gate::g10_groups::limit;
use crate::rules::{Case, reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G12",
    title: "Files are canonical, alike, shuffled, safe to open, and not too large",
    against: "what hides in row order, spare precision, odd quoting or a formula; two files that do not tell the same",
    before: &[],
    output: &[alike, canonical, cells, order, size],
    remarks,
    examples: &[
        Example {
            wrong: "The two files do not hold the same rows",
            reason: "files-differ",
            change: |trial| {
                if let Some(file) = trial.facts.files.first_mut() {
                    file.rows += 1;
                }
            },
        },
        Example {
            wrong: "A file is written otherwise than canonically",
            reason: "file-not-canonical",
            change: |trial| trial.facts.files.iter_mut().for_each(|file| file.canonical = false),
        },
        Example {
            wrong: "A cell begins as a formula does",
            reason: "formula-in-output",
            change: |trial| trial.facts.formulas.push(("Service_Type".into(), 1)),
        },
        Example {
            wrong: "A cell is not of its column's kind",
            reason: "cell-of-another-kind",
            change: |trial| trial.facts.misfits.push(("Event_Start_Date".into(), 1)),
        },
        Example {
            wrong: "Rows stand in the order of a column",
            reason: "rows-in-order",
            change: |trial| trial.facts.in_order.push("Event_Start_Date".into()),
        },
        Example {
            wrong: "A file is larger than agreed",
            reason: "file-too-large",
            change: |trial| trial.facts.files.iter_mut().for_each(|file| file.bytes = u64::MAX),
        },
        Example { wrong: "Nothing was read back", reason: "files-differ", change: |trial| trial.facts.files.clear() },
    ],
};

const TELL: &str = "Tell the processing centre's data manager";

fn alike(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let Some((first, others)) = extract.facts.files.split_first() else {
        return vec![reason("files-differ", "No file of the extract was read back", TELL)];
    };
    let differs = |file: &&fairway_domain::FileFacts| (file.rows, file.content) != (first.rows, first.content);
    let reason_of = |file: &fairway_domain::FileFacts| {
        let why = format!("{} and {} do not hold the same rows", first.name, file.name);
        reason("files-differ", why, TELL)
    };
    others.iter().filter(differs).map(reason_of).collect()
}

fn canonical(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let odd = extract.facts.files.iter().filter(|file| !file.canonical);
    let reason_of = |file: &fairway_domain::FileFacts| {
        reason("file-not-canonical", format!("{} is not written in the one form that there is", file.name), TELL)
    };
    odd.map(reason_of).collect()
}

fn cells(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let facts = extract.facts;
    let mut reasons = per_column(&facts.formulas, "formula-in-output", "would be run by a spreadsheet", TELL);
    reasons.extend(per_column(&facts.misfits, "cell-of-another-kind", "are not of the column's kind", TELL));
    reasons
}

fn order(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let reason_of = |column: &String| {
        let why = format!("The rows stand in the order of {column}, so that their places tell something");
        reason("rows-in-order", why, TELL)
    };
    extract.facts.in_order.iter().map(reason_of).collect()
}

fn size(case: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let most = limit(case, "most_gigabytes");
    let large = extract.facts.files.iter().filter(|file| file.bytes > u64::from(most) * 1_000_000_000);
    let reason_of = |file: &fairway_domain::FileFacts| {
        let why = format!("{} is larger than {most} gigabytes", file.name);
        reason("file-too-large", why, "Ask for a shorter period, fewer areas or fewer columns")
    };
    large.map(reason_of).collect()
}

fn remarks(_: &Case<'_>, extract: &Extract<'_>) -> Vec<String> {
    extract.facts.files.iter().map(|file| format!("{}: {} rows read back", file.name, file.rows)).collect()
}
