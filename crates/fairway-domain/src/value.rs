use jiff::civil::Date;

/// One cell of a row on its way between a file, a table and an extract.
#[derive(Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Nothing there.
    Null,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number with two decimals, in hundredths: 12.50 is 1250.
    Decimal(i64),
    /// A day of the calendar.
    Date(Date),
    /// Bytes: an encrypted cell, a uid.
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The text, if this is text.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The day, if this is a day.
    pub fn date(self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(date),
            _ => None,
        }
    }

    /// The bytes, if these are bytes.
    pub fn bytes(self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The whole number, if this is one.
    pub fn integer(self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// Whether nothing is there.
    pub fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }
}

impl std::fmt::Debug for Value<'_> {
    /// Says the kind alone: a cell may identify a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Text(_) => "[text]",
            Self::Integer(_) => "[integer]",
            Self::Decimal(_) => "[decimal]",
            Self::Date(_) => "[date]",
            Self::Bytes(_) => "[bytes]",
        })
    }
}
