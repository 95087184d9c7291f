//! An inferred specification as files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::codelist::write_csv;

use super::{Inferred, SampleFacts, SpecFiles};

/// Text in double quotes, as both JSON and YAML read it.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn files(
    facts: &SampleFacts,
    records: u64,
    missing: &BTreeSet<&'static str>,
    columns: &[Inferred<'_>],
) -> SpecFiles {
    let mut files = BTreeMap::new();
    let mut lists = BTreeSet::new();
    let mut text = head(facts, records, missing);
    let mut notes = vec![format!("{records} records of {} columns, written in {}", columns.len(), facts.encoding)];
    for column in columns {
        let list = column.codes.as_ref().map(|codes| {
            let name = list_name(&column.column, &mut lists);
            files.insert(format!("codelists/{name}.csv"), list_file(codes));
            name
        });
        let seen = seen(column);
        notes.push(format!("{}: {seen}; {}", column.header, column.class.as_str()));
        field(&mut text, column, list.as_deref(), &seen);
    }
    files.insert("spec.yaml".into(), text);
    SpecFiles { files, notes }
}

fn head(facts: &SampleFacts, records: u64, missing: &BTreeSet<&'static str>) -> String {
    let words: Vec<String> = std::iter::once("").chain(missing.iter().copied()).map(quoted).collect();
    let mut text = format!(
        "# A first specification, inferred from a sample. Everything in it is an assumption until somebody has looked at it:\n\
         # the forms, the lists, what is required and unique, and above all each field's class.\n\
         dataset: {}\nrelease: {}\ntitle: {}\ncustoms: table\nmissingValues: [{}]\n",
        quoted(facts.name.dataset()),
        quoted(facts.name.release()),
        quoted(facts.name.dataset()),
        words.join(", ")
    );
    if facts.delimiter != b',' {
        text += &format!("dialect: {{delimiter: {}}}\n", quoted(&char::from(facts.delimiter).to_string()));
    }
    text += &format!("sources:\n  sample: {}\nfields:\n", quoted(&format!("{}, {records} records", facts.source)));
    text
}

fn field(text: &mut String, column: &Inferred<'_>, list: Option<&str>, seen: &str) {
    let mut line = |line: String| {
        let written = writeln!(text, "{line}");
        debug_assert!(written.is_ok(), "a text takes every line");
    };
    line(format!("  - name: {}", quoted(column.header)));
    line(format!("    column: {}", quoted(&column.column)));
    line(format!("    {}", column.form.map_or("type: string", |form| form.keys.as_str())));
    if let Some(list) = list {
        line(format!("    codeList: {}", quoted(list)));
    }
    if let Some(shape) = column.taken.shape {
        line(format!("    shape: {shape}"));
    }
    if let Some(role) = column.taken.role {
        line(format!("    role: {role}"));
    }
    line(format!("    class: {}", column.class.as_str()));
    let constraints: Vec<&str> = [(column.required, "required: true"), (column.unique, "unique: true")]
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| word)
        .collect();
    if !constraints.is_empty() {
        line(format!("    constraints: {{{}}}", constraints.join(", ")));
    }
    line("    source: sample".into());
    line("    confidence: assumed".into());
    line(format!("    notes: {}", quoted(seen)));
}

/// What the assumption rests on, in counts.
fn seen(column: &Inferred<'_>) -> String {
    let tally = column.tally;
    let nothings: u64 = tally.nothings.values().sum();
    let mut parts = vec![format!("filled in {} of {}", tally.filled, tally.filled + tally.blank + nothings)];
    if let Some(form) = column.form {
        parts.push(format!("all {}", form.form.in_words()));
    }
    if let Some(codes) = &column.codes {
        parts.push(format!("{} different values", codes.len()));
    }
    if nothings > 0 {
        parts.push(format!("{nothings} words for nothing"));
    }
    if column.tally.all_different() {
        parts.push("no value twice".into());
    }
    if !column.taken.why.is_empty() {
        parts.push(format!("taken for {}", column.taken.why));
    }
    parts.join(", ")
}

fn list_file(codes: &BTreeMap<String, u64>) -> String {
    let row =
        |(value, count): (&String, &u64)| vec![value.clone(), "sample".into(), "assumed".into(), count.to_string()];
    write_csv(&["value", "source", "confidence", "records"], codes.iter().map(row))
}

/// A file's name from a column's, unlike the others.
fn list_name(column: &str, taken: &mut BTreeSet<String>) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let word: String = column.chars().map(letter).take(60).collect();
    let numbered = (2..).map(|n| format!("{word}_{n}"));
    let name = std::iter::once(word.clone()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or(word.clone());
    taken.insert(name.clone());
    name
}
