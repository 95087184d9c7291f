//! Conditions as SQL.

use std::fmt::{self, Write};

use super::{Comparison, Condition, Term};

impl Condition {
    /// The condition as [`Condition::parse`] reads it back.
    pub fn to_sql(&self) -> String {
        let mut sql = String::new();
        // Writing to a string does not fail.
        let _ = write_condition(&mut sql, self);
        sql
    }
}

fn write_condition(out: &mut String, condition: &Condition) -> fmt::Result {
    match condition {
        Condition::Always => out.write_str("TRUE"),
        Condition::Never => out.write_str("FALSE"),
        Condition::All(parts) => joined(out, parts, " AND ", "TRUE"),
        Condition::Any(parts) => joined(out, parts, " OR ", "FALSE"),
        Condition::Not(part) => negated(out, part),
        simple => write_simple(out, simple, false),
    }
}

fn joined(out: &mut String, parts: &[Condition], word: &str, none: &str) -> fmt::Result {
    if parts.is_empty() {
        return out.write_str(none);
    }
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.write_str(word)?;
        }
        match part {
            Condition::All(_) | Condition::Any(_) => nested(out, part)?,
            part => write_condition(out, part)?,
        }
    }
    Ok(())
}

fn nested(out: &mut String, part: &Condition) -> fmt::Result {
    out.write_char('(')?;
    write_condition(out, part)?;
    out.write_char(')')
}

fn negated(out: &mut String, part: &Condition) -> fmt::Result {
    match part {
        Condition::Blank(_)
        | Condition::In(..)
        | Condition::Starts(..)
        | Condition::Ends(..)
        | Condition::Contains(..)
        | Condition::Compare(_, Comparison::Equal, _)
        | Condition::Between(..) => write_simple(out, part, true),
        Condition::Matches(..) | Condition::Holds(..) | Condition::HoldsValueOf(..) => {
            out.write_str("NOT ")?;
            write_simple(out, part, false)
        }
        part => {
            out.write_str("NOT ")?;
            nested(out, part)
        }
    }
}

/// A condition without others inside, or (`not`) its contrary.
fn write_simple(out: &mut String, condition: &Condition, not: bool) -> fmt::Result {
    let word = if not { " NOT" } else { "" };
    match condition {
        Condition::Blank(header) => write!(out, "{} IS{word} NULL", Field(header)),
        Condition::In(header, values) => match values.as_slice() {
            [value] => write!(out, "{} {} {}", Field(header), if not { "<>" } else { "=" }, Text(value)),
            values => {
                let values: Vec<String> = values.iter().map(|value| Text(value).to_string()).collect();
                write!(out, "{}{word} IN ({})", Field(header), values.join(", "))
            }
        },
        Condition::Starts(header, text) => {
            write!(out, "{}{word} LIKE {}", Field(header), Text(&format!("{text}%")))
        }
        Condition::Ends(header, text) => write!(out, "{}{word} LIKE {}", Field(header), Text(&format!("%{text}"))),
        Condition::Contains(header, text) => {
            write!(out, "{}{word} LIKE {}", Field(header), Text(&format!("%{text}%")))
        }
        Condition::Matches(header, pattern) => write!(out, "matches({}, {})", Field(header), Text(pattern)),
        Condition::Holds(held, header) => write!(out, "{}({})", held.function(), Field(header)),
        Condition::HoldsValueOf(text, value) => write!(out, "holds_value_of({}, {})", Field(text), Field(value)),
        Condition::Compare(one, comparison, other) => {
            write!(out, "{} {} {}", Sql(one), if not { "<>" } else { comparison.sign() }, Sql(other))
        }
        Condition::Between(one, low, high) => {
            write!(out, "{}{word} BETWEEN {} AND {}", Sql(one), Sql(low), Sql(high))
        }
        Condition::Always | Condition::Never | Condition::All(_) | Condition::Any(_) | Condition::Not(_) => {
            nested(out, condition)
        }
    }
}

/// A header as a quoted identifier.
struct Field<'a>(&'a str);

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

/// A text in single quotation marks.
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\'', "''"))
    }
}

struct Sql<'a>(&'a Term);

impl fmt::Display for Sql<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Term::Field(header) => Field(header).fmt(f),
            Term::Number(number) => write!(f, "{number}"),
            Term::Day(day) => write!(f, "DATE '{day}'"),
            Term::Today => f.write_str("today()"),
            Term::FirstOfMonth(day) => write!(f, "first_of_month({})", Sql(day)),
            Term::Years(from, to) => write!(f, "years({}, {})", Sql(from), Sql(to)),
            Term::Days(from, to) => write!(f, "days({}, {})", Sql(from), Sql(to)),
            Term::Length(header) => write!(f, "length({})", Field(header)),
            Term::Filled(headers) => {
                let headers: Vec<String> = headers.iter().map(|header| Field(header).to_string()).collect();
                write!(f, "filled({})", headers.join(", "))
            }
        }
    }
}
