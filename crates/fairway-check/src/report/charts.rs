//! Small charts: bars in the cells of a table, so that who cannot see the bar reads the figure beside it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::words::{groups, number};
use crate::{CheckSummary, Validity};

/// How many columns the chart of findings by column shows; the rest is counted below it.
const COLUMNS: usize = 15;
/// How many months the chart of events by month shows, the latest ones; the rest is counted below it.
const MONTHS: usize = 24;

/// A table whose rows have a bar each.
#[derive(Debug)]
pub(super) struct Chart {
    pub anchor: &'static str,
    pub title: &'static str,
    /// What a row is.
    pub row: &'static str,
    /// What its figures count.
    pub figures: Vec<&'static str>,
    /// What the colours of a bar's parts mean; nothing where a bar has one part.
    pub key: Vec<(&'static str, &'static str)>,
    pub bars: Vec<Bar>,
    /// What the chart leaves out, in a sentence.
    pub note: String,
}

/// One row.
#[derive(Debug)]
pub(super) struct Bar {
    pub name: String,
    pub figures: Vec<String>,
    /// Its parts from left to right.
    pub parts: Vec<Part>,
}

/// A stretch of a bar: where it begins and how long it is, of 100, and the word of its colour.
#[derive(Debug)]
pub(super) struct Part {
    pub from: String,
    pub length: String,
    pub tone: &'static str,
}

/// Charts of what the check found, those with something to show.
pub(super) fn of_findings(summary: &CheckSummary) -> Vec<Chart> {
    with_bars([by_meaning(summary), by_column(summary)])
}

/// Charts of what the file holds, those with something to show.
pub(super) fn of_contents(summary: &CheckSummary) -> Vec<Chart> {
    with_bars([filled(summary), by_kind(summary), by_month(summary)])
}

fn with_bars<const N: usize>(charts: [Chart; N]) -> Vec<Chart> {
    charts.into_iter().filter(|chart| !chart.bars.is_empty()).collect()
}

fn by_meaning(summary: &CheckSummary) -> Chart {
    let groups = groups(summary);
    let counts: Vec<(String, u64, &'static str)> = groups
        .iter()
        .map(|group| (group.kind.heading().to_owned(), group.kind.count(summary), group.kind.tone()))
        .collect();
    Chart {
        anchor: "by-meaning",
        title: "Findings by what they mean",
        row: "Meaning",
        figures: vec!["Findings"],
        key: Vec::new(),
        bars: bars(counts),
        note: String::new(),
    }
}

fn by_column(summary: &CheckSummary) -> Chart {
    let mut counts: FxHashMap<&str, u64> = FxHashMap::default();
    for tally in summary.tallies.iter().filter(|tally| !tally.column.is_empty()) {
        *counts.entry(&tally.column).or_default() += tally.count;
    }
    let mut counts: Vec<(String, u64, &'static str)> =
        counts.into_iter().map(|(column, count)| (column.to_owned(), count, "accent")).collect();
    counts.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
    let left = counts.len().saturating_sub(COLUMNS);
    counts.truncate(COLUMNS);
    let note = if left == 0 {
        String::new()
    } else {
        format!("{} other columns have fewer findings each.", number(left as u64))
    };
    Chart {
        anchor: "by-column",
        title: "Findings by column",
        row: "Column",
        figures: vec!["Findings"],
        key: Vec::new(),
        bars: bars(counts),
        note,
    }
}

/// How each column is filled, of all records, in the specification's order.
fn filled(summary: &CheckSummary) -> Chart {
    let mut columns: Vec<(&str, Fill)> = Vec::new();
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    for row in &summary.quality {
        let at = *known.entry(&row.field).or_insert_with(|| {
            columns.push((&row.field, Fill::default()));
            columns.len() - 1
        });
        if let Some((_, fill)) = columns.get_mut(at) {
            fill.add(row.validity, row.count);
        }
    }
    Chart {
        anchor: "filled",
        title: "How each column is filled",
        row: "Column",
        figures: vec!["Valid, %", "Wrong, %", "Missing, %"],
        key: vec![("good", "Valid"), ("red", "Wrong"), ("orange", "Blank, but needed"), ("blank", "Blank")],
        bars: columns.into_iter().map(|(column, fill)| fill.bar(column)).collect(),
        note: "What remains to 100 % is blank where that is allowed.".into(),
    }
}

/// What a column's cells are.
#[derive(Debug, Default, Clone, Copy)]
struct Fill {
    valid: u64,
    wrong: u64,
    missing: u64,
    blank: u64,
}

impl Fill {
    fn add(&mut self, validity: Validity, count: u64) {
        *match validity {
            Validity::Valid => &mut self.valid,
            Validity::Invalid | Validity::Release1 => &mut self.wrong,
            Validity::BlankMandatory => &mut self.missing,
            Validity::BlankAllowed => &mut self.blank,
        } += count;
    }

    fn bar(self, column: &str) -> Bar {
        let Self { valid, wrong, missing, blank } = self;
        let all = valid + wrong + missing + blank;
        let mut from = 0.0;
        let mut parts = Vec::new();
        for (count, tone) in [(valid, "good"), (wrong, "red"), (missing, "orange"), (blank, "blank")] {
            let length = count as f64 * 100.0 / all.max(1) as f64;
            if count > 0 {
                parts.push(Part { from: format!("{from:.1}"), length: format!("{length:.1}"), tone });
            }
            from += length;
        }
        Bar {
            name: column.to_owned(),
            figures: [valid, wrong, missing].map(|count| percent(count, all)).to_vec(),
            parts,
        }
    }
}

fn by_kind(summary: &CheckSummary) -> Chart {
    let kinds = summary.dataset.iter().flat_map(|dataset| &dataset.kinds).filter(|kind| !kind.kind.is_empty());
    Chart {
        anchor: "by-kind",
        title: "Events by type",
        row: "Type",
        figures: vec!["Events"],
        key: Vec::new(),
        bars: bars(kinds.map(|kind| (kind.kind.clone(), kind.events, "accent")).collect()),
        note: String::new(),
    }
}

fn by_month(summary: &CheckSummary) -> Chart {
    let mut months: BTreeMap<Date, u64> = BTreeMap::new();
    for (month, events) in summary.dataset.iter().flat_map(|dataset| &dataset.kinds).flat_map(|kind| &kind.ended) {
        *months.entry(*month).or_default() += events;
    }
    let left = months.len().saturating_sub(MONTHS);
    let earlier: u64 = months.values().take(left).sum();
    let note = if left == 0 {
        String::new()
    } else {
        format!("{} events ended in {} earlier months.", number(earlier), number(left as u64))
    };
    let shown = months.into_iter().skip(left);
    Chart {
        anchor: "by-month",
        title: "Events by the month they ended in",
        row: "Month",
        figures: vec!["Events"],
        key: Vec::new(),
        bars: bars(shown.map(|(month, events)| (month.strftime("%B %Y").to_string(), events, "accent")).collect()),
        note,
    }
}

/// Bars in proportion to the longest.
fn bars(counts: Vec<(String, u64, &'static str)>) -> Vec<Bar> {
    let most = counts.iter().map(|(_, count, _)| *count).max().unwrap_or_default();
    counts
        .into_iter()
        .map(|(name, count, tone)| Bar {
            name,
            figures: vec![number(count)],
            parts: vec![Part { from: "0".into(), length: share(count, most), tone }],
        })
        .collect()
}

/// `part` of `whole`, of 100; something that is there never vanishes.
fn share(part: u64, whole: u64) -> String {
    if part == 0 || whole == 0 {
        return "0".into();
    }
    format!("{:.1}", (part as f64 * 100.0 / whole as f64).max(0.5))
}

/// Of 100, with one decimal; what is there is never shown as nothing, nor what is missing as all.
fn percent(part: u64, whole: u64) -> String {
    let share = part as f64 * 100.0 / whole.max(1) as f64;
    match part {
        0 => "0".into(),
        _ if part == whole => "100".into(),
        _ if share < 0.1 => "<0.1".into(),
        _ if share > 99.9 => ">99.9".into(),
        _ => format!("{share:.1}"),
    }
}
