use std::io;

/// Why a register cannot be read. Names file, record and column, never a value; records count from 1 below the header.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The file is not there, or the disk gave an error.
    #[error("{file} cannot be read")]
    Unreadable {
        /// The file.
        file: &'static str,
        /// The underlying error.
        source: io::Error,
    },
    /// The header lacks columns.
    #[error("{file} has no column {}", .columns.join(", "))]
    MissingColumns {
        /// The file.
        file: &'static str,
        /// All columns that are missing.
        columns: Vec<&'static str>,
    },
    /// The header has a column twice.
    #[error("{file} has the column {column} twice")]
    RepeatedColumn {
        /// The file.
        file: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The header has a column that a register does not have. Its name is not said: it may be a value in a file without
    /// a header.
    #[error("{file} has a column that does not belong there, number {position} from the left")]
    UnknownColumn {
        /// The file.
        file: &'static str,
        /// Which, from 1.
        position: usize,
    },
    /// A record has more or fewer cells than the header.
    #[error("{file}, record {record}: {found} cells, where the header has {expected}")]
    Ragged {
        /// The file.
        file: &'static str,
        /// The record.
        record: u64,
        /// Cells in the record.
        found: u64,
        /// Cells in the header.
        expected: u64,
    },
    /// A record is not UTF-8.
    #[error("{file}, record {record}: the text is not UTF-8")]
    Encoding {
        /// The file.
        file: &'static str,
        /// The record; 0 for the header.
        record: u64,
    },
    /// A cell does not hold what its column holds.
    #[error("{file}, record {record}, column {column}: {what}")]
    Value {
        /// The file.
        file: &'static str,
        /// The record.
        record: u64,
        /// The column.
        column: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// More people or more text than the index can number (four thousand million).
    #[error("the register has more {what} than one index can hold")]
    TooLarge {
        /// Of what there is too much.
        what: &'static str,
    },
}

/// The files of a register, as messages name them.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RegisterFile {
    People,
    History,
    Superseded,
}

impl RegisterFile {
    /// The error of a cell, in a record counted from 1.
    pub(crate) fn wrong(self, record: u32, column: &'static str, what: &'static str) -> RegisterError {
        let file = match self {
            Self::People => "register.csv",
            Self::History => "history.csv",
            Self::Superseded => "superseded.csv",
        };
        RegisterError::Value { file, record: record.into(), column, what }
    }
}
