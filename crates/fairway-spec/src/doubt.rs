//! What rests on a list that was not seen speaks as a warning and says so.

use crate::Condition;
use crate::model::{CodeList, Confidence, Field, Rule, Severity};

impl CodeList {
    /// How sure the least sure of its values is.
    pub fn confidence(&self) -> Confidence {
        self.codes.iter().map(|code| code.confidence).max().unwrap_or(Confidence::Verified)
    }
}

impl Confidence {
    /// What a message adds where it rests on a list that is known so well; nothing where the list was seen.
    pub fn doubt(self) -> Option<&'static str> {
        match self {
            Self::Verified => None,
            Self::Inferred => Some("the list is inferred, not the official one"),
            Self::Assumed => Some("the list is a placeholder, not the official one"),
        }
    }
}

/// The rules; those that are errors by values which are not verified, as warnings that say so.
pub(crate) fn milder(mut rules: Vec<Rule>, fields: &[Field]) -> Vec<Rule> {
    for rule in rules.iter_mut().filter(|rule| rule.severity == Severity::Error) {
        let confidence = named_values(&rule.when, fields).max(named_values(&rule.holds, fields));
        if let Some(doubt) = confidence.doubt() {
            rule.severity = Severity::Warning;
            rule.message = format!("{} ({doubt})", rule.message);
        }
    }
    rules
}

/// Whether a value is one that a condition names.
type Fits<'c> = Box<dyn Fn(&str) -> bool + 'c>;

/// How sure the least sure of the values is that a condition names.
fn named_values(condition: &Condition, fields: &[Field]) -> Confidence {
    let mut worst = Confidence::Verified;
    condition.each(&mut |part| {
        let (header, fits): (&str, Fits<'_>) = match part {
            Condition::In(header, values) => (header, Box::new(|code| values.iter().any(|value| value == code))),
            Condition::Starts(header, text) => (header, Box::new(|code| code.starts_with(text.as_str()))),
            Condition::Ends(header, text) => (header, Box::new(|code| code.ends_with(text.as_str()))),
            Condition::Contains(header, text) => (header, Box::new(|code| code.contains(text.as_str()))),
            _ => return,
        };
        let list = fields.iter().find(|field| field.header == header).and_then(|field| field.codes.as_ref());
        let named = list.into_iter().flat_map(|list| &list.codes).filter(|code| fits(&code.value));
        worst = named.map(|code| code.confidence).fold(worst, Confidence::max);
    });
    worst
}
