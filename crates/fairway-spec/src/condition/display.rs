//! Conditions as people read them.

use std::fmt;

use super::{Comparison, Condition, Held, Term};

impl fmt::Display for Condition {
    /// The condition as a sentence without a full stop: `Event Type is "Service" and Event End Date is blank`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.write_str("always"),
            Self::Never => f.write_str("never"),
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
            Self::Not(part) => negated(f, part),
            Self::Blank(header) => write!(f, "{header} is blank"),
            Self::In(header, values) => write!(f, "{header} is {}", one_of("one of ", values)),
            Self::Starts(header, text) => write!(f, "{header} begins with \"{text}\""),
            Self::Ends(header, text) => write!(f, "{header} ends with \"{text}\""),
            Self::Contains(header, text) => write!(f, "{header} contains \"{text}\""),
            Self::Matches(header, pattern) => write!(f, "{header} fits the pattern \"{pattern}\""),
            Self::Holds(held, header) => write!(f, "{header} holds {held}"),
            Self::HoldsValueOf(text, value) => write!(f, "{text} holds the value of {value}"),
            Self::Compare(one, comparison, other) => write!(f, "{one} {} {other}", verb(*comparison, one, other)),
            Self::Between(one, low, high) => write!(f, "{one} {} {low} to {high}", is(one)),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(word)?;
        }
        match part {
            Condition::All(inner) | Condition::Any(inner) if inner.len() > 1 => write!(f, "({part})")?,
            _ => write!(f, "{part}")?,
        }
    }
    Ok(())
}

fn negated(f: &mut fmt::Formatter<'_>, part: &Condition) -> fmt::Result {
    match part {
        Condition::Blank(header) => write!(f, "{header} is filled"),
        Condition::In(header, values) => match values.len() {
            1 => write!(f, "{header} is not {}", one_of("", values)),
            _ => write!(f, "{header} is {}", one_of("none of ", values)),
        },
        Condition::Starts(header, text) => write!(f, "{header} does not begin with \"{text}\""),
        Condition::Ends(header, text) => write!(f, "{header} does not end with \"{text}\""),
        Condition::Contains(header, text) => write!(f, "{header} does not contain \"{text}\""),
        Condition::Matches(header, pattern) => write!(f, "{header} does not fit the pattern \"{pattern}\""),
        Condition::Holds(held, header) => write!(f, "{header} does not hold {held}"),
        Condition::HoldsValueOf(text, value) => write!(f, "{text} does not hold the value of {value}"),
        Condition::Compare(one, Comparison::Equal, other) => match one {
            Term::Filled(_) => write!(f, "{one} differ from {other}"),
            _ => write!(f, "{one} differs from {other}"),
        },
        Condition::Between(one, low, high) => write!(f, "{one} {} not {low} to {high}", is(one)),
        part => write!(f, "not ({part})"),
    }
}

/// The value in quotation marks, or the several with a word in front.
fn one_of(several: &str, values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    let word = if values.len() == 1 { "" } else { several };
    format!("{word}{}", quoted.join(", "))
}

/// `is`, or `are` for what is many.
fn is(term: &Term) -> &'static str {
    match term {
        Term::Years(..) | Term::Days(..) | Term::Filled(_) => "are",
        _ => "is",
    }
}

/// Days are on, before and after one another; numbers are less and more.
fn verb(comparison: Comparison, one: &Term, other: &Term) -> String {
    let days = [one, other].iter().any(|term| matches!(term, Term::Day(_) | Term::Today | Term::FirstOfMonth(_)));
    let words = match (comparison, days) {
        (Comparison::Equal, _) => "the same as",
        (Comparison::Less, true) => "before",
        (Comparison::AtMost, true) => "on or before",
        (Comparison::Greater, true) => "after",
        (Comparison::AtLeast, true) => "on or after",
        (Comparison::Less, false) => "less than",
        (Comparison::AtMost, false) => "at most",
        (Comparison::Greater, false) => "more than",
        (Comparison::AtLeast, false) => "at least",
    };
    format!("{} {words}", is(one))
}

impl fmt::Display for Term {
    /// The term as part of a sentence: `the full years from Date of Birth to Event End Date`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(header) => f.write_str(header),
            Self::Number(number) => write!(f, "{number}"),
            Self::Day(day) => write!(f, "{:02}/{:02}/{:04}", day.day(), day.month(), day.year()),
            Self::Today => f.write_str("the day of the check"),
            Self::FirstOfMonth(day) => write!(f, "the first of the month of {day}"),
            Self::Years(from, to) => write!(f, "the full years from {from} to {to}"),
            Self::Days(from, to) => write!(f, "the days from {from} to {to}"),
            Self::Length(header) => write!(f, "the length of {header}"),
            Self::Filled(headers) => write!(f, "the filled ones of {}", headers.join(", ")),
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NhsNumber => "an NHS number",
            Self::Postcode => "a postcode",
            Self::Date => "a date",
        })
    }
}
