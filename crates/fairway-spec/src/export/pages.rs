//! A page for each rule, over all releases of a dataset: what it means, how to put it right, what it does where.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::markdown::{cell, cells};
use crate::model::{Rule, Stage};
use crate::{Condition, Spec};

/// A page of the guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its file name, such as `event-end-before-start.md`.
    pub file: String,
    /// Markdown. It ends with a line end.
    pub text: String,
}

/// A page for each rule of a dataset and, as `README.md`, the list of them all. `releases` in their order, the newest last.
pub fn rule_pages(releases: &[&Spec]) -> Vec<Page> {
    let rules = by_id(releases);
    let mut pages = vec![Page { file: "README.md".into(), text: written(|out| write_index(out, releases, &rules)) }];
    let each = rules.values().filter_map(|told| {
        let (_, newest) = told.last()?;
        let text = written(|out| write_rule(out, releases, newest, told));
        Some(Page { file: format!("{}.md", newest.id), text })
    });
    pages.extend(each);
    pages
}

/// A rule as each release has it.
type Told<'s> = Vec<(&'s Spec, &'s Rule)>;

fn by_id<'s>(releases: &[&'s Spec]) -> BTreeMap<&'s str, Told<'s>> {
    let mut rules: BTreeMap<&str, Told<'_>> = BTreeMap::new();
    for spec in releases {
        for rule in &spec.rules {
            rules.entry(rule.id.as_str()).or_default().push((spec, rule));
        }
    }
    rules
}

fn written(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out);
    out
}

fn write_index(out: &mut String, releases: &[&Spec], rules: &BTreeMap<&str, Told<'_>>) -> fmt::Result {
    writeln!(out, "# Rules\n\nOne page a rule, made from the specifications.\n\n{SEVERITIES}\n\n{WORDS}\n")?;
    for stage in Stage::ALL {
        let of_stage: Vec<&Told<'_>> =
            rules.values().filter(|told| told.last().is_some_and(|(_, rule)| rule.stage == *stage)).collect();
        if of_stage.is_empty() {
            continue;
        }
        writeln!(out, "## {}\n", title(*stage))?;
        let names: Vec<&str> = releases.iter().map(|spec| spec.name.release()).collect();
        writeln!(out, "| rule | what it says | {} |\n|---|---|{}", names.join(" | "), "---|".repeat(names.len()))?;
        for told in of_stage {
            let Some((_, newest)) = told.last() else { continue };
            let (id, message) = (&newest.id, cell(&newest.message));
            write!(out, "| [{id}]({id}.md) | {message} |")?;
            for spec in releases {
                write!(out, " {} |", of_release(told, spec).map_or("–", |rule| rule.severity.as_str()))?;
            }
            writeln!(out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

const SEVERITIES: &str = "A *reject* refuses the file (rules on the file as a whole) or leaves the record out of the load \
    (other rules); an *error* and a *warning* are accepted once the sender has confirmed them; an *info* asks for nothing.";
const WORDS: &str = "Words in braces are filled in: `{field}` the field's header, `{found}` a header as sent, `{letter}` a \
    column as a spreadsheet letters it, `{other}` the number of an earlier record, `{now}` a value of a code list. No message \
    repeats a cell.";

fn of_release<'s>(told: &Told<'s>, spec: &Spec) -> Option<&'s Rule> {
    told.iter().find(|(of, _)| of.name == spec.name).map(|(_, rule)| *rule)
}

fn write_rule(out: &mut String, releases: &[&Spec], newest: &Rule, told: &Told<'_>) -> fmt::Result {
    writeln!(out, "# {}\n\n> {}\n", newest.id, newest.message)?;
    write_meaning(out, newest)?;
    if !newest.why.is_empty() {
        writeln!(out, "## Why it matters\n\n{}\n", newest.why)?;
    }
    if !newest.hint.is_empty() {
        writeln!(out, "## How to put it right\n\n{}\n", newest.hint)?;
    }
    write_example(out, newest)?;
    write_releases(out, releases, told)?;
    write_sources(out, told)?;
    writeln!(out, "[All rules](README.md)")
}

fn write_meaning(out: &mut String, rule: &Rule) -> fmt::Result {
    write!(out, "## What it means\n\nLooks at {}", looks_at(rule.stage))?;
    match rule.field.as_str() {
        "" => writeln!(out, ".")?,
        field => writeln!(out, "; speaks of *{field}*.")?,
    }
    if rule.when != Condition::Always {
        writeln!(out, "- Looked at where {}.", rule.when)?;
    }
    if let Some(across) = &rule.across {
        writeln!(out, "- What must hold: {across}.")?;
    } else if rule.is_built_in() {
        writeln!(out, "- Built into the check; what it goes by is said with each field of the specification.")?;
    } else if rule.holds != Condition::Never {
        writeln!(out, "- What must hold: {}.", rule.holds)?;
    } else {
        writeln!(out, "- It must not be so.")?;
    }
    writeln!(out)
}

fn looks_at(stage: Stage) -> &'static str {
    match stage {
        Stage::File => "the file as a whole",
        Stage::Field => "one value",
        Stage::Record => "the values of one record together",
        Stage::Person => "all records of one person",
        Stage::Dataset => "all records",
    }
}

fn title(stage: Stage) -> &'static str {
    match stage {
        Stage::File => "The file as a whole",
        Stage::Field => "One value",
        Stage::Record => "One record",
        Stage::Person => "All records of one person",
        Stage::Dataset => "All records",
    }
}

fn write_example(out: &mut String, rule: &Rule) -> fmt::Result {
    let records: Vec<String> = rule.example_records.iter().map(cells).collect();
    match (rule.example.is_empty(), records.as_slice()) {
        (true, []) => Ok(()),
        (false, _) => writeln!(out, "## Example\n\nA record with {} breaks it.\n", cells(&rule.example)),
        (true, records) => writeln!(out, "## Example\n\nRecords that break it together: {}.\n", records.join("; and ")),
    }
}

/// What the rule does in each release, and what it said there where that differs from today.
fn write_releases(out: &mut String, releases: &[&Spec], told: &Told<'_>) -> fmt::Result {
    writeln!(out, "## Releases\n\n| release | severity | known | message |\n|---|---|---|---|")?;
    let newest = told.last().map_or("", |(_, rule)| rule.message.as_str());
    for spec in releases {
        let name = &spec.name;
        match of_release(told, spec) {
            Some(rule) => {
                let message = if rule.message == newest { String::from("as above") } else { cell(&rule.message) };
                writeln!(out, "| {name} | {} | {} | {message} |", rule.severity, rule.confidence)?;
            }
            None => writeln!(out, "| {name} | – | – | not a rule there |")?,
        }
    }
    writeln!(out)
}

/// The publications behind the rule in any release, each once.
fn write_sources(out: &mut String, told: &Told<'_>) -> fmt::Result {
    let mut sources: Vec<(&str, &str)> = Vec::new();
    for (spec, rule) in told.iter().rev() {
        for tag in rule.source.split(", ") {
            let known = spec.sources.get(tag).map(|text| (tag, text.as_str()));
            sources.extend(known.filter(|(_, text)| sources.iter().all(|(_, seen)| seen != text)));
        }
    }
    if sources.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Where it comes from\n")?;
    for (tag, text) in sources {
        writeln!(out, "- {tag}: {text}")?;
    }
    writeln!(out)
}
