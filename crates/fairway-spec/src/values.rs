//! What a field of `spec.yaml` says of its values.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::file::FieldFile;
use crate::form::{Form, Limits};
use crate::model::{Code, CodeList, Confidence, FieldKind};

/// How a field's values are read.
pub(crate) struct Values {
    pub(crate) kind: FieldKind,
    pub(crate) form: Option<Form>,
    pub(crate) limits: Limits,
    pub(crate) codes: Option<Arc<CodeList>>,
}

impl Values {
    pub(crate) fn of(field: &FieldFile, list: Option<&Arc<CodeList>>) -> Result<Self, String> {
        let (kind, form) = kind_and_form(field)?;
        let constraints = &field.constraints;
        let is_text = kind == FieldKind::Text && form.is_none();
        if !is_text && (field.code_list.is_some() || field.shape.is_some()) {
            return Err("only a string without a format has a code list or a shape".into());
        }
        let has_length = constraints.min_length.is_some() || constraints.max_length.is_some();
        if has_length && kind != FieldKind::Text {
            return Err("only a text has a shortest or longest length".into());
        }
        let mut limits = constraints.limits(kind, form.as_ref())?;
        if field.shape.is_some() {
            limits.pattern = None;
        }
        let codes = match (list, &constraints.values) {
            (Some(_), Some(_)) => return Err("a field has a code list or an enum, not both".into()),
            (None, Some(values)) if is_text => Some(Arc::new(enumerated(field, values))),
            (None, Some(_)) => {
                limits.allowed = constraints.allowed(kind, form.as_ref())?;
                None
            }
            (list, None) => list.cloned(),
        };
        let kind = if codes.is_some() { FieldKind::Code } else { kind };
        Ok(Self { kind, form, limits, codes })
    }
}

/// Kind and form, with what is particular to our own files: a number that names none of its marks has at most two
/// decimals, an integer is plain, and a date says how it is written.
fn kind_and_form(field: &FieldFile) -> Result<(FieldKind, Option<Form>), String> {
    let marked = field.decimal_char.is_some() || field.group_char.is_some() || field.bare_number.is_some();
    match (field.kind.as_str(), field.format.as_deref()) {
        ("date", Some("%d/%m/%Y")) => Ok((FieldKind::Date, None)),
        ("date", None) => Err("a date has a format, such as \"%d/%m/%Y\" or \"%Y-%m-%d\"".into()),
        ("number", None) if !marked => Ok((FieldKind::Decimal, None)),
        ("integer", None) if !marked => Ok((FieldKind::Integer, None)),
        ("number" | "integer" | "boolean" | "year" | "any", Some(_)) => {
            Err(format!("the type {} has no format", field.kind))
        }
        _ => field.type_keys().form(),
    }
}

/// What to ask for; where a field is simply `required`, its name is enough.
pub(crate) fn enter(field: &FieldFile) -> String {
    let named = field.enter.is_empty() && field.mandatory.is_none() && field.constraints.required;
    if named { format!("Enter {}", field.name) } else { field.enter.clone() }
}

/// The values of an `enum` as a code list of the field's own.
fn enumerated(field: &FieldFile, values: &[String]) -> CodeList {
    let code = |value: &String| Code {
        value: value.clone(),
        group: None,
        source: field.source.clone(),
        // The schema's own word is the official one of its dataset.
        confidence: Confidence::Verified,
        attributes: BTreeMap::new(),
    };
    CodeList {
        name: field.column.clone().unwrap_or_else(|| column(&field.name)),
        codes: values.iter().map(code).collect(),
        earlier: BTreeMap::new(),
    }
}

/// Longest name of a column made from a header; every reader of the tables takes one of that length with a number behind it.
const LONGEST_COLUMN: usize = 100;

/// The header as a column's name: letters of the Latin alphabet, digits and underscores, no digit first.
pub(crate) fn column(header: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = header.trim().chars().map(word).take(LONGEST_COLUMN).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') { name } else { format!("c_{name}") }
}
