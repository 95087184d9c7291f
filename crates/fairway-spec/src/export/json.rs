//! Everything a specification says, in JSON. The keys are an interface: add, do not rename.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::Spec;
use crate::derived::DerivedColumn;
use crate::model::{CodeList, Field, Rule};

#[derive(Serialize)]
pub(super) struct Document<'s> {
    name: String,
    title: &'s str,
    follows: Option<&'s str>,
    missing_values: &'s [String],
    sources: &'s BTreeMap<String, String>,
    fields: Vec<Value>,
    code_lists: BTreeMap<&'s str, Value>,
    rules: Vec<Value>,
    derived: Vec<Value>,
}

pub(super) fn document(spec: &Spec) -> Document<'_> {
    Document {
        name: spec.name.to_string(),
        title: &spec.title,
        follows: spec.follows.as_deref(),
        missing_values: &spec.missing_values,
        sources: &spec.sources,
        fields: spec.fields.iter().enumerate().map(|(index, f)| field(index + 1, f)).collect(),
        code_lists: spec.code_lists.iter().map(|(name, list)| (name.as_str(), code_list(list))).collect(),
        rules: spec.rules.iter().map(rule).collect(),
        derived: spec.derived.iter().map(|column| derived(spec, column)).collect(),
    }
}

fn field(position: usize, field: &Field) -> Value {
    json!({
        "position": position,
        "header": field.header,
        "column": field.column,
        "title": field.title,
        "kind": field.kind.as_str(),
        "max_length": field.max_length,
        "pattern": field.pattern,
        "shape": field.format.map(|shape| shape.as_str()),
        "code_list": field.codes.as_ref().map(|list| &list.name),
        "privacy_class": field.class.as_str(),
        "role": field.role.map(|role| role.as_str()),
        "not_in_future": field.not_in_future,
        "module": field.module,
        "applicable": field.applicable.to_sql(),
        "mandatory": field.mandatory.to_sql(),
        "enter": field.enter,
        "notes": field.notes,
        "source": field.source,
        "confidence": field.confidence.as_str(),
        "confidence_note": field.confidence_note,
    })
}

fn code_list(list: &CodeList) -> Value {
    let codes: Vec<Value> = list
        .codes
        .iter()
        .map(|code| {
            json!({
                "value": code.value,
                "group": code.group,
                "source": code.source,
                "confidence": code.confidence.as_str(),
                "attributes": code.attributes,
            })
        })
        .collect();
    json!({ "values": codes, "earlier": list.earlier })
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "stage": rule.stage.as_str(),
        "severity": rule.severity.as_str(),
        "field": rule.field,
        "built_in": rule.is_built_in(),
        "when": rule.when.to_sql(),
        "holds": rule.holds.to_sql(),
        "across": rule.across,
        "message": rule.message,
        "hint": rule.hint,
        "why": rule.why,
        "fixed": rule.fixed,
        "source": rule.source,
        "confidence": rule.confidence.as_str(),
        "example": rule.example,
        "example_records": rule.example_records,
    })
}

fn derived(spec: &Spec, column: &DerivedColumn) -> Value {
    json!({
        "column": column.column,
        "made_as": spec.made_as(&column.derivation),
        "kind": column.derivation.kind().as_str(),
        "privacy_class": column.class.as_str(),
        "source": column.source,
        "confidence": column.confidence.as_str(),
        "notes": column.notes,
    })
}
