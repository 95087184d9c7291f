use std::fmt;

/// A condition on one record, as rules and requirements are written in. Fields are named by their header.
/// A comparison with a blank or unreadable field is neither true nor false: see [`Condition`] evaluation in `fairway-check`.
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
    /// The field has exactly one of these values.
    In(String, Vec<String>),
    /// The field begins with this text.
    Starts(String, String),
    /// The field contains this text.
    Contains(String, String),
    /// The first field's day or number is less than or equal to the second's.
    AtMost(String, String),
    /// The two fields have the same text.
    Same(String, String),
    /// The number in the field lies between these, both included.
    Between(String, f64, f64),
    /// Full years from the first field's day to the second's lie between these, both included.
    Years(String, String, f64, f64),
}

impl fmt::Display for Condition {
    /// The condition as a sentence without a full stop: `Event Type is Service and Event End Date is blank`.
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
            Self::Contains(header, text) => write!(f, "{header} contains \"{text}\""),
            Self::AtMost(low, high) => write!(f, "{low} does not exceed {high}"),
            Self::Same(one, other) => write!(f, "{one} is the same as {other}"),
            Self::Between(header, low, high) => write!(f, "{header} is {}", Range(*low, *high)),
            Self::Years(from, to, low, high) => {
                write!(f, "the full years from {from} to {to} are {}", Range(*low, *high))
            }
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
        Condition::Contains(header, text) => write!(f, "{header} does not contain \"{text}\""),
        Condition::Same(one, other) => write!(f, "{one} differs from {other}"),
        part => write!(f, "not ({part})"),
    }
}

/// The value in quotation marks, or the several with a word in front.
fn one_of(several: &str, values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    let word = if values.len() == 1 { "" } else { several };
    format!("{word}{}", quoted.join(", "))
}

struct Range(f64, f64);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.is_finite(), self.1.is_finite()) {
            (true, true) => write!(f, "{} to {}", self.0, self.1),
            (true, false) => write!(f, "{} or more", self.0),
            (false, true) => write!(f, "{} or fewer", self.1),
            (false, false) => f.write_str("any number"),
        }
    }
}
