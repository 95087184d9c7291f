use std::io::Write;

use fairway_domain::{Fault, FaultExt};
use serde::Serialize;

use crate::{CheckSummary, FieldStatus, Finding, FindingSink, Place, Tally, Validity};

/// Writes one JSON document: `{"findings": […], "summary": {…}}`, the findings as they come.
pub struct Json<W: Write> {
    writer: W,
    first: bool,
}

const UNWRITABLE: &str = "report cannot be written";

impl<W: Write> Json<W> {
    /// Begins the document.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut writer: W) -> Result<Self, Fault> {
        writer.write_all(b"{\"findings\":[").fault(UNWRITABLE)?;
        Ok(Self { writer, first: true })
    }

    /// Ends the document with the summary and gives the writer back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, summary: &CheckSummary) -> Result<W, Fault> {
        self.writer.write_all(b"\n],\"summary\":").fault(UNWRITABLE)?;
        serde_json::to_writer(&mut self.writer, &SummaryBody::from(summary)).fault(UNWRITABLE)?;
        self.writer.write_all(b"}\n").fault(UNWRITABLE)?;
        self.writer.flush().fault(UNWRITABLE)?;
        Ok(self.writer)
    }
}

impl<W: Write> FindingSink for Json<W> {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        self.writer.write_all(if self.first { b"\n" } else { b",\n" }).fault(UNWRITABLE)?;
        self.first = false;
        serde_json::to_writer(&mut self.writer, &FindingBody::from(finding)).fault(UNWRITABLE)
    }
}

/// The summary alone, as `summary.json` holds it: two blanks of indent, a line feed at the end.
///
/// # Errors
/// When it cannot be written.
pub fn write_summary(writer: &mut dyn Write, summary: &CheckSummary) -> Result<(), Fault> {
    serde_json::to_writer_pretty(&mut *writer, &SummaryBody::from(summary)).fault(UNWRITABLE)?;
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
    column: &'a str,
    letter: &'a str,
    rule: &'a str,
    severity: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validity: Option<&'a str>,
    message: &'a str,
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
    specification: String,
    title: &'a str,
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
struct TallyBody<'a> {
    rule: &'a str,
    severity: &'a str,
    column: &'a str,
    letter: &'a str,
    count: u64,
    message: &'a str,
    hint: &'a str,
    first: Vec<PlaceBody>,
}

impl<'a> From<&'a Tally> for TallyBody<'a> {
    fn from(tally: &'a Tally) -> Self {
        Self {
            rule: &tally.rule,
            severity: tally.severity.as_str(),
            column: &tally.column,
            letter: &tally.letter,
            count: tally.count,
            message: &tally.message,
            hint: &tally.hint,
            first: tally.first.iter().copied().map(PlaceBody::from).collect(),
        }
    }
}

impl<'a> From<&'a CheckSummary> for SummaryBody<'a> {
    fn from(summary: &'a CheckSummary) -> Self {
        use fairway_spec::Severity as S;
        Self {
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
            rules: summary.tallies.iter().map(TallyBody::from).collect(),
        }
    }
}
