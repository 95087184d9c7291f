//! A page of guidance for those who fill and those who read a file.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::diff::confidence_counts;
use crate::model::{CodeList, Confidence, Field, Rule, Stage};
use crate::{Condition, Spec};

/// The page. It ends with a line end.
pub(super) fn page(spec: &Spec) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut out, spec);
    out
}

fn write_page(out: &mut String, spec: &Spec) -> fmt::Result {
    writeln!(out, "# {}\n", spec.title)?;
    writeln!(
        out,
        "Specification `{}`: {} fields, {} code lists.",
        spec.name,
        spec.fields.len(),
        spec.code_lists.len()
    )?;
    writeln!(out, "What is not verified in a published source says so.\n")?;
    write_confidence(out, spec)?;
    write_overview(out, spec)?;
    writeln!(out, "## Each field\n")?;
    for field in &spec.fields {
        write_field(out, field)?;
    }
    writeln!(out, "## Code lists\n")?;
    for list in spec.code_lists.values() {
        write_list(out, spec, list)?;
    }
    writeln!(out, "## Rules\n")?;
    for stage in Stage::ALL {
        write_stage(out, spec, *stage)?;
    }
    write_derived(out, spec)?;
    writeln!(out, "## Sources\n")?;
    for (tag, text) in &spec.sources {
        writeln!(out, "- **{tag}** {text}")?;
    }
    Ok(())
}

fn write_confidence(out: &mut String, spec: &Spec) -> fmt::Result {
    writeln!(out, "| | verified | inferred | assumed |\n|---|---|---|---|")?;
    for (what, counts) in confidence_counts(spec) {
        let count = |confidence| counts.get(&confidence).copied().unwrap_or_default();
        let [verified, inferred, assumed] =
            [Confidence::Verified, Confidence::Inferred, Confidence::Assumed].map(count);
        writeln!(out, "| {what} | {verified} | {inferred} | {assumed} |")?;
    }
    writeln!(out)
}

fn write_overview(out: &mut String, spec: &Spec) -> fmt::Result {
    writeln!(out, "## Fields\n\n| | header | kind | class | module |\n|---|---|---|---|---|")?;
    for (index, field) in spec.fields.iter().enumerate() {
        let (header, anchor) = (cell(&field.header), anchor(&field.header));
        let (kind, class) = (field.kind, field.class.as_str());
        writeln!(out, "| {} | [{header}](#{anchor}) | {kind} | {class} | {} |", index + 1, cell(&field.module))?;
    }
    writeln!(out)
}

fn write_field(out: &mut String, field: &Field) -> fmt::Result {
    writeln!(out, "### {}\n\n{}.", field.header, field.title)?;
    if !field.notes.is_empty() {
        writeln!(out, "{}", field.notes)?;
    }
    writeln!(out)?;
    match &field.codes {
        Some(list) => writeln!(out, "- One of the [values of {0}](#values-of-{0}).", list.name)?,
        None => writeln!(out, "- {}", kind_in_words(field))?,
    }
    writeln!(out, "- Applies: {}.", requirement(&field.applicable, "to every record", "to none"))?;
    writeln!(out, "- Must be filled: {}.", requirement(&field.mandatory, "always", "never"))?;
    writeln!(out, "- Privacy class: {}.", field.class.as_str())?;
    write!(out, "- Known: {} ({}).", field.confidence, field.source)?;
    if !field.confidence_note.is_empty() {
        write!(out, " {}.", field.confidence_note)?;
    }
    writeln!(out, "\n")
}

fn kind_in_words(field: &Field) -> String {
    use crate::model::FieldKind::{Boolean, Code, Date, Decimal, Integer, Number, Text};
    if let Some(form) = &field.form {
        let words = form.in_words();
        let mut letters = words.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        return format!("{first}{}.", letters.as_str());
    }
    match (field.kind, field.max_length) {
        (Text | Code, Some(length)) => format!("Text of at most {length} characters."),
        (Text | Code, None) => "Text.".into(),
        (Date, _) => "A date, `dd/mm/yyyy`.".into(),
        (Integer, _) => "A whole number.".into(),
        (Decimal, _) => "A number with at most two decimals.".into(),
        (Number, _) => "A number.".into(),
        (Boolean, _) => "Yes or no.".into(),
    }
}

fn requirement(condition: &Condition, always: &str, never: &str) -> String {
    match condition {
        Condition::Always => always.into(),
        Condition::Never => never.into(),
        condition => format!("when {condition}"),
    }
}

fn write_list(out: &mut String, spec: &Spec, list: &CodeList) -> fmt::Result {
    writeln!(out, "### Values of {}\n", list.name)?;
    let used = spec.fields.iter().filter(|field| field.codes.as_ref().is_some_and(|codes| codes.name == list.name));
    let used: Vec<String> = used.map(|field| format!("[{}](#{})", field.header, anchor(&field.header))).collect();
    writeln!(out, "Used by {}.\n", used.join(", "))?;
    writeln!(out, "| value | group | known |\n|---|---|---|")?;
    for code in &list.codes {
        let group = code.group.as_deref().unwrap_or_default();
        writeln!(out, "| {} | {} | {} |", cell(&code.value), cell(group), code.confidence)?;
    }
    writeln!(out)?;
    let renamed: Vec<_> = list.earlier.iter().filter(|(before, now)| now.as_ref() != Some(*before)).collect();
    if let (Some(release), false) = (&spec.follows, renamed.is_empty()) {
        writeln!(out, "| value of {release} | now |\n|---|---|")?;
        for (before, now) in renamed {
            writeln!(out, "| {} | {} |", cell(before), cell(now.as_deref().unwrap_or("nothing takes its place")))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_stage(out: &mut String, spec: &Spec, stage: Stage) -> fmt::Result {
    let rules: Vec<&Rule> = spec.rules.iter().filter(|rule| rule.stage == stage).collect();
    if rules.is_empty() {
        return Ok(());
    }
    let title = match stage {
        Stage::File => "The file as a whole",
        Stage::Field => "One value",
        Stage::Record => "One record",
        Stage::Person => "All records of one person",
        Stage::Dataset => "All records",
    };
    writeln!(out, "### {title}\n")?;
    rules.into_iter().try_for_each(|rule| write_rule(out, rule))
}

fn write_rule(out: &mut String, rule: &Rule) -> fmt::Result {
    writeln!(out, "#### `{}`\n\n**{}.** {}\n", rule.id, rule.message, rule.hint)?;
    if !rule.why.is_empty() {
        writeln!(out, "{}\n", rule.why)?;
    }
    writeln!(out, "- Severity: {}{}.", rule.severity, if rule.fixed { ", fixed" } else { "" })?;
    if rule.when != Condition::Always {
        writeln!(out, "- Looked at when {}.", rule.when)?;
    }
    if let Some(across) = &rule.across {
        writeln!(out, "- Must hold: {across}.")?;
    } else if !rule.is_built_in() && rule.holds != Condition::Never {
        writeln!(out, "- Must hold: {}.", rule.holds)?;
    }
    if !rule.example.is_empty() {
        writeln!(out, "- For example: {}.", cells(&rule.example))?;
    }
    if !rule.example_records.is_empty() {
        let records: Vec<String> = rule.example_records.iter().map(cells).collect();
        writeln!(out, "- For example, records with: {}.", records.join("; and "))?;
    }
    writeln!(out, "- Known: {} ({}).\n", rule.confidence, rule.source)
}

/// Cells in words, or that they are any.
pub(super) fn cells(example: &BTreeMap<String, String>) -> String {
    if example.is_empty() {
        return "any cells".into();
    }
    let cells = example.iter().map(|(header, value)| match value.as_str() {
        "" => format!("{header} blank"),
        value => format!("{header} `{}`", value.escape_debug()),
    });
    cells.collect::<Vec<_>>().join(", ")
}

fn write_derived(out: &mut String, spec: &Spec) -> fmt::Result {
    if spec.derived.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Derived columns\n\n| column | made as | class | known | notes |\n|---|---|---|---|---|")?;
    for column in &spec.derived {
        let (name, made, class) =
            (cell(&column.column), cell(&spec.made_as(&column.derivation)), column.class.as_str());
        writeln!(out, "| {name} | {made} | {class} | {} | {} |", column.confidence, cell(&column.notes))?;
    }
    writeln!(out)
}

/// Text for a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The anchor that a heading gets: lower case, hyphens for spaces, no punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}
