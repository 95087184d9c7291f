//! What people write to say what a file must be: conditions and descriptions of tables.

use std::collections::BTreeSet;
use std::sync::Arc;

use fairway_spec::{Condition, ExportFormat, Spec, export};

use crate::judge_with;

/// Any text as a condition: read or refused at a place within it; what is read is written as SQL that reads the same.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Condition::parse(&text) {
        Ok(condition) => {
            let sql = condition.to_sql();
            assert_eq!(Condition::parse(&sql).as_ref(), Ok(&condition), "{sql}");
            assert!(!condition.to_string().is_empty(), "a condition without words");
            let named: usize = condition.headers().iter().map(|header| header.len()).sum();
            assert!(named <= text.len(), "more fields than were written");
        }
        Err(error) => {
            let lines = text.split('\n').count() as u64;
            assert!((1..=lines).contains(&error.line), "a mistake on line {} of {lines}", error.line);
            assert!(!error.problem.is_empty(), "a mistake without words");
        }
    }
}

/// Any text as a Table Schema, a resource or a package, and what follows a line `---` as a file of it: it loads or is
/// refused; what loads holds together, can be written, and judges the file as any other specification does.
pub fn table_schema(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (written, file) = text.split_once("\n---\n").unwrap_or((&text, ""));
    let spec = match Spec::from_table_schema(written, "table") {
        Ok(spec) => spec,
        Err(error) => {
            assert!(!error.problems.is_empty(), "refused without a reason");
            return;
        }
    };
    let columns: BTreeSet<String> = spec.fields.iter().map(|field| field.column.to_lowercase()).collect();
    assert_eq!(columns.len(), spec.fields.len(), "two columns of one name");
    for list in spec.fields.iter().filter_map(|field| field.codes.as_ref()) {
        let known = spec.code_lists.get(&list.name);
        assert!(known.is_some_and(|known| Arc::ptr_eq(known, list)), "a list under another's name");
    }
    for format in ExportFormat::ALL {
        assert!(export(&spec, *format).is_ok_and(|text| text.ends_with('\n')), "not written as {format}");
    }
    let names: Vec<String> = spec.headers().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
    judge_with(format!("{}\n{file}", names.join(",")).as_bytes(), &spec);
    judge_with(file.as_bytes(), &spec);
}
