//! One field of a Table Schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use fairway_domain::PrivacyClass;
use serde_json::Value;

use super::Remarks;
use super::keys::{Keys, scalar};
use crate::Condition;
use crate::constraints::Constraints;
use crate::form::{Form, TypeKeys};
use crate::model::{Code, CodeList, Confidence, Field, FieldKind, Format, Role};
use crate::values::column;

/// Keys of a field that say nothing about its values.
const IDLE: [&str; 7] = ["title", "description", "example", "rdfType", "categories", "categoriesOrdered", "$comment"];

/// Where everything in a plain Table Schema comes from.
pub(super) const SOURCE: &str = "TS";

/// Reads a field.
///
/// # Errors
/// What about it is no field of the Table Schema.
pub(super) fn field(value: &Value, remarks: &mut Remarks) -> Result<Field, String> {
    let keys = Keys::of(value).ok_or("a field is not an object")?;
    let header = keys.text("name")?.ok_or("`name` is missing")?.to_owned();
    let (kind, form) = kind_and_form(&keys)?;
    let constraints = constraints(&keys, type_word(&keys)?, &header, remarks)?;
    let limits = constraints.limits(kind, form.as_ref())?;
    let mut field = Field {
        column: keys.text("column")?.map_or_else(|| column(&header), str::to_owned),
        title: keys.text("title")?.unwrap_or(&header).to_owned(),
        kind,
        form,
        max_length: constraints.max_length,
        pattern: constraints.pattern.clone(),
        limits,
        format: word::<Format>(&keys, "shape")?,
        codes: None,
        class: word::<PrivacyClass>(&keys, "class")?.unwrap_or(PrivacyClass::Direct),
        role: word::<Role>(&keys, "role")?,
        not_in_future: keys.flag("notInFuture")?.unwrap_or(false),
        enter: format!("Enter {header}"),
        applicable: Condition::Always,
        mandatory: if constraints.required { Condition::Always } else { Condition::Never },
        module: String::new(),
        source: SOURCE.into(),
        confidence: Confidence::Verified,
        confidence_note: String::new(),
        notes: keys.text("description")?.unwrap_or_default().to_owned(),
        header,
    };
    if field.format.is_some() && (field.kind != FieldKind::Text || field.form.is_some()) {
        return Err("only a string without a format has a shape".into());
    }
    allow(&mut field, &constraints)?;
    for key in keys.rest(&IDLE) {
        remarks.add(format!("`{key}` of the field {} is no property that the check knows", field.header));
    }
    Ok(field)
}

fn type_word<'v>(keys: &Keys<'v>) -> Result<&'v str, String> {
    // Version 2 of the standard: a field without a type may hold anything. So it was, as a string, before.
    Ok(keys.text("type")?.unwrap_or("any"))
}

fn kind_and_form(keys: &Keys<'_>) -> Result<(FieldKind, Option<Form>), String> {
    let (yes, no) = (keys.texts("trueValues")?, keys.texts("falseValues")?);
    TypeKeys {
        kind: type_word(keys)?,
        format: keys.text("format")?,
        decimal: keys.text("decimalChar")?,
        group: keys.text("groupChar")?,
        bare: keys.flag("bareNumber")?,
        yes: yes.as_deref(),
        no: no.as_deref(),
        delimiter: keys.text("delimiter")?,
        item: keys.text("itemType")?,
    }
    .form()
}

/// The constraints, those that do not go with the type refused, those that are not looked at said.
fn constraints(keys: &Keys<'_>, kind: &str, header: &str, remarks: &mut Remarks) -> Result<Constraints, String> {
    let Some(value) = keys.get("constraints") else { return Ok(Constraints::default()) };
    let own = Keys::of(value).ok_or("`constraints` is not an object")?;
    let bound = |key| own.get(key).map(|value| scalar(value).ok_or(format!("`{key}` is not a value"))).transpose();
    let read = Constraints {
        required: own.flag("required")?.unwrap_or(false),
        unique: own.flag("unique")?.unwrap_or(false),
        min_length: own.count("minLength")?,
        max_length: own.count("maxLength")?,
        minimum: bound("minimum")?,
        maximum: bound("maximum")?,
        exclusive_minimum: bound("exclusiveMinimum")?,
        exclusive_maximum: bound("exclusiveMaximum")?,
        pattern: own.text("pattern")?.map(str::to_owned),
        values: own.texts("enum")?,
    };
    let bounded = read.minimum.is_some() || read.maximum.is_some();
    let bounded = bounded || read.exclusive_minimum.is_some() || read.exclusive_maximum.is_some();
    let orderly = ["integer", "number", "date", "time", "datetime", "year", "yearmonth"].contains(&kind);
    if bounded && !orderly {
        return Err(format!("the type {kind} has no least and no most value"));
    }
    if read.pattern.is_some() && kind != "string" {
        return Err(format!("the type {kind} has no pattern"));
    }
    let length = read.min_length.is_some() || read.max_length.is_some();
    if length && matches!(kind, "list" | "object" | "array") {
        remarks.add(format!("how many items {header} has is not looked at (minLength, maxLength)"));
        return Ok(Constraints { min_length: None, max_length: None, ..read });
    }
    if length && kind != "string" {
        return Err(format!("the type {kind} has no shortest and no longest length"));
    }
    for key in own.rest(&[]) {
        remarks.add(format!("the constraint `{key}` of {header} is not looked at"));
    }
    Ok(read)
}

/// Sets the values of `enum`.
fn allow(field: &mut Field, constraints: &Constraints) -> Result<(), String> {
    let Some(values) = &constraints.values else { return Ok(()) };
    if field.kind != FieldKind::Text || field.form.is_some() {
        field.limits.allowed = constraints.allowed(field.kind, field.form.as_ref())?;
        return Ok(());
    }
    let code = |value: &String| Code {
        value: value.clone(),
        group: None,
        source: SOURCE.into(),
        confidence: Confidence::Verified,
        attributes: BTreeMap::new(),
    };
    let codes = values.iter().map(code).collect();
    field.codes = Some(Arc::new(CodeList { name: field.column.clone(), codes, earlier: BTreeMap::new() }));
    field.kind = FieldKind::Code;
    Ok(())
}

fn word<T: std::str::FromStr<Err: std::fmt::Display>>(keys: &Keys<'_>, key: &str) -> Result<Option<T>, String> {
    keys.text(key)?.map(|text| text.parse().map_err(|error| format!("`{key}`: {error}"))).transpose()
}
