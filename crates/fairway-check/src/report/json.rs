use std::io::{BufWriter, IntoInnerError, Write};

use fairway_domain::{Fault, FaultExt};
use jiff::civil::Date;
use serde::Serialize;

use super::About;
use crate::{
    CheckSummary, Comparison, DatasetFigures, FieldStatus, Finding, FindingSink, KindFigures, Place, Tally, Validity,
};

/// Writes findings as JSON lines, one object each, with the names and values of `findings.csv`; what is empty is left out.
pub struct JsonLines<W: Write> {
    writer: BufWriter<W>,
}

const UNWRITABLE: &str = "report cannot be written";
/// How much is put together before it is written.
const BLOCK: usize = 1 << 16;

impl<W: Write> JsonLines<W> {
    /// Begins.
    pub fn new(writer: W) -> Self {
        Self { writer: BufWriter::with_capacity(BLOCK, writer) }
    }

    /// Writes what is left and gives the writer back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<W, Fault> {
        self.writer.into_inner().map_err(IntoInnerError::into_error).fault(UNWRITABLE)
    }
}

impl<W: Write> FindingSink for JsonLines<W> {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        serde_json::to_writer(&mut self.writer, &FindingBody::from(finding)).fault(UNWRITABLE)?;
        self.writer.write_all(b"\n").fault(UNWRITABLE)
    }
}

/// The version of `summary.json`, as `docs/schema/summary.schema.json` describes it. A name that is taken away or changes
/// its meaning makes a new version; a new name does not.
const VERSION: u32 = 1;

/// The summary as `summary.json` holds it: two blanks of indent, a line feed at the end.
///
/// # Errors
/// When it cannot be written.
pub fn write_summary(writer: &mut dyn Write, summary: &CheckSummary, about: &About) -> Result<(), Fault> {
    serde_json::to_writer_pretty(&mut *writer, &SummaryBody::new(summary, about)).fault(UNWRITABLE)?;
    writer.write_all(b"\n").fault(UNWRITABLE)
}

#[derive(Serialize)]
struct PlaceBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte: Option<u64>,
}

impl From<Place> for PlaceBody {
    fn from(Place { record, line, byte }: Place) -> Self {
        Self { record, line, byte }
    }
}

#[derive(Serialize)]
struct FindingBody<'a> {
    #[serde(flatten)]
    place: PlaceBody,
    #[serde(skip_serializing_if = "str::is_empty")]
    column: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    letter: &'a str,
    rule: &'a str,
    severity: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    hint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
}

impl<'a> From<&'a Finding<'a>> for FindingBody<'a> {
    fn from(finding: &'a Finding<'a>) -> Self {
        Self {
            place: finding.place.into(),
            column: finding.column,
            letter: finding.letter,
            rule: finding.rule,
            severity: finding.severity.as_str(),
            status: finding.status.map(FieldStatus::as_str),
            validity: finding.validity.map(Validity::as_str),
            message: &finding.message,
            hint: &finding.hint,
            value: finding.value,
        }
    }
}

#[derive(Serialize)]
struct SummaryBody<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_on: Option<String>,
    specification: String,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    chosen: Option<&'a str>,
    verdict: &'a str,
    encoding: &'a str,
    gzip: bool,
    bytes: u64,
    text_bytes: u64,
    records: u64,
    records_rejected: u64,
    organisation: Option<&'a str>,
    period_start: Option<String>,
    period_end: Option<String>,
    findings: CountsBody,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset: Option<DatasetBody<'a>>,
    rules: Vec<TallyBody<'a>>,
}

#[derive(Serialize)]
struct CountsBody {
    reject: u64,
    error: u64,
    warning: u64,
    info: u64,
}

#[derive(Serialize)]
struct DatasetBody<'a> {
    derived_period_start: Option<String>,
    derived_period_end: Option<String>,
    kinds: Vec<KindBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earlier: Option<&'a str>,
}

#[derive(Serialize)]
struct KindBody<'a> {
    kind: &'a str,
    events: u64,
    ended: Vec<MonthBody>,
}

#[derive(Serialize)]
struct MonthBody {
    month: String,
    events: u64,
}

impl<'a> From<&'a DatasetFigures> for DatasetBody<'a> {
    fn from(figures: &'a DatasetFigures) -> Self {
        Self {
            derived_period_start: figures.derived_period.map(|(start, _)| start.to_string()),
            derived_period_end: figures.derived_period.map(|(_, end)| end.to_string()),
            kinds: figures.kinds.iter().map(KindBody::from).collect(),
            earlier: figures.earlier.map(Comparison::as_str),
        }
    }
}

impl<'a> From<&'a KindFigures> for KindBody<'a> {
    fn from(KindFigures { kind, events, ended }: &'a KindFigures) -> Self {
        let month =
            |(day, events): &(Date, u64)| MonthBody { month: day.strftime("%Y-%m").to_string(), events: *events };
        Self { kind, events: *events, ended: ended.iter().map(month).collect() }
    }
}

#[derive(Serialize)]
struct TallyBody<'a> {
    rule: &'a str,
    stage: &'a str,
    severity: &'a str,
    column: &'a str,
    letter: &'a str,
    count: u64,
    message: &'a str,
    hint: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'a str,
    first: Vec<PlaceBody>,
}

impl<'a> From<&'a Tally> for TallyBody<'a> {
    fn from(tally: &'a Tally) -> Self {
        Self {
            rule: &tally.rule,
            stage: tally.stage.as_str(),
            severity: tally.severity.as_str(),
            column: &tally.column,
            letter: &tally.letter,
            count: tally.count,
            message: &tally.message,
            hint: &tally.hint,
            why: &tally.why,
            first: tally.first.iter().copied().map(PlaceBody::from).collect(),
        }
    }
}

impl<'a> SummaryBody<'a> {
    fn new(summary: &'a CheckSummary, about: &'a About) -> Self {
        use fairway_spec::Severity as S;
        Self {
            version: VERSION,
            file: about.file.as_deref(),
            checked_on: about.checked_on.map(|day| day.to_string()),
            chosen: about.chosen.as_deref(),
            specification: summary.spec.to_string(),
            title: &summary.title,
            verdict: summary.verdict.as_str(),
            encoding: summary.encoding.as_str(),
            gzip: summary.gzip,
            bytes: summary.bytes,
            text_bytes: summary.text_bytes,
            records: summary.records,
            records_rejected: summary.records_rejected,
            organisation: summary.organisation.as_deref(),
            period_start: summary.period_start.map(|day| day.to_string()),
            period_end: summary.period_end.map(|day| day.to_string()),
            findings: CountsBody {
                reject: summary.count(S::Reject),
                error: summary.count(S::Error),
                warning: summary.count(S::Warning),
                info: summary.count(S::Info),
            },
            dataset: summary.dataset.as_ref().map(DatasetBody::from),
            rules: summary.tallies.iter().map(TallyBody::from).collect(),
        }
    }
}
