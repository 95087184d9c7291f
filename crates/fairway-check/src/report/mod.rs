//! What a check is told with. Findings are written as they come (CSV, JSON lines, a workbook), so that no report grows
//! with the file; what people read first (text, a page, the summary) is made of the tallies at the end. None of it repeats
//! a cell's value unless the options of the check ask for it, but for the sender's own file with its results.

mod charts;
mod checked;
mod csv;
#[cfg(not(target_arch = "wasm32"))]
mod folder;
mod html;
mod json;
mod name;
mod quality;
mod text;
mod words;
#[cfg(not(target_arch = "wasm32"))]
mod xlsx;

pub use checked::{CheckedFile, LateResults};
pub use csv::CsvFindings;
#[cfg(not(target_arch = "wasm32"))]
pub use folder::{CHECKED, FINDINGS, FolderOptions, IN_WORDS, PAGE, QUALITY, ReportFolder, SUMMARY, WORKBOOK};
pub use html::write_html;
pub use json::{JsonLines, write_summary};
pub use name::{folder_name, shown_name};
pub use quality::write_quality;
pub use text::{text, text_about};
pub use words::About;
#[cfg(not(target_arch = "wasm32"))]
pub use xlsx::Workbook;
