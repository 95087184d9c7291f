//! A published specification, as a workbook or a CSV file, held against one of ours: what it says of fields and lists,
//! how that differs, and the folder that puts its lists in the place of inferred ones.

mod against;
mod fields;
mod grid;
mod lists;
mod overlay;
#[cfg(not(target_arch = "wasm32"))]
mod workbook;

use std::collections::BTreeMap;

pub use against::{ListNews, News};
pub use grid::Sheet;
#[cfg(not(target_arch = "wasm32"))]
pub use workbook::{WorkbookError, read_workbook};

/// What was read out of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// Fields in their order.
    pub fields: Vec<PublishedField>,
    /// Lists by the name they have there.
    pub lists: BTreeMap<String, PublishedList>,
    /// What was taken from where, and what was passed over, a line each.
    pub explained: Vec<String>,
}

/// A field of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishedField {
    /// Its name as written.
    pub name: String,
    /// Type or format as written.
    pub format: String,
    /// Longest text.
    pub length: Option<usize>,
    /// Whether it must be filled, where that is a plain yes or no.
    pub mandatory: Option<bool>,
    /// What it says of its list: a list's name, or nothing.
    pub list: String,
    /// Sheet and row, as a spreadsheet counts them.
    pub place: String,
}

/// A list of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishedList {
    /// Values in their order, without blanks at their ends.
    pub values: Vec<String>,
    /// Sheet and column.
    pub place: String,
}

/// Reads fields and lists out of sheets, whatever stands around them.
pub fn read_published(sheets: &[Sheet]) -> Published {
    let mut published = Published::default();
    let mut field_sheet = None;
    for (at, sheet) in sheets.iter().enumerate() {
        if let Some(found) = fields::find(sheet) {
            let better = field_sheet.is_none_or(|(_, score)| found.score > score);
            if better {
                field_sheet = Some((at, found.score));
            }
        }
    }
    if let Some((at, _)) = field_sheet
        && let Some(table) = fields::find(&sheets[at])
    {
        fields::take(&sheets[at], &table, &mut published);
    } else {
        published.explained.push("no sheet has a column of field names beside one of types, lengths or lists".into());
    }
    for (at, sheet) in sheets.iter().enumerate() {
        if field_sheet.is_none_or(|(fields, _)| fields != at) {
            lists::take(sheet, &mut published);
        }
    }
    published
}
