use std::borrow::Cow;
use std::io::Write;

use fairway_domain::{Fault, FaultExt};

use crate::{FieldStatus, Finding, FindingSink, Validity};

/// The columns of `findings.csv`, in order. `value` follows only where values are shown.
const COLUMNS: [&str; 11] =
    ["record", "line", "column", "letter", "byte", "rule", "severity", "status", "validity", "message", "hint"];

/// Writes findings as CSV (RFC 4180, UTF-8, line feeds), one row each: `findings.csv`.
pub struct CsvFindings<W: Write> {
    writer: csv::Writer<W>,
    show_values: bool,
}

impl<W: Write> CsvFindings<W> {
    /// Begins with the header. With `show_values`, a column `value` comes last.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(writer: W, show_values: bool) -> Result<Self, Fault> {
        let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(writer);
        let columns = COLUMNS.iter().copied().chain(show_values.then_some("value"));
        writer.write_record(columns).fault(UNWRITABLE)?;
        Ok(Self { writer, show_values })
    }

    /// Writes what is left and gives the writer back, for the caller to sync and close.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<W, Fault> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error).fault(UNWRITABLE)
    }
}

const UNWRITABLE: &str = "findings cannot be written";

impl<W: Write> FindingSink for CsvFindings<W> {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        let [record, line, byte] =
            [finding.place.record, finding.place.line, finding.place.byte].map(|n| n.map_or_else(String::new, digits));
        let fields: [&str; 11] = [
            &record,
            &line,
            finding.column,
            finding.letter,
            &byte,
            finding.rule,
            finding.severity.as_str(),
            finding.status.map_or("", FieldStatus::as_str),
            finding.validity.map_or("", Validity::as_str),
            &finding.message,
            &finding.hint,
        ];
        let value = self.show_values.then(|| safe(finding.value.unwrap_or_default()));
        let row = fields.into_iter().chain(value.as_deref());
        self.writer.write_record(row).fault(UNWRITABLE)
    }
}

fn digits(number: u64) -> String {
    number.to_string()
}

/// A value that a spreadsheet would take for a formula gets an apostrophe in front.
fn safe(value: &str) -> Cow<'_, str> {
    if crate::judge::is_formula(value.trim_start()) { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}
