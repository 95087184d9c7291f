//! The data dictionary beside an extract: what each column is, in the specification's words.

use std::path::Path;

use fairway_domain::{Column, Fault, FaultExt};
use fairway_spec::Spec;

/// What each column is.
pub const DICTIONARY: &str = "dictionary.csv";

/// Writes the dictionary: a line a column, with the dataset whose specification tells of it. Says how many lines.
pub(crate) fn write(path: &Path, columns: &[(Column, Option<&Spec>, String)]) -> Result<u64, Fault> {
    const WHAT: &str = "data dictionary cannot be written";
    let mut file = csv::Writer::from_path(path).fault(WHAT)?;
    file.write_record(["column", "dataset", "kind", "privacy_class", "meaning", "values"]).fault(WHAT)?;
    for (column, spec, own_name) in columns {
        let told = spec.map(|spec| told(spec, own_name)).unwrap_or_default();
        let dataset = spec.map(|spec| spec.name.to_string()).unwrap_or_default();
        let kind = format!("{:?}", column.kind).to_lowercase();
        file.write_record([&column.name, &dataset, &kind, column.class.as_str(), &told.0, &told.1]).fault(WHAT)?;
    }
    file.flush().fault(WHAT)?;
    Ok(columns.len() as u64)
}

/// What a column holds, and the list of its values.
fn told(spec: &Spec, column: &str) -> (String, String) {
    if let Some(field) = spec.fields.iter().find(|field| field.column == column) {
        let list = field.codes.as_ref().map(|list| format!("code list {}", list.name));
        return (field.title.clone(), list.unwrap_or_default());
    }
    let derived = spec.derived.iter().find(|derived| derived.column == column);
    (derived.map(|derived| format!("Derived by {}: {}", spec.name, derived.notes)).unwrap_or_default(), String::new())
}
