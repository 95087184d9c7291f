//! Rules that fields and keys imply: what is unique, and what must be found elsewhere in the file.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Confidence, Field, Rule, Severity, Stage};
use crate::{Across, Condition};

/// A rule for each field that is unique, beside those that the specification has.
pub(crate) fn unique_fields(fields: &[Field], rules: &mut Vec<Rule>) {
    for field in fields.iter().filter(|field| field.limits.unique) {
        let across = Across::Unique(vec![field.header.clone()]);
        if !rules.iter().any(|rule| rule.across.as_ref() == Some(&across)) {
            let rule = implied("unique", field, rules);
            let message = "{field} is the same as in an earlier record".to_owned();
            rules.push(Rule { across: Some(across), message, ..rule });
        }
    }
}

/// The rule of a key of one or several fields.
pub(crate) fn key(id: &str, fields: &[&Field], rules: &mut Vec<Rule>) {
    let Some(first) = fields.first() else { return };
    let headers: Vec<String> = fields.iter().map(|field| field.header.clone()).collect();
    let across = Across::Unique(headers.clone());
    if rules.iter().any(|rule| rule.across.as_ref() == Some(&across)) {
        return;
    }
    let rule = implied(id, first, rules);
    let message = match headers.as_slice() {
        [_] => "{field} is the same as in an earlier record".to_owned(),
        several => format!("The record has the same {} as an earlier one", several.join(", ")),
    };
    rules.push(Rule { across: Some(across), message, ..rule });
}

/// The rule of a reference to another field of the same file.
pub(crate) fn reference(field: &Field, of: &Field, rules: &mut Vec<Rule>) {
    let rule = implied("foreign-key", field, rules);
    rules.push(Rule {
        across: Some(Across::Among { columns: vec![field.header.clone()], of: of.header.clone() }),
        message: format!("{{field}} is no {} of the file", of.header),
        hint: "Send the record that it names too".into(),
        ..rule
    });
}

fn implied(id: &str, field: &Field, rules: &[Rule]) -> Rule {
    let taken: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    let numbered = (2..).map(|n| format!("{id}-{n}"));
    let id = std::iter::once(id.to_owned()).chain(numbered).find(|id| !taken.contains(id.as_str()));
    Rule {
        id: id.unwrap_or_default(),
        stage: Stage::Dataset,
        severity: Severity::Error,
        field: field.header.clone(),
        when: Condition::Always,
        holds: Condition::Always,
        across: None,
        message: String::new(),
        hint: "Send each record once, each with a value of its own".into(),
        why: String::new(),
        fixed: false,
        source: field.source.clone(),
        confidence: Confidence::Verified,
        example: BTreeMap::new(),
        example_records: Vec::new(),
    }
}
