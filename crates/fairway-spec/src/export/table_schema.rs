//! A Frictionless Table Schema, for any of its readers.

use std::borrow::Cow;

use serde::Serialize;

use crate::model::{Field, FieldKind};
use crate::{Condition, Spec};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Schema<'s> {
    #[serde(rename = "$schema")]
    profile: &'static str,
    name: String,
    title: &'s str,
    missing_values: &'s [String],
    fields: Vec<SchemaField<'s>>,
}

#[derive(Serialize)]
struct SchemaField<'s> {
    name: &'s str,
    title: &'s str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'s str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Cow<'s, str>>,
    #[serde(skip_serializing_if = "SchemaConstraints::is_empty")]
    constraints: SchemaConstraints<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SchemaConstraints<'s> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'s str>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    values: Vec<&'s str>,
}

impl SchemaConstraints<'_> {
    fn is_empty(&self) -> bool {
        !self.required && self.max_length.is_none() && self.pattern.is_none() && self.values.is_empty()
    }
}

/// The Table Schema of a specification. Requirements that depend on other fields cannot be said in it.
pub(super) fn schema(spec: &Spec) -> Schema<'_> {
    Schema {
        profile: "https://datapackage.org/profiles/2.0/tableschema.json",
        name: spec.name.to_string().replace('/', "-"),
        title: &spec.title,
        missing_values: &spec.missing_values,
        fields: spec.fields.iter().map(field).collect(),
    }
}

fn field(field: &Field) -> SchemaField<'_> {
    let (kind, format) = match (&field.form, field.kind) {
        (Some(form), _) => form.schema(),
        (None, FieldKind::Text | FieldKind::Code) => ("string", None),
        (None, FieldKind::Date) => ("date", Some("%d/%m/%Y".into())),
        (None, FieldKind::Integer) => ("integer", None),
        (None, FieldKind::Decimal | FieldKind::Number) => ("number", None),
        (None, FieldKind::Boolean) => ("boolean", None),
    };
    let codes = field.codes.iter().flat_map(|list| &list.codes);
    SchemaField {
        name: &field.header,
        title: &field.title,
        description: &field.notes,
        kind,
        format,
        constraints: SchemaConstraints {
            required: field.mandatory == Condition::Always,
            max_length: field.max_length,
            pattern: field.pattern.as_deref(),
            values: codes.map(|code| code.value.as_str()).collect(),
        },
    }
}
