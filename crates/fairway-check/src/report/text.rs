use std::cmp::Reverse;
use std::fmt::Write;

use fairway_spec::{Severity, Stage};

use crate::{CheckSummary, Place, Tally, Verdict};

/// What a check came to, for a person to read or to hear: first the verdict and the figures, then rule by rule, worst
/// first, with the columns concerned and the first places. Plain text of at most 100 characters a line, no colour.
pub fn text(summary: &CheckSummary) -> String {
    let mut out = String::new();
    line(&mut out, "", &verdict(summary));
    line(&mut out, "", &figures(summary));
    if let Some(period) = period(summary) {
        line(&mut out, "", &period);
    }
    for severity in [Severity::Reject, Severity::Error, Severity::Warning, Severity::Info] {
        section(&mut out, summary, severity);
    }
    out
}

fn verdict(summary: &CheckSummary) -> String {
    let name = format!("{} ({})", summary.title, summary.spec);
    match summary.verdict {
        Verdict::Clean => format!("Passed. The file meets {name}."),
        Verdict::Confirm => format!("Passed, with findings to confirm. Checked against {name}."),
        Verdict::Rejected => format!("Refused. The file does not meet {name}."),
        Verdict::StoppedEarly => {
            format!("Refused, and not read to its end: there may be more to find. Checked against {name}.")
        }
    }
}

fn figures(summary: &CheckSummary) -> String {
    let mut text = counted(summary.records, "record", "records");
    if summary.records_rejected > 0 {
        let _ = write!(text, ", of which {} cannot be loaded", number(summary.records_rejected));
    }
    let of_file = summary.tallies.iter().filter(|t| t.severity == Severity::Reject && t.stage == Stage::File);
    let parts: Vec<String> = [
        (of_file.map(|tally| tally.count).sum(), "reason to refuse the file", "reasons to refuse the file"),
        (summary.count(Severity::Error), "error", "errors"),
        (summary.count(Severity::Warning), "warning", "warnings"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    let parts = if parts.is_empty() { "nothing to confirm".to_owned() } else { parts.join(", ") };
    let gzip = if summary.gzip { ", compressed" } else { "" };
    format!("{text}; {parts}. {} of text in {}{gzip}.", size(summary.text_bytes), summary.encoding.as_str())
}

fn period(summary: &CheckSummary) -> Option<String> {
    let (start, end) = (summary.period_start?, summary.period_end?);
    let organisation = summary.organisation.as_deref().unwrap_or("not stated");
    Some(format!(
        "Organisation {organisation}, reporting period {} to {}.",
        start.strftime("%d/%m/%Y"),
        end.strftime("%d/%m/%Y")
    ))
}

fn section(out: &mut String, summary: &CheckSummary, severity: Severity) {
    let of_severity = || summary.tallies.iter().filter(|tally| tally.severity == severity);
    match severity {
        Severity::Reject => {
            group(out, "Why the file is refused", of_severity().filter(|tally| tally.stage == Stage::File));
            group(out, "Records that cannot be loaded", of_severity().filter(|tally| tally.stage != Stage::File));
        }
        Severity::Error => group(out, "Errors", of_severity()),
        Severity::Warning => group(out, "Warnings", of_severity()),
        Severity::Info => group(out, "For your information", of_severity()),
    }
}

/// Rules under a heading, the most often broken first.
fn group<'t>(out: &mut String, heading: &str, tallies: impl Iterator<Item = &'t Tally>) {
    let mut rules: Vec<(u64, Vec<&Tally>)> = Vec::new();
    for tally in tallies {
        match rules.iter_mut().find(|(_, known)| known.first().is_some_and(|first| first.rule == tally.rule)) {
            Some((total, of_rule)) => {
                *total += tally.count;
                of_rule.push(tally);
            }
            None => rules.push((tally.count, vec![tally])),
        }
    }
    rules.sort_by_key(|(total, _)| Reverse(*total));
    if !rules.is_empty() {
        let _ = write!(out, "\n{heading}\n");
    }
    rules.iter().for_each(|(total, tallies)| rule(out, *total, tallies));
}

/// One rule: its message for each column that it concerns, then what to do.
fn rule(out: &mut String, total: u64, tallies: &[&Tally]) {
    let Some(first) = tallies.first() else { return };
    let _ = write!(out, "\n  {}: {}\n", first.rule, counted(total, "finding", "findings"));
    for tally in tallies {
        let count = if tallies.len() > 1 { format!("{} × ", number(tally.count)) } else { String::new() };
        let named = tally.message.contains(&tally.column);
        let column = if named { String::new() } else { format!("{}: ", tally.column) };
        let letter = if tally.letter.is_empty() || tally.message.contains("olumn ") {
            String::new()
        } else {
            format!(" (column {})", tally.letter)
        };
        line(out, "    ", &format!("{count}{column}{}{letter}{}", tally.message, places(tally)));
    }
    if !first.hint.is_empty() {
        line(out, "    ", &first.hint);
    }
}

fn places(tally: &Tally) -> String {
    let named: Vec<String> = tally.first.iter().take(3).filter_map(place).collect();
    if named.is_empty() {
        return String::new();
    }
    let more = tally.count.saturating_sub(named.len() as u64);
    let rest = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
    format!(" [{}{rest}]", named.join("; "))
}

fn place(place: &Place) -> Option<String> {
    match (place.record, place.line) {
        (Some(record), Some(line)) => Some(format!("record {record}, line {line}")),
        (Some(record), None) => Some(format!("record {record}")),
        (None, Some(line)) => Some(format!("line {line}")),
        (None, None) => None,
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// Digits in groups of three: 1,234,567.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => counted(bytes, "byte", "bytes"),
        10_000..10_000_000 => format!("{} kB", number(bytes / 1_000)),
        _ => format!("{} MB", number(bytes / 1_000_000)),
    }
}

/// Adds a paragraph, broken between words at 100 characters.
fn line(out: &mut String, indent: &str, text: &str) {
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > 100 {
            out.push('\n');
            width = 0;
        }
        let lead = if width == 0 { if out.ends_with('\n') || out.is_empty() { indent } else { "" } } else { " " };
        out.push_str(lead);
        out.push_str(word);
        width += lead.chars().count() + length;
    }
    out.push('\n');
}
