use std::fmt;

use jiff::civil::Date;

use crate::{PrivacyClass, Value};

/// How far data has come, and so who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// Sealed files as they were sent.
    Landing,
    /// The identity vault and the events, inside the safe haven.
    Identifiable,
    /// Pseudonyms and derived columns; no direct identifier, no uid.
    Deidentified,
    /// What left under an agreement.
    Released,
}

impl Zone {
    /// The word used in paths, on the command line and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Landing => "landing",
            Self::Identifiable => "identifiable",
            Self::Deidentified => "deidentified",
            Self::Released => "released",
        }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A table of a zone, such as `deidentified.asc_cld`. Lower-case letters, digits and underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The zone.
    pub zone: Zone,
    /// The name within the zone.
    pub name: String,
}

impl TableName {
    /// Names a table.
    pub fn new(zone: Zone, name: impl Into<String>) -> Self {
        Self { zone, name: name.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.zone, self.name)
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// UTF-8 text.
    Text,
    /// 64-bit integer.
    Integer,
    /// Decimal(18, 2).
    Decimal,
    /// Day, without time or zone.
    Date,
    /// Bytes.
    Bytes,
}

/// A column of a table. Every column declares its privacy class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    /// The name, as SQL spells it.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// What it says about a person.
    pub class: PrivacyClass,
}

impl Column {
    /// Declares a column.
    pub fn new(name: impl Into<String>, kind: ColumnKind, class: PrivacyClass) -> Self {
        Self { name: name.into(), kind, class }
    }
}

/// A row that owns its cells in one buffer and is cleared, not freed, between rows.
#[derive(Default, Clone)]
pub struct Row {
    // Apart from other bytes, so that a text need not be checked again each time it is read.
    texts: String,
    bytes: Vec<u8>,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy)]
enum Cell {
    Null,
    Text(usize, usize),
    Integer(i64),
    Decimal(i64),
    Date(Date),
    Bytes(usize, usize),
}

impl Row {
    /// Takes all cells away; keeps the memory.
    pub fn clear(&mut self) {
        self.texts.clear();
        self.bytes.clear();
        self.cells.clear();
    }

    /// Adds a cell at the end.
    pub fn push(&mut self, value: Value<'_>) {
        let cell = match value {
            Value::Null => Cell::Null,
            Value::Integer(number) => Cell::Integer(number),
            Value::Decimal(hundredths) => Cell::Decimal(hundredths),
            Value::Date(date) => Cell::Date(date),
            Value::Text(text) => {
                let start = self.texts.len();
                self.texts.push_str(text);
                Cell::Text(start, self.texts.len())
            }
            Value::Bytes(bytes) => {
                let start = self.bytes.len();
                self.bytes.extend_from_slice(bytes);
                Cell::Bytes(start, self.bytes.len())
            }
        };
        self.cells.push(cell);
    }

    /// The cell at `index`; `Null` past the end.
    pub fn get(&self, index: usize) -> Value<'_> {
        match self.cells.get(index) {
            None | Some(Cell::Null) => Value::Null,
            Some(Cell::Integer(number)) => Value::Integer(*number),
            Some(Cell::Decimal(hundredths)) => Value::Decimal(*hundredths),
            Some(Cell::Date(date)) => Value::Date(*date),
            Some(Cell::Bytes(start, end)) => Value::Bytes(&self.bytes[*start..*end]),
            Some(Cell::Text(start, end)) => Value::Text(&self.texts[*start..*end]),
        }
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[row of {} cells]", self.cells.len())
    }
}
