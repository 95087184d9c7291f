//! Sheets out of a workbook.

use std::path::Path;

use calamine::{Data, Reader, open_workbook_auto};

use super::Sheet;

/// Why a workbook cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the workbook cannot be read")]
pub struct WorkbookError(#[from] calamine::Error);

/// Reads every sheet of a workbook (XLSX, XLSM, XLS, ODS), cells as the texts that they show but for dates and decimals.
///
/// # Errors
/// When it is none, or is damaged.
pub fn read_workbook(path: &Path) -> Result<Vec<Sheet>, WorkbookError> {
    let mut workbook = open_workbook_auto(path)?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name)?;
        let (top, left) = range.start().unwrap_or_default();
        let mut rows = vec![Vec::new(); usize::try_from(top).unwrap_or_default()];
        for row in range.rows() {
            let mut cells = vec![String::new(); usize::try_from(left).unwrap_or_default()];
            cells.extend(row.iter().map(text));
            rows.push(cells);
        }
        sheets.push(Sheet { name, rows });
    }
    Ok(sheets)
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}
