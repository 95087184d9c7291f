use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use fairway_spec::Severity;

use super::words::{
    About, Group, GroupKind, OfRule, bytes, comparison, counted, events_show, groups, next_steps, not_read, number,
    period, place,
};
use crate::{CheckSummary, Tally, Verdict};

/// How many characters a line has at most.
const WIDTH: usize = 100;
/// How many places of each column are named.
const PLACES: usize = 3;

/// What a check came to, for a person to read or to hear: the verdict and the figures, then rule by rule, worst first,
/// with the columns concerned and the first places, at last what to do now. Plain text of at most 100 characters a line.
pub fn text(summary: &CheckSummary) -> String {
    text_about(summary, &About::default(), false)
}

/// As [`text`], with what is known of the file besides. With `colour`, verdict, headings and rules bear ANSI colours;
/// the words are the same.
pub fn text_about(summary: &CheckSummary, about: &About, colour: bool) -> String {
    let mut page = Page { out: String::new(), colour };
    page.line(of_verdict(summary.verdict), "", &verdict(summary));
    page.line(Style::new(), "", &figures(summary));
    let compared = comparison(summary).map(Into::into);
    let extra = [about_period(summary), compared, about.chosen.clone(), not_read(summary, about)];
    extra.iter().flatten().for_each(|sentence| page.line(Style::new(), "", sentence));
    groups(summary).iter().for_each(|group| page.group(group));
    if summary.verdict != Verdict::Clean {
        page.heading(Style::new().bold(), "What to do next");
        next_steps(summary).iter().for_each(|step| page.line(Style::new(), "  ", step));
    }
    page.out
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

/// The sender and the reporting period, as the file states it and as its events show it.
fn about_period(summary: &CheckSummary) -> Option<String> {
    let stated = period(summary).map(|period| {
        let organisation = summary.organisation.as_deref().unwrap_or("not stated");
        format!("Organisation {organisation}, reporting period {period}.")
    });
    let shown = events_show(summary).map(|shown| match period(summary).as_ref() == Some(&shown) {
        true => "The events show the same period.".to_owned(),
        false => format!("The events show a period of {shown}."),
    });
    let sentences: Vec<String> = [stated, shown].into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn figures(summary: &CheckSummary) -> String {
    let mut text = counted(summary.records, "record", "records");
    if summary.records_rejected > 0 {
        let _ = write!(text, ", of which {} cannot be loaded", number(summary.records_rejected));
    }
    let parts: Vec<String> = [GroupKind::RefusesFile, GroupKind::Error, GroupKind::Warning]
        .into_iter()
        .map(|kind| (kind, kind.count(summary)))
        .filter(|(_, count)| *count > 0)
        .map(|(kind, count)| kind.counted(count))
        .collect();
    let parts = if parts.is_empty() { "nothing to confirm".to_owned() } else { parts.join(", ") };
    let gzip = if summary.gzip { ", compressed" } else { "" };
    format!("{text}; {parts}. {} of text in {}{gzip}.", bytes(summary.text_bytes), summary.encoding.as_str())
}

fn of_verdict(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Clean => AnsiColor::Green,
        Verdict::Confirm => AnsiColor::Yellow,
        Verdict::Rejected | Verdict::StoppedEarly => AnsiColor::Red,
    };
    colour.on_default().bold()
}

fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Reject => AnsiColor::Red.on_default().bold(),
        Severity::Error => AnsiColor::Red.on_default(),
        Severity::Warning => AnsiColor::Yellow.on_default(),
        Severity::Info => AnsiColor::Cyan.on_default(),
    }
}

/// The text as it grows.
struct Page {
    out: String,
    colour: bool,
}

impl Page {
    fn heading(&mut self, style: Style, text: &str) {
        self.out.push('\n');
        self.line(style, "", text);
    }

    fn group(&mut self, group: &Group<'_>) {
        let style = group.rules.first().and_then(OfRule::first).map_or(Style::new(), |t| of_severity(t.severity));
        self.heading(style.bold(), group.kind.heading());
        group.rules.iter().for_each(|rule| self.rule(style, rule));
    }

    /// One rule: its message for each column that it concerns, then what to do.
    fn rule(&mut self, style: Style, rule: &OfRule<'_>) {
        let Some(first) = rule.first() else { return };
        self.out.push('\n');
        self.line(style, "  ", &format!("{}: {}", first.rule, counted(rule.total, "finding", "findings")));
        for tally in &rule.tallies {
            let count = if rule.tallies.len() > 1 { format!("{} × ", number(tally.count)) } else { String::new() };
            self.line(Style::new(), "    ", &format!("{count}{}", said(tally)));
        }
        self.line(Style::new(), "    ", &first.hint);
    }

    /// Adds a paragraph, broken between words at [`WIDTH`] characters; nothing for an empty one.
    fn line(&mut self, style: Style, indent: &str, text: &str) {
        let mut width = 0;
        for word in text.split_whitespace() {
            let length = word.chars().count();
            if width > 0 && width + 1 + length > WIDTH {
                self.end(style);
                width = 0;
            }
            if width == 0 {
                self.begin(style);
            }
            let lead = if width == 0 { indent } else { " " };
            self.out.push_str(lead);
            self.out.push_str(word);
            width += lead.chars().count() + length;
        }
        if width > 0 {
            self.end(style);
        }
    }

    fn begin(&mut self, style: Style) {
        if self.colour {
            let _ = write!(self.out, "{style}");
        }
    }

    fn end(&mut self, style: Style) {
        if self.colour {
            let _ = write!(self.out, "{style:#}");
        }
        self.out.push('\n');
    }
}

/// What a rule says of a column, and where.
fn said(tally: &Tally) -> String {
    let column = if tally.message.contains(&tally.column) { String::new() } else { format!("{}: ", tally.column) };
    let named = tally.letter.is_empty() || tally.message.contains("olumn ");
    let letter = if named { String::new() } else { format!(" (column {})", tally.letter) };
    format!("{column}{}{letter}{}", tally.message, places(tally))
}

fn places(tally: &Tally) -> String {
    let named: Vec<String> = tally.first.iter().take(PLACES).filter_map(place).collect();
    if named.is_empty() {
        return String::new();
    }
    let more = tally.count.saturating_sub(named.len() as u64);
    let rest = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
    format!(" [{}{rest}]", named.join("; "))
}
