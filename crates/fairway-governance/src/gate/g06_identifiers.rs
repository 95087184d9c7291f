//! G6: no identifier and no free text, by class before and by bytes after.

use super::{Extract, GateRule, per_column};
use crate::Reason;
use crate::gate::Example;
use crate::rules::{self, Case, reason, shown};

pub(super) static RULE: GateRule = GateRule {
    id: "G6",
    title: "No identifier and no free text is in the bytes",
    against: "an NHS number, a postcode, a date of birth, an address or a telephone number that hides in some column",
    before: &[rules::column_direct, rules::column_in_safe_haven],
    output: &[identifiers, free_text],
    remarks,
    examples: &[
        Example {
            wrong: "The agreement names a column that identifies people",
            reason: "column-direct",
            change: |trial| trial.agreement.columns.push("Slipped_Through".into()),
        },
        Example {
            wrong: "The agreement names a column of the safe haven",
            reason: "column-in-safe-haven",
            change: |trial| trial.agreement.columns.push("NHS_Number".into()),
        },
        Example {
            wrong: "A cell looks like an NHS number",
            reason: "identifier-in-output",
            change: |trial| trial.facts.identifiers.push(("Service_Type".into(), "NHS number".into(), 1)),
        },
        Example {
            wrong: "A coded column holds words of its own",
            reason: "free-text-in-output",
            change: |trial| trial.facts.unlisted.push(("Service_Type".into(), 2)),
        },
    ],
};

fn identifiers(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    let found = extract.facts.identifiers.iter();
    let reason_of = |(column, kind, count): &(String, String, u64)| {
        let why = format!("{count} of {} look like {kind}", shown(column));
        reason("identifier-in-output", why, "Ask the processing centre's data manager to look into the column")
    };
    found.map(reason_of).collect()
}

fn free_text(_: &Case<'_>, extract: &Extract<'_>) -> Vec<Reason> {
    per_column(
        &extract.facts.unlisted,
        "free-text-in-output",
        "are not in the column's list of codes",
        "Leave the column out, or have its council send codes",
    )
}

fn remarks(_: &Case<'_>, extract: &Extract<'_>) -> Vec<String> {
    let cells: u64 = extract.facts.files.iter().map(|file| file.rows * file.columns.len() as u64).sum();
    vec![format!("{cells} cells were read back")]
}
