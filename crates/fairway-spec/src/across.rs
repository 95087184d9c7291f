//! Rules about several records together: what one record alone cannot break.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What must hold between the records of a file. Fields are named by their header. In YAML, the value of `across`:
/// `identical`, `{unique: [Event Reference]}`, `{agree: {column: Date of Birth, by: NHS Number}}`,
/// `{among: {columns: [Adult 1 Linked Person_ID], of: LA Person Unique Identifier}}`.
///
/// Values are compared as their field's kind: a day as a day, a code of the release before as what it is called now, an
/// NHS number without its blanks, text character for character without the blanks at its ends.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Across {
    /// No record is the same as one before it, byte for byte.
    Identical,
    /// No record has the same values in these columns together as one before it. Where one of them is blank or unreadable,
    /// the record takes no part.
    Unique(Vec<String>),
    /// All records with one value of `by` have one value of `column`. Blank and unreadable cells take no part.
    Agree {
        /// What must be the same.
        column: String,
        /// What brings records together.
        by: String,
    },
    /// Every value of `columns` is a value of `of` in some record of the file, earlier or later.
    Among {
        /// Where the values stand.
        columns: Vec<String>,
        /// Where they must be found.
        of: String,
    },
}

impl Across {
    /// The headers it asks about.
    pub fn headers(&self) -> BTreeSet<&str> {
        match self {
            Self::Identical => BTreeSet::new(),
            Self::Unique(columns) => columns.iter().map(String::as_str).collect(),
            Self::Agree { column, by } => BTreeSet::from([column.as_str(), by.as_str()]),
            Self::Among { columns, of } => columns.iter().chain([of]).map(String::as_str).collect(),
        }
    }

    /// What is wrong with it in itself, in words.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        match self {
            Self::Unique(columns) | Self::Among { columns, .. } if columns.is_empty() => Some("no column is named"),
            Self::Agree { column, by } if column == by => Some("a column always agrees with itself"),
            _ => None,
        }
    }
}

impl fmt::Display for Across {
    /// As a sentence without a full stop: `records with one NHS Number have one Date of Birth`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identical => f.write_str("no two records are the same"),
            Self::Unique(columns) => write!(f, "no two records have the same {}", columns.join(", ")),
            Self::Agree { column, by } => write!(f, "records with one {by} have one {column}"),
            Self::Among { columns, of } => write!(f, "{} occurs as {of} in the file", columns.join(", ")),
        }
    }
}
