//! What a check is told with: text for people, JSON and CSV for programs. None of it repeats a cell's value unless the
//! options of the check ask for it, and none of it grows with the file: findings are written as they come.

mod csv;
mod json;
mod text;

pub use csv::CsvFindings;
pub use json::{Json, write_summary};
pub use text::text;
