//! How a table lies in its file, and by whose customs it is read.

/// How a table is written as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells.
    pub delimiter: u8,
    /// Whether the first record names the columns. Without, they lie as the fields do.
    pub header: bool,
    /// Records before the one that names the columns.
    pub skipped: usize,
    /// Whether capitals matter in the names of columns.
    pub header_case: bool,
    /// Which columns a file may have.
    pub columns: ColumnsMatch,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', header: true, skipped: 0, header_case: true, columns: ColumnsMatch::Exact }
    }
}

/// Which columns a file may have, against the fields (`fieldsMatch` of the Table Schema).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColumnsMatch {
    /// Each field, in order, and no other.
    #[default]
    Exact,
    /// Each field, in any order, and no other.
    Equal,
    /// Each field, and others.
    Subset,
    /// Some of the fields, and no other.
    Superset,
    /// Some of the fields, and others.
    Partial,
}

impl ColumnsMatch {
    /// Whether order matters.
    pub fn ordered(self) -> bool {
        self == Self::Exact
    }

    /// Whether there may be columns beyond the fields.
    pub fn allows_more(self) -> bool {
        matches!(self, Self::Subset | Self::Partial)
    }

    /// Whether fields may be missing.
    pub fn allows_fewer(self) -> bool {
        matches!(self, Self::Superset | Self::Partial)
    }
}

/// By whose customs cells are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Customs {
    /// Those of a national collection: blanks at the ends are no part of a value, a word for nothing is reported, and
    /// a cell that a spreadsheet would take for a formula refuses the file.
    #[default]
    Collection,
    /// Those of the Table Schema: a value is what stands in the cell, and a word for nothing is nothing.
    Table,
}
