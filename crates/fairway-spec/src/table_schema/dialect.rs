//! What a resource says of its file.

use serde_json::Value;

use super::Remarks;
use super::keys::Keys;
use crate::dialect::{ColumnsMatch, Dialect};

/// Keys of a dialect that every CSV file here keeps to anyway: a reader that takes every line end and two quotes for one.
const IDLE: [&str; 7] =
    ["lineTerminator", "csvddfVersion", "$schema", "title", "description", "name", "caseSensitiveHeader"];

/// Reads a dialect.
///
/// # Errors
/// What would make every verdict nonsense, because no file is read that way here.
pub(super) fn dialect(value: &Value, remarks: &mut Remarks) -> Result<Dialect, String> {
    let keys = Keys::of(value).ok_or("`dialect` is not an object")?;
    let mut dialect = Dialect::default();
    read(&keys, &mut dialect)?;
    // As frictionless writes it: what is particular to CSV in an object of its own.
    if let Some(csv) = keys.get("csv") {
        let csv = Keys::of(csv).ok_or("`csv` is not an object")?;
        read(&csv, &mut dialect)?;
        csv.rest(&IDLE).into_iter().for_each(|key| remarks.add(format!("`{key}` of the dialect is not looked at")));
    }
    keys.rest(&IDLE).into_iter().for_each(|key| remarks.add(format!("`{key}` of the dialect is not looked at")));
    Ok(dialect)
}

fn read(keys: &Keys<'_>, dialect: &mut Dialect) -> Result<(), String> {
    dialect.delimiter = mark(keys, "delimiter")?.unwrap_or(dialect.delimiter);
    if mark(keys, "quoteChar")?.is_some_and(|quote| quote != b'"') {
        return Err("no file with quotes other than \" can be read".into());
    }
    dialect.header = keys.flag("header")?.unwrap_or(dialect.header);
    dialect.header_case = keys.flag("headerCase")?.unwrap_or(dialect.header_case);
    if keys.flag("doubleQuote")? == Some(false) || keys.text("escapeChar")?.is_some() {
        return Err("a quote within quotes is doubled; no other escape can be read".into());
    }
    for key in ["commentChar", "commentRows", "nullSequence", "quoteNone"] {
        if keys.get(key).is_some_and(|value| *value != Value::Bool(false)) {
            return Err(format!("no file with `{key}` can be read"));
        }
    }
    if keys.flag("skipInitialSpace")? == Some(true) {
        return Err("no file with `skipInitialSpace` can be read".into());
    }
    if let Some(rows) = keys.list("headerRows")? {
        match rows.iter().map(Value::as_u64).collect::<Option<Vec<_>>>().as_deref() {
            Some([]) => dialect.header = false,
            Some([row]) if *row > 0 => {
                dialect.skipped = usize::try_from(row - 1).map_err(|_| "`headerRows` is too far down")?
            }
            _ => return Err("a header of several rows cannot be read".into()),
        }
    }
    Ok(())
}

fn mark(keys: &Keys<'_>, key: &str) -> Result<Option<u8>, String> {
    match keys.text(key)?.map(str::as_bytes) {
        None => Ok(None),
        Some([byte]) if byte.is_ascii() && !matches!(byte, b'\n' | b'\r') => Ok(Some(*byte)),
        Some(_) => Err(format!("`{key}` is not one ASCII character")),
    }
}

/// `fieldsMatch` of version 2.
pub(super) fn columns(keys: &Keys<'_>) -> Result<ColumnsMatch, String> {
    let word = match keys.get("fieldsMatch") {
        None => return Ok(ColumnsMatch::Exact),
        Some(Value::Array(words)) => words.first().and_then(Value::as_str),
        Some(word) => word.as_str(),
    };
    Ok(match word {
        Some("exact") => ColumnsMatch::Exact,
        Some("equal") => ColumnsMatch::Equal,
        Some("subset") => ColumnsMatch::Subset,
        Some("superset") => ColumnsMatch::Superset,
        Some("partial") => ColumnsMatch::Partial,
        _ => return Err("`fieldsMatch` is not exact, equal, subset, superset or partial".into()),
    })
}

/// What a resource says of its text: the encodings that are recognised whatever it says.
pub(super) fn encoding(keys: &Keys<'_>) -> Result<(), String> {
    const READ: [&str; 12] = [
        "utf-8",
        "utf8",
        "utf-8-sig",
        "ascii",
        "us-ascii",
        "iso-8859-1",
        "iso8859-1",
        "latin-1",
        "latin1",
        "windows-1252",
        "cp1252",
        "utf-16",
    ];
    match keys.text("encoding")?.map(str::to_ascii_lowercase) {
        Some(name) if !READ.contains(&name.replace('_', "-").as_str()) => {
            Err(format!("text in {name} cannot be read; UTF-8, Windows-1252 and UTF-16 can"))
        }
        _ => Ok(()),
    }
}
