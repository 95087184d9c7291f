use std::path::PathBuf;

/// Why a postcode directory, or a lookup beside it, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Nothing to read.
    #[error("postcode directory has no file: give at least one CSV or gzipped CSV of ONSPD or NSPL")]
    NoFile,
    /// A file or folder is missing or cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not CSV all the way.
    #[error("{} is not a table of comma-separated values", path.display())]
    NotATable {
        /// The file.
        path: PathBuf,
        /// Why, with the line.
        source: csv::Error,
    },
    /// A file has a header and nothing more, or nothing at all.
    #[error("{} has no records", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A column that is needed has none of the names it is known by.
    #[error("{} has no column for {what}: tried {}", path.display(), tried.join(", "))]
    MissingColumn {
        /// The file.
        path: PathBuf,
        /// What the column holds.
        what: &'static str,
        /// The names tried; `##` stands for two digits.
        tried: Vec<String>,
    },
    /// More distinct codes than can be numbered.
    #[error("postcode directory has too many distinct codes")]
    TooLarge,
}
