//! Constraints of the Table Schema, as written and as a field's limits.

use serde::Deserialize;

use crate::form::{Bound, DayForm, Form, Limit, Limits, Marks, Pattern, Reading};
use crate::model::{Field, FieldKind};

/// Constraints as written; values as the text of their scalars.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct Constraints {
    pub(crate) required: bool,
    pub(crate) unique: bool,
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) minimum: Option<String>,
    pub(crate) maximum: Option<String>,
    pub(crate) exclusive_minimum: Option<String>,
    pub(crate) exclusive_maximum: Option<String>,
    /// Where the field has a `shape`, the check goes by that, and this is for readers of the Table Schema.
    pub(crate) pattern: Option<String>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Vec<String>>,
}

impl Constraints {
    /// The limits of a field of this kind and form, the values allowed apart.
    ///
    /// # Errors
    /// What is wrong with a bound or a pattern.
    pub(crate) fn limits(&self, kind: FieldKind, form: Option<&Form>) -> Result<Limits, String> {
        let mut bounds = Vec::new();
        for (name, limit, written) in [
            ("minimum", Limit::AtLeast, &self.minimum),
            ("exclusiveMinimum", Limit::Above, &self.exclusive_minimum),
            ("maximum", Limit::AtMost, &self.maximum),
            ("exclusiveMaximum", Limit::Below, &self.exclusive_maximum),
        ] {
            let Some(text) = written else { continue };
            let value = reading(kind, form, text)
                .filter(|value| !matches!(value, Reading::Text | Reading::Truth(_)))
                .ok_or_else(|| format!("`{name}` is {text}, which is no value of the field's type"))?;
            bounds.push(Bound { limit, value, text: text.clone() });
        }
        let pattern = self.pattern.as_deref().map(Pattern::new).transpose();
        Ok(Limits {
            unique: self.unique,
            min_length: self.min_length,
            bounds,
            pattern: pattern.map_err(|error| format!("`pattern` cannot be used: {error}"))?,
            allowed: Vec::new(),
        })
    }

    /// The values of `enum` as a field of this kind and form reads them.
    ///
    /// # Errors
    /// When one is no value of the field's type.
    pub(crate) fn allowed(&self, kind: FieldKind, form: Option<&Form>) -> Result<Vec<Reading>, String> {
        let values = self.values.iter().flatten();
        let read = |text: &String| {
            reading(kind, form, text).ok_or_else(|| format!("`enum` has {text}, which is no value of the field's type"))
        };
        values.map(read).collect()
    }
}

/// What a bound or a value of `enum` says: written as the field's values are, or as the standard writes them.
fn reading(kind: FieldKind, form: Option<&Form>, text: &str) -> Option<Reading> {
    let plain = match kind {
        FieldKind::Date => Some(Form::Date(DayForm::Iso)),
        FieldKind::Integer => Some(Form::Integer(Marks::default())),
        FieldKind::Decimal | FieldKind::Number => Some(Form::Number(Marks::default())),
        FieldKind::Boolean => Some(Form::boolean()),
        FieldKind::Text | FieldKind::Code => None,
    };
    let own = match (form, kind) {
        (Some(form), _) => form.read(text).ok(),
        (None, FieldKind::Date) => Form::Date(DayForm::British).read(text).ok(),
        (None, _) => None,
    };
    own.or_else(|| plain?.read(text).ok())
}

impl Field {
    /// Whether its values are numbers.
    pub fn is_number(&self) -> bool {
        matches!(self.kind, FieldKind::Integer | FieldKind::Decimal | FieldKind::Number)
    }
}
