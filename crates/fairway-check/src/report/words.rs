//! Words and order that every report shares: findings grouped by what they mean, numbers and places as people write them.

use std::cmp::Reverse;

pub(super) use fairway_domain::wording::{counted, grouped as number};
use fairway_spec::{Severity, Stage};
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::{CheckSummary, Comparison, Place, Tally, Verdict};

/// What a report says of the file besides what the check found in it.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The file's name as its sender knows it; `None` where it has none, such as standard input.
    pub file: Option<String>,
    /// Why it was held against this specification, in a sentence.
    pub chosen: Option<String>,
    /// The day of the check.
    pub checked_on: Option<Date>,
    /// How many bytes the file has, where that is known; more than were read when a check stopped early.
    pub size: Option<u64>,
}

/// Findings of one meaning for the file: what refuses it, what is left out, what is to be confirmed, what is said.
#[derive(Debug)]
pub(super) struct Group<'t> {
    pub kind: GroupKind,
    /// The most often broken first.
    pub rules: Vec<OfRule<'t>>,
}

/// What a group of findings means, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupKind {
    RefusesFile,
    LeavesOut,
    Error,
    Warning,
    Info,
}

impl GroupKind {
    const ALL: [Self; 5] = [Self::RefusesFile, Self::LeavesOut, Self::Error, Self::Warning, Self::Info];

    fn of(tally: &Tally) -> Self {
        match (tally.severity, tally.stage) {
            (Severity::Reject, Stage::File) => Self::RefusesFile,
            (Severity::Reject, _) => Self::LeavesOut,
            (Severity::Error, _) => Self::Error,
            (Severity::Warning, _) => Self::Warning,
            (Severity::Info, _) => Self::Info,
        }
    }

    pub fn heading(self) -> &'static str {
        match self {
            Self::RefusesFile => "Why the file is refused",
            Self::LeavesOut => "Records that cannot be loaded",
            Self::Error => "Errors",
            Self::Warning => "Warnings",
            Self::Info => "For your information",
        }
    }

    /// The word of its colour.
    pub fn tone(self) -> &'static str {
        match self {
            Self::RefusesFile | Self::LeavesOut => "red",
            Self::Error => "orange",
            Self::Warning => "yellow",
            Self::Info => "blue",
        }
    }

    /// How many findings of this meaning there are, in words.
    pub fn counted(self, count: u64) -> String {
        let (one, many) = match self {
            Self::RefusesFile => ("reason to refuse the file", "reasons to refuse the file"),
            Self::LeavesOut => ("reason to leave a record out", "reasons to leave a record out"),
            Self::Error => ("error", "errors"),
            Self::Warning => ("warning", "warnings"),
            Self::Info => ("note", "notes"),
        };
        counted(count, one, many)
    }
}

/// What a rule found, column by column.
#[derive(Debug)]
pub(super) struct OfRule<'t> {
    pub total: u64,
    pub tallies: Vec<&'t Tally>,
}

impl<'t> OfRule<'t> {
    /// The tally with the most findings, whose words stand for the rule.
    pub fn first(&self) -> Option<&'t Tally> {
        self.tallies.first().copied()
    }
}

/// The findings grouped by meaning and rule, worst first, the most frequent first. Groups without findings are left out.
pub(super) fn groups(summary: &CheckSummary) -> Vec<Group<'_>> {
    GroupKind::ALL
        .into_iter()
        .map(|kind| Group { kind, rules: rules(summary.tallies.iter().filter(|tally| GroupKind::of(tally) == kind)) })
        .filter(|group| !group.rules.is_empty())
        .collect()
}

fn rules<'t>(tallies: impl Iterator<Item = &'t Tally>) -> Vec<OfRule<'t>> {
    let mut rules: Vec<OfRule<'t>> = Vec::new();
    let mut known: FxHashMap<&str, usize> = FxHashMap::default();
    for tally in tallies {
        let at = *known.entry(&tally.rule).or_insert_with(|| {
            rules.push(OfRule { total: 0, tallies: Vec::new() });
            rules.len() - 1
        });
        if let Some(rule) = rules.get_mut(at) {
            rule.total += tally.count;
            rule.tallies.push(tally);
        }
    }
    rules.sort_by_key(|rule| Reverse(rule.total));
    rules
}

impl GroupKind {
    /// How many findings of this meaning there are.
    pub fn count(self, summary: &CheckSummary) -> u64 {
        summary.tallies.iter().filter(|tally| Self::of(tally) == self).map(|tally| tally.count).sum()
    }
}

/// The verdict in a few words.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "Passed",
        Verdict::Confirm => "Passed, with findings to confirm",
        Verdict::Rejected => "Refused",
        Verdict::StoppedEarly => "Refused, and not read to its end",
    }
}

/// What the sender does now, step by step.
pub(super) fn next_steps(summary: &CheckSummary) -> Vec<String> {
    let left_out = summary.records_rejected;
    match summary.verdict {
        Verdict::Clean => vec!["Send the file: there is nothing to correct and nothing to confirm.".into()],
        Verdict::Confirm => {
            let mut steps =
                vec!["Correct what you can where the data comes from, make the file again and check it again.".into()];
            if left_out > 0 {
                let records = counted(left_out, "record is", "records are");
                steps.push(format!("{records} left out if you send the file as it is. All others are loaded."));
            }
            steps.push("Or send it as it is: you will be asked to confirm what the check found.".into());
            steps
        }
        Verdict::Rejected => vec![
            "Correct everything under “Why the file is refused”: a file with any of it cannot be used.".into(),
            "Correct errors and warnings at the same time: this report names all of them.".into(),
            "Make the file again and check it again before you send it.".into(),
        ],
        Verdict::StoppedEarly => vec![
            "Correct everything under “Why the file is refused”.".into(),
            "Check the file again: what was not read may hold more to correct.".into(),
        ],
    }
}

/// How far a check that stopped early came.
pub(super) fn not_read(summary: &CheckSummary, about: &About) -> Option<String> {
    if summary.verdict != Verdict::StoppedEarly {
        return None;
    }
    let read = if summary.records == 0 {
        "The check stopped before the first record: no record was read".to_owned()
    } else {
        format!("The check stopped after {}", counted(summary.records, "record", "records"))
    };
    Some(match about.size.filter(|size| *size > summary.bytes) {
        Some(size) => {
            format!("{read}. It had read {} of {}; the rest was not looked at.", bytes(summary.bytes), bytes(size))
        }
        None => format!("{read}. Whatever follows was not looked at."),
    })
}

/// `Organisation 210, reporting period 01/04/2025 to 31/03/2026.`
pub(super) fn period(summary: &CheckSummary) -> Option<String> {
    Some(format!("{} to {}", day(summary.period_start?), day(summary.period_end?)))
}

/// The reporting period that the events show, whatever the file states.
pub(super) fn events_show(summary: &CheckSummary) -> Option<String> {
    let (start, end) = summary.dataset.as_ref()?.derived_period?;
    Some(format!("{} to {}", day(start), day(end)))
}

/// What became of the earlier submission, in a sentence; `None` where there is none.
pub(super) fn comparison(summary: &CheckSummary) -> Option<&'static str> {
    Some(match summary.dataset.as_ref()?.earlier? {
        Comparison::Compared => "Compared with the earlier submission.",
        Comparison::OtherRelease => "The earlier submission was not compared: it is of another release.",
        Comparison::OtherOrganisation => "The earlier submission was not compared: it is another organisation's.",
        Comparison::OtherKey => "The earlier submission was not compared: it was kept under another key.",
    })
}

pub(super) fn day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// `record 3, line 4`; `None` where a finding is about the whole file.
pub(super) fn place(place: &Place) -> Option<String> {
    match (place.record, place.line) {
        (Some(record), Some(line)) => Some(format!("record {}, line {}", number(record), number(line))),
        (Some(record), None) => Some(format!("record {}", number(record))),
        (None, Some(line)) => Some(format!("line {}", number(line))),
        (None, None) => None,
    }
}

/// A size to read, not to reckon with.
pub(super) fn bytes(bytes: u64) -> String {
    match bytes {
        0..10_000 => counted(bytes, "byte", "bytes"),
        10_000..10_000_000 => format!("{} kB", number(bytes / 1_000)),
        _ => format!("{} MB", number(bytes / 1_000_000)),
    }
}
