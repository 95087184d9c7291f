//! The findings as a workbook, for people who filter and sort. Rows go to a file as they come, so that it costs no memory.

use std::io::Write;
use std::path::Path;

use fairway_domain::{Fault, FaultExt};
use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::name::shown_name;
use super::words::{About, day, groups, next_steps, not_read, number, period, place, verdict};
use crate::{CheckSummary, FieldStatus, Finding, FindingSink, Validity};

const UNWRITABLE: &str = "workbook cannot be written";
/// Findings on one sheet; a sheet has 1,048,576 rows, the first of which is the header.
const ROWS: u32 = 1_048_575;
/// Most characters of a cell.
const LONGEST_CELL: usize = 32_767;
/// Columns of a sheet of findings, with their width in characters.
const COLUMNS: [(&str, f64); 12] = [
    ("Record", 10.0),
    ("Line", 10.0),
    ("Column", 34.0),
    ("Letter", 8.0),
    ("Byte", 12.0),
    ("Rule", 30.0),
    ("Severity", 10.0),
    ("Status", 14.0),
    ("Validity", 16.0),
    ("Message", 70.0),
    ("Hint", 70.0),
    ("Value", 24.0),
];

/// Writes findings as a workbook: a sheet with what the check came to, one by rule, and the findings over as many sheets
/// as they need.
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    header: Format,
    columns: usize,
    /// Findings on the sheet at hand.
    rows: u32,
    sheets: u32,
}

impl Workbook {
    /// Begins. Rows wait in temporary files in `folder`. With `show_values`, a column `Value` comes last.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn new(folder: &Path, show_values: bool) -> Result<Self, Fault> {
        let mut book = rust_xlsxwriter::Workbook::new();
        book.set_tempdir(folder).fault(UNWRITABLE)?;
        for name in ["Summary", "By rule"] {
            book.add_worksheet().set_name(name).fault(UNWRITABLE)?;
        }
        let header = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
        let columns = COLUMNS.len() - usize::from(!show_values);
        let mut workbook = Self { book, header, columns, rows: 0, sheets: 0 };
        workbook.add_sheet().fault(UNWRITABLE)?;
        Ok(workbook)
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        self.rows = 0;
        let name = if self.sheets == 1 { "Findings".to_owned() } else { format!("Findings {}", self.sheets) };
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        head(sheet, &COLUMNS[..self.columns], &self.header)
    }

    /// Filters over all rows of the sheet at hand.
    fn end_sheet(&mut self) -> Result<(), XlsxError> {
        let (rows, last) = (self.rows, self.columns.saturating_sub(1) as u16);
        self.book.worksheet_from_index(self.sheets as usize + 1)?.autofilter(0, 0, rows, last)?;
        Ok(())
    }

    fn add(&mut self, finding: &Finding<'_>) -> Result<(), XlsxError> {
        if self.rows == ROWS {
            self.end_sheet()?;
            self.add_sheet()?;
        }
        self.rows += 1;
        let sheet = self.book.worksheet_from_index(self.sheets as usize + 1)?;
        write_finding(sheet, self.rows, finding, self.columns == COLUMNS.len())
    }

    /// Writes the summary and the sheet by rule, and gives the whole workbook to `writer`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, writer: impl Write + Send, summary: &CheckSummary, about: &About) -> Result<(), Fault> {
        self.end_sheet().fault(UNWRITABLE)?;
        let sheet = self.book.worksheet_from_index(0).fault(UNWRITABLE)?;
        write_summary(sheet, summary, about).fault(UNWRITABLE)?;
        let sheet = self.book.worksheet_from_index(1).fault(UNWRITABLE)?;
        write_rules(sheet, summary, &self.header).fault(UNWRITABLE)?;
        self.book.save_to_writer(writer).fault(UNWRITABLE)
    }
}

impl FindingSink for Workbook {
    fn take(&mut self, finding: &Finding<'_>) -> Result<(), Fault> {
        self.add(finding).fault(UNWRITABLE)
    }
}

fn head(sheet: &mut Worksheet, columns: &[(&str, f64)], header: &Format) -> Result<(), XlsxError> {
    for (at, (name, width)) in (0..).zip(columns) {
        sheet.set_column_width(at, *width)?;
        sheet.write_string_with_format(0, at, *name, header)?;
    }
    sheet.set_freeze_panes(1, 0)?.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// Texts are written as texts, whatever they begin with; places as numbers, so that they sort.
fn write_finding(sheet: &mut Worksheet, row: u32, finding: &Finding<'_>, with_value: bool) -> Result<(), XlsxError> {
    let numbers = [(0, finding.place.record), (1, finding.place.line), (4, finding.place.byte)];
    let before = [(2, finding.column), (3, finding.letter)];
    let after = [
        (5, finding.rule),
        (6, finding.severity.as_str()),
        (7, finding.status.map_or("", FieldStatus::as_str)),
        (8, finding.validity.map_or("", Validity::as_str)),
        (9, &finding.message),
        (10, &finding.hint),
        (11, finding.value.filter(|_| with_value).unwrap_or_default()),
    ];
    for (column, number) in numbers {
        if let Some(number) = number {
            sheet.write_number(row, column, number as f64)?;
        }
    }
    for (column, text) in before.into_iter().chain(after).filter(|(_, text)| !text.is_empty()) {
        sheet.write_string(row, column, fitting(text))?;
    }
    Ok(())
}

/// As much of a text as a cell takes.
fn fitting(text: &str) -> String {
    text.chars().take(LONGEST_CELL).collect()
}

fn write_summary(sheet: &mut Worksheet, summary: &CheckSummary, about: &About) -> Result<(), XlsxError> {
    let (name, text) = (Format::new().set_bold().set_align(FormatAlign::Top), Format::new().set_text_wrap());
    sheet.set_column_width(0, 34)?.set_column_width(1, 90)?;
    for (row, (what, value)) in (0..).zip(facts(summary, about)) {
        sheet.write_string_with_format(row, 0, what, &name)?;
        sheet.write_string_with_format(row, 1, fitting(&value), &text)?;
    }
    Ok(())
}

/// What the check came to, line by line.
fn facts(summary: &CheckSummary, about: &About) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Result", verdict(summary.verdict).to_owned())];
    let known = [("File", about.file.as_deref().map(shown_name)), ("Not read", not_read(summary, about))];
    facts.extend(known.into_iter().filter_map(|(what, value)| Some((what, value?))));
    facts.push(("Specification", format!("{} ({})", summary.title, summary.spec)));
    let known = [
        ("Why this specification", about.chosen.clone()),
        ("Organisation", summary.organisation.clone()),
        ("Reporting period", period(summary)),
        ("Checked on", about.checked_on.map(day)),
    ];
    facts.extend(known.into_iter().filter_map(|(what, value)| Some((what, value?))));
    facts.push(("Records", number(summary.records)));
    facts.push(("Records that cannot be loaded", number(summary.records_rejected)));
    facts.extend(
        groups(summary).iter().map(|group| (group.kind.heading(), group.kind.counted(group.kind.count(summary)))),
    );
    facts.extend(next_steps(summary).into_iter().map(|step| ("What to do next", step)));
    facts
}

/// Columns of the sheet by rule, with their width in characters.
const BY_RULE: [(&str, f64); 8] = [
    ("Severity", 10.0),
    ("Rule", 30.0),
    ("Column", 34.0),
    ("Letter", 8.0),
    ("Findings", 10.0),
    ("Message", 70.0),
    ("Hint", 70.0),
    ("First places", 50.0),
];

fn write_rules(sheet: &mut Worksheet, summary: &CheckSummary, header: &Format) -> Result<(), XlsxError> {
    head(sheet, &BY_RULE, header)?;
    let groups = groups(summary);
    let tallies = groups.iter().flat_map(|group| &group.rules).flat_map(|rule| &rule.tallies);
    let mut last = 0;
    for (row, tally) in (1..=ROWS).zip(tallies) {
        let places: Vec<String> = tally.first.iter().filter_map(place).collect();
        let before = [tally.severity.as_str(), &tally.rule, &tally.column, &tally.letter];
        let after = [&tally.message, &tally.hint, &places.join("; ")];
        for (column, text) in (0..).zip(before) {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_number(row, 4, tally.count as f64)?;
        for (column, text) in (5..).zip(after) {
            sheet.write_string(row, column, fitting(text))?;
        }
        last = row;
    }
    sheet.autofilter(0, 0, last, BY_RULE.len() as u16 - 1)?;
    Ok(())
}
