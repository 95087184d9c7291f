//! Conditions as they are written in YAML.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::Condition;

/// A condition in a file: `always`, `never`, the name of another condition, or a mapping.
#[derive(Debug, Clone)]
pub(crate) enum ConditionFile {
    Name(String),
    Mapping(Box<ConditionMapping>),
}

/// The mappings there are; exactly one of them is filled.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ConditionMapping {
    all: Option<Vec<ConditionFile>>,
    any: Option<Vec<ConditionFile>>,
    not: Option<ConditionFile>,
    blank: Option<String>,
    filled: Option<String>,
    years: Option<Years>,
    field: Option<String>,
    #[serde(rename = "in")]
    one_of: Option<Vec<String>>,
    starts: Option<String>,
    contains: Option<String>,
    same: Option<String>,
    at_most: Option<String>,
    between: Option<(f64, f64)>,
    at_least: Option<f64>,
    up_to: Option<f64>,
}

/// Full years from one day to another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Years {
    from: String,
    to: String,
    between: Option<(f64, f64)>,
    at_least: Option<f64>,
    up_to: Option<f64>,
}

impl<'de> Deserialize<'de> for ConditionFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl<'de> Visitor<'de> for Written {
            type Value = ConditionFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a condition: always, never, a condition's name, or a mapping such as {blank: …}")
            }

            fn visit_str<E>(self, name: &str) -> Result<ConditionFile, E> {
                Ok(ConditionFile::Name(name.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ConditionFile, A::Error> {
                let mapping = ConditionMapping::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ConditionFile::Mapping(Box::new(mapping)))
            }
        }

        deserializer.deserialize_any(Written)
    }
}

/// Conditions by name, those defined so far.
pub(crate) type Named = BTreeMap<String, Condition>;

impl ConditionFile {
    /// The condition, with names replaced by what they stand for.
    ///
    /// # Errors
    /// In words: an unknown name, no comparison or more than one, an empty list.
    pub(crate) fn resolve(&self, named: &Named) -> Result<Condition, String> {
        match self {
            Self::Name(name) => match name.as_str() {
                "always" => Ok(Condition::Always),
                "never" => Ok(Condition::Never),
                name => {
                    named.get(name).cloned().ok_or_else(|| format!("no condition is called `{name}` before this place"))
                }
            },
            Self::Mapping(mapping) => mapping.resolve(named),
        }
    }
}

impl ConditionMapping {
    fn resolve(&self, named: &Named) -> Result<Condition, String> {
        let comparison = self.comparison()?;
        let mut found: Vec<Condition> = comparison.into_iter().collect();
        if let Some(parts) = &self.all {
            found.push(Condition::All(resolve_each(parts, named)?));
        }
        if let Some(parts) = &self.any {
            found.push(Condition::Any(resolve_each(parts, named)?));
        }
        if let Some(part) = &self.not {
            found.push(Condition::Not(Box::new(part.resolve(named)?)));
        }
        if let Some(header) = &self.blank {
            found.push(Condition::Blank(header.clone()));
        }
        if let Some(header) = &self.filled {
            found.push(Condition::Not(Box::new(Condition::Blank(header.clone()))));
        }
        if let Some(years) = &self.years {
            found.push(years.resolve()?);
        }
        match (found.len(), found.pop()) {
            (1, Some(condition)) => Ok(condition),
            _ => Err(ONE_THING.into()),
        }
    }

    fn comparison(&self) -> Result<Option<Condition>, String> {
        let mut found = Vec::new();
        let header = self.field.clone().unwrap_or_default();
        if let Some(values) = &self.one_of {
            found.push(Condition::In(header.clone(), values.clone()));
        }
        if let Some(text) = &self.starts {
            found.push(Condition::Starts(header.clone(), text.clone()));
        }
        if let Some(text) = &self.contains {
            found.push(Condition::Contains(header.clone(), text.clone()));
        }
        if let Some(other) = &self.same {
            found.push(Condition::Same(header.clone(), other.clone()));
        }
        if let Some(other) = &self.at_most {
            found.push(Condition::AtMost(header.clone(), other.clone()));
        }
        if let Some((low, high)) = range(self.between, self.at_least, self.up_to)? {
            found.push(Condition::Between(header, low, high));
        }
        match (self.field.is_some(), found.len()) {
            (false, 0) => Ok(None),
            (true, 1) => Ok(found.pop()),
            (true, 0) => {
                Err("`field` needs one of in, starts, contains, same, at_most, between, at_least, up_to".into())
            }
            _ => Err(ONE_THING.into()),
        }
    }
}

const ONE_THING: &str = "a condition says one thing: all, any, not, blank, filled, years, or field with one comparison";

impl Years {
    fn resolve(&self) -> Result<Condition, String> {
        match range(self.between, self.at_least, self.up_to)? {
            Some((low, high)) => Ok(Condition::Years(self.from.clone(), self.to.clone(), low, high)),
            None => Err("`years` needs one of between, at_least, up_to".into()),
        }
    }
}

fn resolve_each(parts: &[ConditionFile], named: &Named) -> Result<Vec<Condition>, String> {
    if parts.is_empty() {
        return Err("`all` and `any` need at least one condition".into());
    }
    parts.iter().map(|part| part.resolve(named)).collect()
}

/// The range that is given, with infinity where one end is open.
fn range(between: Option<(f64, f64)>, at_least: Option<f64>, up_to: Option<f64>) -> Result<Option<(f64, f64)>, String> {
    let range = match (between, at_least, up_to) {
        (None, None, None) => return Ok(None),
        (Some(range), None, None) => range,
        (None, Some(low), None) => (low, f64::INFINITY),
        (None, None, Some(high)) => (f64::NEG_INFINITY, high),
        _ => return Err("a range is given by one of between, at_least, up_to".into()),
    };
    if range.0 <= range.1 { Ok(Some(range)) } else { Err("a range goes from the lower number to the higher".into()) }
}
