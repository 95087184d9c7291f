use std::io::Write;

use fairway_domain::{Fault, FaultExt};

use super::csv::{cell, number};
use crate::{CheckSummary, FieldStatus, Validity};

const HEADER: &[u8] = b"organisation,module,field,status,validity,value,count\n";

/// Writes how often each field had which status, validity and value, in the words of the Department's data-quality
/// results: `quality.csv`. Values that describe a person are `N/A - PID`.
///
/// # Errors
/// When it cannot be written.
pub fn write_quality(writer: &mut dyn Write, summary: &CheckSummary) -> Result<(), Fault> {
    let mut row = HEADER.to_vec();
    for figure in &summary.quality {
        let words = [
            figure.organisation.as_str(),
            &figure.module,
            &figure.field,
            status(figure.status),
            validity(figure.validity),
            &super::csv::safe(&figure.value),
        ];
        for word in words {
            cell(&mut row, word.as_bytes());
            row.push(b',');
        }
        number(&mut row, Some(figure.count));
        row.push(b'\n');
        writer.write_all(&row).fault("quality table cannot be written")?;
        row.clear();
    }
    writer.write_all(&row).fault("quality table cannot be written")
}

/// Source: Department of Health and Social Care, ASC-CLD-LA-Dashboard, field statuses of the data-quality results.
fn status(status: FieldStatus) -> &'static str {
    match status {
        FieldStatus::Mandatory => "Mandatory",
        FieldStatus::Applicable => "Applicable but not mandatory",
        FieldStatus::NotApplicable => "Not applicable",
        FieldStatus::Undetermined => "Undetermined",
    }
}

/// Source: as [`status`], field validities.
fn validity(validity: Validity) -> &'static str {
    match validity {
        Validity::Valid => "Passed: Valid",
        Validity::BlankAllowed => "Passed: Blank (Not Mandatory)",
        Validity::BlankMandatory => "Failed: Blank (Mandatory)",
        Validity::Invalid => "Failed: Invalid",
        Validity::Release1 => "Failed: Release 1",
    }
}
