//! Small charts: bars in the cells of a table, so that who cannot see the bar reads the figure beside it.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::words::{groups, number};
use crate::CheckSummary;

/// How many columns the chart of findings by column shows; the rest is named below it.
const COLUMNS: usize = 15;

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

/// The charts that have something to show.
pub(super) fn charts(summary: &CheckSummary) -> Vec<Chart> {
    [by_meaning(summary), by_column(summary)].into_iter().filter(|chart| !chart.bars.is_empty()).collect()
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
