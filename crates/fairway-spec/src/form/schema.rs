//! Types and formats of the Table Schema, to a form and back.

use std::borrow::Cow;

use super::{DayForm, Form, Marks, TextForm};
use crate::model::FieldKind;

/// What a field of a Table Schema says of its type.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TypeKeys<'k> {
    pub(crate) kind: &'k str,
    pub(crate) format: Option<&'k str>,
    pub(crate) decimal: Option<&'k str>,
    pub(crate) group: Option<&'k str>,
    pub(crate) bare: Option<bool>,
    pub(crate) yes: Option<&'k [String]>,
    pub(crate) no: Option<&'k [String]>,
    pub(crate) delimiter: Option<&'k str>,
    pub(crate) item: Option<&'k str>,
}

/// The types of the Table Schema.
pub(crate) const TYPES: [&str; 16] = [
    "string",
    "number",
    "integer",
    "boolean",
    "date",
    "time",
    "datetime",
    "year",
    "yearmonth",
    "duration",
    "list",
    "object",
    "array",
    "geopoint",
    "geojson",
    "any",
];

impl TypeKeys<'_> {
    /// Kind and form; no form for plain text.
    ///
    /// # Errors
    /// When the type or the format is none of the Table Schema.
    pub(crate) fn form(&self) -> Result<(FieldKind, Option<Form>), String> {
        let (kind, form) = match self.kind {
            "string" => (FieldKind::Text, self.text()?.map(Form::Text)),
            "any" => (FieldKind::Text, None),
            "number" => (FieldKind::Number, Some(Form::Number(self.marks()))),
            "integer" => (FieldKind::Integer, Some(Form::Integer(self.marks()))),
            "boolean" => (FieldKind::Boolean, Some(self.boolean())),
            "date" => (FieldKind::Date, Some(Form::Date(self.day()?))),
            "time" => (FieldKind::Text, Some(Form::Time(self.day()?))),
            "datetime" => (FieldKind::Text, Some(Form::Moment(self.day()?))),
            "year" => (FieldKind::Integer, Some(Form::Year)),
            "yearmonth" => (FieldKind::Text, Some(Form::YearMonth)),
            "duration" => (FieldKind::Text, Some(Form::Text(TextForm::Duration))),
            "object" => (FieldKind::Text, Some(Form::Text(TextForm::Object))),
            "array" => (FieldKind::Text, Some(Form::Text(TextForm::Array))),
            "geopoint" => (FieldKind::Text, Some(Form::Text(self.point()?))),
            "geojson" => (FieldKind::Text, Some(Form::Text(self.geojson()?))),
            "list" => (FieldKind::Text, Some(self.list()?)),
            other => return Err(format!("`{other}` is no type; known are {}", TYPES.join(", "))),
        };
        Ok((kind, form))
    }

    fn format(&self) -> &str {
        self.format.unwrap_or("default")
    }

    fn unknown(&self) -> String {
        format!("`{}` is no format of the type {}", self.format(), self.kind)
    }

    fn text(&self) -> Result<Option<TextForm>, String> {
        Ok(Some(match self.format() {
            "default" => return Ok(None),
            "email" => TextForm::Email,
            "uri" => TextForm::Uri,
            "uuid" => TextForm::Uuid,
            "binary" => TextForm::Binary,
            _ => return Err(self.unknown()),
        }))
    }

    fn point(&self) -> Result<TextForm, String> {
        match self.format() {
            "default" => Ok(TextForm::Point),
            "array" => Ok(TextForm::PointArray),
            "object" => Ok(TextForm::PointObject),
            _ => Err(self.unknown()),
        }
    }

    fn geojson(&self) -> Result<TextForm, String> {
        match self.format() {
            "default" => Ok(TextForm::GeoJson),
            "topojson" => Ok(TextForm::TopoJson),
            _ => Err(self.unknown()),
        }
    }

    fn day(&self) -> Result<DayForm, String> {
        match self.format() {
            "default" => Ok(DayForm::Iso),
            "any" => Ok(DayForm::Any),
            "%Y-%m-%d" if self.kind == "date" => Ok(DayForm::Iso),
            // As versions of the standard before the first wrote it.
            pattern => DayForm::pattern(pattern.strip_prefix("fmt:").unwrap_or(pattern)),
        }
    }

    fn marks(&self) -> Marks {
        let default = Marks::default();
        Marks {
            decimal: self.decimal.filter(|mark| !mark.is_empty()).map_or(default.decimal, str::to_owned),
            group: self.group.map_or(default.group, str::to_owned),
            bare: self.bare.unwrap_or(true),
        }
    }

    fn boolean(&self) -> Form {
        let Form::Boolean { yes, no } = Form::boolean() else { return Form::boolean() };
        Form::Boolean { yes: self.yes.map_or(yes, <[String]>::to_vec), no: self.no.map_or(no, <[String]>::to_vec) }
    }

    fn list(&self) -> Result<Form, String> {
        let item = match self.item {
            None | Some("string") => None,
            Some(kind) => TypeKeys { kind, ..TypeKeys::default() }.form()?.1.map(Box::new),
        };
        Ok(Form::List { delimiter: self.delimiter.filter(|mark| !mark.is_empty()).unwrap_or(",").to_owned(), item })
    }
}

impl Form {
    /// Type and format in the Table Schema.
    pub(crate) fn schema(&self) -> (&'static str, Option<Cow<'_, str>>) {
        let day = |form: &DayForm| form.as_format().map(|format| Cow::Owned(format.to_owned()));
        match self {
            Self::Date(form) => ("date", day(form)),
            Self::Time(form) => ("time", day(form)),
            Self::Moment(form) => ("datetime", day(form)),
            Self::Integer(_) => ("integer", None),
            Self::Number(_) => ("number", None),
            Self::Boolean { .. } => ("boolean", None),
            Self::Year => ("year", None),
            Self::YearMonth => ("yearmonth", None),
            Self::Text(form) => {
                let (kind, format) = form.schema();
                (kind, format.map(Cow::Borrowed))
            }
            Self::List { .. } => ("list", None),
        }
    }
}
