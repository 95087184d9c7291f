//! The release gate: fifteen rules, each a file with the examples that break it. A rule looks twice: at the agreement and the
//! request before there is an extract, and at the facts measured from the extract's bytes. Every rule must pass both times,
//! and every reason against is told.

mod g01_standing;
mod g02_parties;
mod g03_entitlement;
mod g04_legal_basis;
mod g05_opt_outs;
mod g06_identifiers;
mod g07_narrowing;
mod g08_pseudonyms;
mod g09_linkage;
mod g10_groups;
mod g11_aggregates;
mod g12_format;
mod g13_people;
mod g14_log;
mod g15_register;
mod page;
mod trial;

use fairway_domain::{ExtractFacts, OrganisationCode};

use crate::rules::{Case, Rule};
use crate::{Period, Reason};

pub use g13_people::approvals_needed;
pub use page::page;
pub use trial::Trial;

/// One rule of the gate.
#[derive(Debug)]
pub struct GateRule {
    /// Its number, such as `G1`.
    pub id: &'static str,
    /// What must be so.
    pub title: &'static str,
    /// What it keeps from happening.
    pub against: &'static str,
    /// What it looks at before there is an extract.
    pub(crate) before: &'static [Rule],
    /// What it looks at in the extract.
    pub(crate) output: &'static [OutputRule],
    /// What it has to say where nothing stands against a release.
    pub(crate) remarks: fn(&Case<'_>, &Extract<'_>) -> Vec<String>,
    /// What breaks it.
    pub examples: &'static [Example],
}

/// One thing wrong, and the reason it gives.
#[derive(Debug)]
pub struct Example {
    /// What is wrong.
    pub wrong: &'static str,
    /// The lasting name of the reason.
    pub reason: &'static str,
    /// Makes a lawful release wrong.
    pub(crate) change: fn(&mut Trial),
}

/// What was promised of an extract, and what was found in it.
#[derive(Debug)]
pub struct Extract<'a> {
    /// The columns granted, in order.
    pub columns: &'a [String],
    /// The senders granted.
    pub areas: &'a [OrganisationCode],
    /// Each submission in it: its sender and its period.
    pub submissions: &'a [(OrganisationCode, Period)],
    /// What was measured.
    pub facts: &'a ExtractFacts,
    /// How the log stands.
    pub log: LogStanding,
}

/// How the log stands when an extract is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogStanding {
    /// Whether the intent to release is in the log.
    pub intent_recorded: bool,
    /// Hours since a checkpoint was witnessed; nothing where no witness is configured.
    pub witnessed_hours_ago: Option<u32>,
}

/// What a rule says of an extract.
pub(crate) type OutputRule = fn(&Case<'_>, &Extract<'_>) -> Vec<Reason>;

/// Every rule, in order.
pub static RULES: [&GateRule; 15] = [
    &g01_standing::RULE,
    &g02_parties::RULE,
    &g03_entitlement::RULE,
    &g04_legal_basis::RULE,
    &g05_opt_outs::RULE,
    &g06_identifiers::RULE,
    &g07_narrowing::RULE,
    &g08_pseudonyms::RULE,
    &g09_linkage::RULE,
    &g10_groups::RULE,
    &g11_aggregates::RULE,
    &g12_format::RULE,
    &g13_people::RULE,
    &g14_log::RULE,
    &g15_register::RULE,
];

/// What one rule came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its number.
    pub rule: &'static str,
    /// What must be so.
    pub title: &'static str,
    /// Every reason against; none means that it passed.
    pub reasons: Vec<Reason>,
    /// What it has to say beside that.
    pub remarks: Vec<String>,
}

/// Holds an extract against every rule, before and on the output.
pub fn judge(
    agreement: &crate::Agreement,
    request: &crate::ReleaseRequest,
    extract: &Extract<'_>,
    today: jiff::civil::Date,
) -> Vec<Outcome> {
    let case = Case { agreement, request, today };
    let outcome = |rule: &&'static GateRule| Outcome {
        rule: rule.id,
        title: rule.title,
        reasons: before(rule, &case).chain(rule.output.iter().flat_map(|check| check(&case, extract))).collect(),
        remarks: (rule.remarks)(&case, extract),
    };
    RULES.iter().map(outcome).collect()
}

/// Every reason against a request, in the order of the rules.
pub(crate) fn reasons_before(case: &Case<'_>) -> Vec<Reason> {
    RULES.iter().flat_map(|rule| before(rule, case).collect::<Vec<_>>()).collect()
}

fn before<'a>(rule: &'static GateRule, case: &'a Case<'_>) -> impl Iterator<Item = Reason> + use<'a> {
    rule.before.iter().flat_map(move |check| check(case))
}

/// Nothing to say.
fn silent(_: &Case<'_>, _: &Extract<'_>) -> Vec<String> {
    Vec::new()
}

/// A reason for each column that was counted.
fn per_column(counted: &[(String, u64)], rule: &'static str, what: &str, what_to_do: &str) -> Vec<Reason> {
    let reason_of = |(column, count): &(String, u64)| Reason {
        rule,
        why: format!("{count} cells of {column} {what}"),
        what_to_do: what_to_do.into(),
    };
    counted.iter().map(reason_of).collect()
}
