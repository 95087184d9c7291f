//! A specification in the forms that other programs and people read.

mod json;
mod markdown;
mod pages;
mod table_schema;

use std::fmt;
use std::str::FromStr;

use crate::Spec;

pub use pages::{Page, rule_pages};

/// The forms there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A Frictionless Table Schema in JSON, with the code lists as `enum`.
    TableSchema,
    /// Everything, in JSON.
    Json,
    /// The fields, one a row.
    Csv,
    /// A page of guidance: fields, lists, rules and examples.
    Markdown,
}

impl ExportFormat {
    /// Every form.
    pub const ALL: &[Self] = &[Self::TableSchema, Self::Json, Self::Csv, Self::Markdown];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TableSchema => "table-schema",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word is none of the forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a specification is written as table-schema, json, csv or markdown")]
pub struct ExportFormatError;

impl FromStr for ExportFormat {
    type Err = ExportFormatError;

    fn from_str(word: &str) -> Result<Self, ExportFormatError> {
        Self::ALL.iter().copied().find(|format| format.as_str() == word).ok_or(ExportFormatError)
    }
}

/// Writing failed inside this crate; not the reader's doing.
#[derive(Debug, thiserror::Error)]
#[error("the specification could not be written as {format}")]
pub struct ExportError {
    format: ExportFormat,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// The specification in a form, as text that ends with a line end.
///
/// # Errors
/// When a writer fails, which would be a fault of this crate.
pub fn export(spec: &Spec, format: ExportFormat) -> Result<String, ExportError> {
    let fault = |source: Box<dyn std::error::Error + Send + Sync>| ExportError { format, source };
    match format {
        ExportFormat::TableSchema => pretty(&table_schema::schema(spec)).map_err(|error| fault(error.into())),
        ExportFormat::Json => pretty(&json::document(spec)).map_err(|error| fault(error.into())),
        ExportFormat::Csv => fields_csv(spec).map_err(fault),
        ExportFormat::Markdown => Ok(markdown::page(spec)),
    }
}

fn pretty(document: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(document).map(|text| text + "\n")
}

const FIELD_COLUMNS: [&str; 18] = [
    "position",
    "header",
    "title",
    "kind",
    "max_length",
    "shape",
    "code_list",
    "privacy_class",
    "role",
    "column",
    "module",
    "applicable",
    "mandatory",
    "enter",
    "notes",
    "source",
    "confidence",
    "confidence_note",
];

fn fields_csv(spec: &Spec) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(FIELD_COLUMNS)?;
    for (index, field) in spec.fields.iter().enumerate() {
        let row: [String; FIELD_COLUMNS.len()] = [
            (index + 1).to_string(),
            field.header.clone(),
            field.title.clone(),
            field.kind.to_string(),
            field.max_length.map(|length| length.to_string()).unwrap_or_default(),
            field.format.map(|shape| shape.to_string()).unwrap_or_default(),
            field.codes.as_ref().map(|list| list.name.clone()).unwrap_or_default(),
            field.class.as_str().into(),
            field.role.map(|role| role.to_string()).unwrap_or_default(),
            field.column.clone(),
            field.module.clone(),
            field.applicable.to_string(),
            field.mandatory.to_string(),
            field.enter.clone(),
            field.notes.clone(),
            field.source.clone(),
            field.confidence.to_string(),
            field.confidence_note.clone(),
        ];
        writer.write_record(&row)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}
