//! The files of a specification, as they are written. What they mean together is in `load`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use fairway_domain::PrivacyClass;
use indexmap::IndexMap;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::Across;
use crate::constraints::Constraints;
use crate::dialect::{Customs, Dialect};
use crate::form::TypeKeys;
use crate::model::{Confidence, Format, Role, Severity, Stage};

/// `spec.yaml`: a Frictionless Table Schema with our keys beside it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SpecFile {
    pub(crate) dataset: String,
    pub(crate) release: String,
    pub(crate) title: String,
    pub(crate) follows: Option<String>,
    #[serde(default)]
    pub(crate) order: u32,
    /// By whose customs cells are read: `collection` where it is not said, or `table`.
    #[serde(default, deserialize_with = "optional_word")]
    pub(crate) customs: Option<Customs>,
    #[serde(default)]
    pub(crate) dialect: DialectFile,
    #[serde(default = "blank_alone")]
    pub(crate) missing_values: Vec<String>,
    #[serde(default)]
    pub(crate) sources: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) confidence_notes: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) conditions: IndexMap<String, String>,
    pub(crate) fields: Vec<FieldFile>,
}

/// `overlay.yaml`: what a folder changes of a specification that comes with Fairway, besides the files that it has itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct OverlayFile {
    /// Its name: `asc-cld/r2`.
    pub(crate) extends: String,
    /// More sources.
    #[serde(default)]
    pub(crate) sources: BTreeMap<String, String>,
    /// Longest texts by header.
    #[serde(default)]
    pub(crate) max_lengths: BTreeMap<String, usize>,
}

/// How the file is written, where it is not as usual.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct DialectFile {
    /// One ASCII character.
    pub(crate) delimiter: Option<String>,
    pub(crate) header: Option<bool>,
}

impl DialectFile {
    pub(crate) fn dialect(&self) -> Result<Dialect, String> {
        let usual = Dialect::default();
        let delimiter = match self.delimiter.as_deref().map(str::as_bytes) {
            None => usual.delimiter,
            Some([byte]) if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | b'"') => *byte,
            Some(_) => return Err("`delimiter` is not one ASCII character".into()),
        };
        Ok(Dialect { delimiter, header: self.header.unwrap_or(usual.header), ..usual })
    }
}

fn blank_alone() -> Vec<String> {
    vec![String::new()]
}

/// One field of `spec.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct FieldFile {
    pub(crate) name: String,
    /// The header where it is not said.
    pub(crate) title: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) format: Option<String>,
    pub(crate) decimal_char: Option<String>,
    pub(crate) group_char: Option<String>,
    pub(crate) bare_number: Option<bool>,
    pub(crate) true_values: Option<Vec<String>>,
    pub(crate) false_values: Option<Vec<String>>,
    pub(crate) delimiter: Option<String>,
    pub(crate) item_type: Option<String>,
    #[serde(default)]
    pub(crate) constraints: Constraints,
    /// The header with underscores where it is not said.
    pub(crate) column: Option<String>,
    #[serde(default, deserialize_with = "optional_word")]
    pub(crate) role: Option<Role>,
    #[serde(default, deserialize_with = "optional_word")]
    pub(crate) class: Option<PrivacyClass>,
    pub(crate) code_list: Option<String>,
    #[serde(default, deserialize_with = "optional_word")]
    pub(crate) shape: Option<Format>,
    #[serde(default)]
    pub(crate) not_in_future: bool,
    #[serde(default)]
    pub(crate) module: String,
    /// Everywhere where it is not said.
    pub(crate) applicable: Option<String>,
    /// As `required` says where it is not said.
    pub(crate) mandatory: Option<String>,
    #[serde(default)]
    pub(crate) enter: String,
    #[serde(default)]
    pub(crate) notes: String,
    #[serde(default)]
    pub(crate) source: String,
    /// Assumed where it is not said.
    #[serde(default, deserialize_with = "optional_word")]
    pub(crate) confidence: Option<Confidence>,
    #[serde(default)]
    pub(crate) confidence_notes: Vec<String>,
}

impl FieldFile {
    /// What it says of its type.
    pub(crate) fn type_keys(&self) -> TypeKeys<'_> {
        TypeKeys {
            kind: &self.kind,
            format: self.format.as_deref(),
            decimal: self.decimal_char.as_deref(),
            group: self.group_char.as_deref(),
            bare: self.bare_number,
            yes: self.true_values.as_deref(),
            no: self.false_values.as_deref(),
            delimiter: self.delimiter.as_deref(),
            item: self.item_type.as_deref(),
        }
    }
}

/// `rules.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RulesFile {
    /// The release whose rules these change.
    pub(crate) extends: Option<String>,
    /// Rules of that release which do not hold here.
    pub(crate) without: Vec<String>,
    pub(crate) rules: Vec<RuleFile>,
}

/// One rule. Where it changes a rule of the release before, the keys it names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RuleFile {
    pub(crate) id: String,
    #[serde(deserialize_with = "optional_word")]
    pub(crate) stage: Option<Stage>,
    #[serde(deserialize_with = "optional_word")]
    pub(crate) severity: Option<Severity>,
    pub(crate) field: Option<String>,
    pub(crate) when: Option<String>,
    pub(crate) holds: Option<String>,
    pub(crate) across: Option<Across>,
    pub(crate) message: Option<String>,
    pub(crate) hint: Option<String>,
    pub(crate) why: Option<String>,
    pub(crate) fixed: Option<bool>,
    pub(crate) source: Option<String>,
    #[serde(deserialize_with = "optional_word")]
    pub(crate) confidence: Option<Confidence>,
    pub(crate) example: Option<Example>,
}

/// Cells by header that break a rule: of one record, or of several that break it together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Example {
    pub(crate) one: BTreeMap<String, String>,
    pub(crate) several: Vec<BTreeMap<String, String>>,
}

impl<'de> Deserialize<'de> for Example {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl<'de> Visitor<'de> for Written {
            type Value = Example;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("cells by header, or a list of records given so")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Example, A::Error> {
                let one = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Example { one, several: Vec::new() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, records: A) -> Result<Example, A::Error> {
                let several = Deserialize::deserialize(SeqAccessDeserializer::new(records))?;
                Ok(Example { one: BTreeMap::new(), several })
            }
        }

        deserializer.deserialize_any(Written)
    }
}

impl RuleFile {
    /// This rule with the keys of another, where it has them.
    pub(crate) fn changed_by(self, change: Self) -> Self {
        Self {
            id: self.id,
            stage: change.stage.or(self.stage),
            severity: change.severity.or(self.severity),
            field: change.field.or(self.field),
            when: change.when.or(self.when),
            holds: change.holds.or(self.holds),
            across: change.across.or(self.across),
            message: change.message.or(self.message),
            hint: change.hint.or(self.hint),
            why: change.why.or(self.why),
            fixed: change.fixed.or(self.fixed),
            source: change.source.or(self.source),
            confidence: change.confidence.or(self.confidence),
            example: change.example.or(self.example),
        }
    }
}

pub(crate) fn word<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

pub(crate) fn optional_word<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    match Option::<String>::deserialize(deserializer)? {
        Some(text) => text.parse().map(Some).map_err(de::Error::custom),
        None => Ok(None),
    }
}
