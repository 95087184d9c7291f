//! The forms that a column's values may turn out to have, the likelier first.

use crate::form::{DayForm, Form, Marks, TextForm};

/// A form and how it is said in a specification.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// What reads values.
    pub(super) form: Form,
    /// Keys of the field, as YAML.
    pub(super) keys: String,
    pub(super) sort: Sort,
}

/// What a form makes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Truth,
    Whole,
    /// With at most two decimals, as our own specifications have them unless they say otherwise.
    Hundredths,
    Number,
    /// Eight digits, which may as well be a number.
    BareDay,
    Day,
    Moment,
    Text,
}

const DAYS: [&str; 9] =
    ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y"];
const MOMENTS: [&str; 5] =
    ["%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M", "%d %b %Y %H:%M"];
const TRUTHS: [(&str, &str); 9] = [
    ("Y", "N"),
    ("Yes", "No"),
    ("yes", "no"),
    ("YES", "NO"),
    ("y", "n"),
    ("true", "false"),
    ("True", "False"),
    ("TRUE", "FALSE"),
    ("T", "F"),
];

/// Every candidate, in the order in which the first that fits all values is taken.
pub(super) fn all() -> Vec<Candidate> {
    let mut all = Vec::new();
    let mut add = |form, keys: String, sort| all.push(Candidate { form, keys, sort });
    for (yes, no) in TRUTHS {
        let form = Form::Boolean { yes: vec![yes.into()], no: vec![no.into()] };
        add(form, format!("type: boolean\n    trueValues: [\"{yes}\"]\n    falseValues: [\"{no}\"]"), Sort::Truth);
    }
    for pattern in DAYS {
        let form = match pattern {
            "%Y-%m-%d" => Some(DayForm::Iso),
            "%d/%m/%Y" => Some(DayForm::British),
            other => DayForm::pattern(other).ok(),
        };
        if let Some(form) = form {
            add(Form::Date(form), format!("type: date\n    format: \"{pattern}\""), Sort::Day);
        }
    }
    if let Ok(form) = DayForm::pattern("%Y%m%d") {
        add(Form::Date(form), "type: date\n    format: \"%Y%m%d\"".into(), Sort::BareDay);
    }
    add(Form::Integer(Marks::default()), "type: integer".into(), Sort::Whole);
    add(Form::Number(Marks::default()), "type: number".into(), Sort::Hundredths);
    let marks = |decimal: &str, group: &str, bare| Marks { decimal: decimal.into(), group: group.into(), bare };
    for (marks, keys) in [
        (Marks::default(), "bareNumber: true"),
        (marks(".", ",", true), "groupChar: \",\""),
        (marks(".", ",", false), "groupChar: \",\"\n    bareNumber: false"),
        (marks(",", ".", true), "decimalChar: \",\"\n    groupChar: \".\""),
    ] {
        add(Form::Number(marks), format!("type: number\n    {keys}"), Sort::Number);
    }
    add(Form::Moment(DayForm::Iso), "type: datetime".into(), Sort::Moment);
    for pattern in MOMENTS {
        if let Ok(form) = DayForm::pattern(pattern) {
            add(Form::Moment(form), format!("type: datetime\n    format: \"{pattern}\""), Sort::Moment);
        }
    }
    add(Form::Time(DayForm::Iso), "type: time".into(), Sort::Moment);
    add(Form::YearMonth, "type: yearmonth".into(), Sort::Moment);
    for (form, name) in [(TextForm::Email, "email"), (TextForm::Uuid, "uuid"), (TextForm::Uri, "uri")] {
        add(Form::Text(form), format!("type: string\n    format: {name}"), Sort::Text);
    }
    all
}

impl Candidate {
    /// Whether a value may be of this form. Digits behind a leading zero are a code, not a number.
    pub(super) fn fits(&self, text: &str) -> bool {
        let numeric = matches!(self.sort, Sort::Whole | Sort::Hundredths | Sort::Number);
        if numeric && (leads_with_zero(text) || text.trim() != text || text.starts_with('+')) {
            return false;
        }
        match self.sort {
            Sort::Hundredths => two_decimals(text),
            // A unit alone is no number, and neither is a word with one digit in it.
            Sort::Number => number_shaped(text) && self.form.read(text).is_ok(),
            _ => self.form.read(text).is_ok(),
        }
    }
}

fn leads_with_zero(text: &str) -> bool {
    let digits = text.trim_start_matches('-').as_bytes();
    matches!(digits, [b'0', b'0'..=b'9', ..])
}

/// As the check reads a number of our own specifications.
fn two_decimals(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (units, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let whole = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    whole(units, 16) && whole(decimals, 2)
}

/// Digits and marks, with a currency or a percent sign at most.
fn number_shaped(text: &str) -> bool {
    let bare = text.trim_start_matches(['-', '£', '$', '€']).trim_end_matches(['%', ' ']);
    !bare.is_empty()
        && bare.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'e' | b'E' | b'-' | b'+'))
}
