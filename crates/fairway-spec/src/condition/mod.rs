//! Conditions on one record: what they are. How they are written is in `parse` and `sql`, how they are said in `display`.

mod display;
mod parse;
mod sql;

use std::collections::BTreeSet;

use jiff::civil::Date;

pub use parse::ExpressionError;
pub(crate) use parse::Named;

/// A condition on one record, as rules and requirements are written in: a boolean expression of SQL
/// ([`Condition::parse`]). Fields are named by their header. A blank or unreadable field is NULL: a comparison with it is
/// neither true nor false, and logic has SQL's three values.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// True of every record.
    Always,
    /// True of none.
    Never,
    /// All are true.
    All(Vec<Condition>),
    /// At least one is true.
    Any(Vec<Condition>),
    /// It is not true.
    Not(Box<Condition>),
    /// The field is blank.
    Blank(String),
    /// The field has exactly one of these texts.
    In(String, Vec<String>),
    /// The field's text begins with this one. Neither this nor the next two has `%` or `_` inside.
    Starts(String, String),
    /// The field's text ends with this one.
    Ends(String, String),
    /// The field's text contains this one.
    Contains(String, String),
    /// Somewhere in the field's text this regular expression fits.
    Matches(String, String),
    /// The field's text contains something of this kind.
    Holds(Held, String),
    /// The first field's text contains the second's, capitals passed over. Where the second is shorter than
    /// [`Condition::SHORTEST_VALUE`] characters that is never so: it would mean nothing.
    HoldsValueOf(String, String),
    /// Two days, two numbers, or (with [`Comparison::Equal`] alone) the texts of two fields compare so.
    Compare(Term, Comparison, Term),
    /// The first day or number lies between the two others, both included.
    Between(Term, Term, Term),
}

/// What is compared: a day or a number.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A field's value, by its header.
    Field(String),
    /// A number; finite.
    Number(f64),
    /// A day.
    Day(Date),
    /// The day of the check.
    Today,
    /// The first day of a day's month.
    FirstOfMonth(Box<Term>),
    /// Full years from one day to another, less than nothing where the first is the later.
    Years(Box<Term>, Box<Term>),
    /// Days from one day to another.
    Days(Box<Term>, Box<Term>),
    /// How many characters the field's text has.
    Length(String),
    /// How many of these fields are filled.
    Filled(Vec<String>),
}

/// How two things compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// They are the same.
    Equal,
    /// The first is less.
    Less,
    /// The first is less or the same.
    AtMost,
    /// The first is more.
    Greater,
    /// The first is more or the same.
    AtLeast,
}

/// What may be found inside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Held {
    /// Ten digits, spaces between them or not, that pass Modulus 11.
    NhsNumber,
    /// A postcode with both its parts.
    Postcode,
    /// A day written with its year, in figures.
    Date,
}

impl Condition {
    /// Fewest characters of a value that is looked for in another text.
    pub const SHORTEST_VALUE: usize = 4;

    /// Calls back with every part, this one first.
    pub fn each<'a>(&'a self, call: &mut dyn FnMut(&'a Self)) {
        call(self);
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each(call)),
            Self::Not(part) => part.each(call),
            _ => {}
        }
    }

    /// The headers it asks about.
    pub fn headers(&self) -> BTreeSet<&str> {
        let mut headers = BTreeSet::new();
        self.each(&mut |part| match part {
            Self::Blank(header)
            | Self::In(header, _)
            | Self::Starts(header, _)
            | Self::Ends(header, _)
            | Self::Contains(header, _)
            | Self::Matches(header, _)
            | Self::Holds(_, header) => {
                headers.insert(header.as_str());
            }
            Self::HoldsValueOf(one, other) => headers.extend([one.as_str(), other.as_str()]),
            Self::Compare(one, _, other) => [one, other].into_iter().for_each(|term| term.collect(&mut headers)),
            Self::Between(one, low, high) => [one, low, high].into_iter().for_each(|term| term.collect(&mut headers)),
            Self::Always | Self::Never | Self::All(_) | Self::Any(_) | Self::Not(_) => {}
        });
        headers
    }
}

impl Term {
    /// Whether it is, or holds, the day of the check.
    pub(crate) fn asks_today(&self) -> bool {
        match self {
            Self::Today => true,
            Self::FirstOfMonth(day) => day.asks_today(),
            Self::Years(from, to) | Self::Days(from, to) => from.asks_today() || to.asks_today(),
            _ => false,
        }
    }

    pub(crate) fn collect<'a>(&'a self, headers: &mut BTreeSet<&'a str>) {
        match self {
            Self::Field(header) | Self::Length(header) => {
                headers.insert(header);
            }
            Self::Filled(several) => headers.extend(several.iter().map(String::as_str)),
            Self::FirstOfMonth(day) => day.collect(headers),
            Self::Years(from, to) | Self::Days(from, to) => {
                from.collect(headers);
                to.collect(headers);
            }
            Self::Number(_) | Self::Day(_) | Self::Today => {}
        }
    }
}

impl Comparison {
    /// The sign in SQL.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it is so of things in this order.
    pub fn fits(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

impl Held {
    /// The function that asks for it.
    pub fn function(self) -> &'static str {
        match self {
            Self::NhsNumber => "holds_nhs_number",
            Self::Postcode => "holds_postcode",
            Self::Date => "holds_date",
        }
    }
}

#[cfg(test)]
mod tests;
