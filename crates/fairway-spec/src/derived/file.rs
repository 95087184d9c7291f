//! `derived.yaml` as it is written.

use std::collections::BTreeMap;

use fairway_domain::PrivacyClass;
use serde::Deserialize;

use super::bands::BandsFile;
use crate::file::{optional_word, word};
use crate::model::Confidence;

/// `derived.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DerivedFile {
    /// The release whose derived columns come first.
    pub(crate) extends: Option<String>,
    /// Columns of that release which are left out.
    pub(crate) without: Vec<String>,
    /// Ranges of numbers, by the name that `bands:` of a column says.
    pub(crate) bands: BTreeMap<String, BandsFile>,
    /// One that the release extended has, too, takes its place.
    pub(crate) columns: Vec<DerivedColumnFile>,
}

/// One derived column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DerivedColumnFile {
    pub(crate) column: String,
    pub(crate) derivation: String,
    #[serde(default)]
    pub(crate) of: Several<PartFile>,
    #[serde(default)]
    pub(crate) at: Several<String>,
    #[serde(default)]
    pub(crate) area: Option<String>,
    #[serde(default)]
    pub(crate) bands: Option<String>,
    #[serde(default)]
    pub(crate) words: Vec<String>,
    #[serde(default)]
    pub(crate) subject: Option<String>,
    #[serde(default)]
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) cases: Vec<CaseFile>,
    #[serde(default, deserialize_with = "optional_word")]
    pub(crate) class: Option<PrivacyClass>,
    #[serde(default)]
    pub(crate) source: String,
    #[serde(deserialize_with = "word")]
    pub(crate) confidence: Confidence,
    #[serde(default)]
    pub(crate) notes: String,
}

/// A column or role, by itself or with a condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum PartFile {
    Plain(String),
    Where { column: String, when: String },
}

/// One case of a calculated column.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    #[serde(default)]
    pub(crate) when: Option<String>,
    #[serde(default)]
    pub(crate) value: Option<String>,
    #[serde(default)]
    pub(crate) plus: Several<String>,
    #[serde(default)]
    pub(crate) times: Several<String>,
    #[serde(default)]
    pub(crate) rate: Option<RateFile>,
    #[serde(default)]
    pub(crate) over: Several<String>,
}

/// A coded column and an attribute of its code list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateFile {
    pub(crate) of: String,
    pub(crate) attribute: String,
}

/// One or a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Several<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl<T> Several<T> {
    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}
