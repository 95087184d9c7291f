//! The report as one page: no script, no other file, readable by ear, on paper and at 320 pixels.

use std::io::Write;

use askama::Template;
use fairway_domain::{Fault, FaultExt};

use super::charts::{self, Chart};
use super::name::shown_name;
use super::words::{
    About, GroupKind, OfRule, comparison, day, events_show, groups, next_steps, not_read, number, period, place,
    verdict,
};
use crate::{CheckSummary, Verdict};

const STYLE: &str = include_str!("../../templates/report.css");

/// Writes the report as one HTML page. It is made of the tallies and figures alone: it names the first places of each
/// rule and column, and the other reports hold all of them.
///
/// # Errors
/// When it cannot be written.
pub fn write_html(writer: &mut dyn Write, summary: &CheckSummary, about: &About) -> Result<(), Fault> {
    page(summary, about).write_into(writer).fault("report cannot be written")
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    style: &'static str,
    file: String,
    verdict: &'static str,
    tone: &'static str,
    not_read: Option<String>,
    steps: Vec<String>,
    facts: Vec<(&'static str, String)>,
    /// Charts that stand before the rules, and those after.
    overview: Vec<Chart>,
    figures: Vec<Chart>,
    groups: Vec<GroupView<'a>>,
}

/// Rules under one heading.
struct GroupView<'a> {
    anchor: &'static str,
    heading: &'static str,
    explained: &'static str,
    tone: &'static str,
    rules: Vec<RuleView<'a>>,
}

struct RuleView<'a> {
    id: &'a str,
    title: String,
    findings: String,
    hint: &'a str,
    why: &'a str,
    columns: Vec<ColumnView<'a>>,
}

struct ColumnView<'a> {
    column: &'a str,
    letter: &'a str,
    message: &'a str,
    count: String,
    places: Vec<String>,
    more: String,
}

fn page<'a>(summary: &'a CheckSummary, about: &'a About) -> Page<'a> {
    Page {
        style: STYLE,
        file: about.file.as_deref().map(shown_name).unwrap_or_default(),
        verdict: verdict(summary.verdict),
        tone: match summary.verdict {
            Verdict::Clean => "good",
            Verdict::Confirm => "mind",
            Verdict::Rejected | Verdict::StoppedEarly => "bad",
        },
        not_read: not_read(summary, about),
        steps: next_steps(summary),
        facts: facts(summary, about),
        overview: charts::of_findings(summary),
        figures: charts::of_contents(summary),
        groups: groups(summary).into_iter().map(|group| group_view(group.kind, &group.rules)).collect(),
    }
}

fn facts(summary: &CheckSummary, about: &About) -> Vec<(&'static str, String)> {
    let gzip = if summary.gzip { ", compressed" } else { "" };
    let size = super::words::bytes(summary.text_bytes);
    [
        ("File", about.file.as_deref().map(shown_name)),
        ("Checked against", Some(format!("{} ({})", summary.title, summary.spec))),
        ("Why against that", about.chosen.clone()),
        ("Organisation", Some(summary.organisation.clone().unwrap_or_else(|| "Not stated".into()))),
        ("Reporting period", Some(period(summary).unwrap_or_else(|| "Not stated".into()))),
        ("Period that the events show", events_show(summary)),
        ("Earlier submission", comparison(summary).map(Into::into)),
        ("Records", Some(number(summary.records))),
        ("Records that cannot be loaded", Some(number(summary.records_rejected))),
        ("Text", Some(format!("{size} in {}{gzip}", summary.encoding.as_str()))),
        ("Checked on", about.checked_on.map(day)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

fn group_view<'a>(kind: GroupKind, rules: &[OfRule<'a>]) -> GroupView<'a> {
    let (anchor, explained) = match kind {
        GroupKind::RefusesFile => ("refused", "A file with any of these cannot be used. Correct them first."),
        GroupKind::LeavesOut => {
            ("left-out", "These records are left out when the file is loaded; the others are not affected.")
        }
        GroupKind::Error => (
            "errors",
            "Values that do not meet the specification. You may send the file with them once you have confirmed them.",
        ),
        GroupKind::Warning => {
            ("warnings", "Values to look at again. You may send the file with them once you have confirmed them.")
        }
        GroupKind::Info => ("notes", "Nothing to do."),
    };
    GroupView {
        anchor,
        heading: kind.heading(),
        explained,
        tone: kind.tone(),
        rules: rules.iter().filter_map(rule_view).collect(),
    }
}

fn rule_view<'a>(rule: &OfRule<'a>) -> Option<RuleView<'a>> {
    let first = rule.first()?;
    Some(RuleView {
        id: &first.rule,
        title: title(&first.rule),
        findings: super::words::counted(rule.total, "finding", "findings"),
        hint: &first.hint,
        why: &first.why,
        columns: rule
            .tallies
            .iter()
            .map(|tally| {
                let places: Vec<String> = tally.first.iter().filter_map(place).collect();
                let more = tally.count.saturating_sub(places.len() as u64);
                ColumnView {
                    column: if tally.column.is_empty() { "Whole record or file" } else { &tally.column },
                    letter: &tally.letter,
                    message: &tally.message,
                    count: number(tally.count),
                    more: if more > 0 && !places.is_empty() {
                        format!("and {} more", number(more))
                    } else {
                        String::new()
                    },
                    places,
                }
            })
            .collect(),
    })
}

/// A rule's id as words: `value-not-in-list` is `Value not in list`.
fn title(id: &str) -> String {
    const CAPITALS: [&str; 6] = ["nhs", "gp", "cqc", "utf", "nul", "csv"];
    let words = id.split('-').map(|word| if CAPITALS.contains(&word) { word.to_uppercase() } else { word.to_owned() });
    let mut title = words.collect::<Vec<_>>().join(" ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
