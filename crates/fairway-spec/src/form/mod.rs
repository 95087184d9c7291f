//! How values are written: the types and formats of the Table Schema, and what each text that has one says.

mod bounds;
mod day;
mod number;
mod schema;
mod text;

use jiff::civil::{Date, DateTime, Time};

pub use bounds::{Bound, Limit, Limits, Pattern, PatternError};
pub use day::{DayForm, british_day, iso_day};
pub use number::Marks;
pub(crate) use schema::TypeKeys;
pub use text::TextForm;

/// A form of values. A field without one is written as Fairway's own specifications write its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A day.
    Date(DayForm),
    /// A time of day.
    Time(DayForm),
    /// A day with a time of day.
    Moment(DayForm),
    /// A whole number of at most 18 digits.
    Integer(Marks),
    /// A number.
    Number(Marks),
    /// Yes or no: the texts that mean either.
    Boolean {
        /// Texts that mean yes.
        yes: Vec<String>,
        /// Texts that mean no.
        no: Vec<String>,
    },
    /// A year of four digits.
    Year,
    /// A month of a year: `2025-03`.
    YearMonth,
    /// A text of a known shape.
    Text(TextForm),
    /// Several values of one form between separators.
    List {
        /// What stands between them.
        delimiter: String,
        /// What each of them is; any text where there is none.
        item: Option<Box<Form>>,
    },
}

/// What a text of some form says.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Reading {
    /// A day; the first of a month.
    Day(Date),
    /// A day with its time, at Greenwich where the text names an offset.
    Moment(DateTime),
    /// A time of day.
    Time(Time),
    /// A whole number; a year.
    Whole(i64),
    /// A number as near as 53 bits come: two that differ in the sixteenth digit may count as equal.
    Number(f64),
    /// Yes or no.
    Truth(bool),
    /// Nothing beyond the text itself.
    Text,
}

/// Why a text is not of its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misread {
    /// Not a day so written.
    Date,
    /// So written, but no day of the calendar.
    NoSuchDay,
    /// Not a time so written.
    Time,
    /// Not a day with a time so written.
    Moment,
    /// Not a whole number.
    Integer,
    /// Not a number.
    Number,
    /// Neither yes nor no.
    Boolean,
    /// Not of the form.
    Shape,
}

impl Reading {
    /// Whether both say the same; a whole number and a number may.
    pub fn equals(self, other: Self) -> bool {
        match (self, other) {
            (Self::Whole(whole), Self::Number(number)) | (Self::Number(number), Self::Whole(whole)) => {
                whole as f64 == number
            }
            (one, other) => one == other,
        }
    }
}

impl Form {
    /// The texts of the Table Schema for yes and no.
    pub fn boolean() -> Self {
        let words = |words: [&str; 4]| words.map(str::to_owned).to_vec();
        Self::Boolean { yes: words(["true", "True", "TRUE", "1"]), no: words(["false", "False", "FALSE", "0"]) }
    }

    /// Reads a text that is not blank.
    ///
    /// # Errors
    /// When it is not of this form.
    pub fn read(&self, text: &str) -> Result<Reading, Misread> {
        match self {
            Self::Date(form) => form.date(text).map(Reading::Day),
            Self::Time(form) => form.time(text).map(Reading::Time).ok_or(Misread::Time),
            Self::Moment(form) => form.moment(text).map(Reading::Moment).ok_or(Misread::Moment),
            Self::Integer(marks) => marks.integer(text).map(Reading::Whole).ok_or(Misread::Integer),
            Self::Number(marks) => marks.number(text).map(Reading::Number).ok_or(Misread::Number),
            Self::Boolean { yes, no } => match text {
                _ if yes.iter().any(|word| word == text) => Ok(Reading::Truth(true)),
                _ if no.iter().any(|word| word == text) => Ok(Reading::Truth(false)),
                _ => Err(Misread::Boolean),
            },
            Self::Year => number::year(text).map(Reading::Whole).ok_or(Misread::Shape),
            Self::YearMonth => day::month(text).map(Reading::Day).ok_or(Misread::Shape),
            Self::Text(form) => {
                if form.fits(text) {
                    Ok(Reading::Text)
                } else {
                    Err(Misread::Shape)
                }
            }
            Self::List { delimiter, item } => {
                let Some(item) = item else { return Ok(Reading::Text) };
                text.split(delimiter.as_str()).try_for_each(|part| item.read(part).map(drop))?;
                Ok(Reading::Text)
            }
        }
    }

    /// How the form is called in a message: `a date as yyyy-mm-dd`.
    pub fn in_words(&self) -> String {
        match self {
            Self::Date(form) => format!("a date{}", form.in_words("yyyy-mm-dd")),
            Self::Time(form) => format!("a time{}", form.in_words("hh:mm:ss")),
            Self::Moment(form) => format!("a date with time{}", form.in_words("yyyy-mm-ddThh:mm:ss")),
            Self::Integer(_) => "a whole number".into(),
            Self::Number(_) => "a number".into(),
            Self::Boolean { yes, no } => {
                let first = |words: &[String]| words.first().cloned().unwrap_or_default();
                format!("{} or {}", first(yes), first(no))
            }
            Self::Year => "a year of four digits".into(),
            Self::YearMonth => "a month as yyyy-mm".into(),
            Self::Text(form) => form.in_words().into(),
            Self::List { delimiter, item } => match item {
                Some(item) => format!("a list of values separated by {delimiter}, each {}", item.in_words()),
                None => format!("a list of values separated by {delimiter}"),
            },
        }
    }

    /// A made-up value of the form; empty where none helps.
    pub fn example(&self) -> String {
        match self {
            Self::Date(form) => form.example("%Y-%m-%d"),
            Self::Time(form) => form.example("%H:%M:%S"),
            Self::Moment(form) => form.example("%Y-%m-%dT%H:%M:%S"),
            Self::Integer(_) => "12".into(),
            Self::Number(marks) => format!("12{}5", marks.decimal),
            Self::Year => "2025".into(),
            Self::YearMonth => "2025-03".into(),
            Self::Boolean { yes, .. } => yes.first().cloned().unwrap_or_default(),
            Self::Text(form) => form.example().into(),
            Self::List { delimiter, item } => {
                let part = item.as_ref().map_or_else(|| "a".to_owned(), |item| item.example());
                format!("{part}{delimiter}{part}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
