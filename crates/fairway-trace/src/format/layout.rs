use std::collections::BTreeMap;
use std::str::FromStr;

use fairway_domain::{TraceOutcome, TraceStep};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::defect::DefectKind;
use super::item::Item;

/// A file format that comes with Fairway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// CSV with headers, Fairway's own.
    Csv,
    /// Demographics Batch Service, comma-separated.
    Dbs,
    /// Demographics Batch Service, fixed widths.
    DbsFixed,
    /// Master Patient Trace.
    Mpt,
    /// Personal Demographics Service over MESH.
    Pds,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Csv, Self::Dbs, Self::DbsFixed, Self::Mpt, Self::Pds];

    /// The word used on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Dbs => "dbs",
            Self::DbsFixed => "dbs-fixed",
            Self::Mpt => "mpt",
            Self::Pds => "pds",
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Csv => include_str!("../../../../specs/tracing/csv.yaml"),
            Self::Dbs => include_str!("../../../../specs/tracing/dbs.yaml"),
            Self::DbsFixed => include_str!("../../../../specs/tracing/dbs-fixed.yaml"),
            Self::Mpt => include_str!("../../../../specs/tracing/mpt.yaml"),
            Self::Pds => include_str!("../../../../specs/tracing/pds.yaml"),
        }
    }
}

impl FromStr for Format {
    type Err = LayoutError;

    fn from_str(text: &str) -> Result<Self, LayoutError> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == text);
        known.ok_or_else(|| LayoutError("a format is csv, dbs, dbs-fixed, mpt or pds".into()))
    }
}

/// Why a text is no layout, for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LayoutError(String);

impl LayoutError {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }
}

/// How the request and the response of a batch trace are laid out: data, read from a layout file (`specs/tracing/`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Layout {
    /// Its name.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Between fields; without one, fields have fixed widths.
    #[serde(default)]
    pub(super) separator: Option<char>,
    /// After each line written; both usual ones are read.
    #[serde(default = "line_feed")]
    pub(super) line_end: String,
    #[serde(rename = "confidence")]
    _confidence: Confidence,
    #[serde(rename = "sources")]
    _sources: BTreeMap<String, String>,
    pub(super) request: Sheet,
    pub(super) response: Sheet,
    #[serde(default)]
    faults: Vec<FaultRule>,
    #[serde(default)]
    outcomes: Vec<OutcomeRule>,
    #[serde(default)]
    steps: Vec<StepRule>,
    #[serde(default)]
    pub(super) sentinels: Sentinels,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Confidence {
    Verified,
    Inferred,
    Assumed,
}

/// One file of a layout.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Sheet {
    #[serde(default)]
    pub(super) file_name: Option<String>,
    #[serde(default)]
    pub(super) column_names: bool,
    #[serde(default = "no_limit")]
    pub(super) max_records: u64,
    #[serde(default)]
    pub(super) header: Vec<Field>,
    pub(super) fields: Vec<Field>,
    #[serde(default)]
    pub(super) trailer: Vec<Field>,
    #[serde(rename = "source")]
    _source: String,
    #[serde(default, rename = "confidence")]
    _confidence: Option<Confidence>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Field {
    #[serde(deserialize_with = "item")]
    pub(super) item: Item,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) max: Option<usize>,
    #[serde(default)]
    pub(super) width: Option<usize>,
    #[serde(default)]
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) values: Vec<String>,
    #[serde(default)]
    pub(super) value: Option<String>,
    #[serde(default)]
    pub(super) starts: String,
    #[serde(default)]
    pub(super) without: String,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) unique: bool,
    #[serde(default)]
    pub(super) cut: bool,
    #[serde(default, rename = "source")]
    _source: Option<String>,
    #[serde(default, rename = "confidence")]
    _confidence: Option<Confidence>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    #[default]
    Text,
    Digits,
    Decimal,
    Date,
    PartDate,
    Timestamp,
    Postcode,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultRule {
    fault: DefectKind,
    level: Level,
    #[serde(default)]
    code: String,
    #[serde(default, rename = "name")]
    _name: String,
    says: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    File,
    Record,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeRule {
    code: String,
    #[serde(default, rename = "name")]
    _name: String,
    #[serde(deserialize_with = "meaning")]
    outcome: Meaning,
    says: String,
    #[serde(default, rename = "source")]
    _source: Option<String>,
    #[serde(default, rename = "confidence")]
    _confidence: Option<Confidence>,
}

/// What a code says of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One person was found; the step tells how.
    Found,
    Outcome(TraceOutcome),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepRule {
    code: String,
    #[serde(deserialize_with = "step")]
    step: TraceStep,
    #[serde(rename = "says")]
    _says: String,
}

/// What is written in place of a number.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sentinels {
    #[serde(default)]
    pub(super) nobody: String,
    #[serde(default)]
    pub(super) several: String,
}

impl Layout {
    /// The layout of a format that comes with Fairway.
    ///
    /// # Errors
    /// Never for the layouts as they are shipped; a test holds that.
    pub fn of(format: Format) -> Result<Self, LayoutError> {
        Self::parse(format.text())
    }

    /// Reads a layout file.
    ///
    /// # Errors
    /// When the text is no layout, or a part of it contradicts another.
    pub fn parse(text: &str) -> Result<Self, LayoutError> {
        let options = serde_saphyr::options! { with_snippet: false };
        let layout: Self = serde_saphyr::from_str_with_options(text, options)
            .map_err(|error| LayoutError(format!("the layout cannot be read: {error}")))?;
        layout.agrees()?;
        Ok(layout)
    }

    /// The name a request has to have, for its reference, where the layout says so.
    pub fn request_file_name(&self, reference: &str) -> Option<String> {
        self.request.file_name.as_ref().map(|name| name.replace("{reference}", reference))
    }

    /// Most records of one request.
    pub fn max_records(&self) -> u64 {
        self.request.max_records
    }

    /// Whether a request that is refused whole has a response of its own: one whose header says so by a code.
    pub fn answers_refusals(&self) -> bool {
        self.response.header.iter().any(|field| field.item == Item::FileCode)
    }

    /// How a request's reference begins.
    pub fn reference_start(&self) -> &str {
        let field = self.request.header.iter().find(|field| field.item == Item::Reference);
        field.map_or("", |field| &field.starts)
    }

    /// What a code of a record or a file means, in words; `None` for a code that the layout does not have.
    pub fn says(&self, code: &str) -> Option<&str> {
        let outcome = self.outcomes.iter().find(|rule| rule.code == code).map(|rule| rule.says.as_str());
        let fault = || self.faults.iter().find(|rule| rule.code == code).map(|rule| rule.says.as_str());
        outcome.or_else(fault).or((code == "00").then_some("The file was taken"))
    }

    /// Every code with what it means, outcomes first.
    pub fn codes(&self) -> impl Iterator<Item = (&str, &str)> {
        let outcomes = self.outcomes.iter().map(|rule| (rule.code.as_str(), rule.says.as_str()));
        outcomes.chain(self.faults.iter().map(|rule| (rule.code.as_str(), rule.says.as_str())))
    }

    pub(super) fn fault_code(&self, kind: DefectKind) -> &str {
        self.rule(kind).map_or("", |rule| &rule.code)
    }

    pub(super) fn level(&self, kind: DefectKind) -> Level {
        self.rule(kind).map_or(Level::File, |rule| rule.level)
    }

    pub(super) fn is_fault_code(&self, code: &str) -> bool {
        self.faults.iter().any(|rule| rule.code == code)
    }

    pub(super) fn meaning(&self, code: &str) -> Option<Meaning> {
        self.outcomes.iter().find(|rule| rule.code == code).map(|rule| rule.outcome)
    }

    pub(super) fn step_of(&self, code: &str) -> Option<TraceStep> {
        self.steps.iter().find(|rule| rule.code == code).map(|rule| rule.step)
    }

    pub(super) fn step_code(&self, step: TraceStep) -> &str {
        self.steps.iter().find(|rule| rule.step == step).map_or("", |rule| &rule.code)
    }

    fn rule(&self, kind: DefectKind) -> Option<&FaultRule> {
        self.faults.iter().find(|rule| rule.fault == kind)
    }

    fn agrees(&self) -> Result<(), LayoutError> {
        let wrong = |text: String| Err(LayoutError(text));
        if self.separator.is_some_and(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || "\"\r\n. ".contains(c)) {
            return wrong(
                "separator: one character of ASCII, no letter, digit, blank, full stop or quotation mark".into(),
            );
        }
        if !matches!(self.line_end.as_str(), "\n" | "\r\n") {
            return wrong("lineEnd: \"\\n\" or \"\\r\\n\"".into());
        }
        if let Some(rule) = self.faults.iter().find(|r| r.level == Level::Record && !r.fault.is_of_a_record()) {
            return wrong(format!("faults: {:?} is about the whole file and cannot be answered by record", rule.fault));
        }
        self.request.agrees("request", self.separator)?;
        self.response.agrees("response", self.separator)
    }
}

impl Sheet {
    fn agrees(&self, place: &str, separator: Option<char>) -> Result<(), LayoutError> {
        let wrong = |text: &str| Err(LayoutError(format!("{place}: {text}")));
        if self.column_names && (separator.is_none() || !self.header.is_empty() || !self.trailer.is_empty()) {
            return wrong("columnNames needs a separator, and goes with neither header nor trailer");
        }
        if !self.fields.iter().any(|field| field.item == Item::Id && field.required) {
            return wrong("fields need one with item id that is required");
        }
        if self.column_names && self.fields.iter().any(|field| field.name.is_empty()) {
            return wrong("with columnNames, every field needs a name");
        }
        for (fields, of_the_file) in [(&self.header, true), (&self.fields, false), (&self.trailer, true)] {
            for (place, field) in fields.iter().enumerate() {
                let again = fields.iter().take(place).any(|other| {
                    (field.item != Item::Blank && other.item == field.item)
                        || (self.column_names && other.name == field.name)
                });
                if again {
                    return wrong(&format!("{} occurs twice", field.label(place)));
                }
                field
                    .agrees(of_the_file, separator)
                    .or_else(|text| wrong(&format!("{}: {text}", field.label(place))))?;
            }
        }
        Ok(())
    }
}

/// The longest a field may be said to be, in characters.
const WIDEST: usize = 4_000;

impl Field {
    /// How a message calls the field.
    pub(super) fn label(&self, place: usize) -> String {
        if self.name.is_empty() { format!("field {}", place + 1) } else { self.name.clone() }
    }

    /// Most characters.
    pub(super) fn longest(&self) -> usize {
        self.max.or(self.width).unwrap_or(WIDEST)
    }

    fn agrees(&self, of_the_file: bool, separator: Option<char>) -> Result<(), String> {
        if self.item != Item::Blank && self.item.is_of_the_file() != of_the_file {
            return Err("this item does not belong in this record".into());
        }
        if separator.is_none() && self.width.is_none() {
            return Err("without a separator, a field needs a width".into());
        }
        let widths = [self.max, self.width];
        if widths.into_iter().flatten().any(|width| !(1..=WIDEST).contains(&width)) {
            return Err(format!("max and width are 1 to {WIDEST}"));
        }
        if self.width.is_some_and(|width| self.longest() > width) {
            return Err("max is more than width".into());
        }
        if self.item == Item::Number && self.longest() < 10 {
            return Err("an NHS number has 10 digits".into());
        }
        let fixed = self.value.iter().chain(&self.values).chain([&self.starts]);
        let fits = |text: &String| text.chars().count() <= self.longest() && !text.contains(['\r', '\n', '"']);
        if fixed.clone().all(fits) { Ok(()) } else { Err("value, values or starts do not fit the field".into()) }
    }
}

fn line_feed() -> String {
    "\n".into()
}

fn no_limit() -> u64 {
    u64::MAX
}

fn item<'de, D: Deserializer<'de>>(from: D) -> Result<Item, D::Error> {
    let text = String::deserialize(from)?;
    Item::parse(&text).ok_or_else(|| D::Error::custom(format!("there is no item {text}")))
}

fn meaning<'de, D: Deserializer<'de>>(from: D) -> Result<Meaning, D::Error> {
    let text = String::deserialize(from)?;
    if text == "found" {
        return Ok(Meaning::Found);
    }
    outcome_of(&text).map(Meaning::Outcome).ok_or_else(|| D::Error::custom(format!("there is no outcome {text}")))
}

fn step<'de, D: Deserializer<'de>>(from: D) -> Result<TraceStep, D::Error> {
    let text = String::deserialize(from)?;
    step_of(&text).ok_or_else(|| D::Error::custom(format!("there is no step {text}")))
}

pub(super) fn outcome_of(text: &str) -> Option<TraceOutcome> {
    TraceOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == text)
}

pub(super) fn step_of(text: &str) -> Option<TraceStep> {
    TraceStep::ALL.into_iter().find(|step| step.as_str() == text)
}
