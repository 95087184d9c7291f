//! Conditions and calculations of derived columns, asked of the open cells of a row.

use std::sync::Arc;

use fairway_domain::{Fault, FaultExt, Row, Value};
use fairway_spec::{Case, CodeList, Comparison, Condition, FieldKind, Spec, Term, fraction};
use jiff::civil::Date;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, Zero};
use regex::Regex;

use super::cells::Cells;

/// Numbers are kept exact: a third of 10.00 is no floating point number.
type Number = Ratio<i128>;

/// A condition whose fields are cells.
pub(super) enum Node {
    Known(bool),
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Blank(Text),
    Text(Text, Test),
    Compare(Reckoned, Comparison, Reckoned),
    SameText(Text, Text),
}

/// A cell's text, in the words of this release.
pub(super) struct Text {
    cell: usize,
    list: Option<Arc<CodeList>>,
}

pub(super) enum Test {
    In(Vec<String>),
    Starts(String),
    Ends(String),
    Contains(String),
    Matches(Regex),
}

/// A term whose fields are cells.
pub(super) enum Reckoned {
    Cell(usize),
    Number(Number),
    Day(Date),
    FirstOfMonth(Box<Reckoned>),
    Years(Box<Reckoned>, Box<Reckoned>),
    Days(Box<Reckoned>, Box<Reckoned>),
    Length(Text),
    Filled(Vec<usize>),
}

/// What a term comes to.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Quantity {
    Day(Date),
    Number(Number),
}

/// Finds cells by header.
pub(super) struct Compiler<'a> {
    pub spec: &'a Spec,
    pub cells: &'a Cells,
}

impl Compiler<'_> {
    fn cell(&self, header: &str) -> Result<usize, Fault> {
        let place = self.spec.index_of_header(header);
        let cell = place.and_then(|place| self.cells.open.get(&place)).copied();
        cell.ok_or_else(|| Fault::new("condition of a derived column names a field that is not open"))
    }

    fn text(&self, header: &str) -> Result<Text, Fault> {
        let field = self.spec.index_of_header(header).and_then(|at| self.spec.field(at));
        Ok(Text { cell: self.cell(header)?, list: field.and_then(|field| field.codes.clone()) })
    }

    pub(super) fn condition(&self, condition: &Condition) -> Result<Node, Fault> {
        let all = |parts: &[Condition]| parts.iter().map(|part| self.condition(part)).collect::<Result<_, Fault>>();
        let test = |header: &str, test| Ok(Node::Text(self.text(header)?, test));
        Ok(match condition {
            Condition::Always => Node::Known(true),
            Condition::Never => Node::Known(false),
            Condition::All(parts) => Node::All(all(parts)?),
            Condition::Any(parts) => Node::Any(all(parts)?),
            Condition::Not(part) => Node::Not(Box::new(self.condition(part)?)),
            Condition::Blank(header) => Node::Blank(self.text(header)?),
            Condition::In(header, values) => return test(header, Test::In(values.clone())),
            Condition::Starts(header, text) => return test(header, Test::Starts(text.clone())),
            Condition::Ends(header, text) => return test(header, Test::Ends(text.clone())),
            Condition::Contains(header, text) => return test(header, Test::Contains(text.clone())),
            Condition::Matches(header, pattern) => {
                return test(header, Test::Matches(Regex::new(pattern).fault("pattern cannot be used")?));
            }
            Condition::Compare(Term::Field(one), Comparison::Equal, Term::Field(other))
                if self.are_texts(one, other) =>
            {
                Node::SameText(self.text(one)?, self.text(other)?)
            }
            Condition::Compare(one, comparison, other) => {
                Node::Compare(self.term(one)?, *comparison, self.term(other)?)
            }
            Condition::Between(one, low, high) => Node::All(vec![
                Node::Compare(self.term(one)?, Comparison::AtLeast, self.term(low)?),
                Node::Compare(self.term(one)?, Comparison::AtMost, self.term(high)?),
            ]),
            Condition::Holds(..) | Condition::HoldsValueOf(..) => {
                return Err(Fault::new("condition of a derived column searches a text"));
            }
        })
    }

    fn are_texts(&self, one: &str, other: &str) -> bool {
        [one, other].iter().all(|header| {
            let field = self.spec.index_of_header(header).and_then(|at| self.spec.field(at));
            field.is_some_and(|field| field.codes.is_some() || field.kind == FieldKind::Text)
        })
    }

    fn term(&self, term: &Term) -> Result<Reckoned, Fault> {
        let boxed = |term: &Term| self.term(term).map(Box::new);
        Ok(match term {
            Term::Field(header) => Reckoned::Cell(self.cell(header)?),
            Term::Number(number) => Reckoned::Number(exact(&number.to_string())?),
            Term::Day(day) => Reckoned::Day(*day),
            Term::FirstOfMonth(day) => Reckoned::FirstOfMonth(boxed(day)?),
            Term::Years(from, to) => Reckoned::Years(boxed(from)?, boxed(to)?),
            Term::Days(from, to) => Reckoned::Days(boxed(from)?, boxed(to)?),
            Term::Length(header) => Reckoned::Length(self.text(header)?),
            Term::Filled(headers) => {
                Reckoned::Filled(headers.iter().map(|header| self.cell(header)).collect::<Result<_, _>>()?)
            }
            Term::Today => return Err(Fault::new("derived column asks for today")),
        })
    }

    pub(super) fn case(&self, case: &Case) -> Result<Reckoning, Fault> {
        let terms = |terms: &[Term]| terms.iter().map(|term| self.term(term)).collect::<Result<Vec<_>, Fault>>();
        let rate = match &case.rate {
            Some((at, attribute)) => {
                let field = self.spec.field(*at).ok_or_else(|| Fault::new("rate of a field that is not there"))?;
                Some((self.text(&field.header)?, attribute.clone()))
            }
            None => None,
        };
        Ok(Reckoning {
            when: self.condition(&case.when)?,
            value: case.value.as_ref().map(|value| self.term(value)).transpose()?,
            plus: terms(&case.plus)?,
            times: terms(&case.times)?,
            rate,
            over: terms(&case.over)?,
        })
    }
}

/// A number as it is written, exactly.
fn exact(text: &str) -> Result<Number, Fault> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let above: Option<i128> = format!("{whole}{decimals}").parse().ok();
    let below = u32::try_from(decimals.len()).ok().and_then(|digits| 10_i128.checked_pow(digits));
    let number = above.zip(below).map(|(above, below)| Number::new(above, below));
    number.ok_or_else(|| Fault::new("number of a condition is too long"))
}

impl Node {
    /// Whether it is so; nothing where that cannot be told (SQL's unknown).
    pub(super) fn ask(&self, row: &Row) -> Option<bool> {
        match self {
            Self::Known(known) => Some(*known),
            Self::All(parts) => settled(parts, row, false),
            Self::Any(parts) => settled(parts, row, true),
            Self::Not(part) => part.ask(row).map(|is_so| !is_so),
            Self::Blank(text) => Some(row.get(text.cell).is_null()),
            Self::Text(text, test) => text.read(row).map(|text| test.fits(text)),
            Self::Compare(one, comparison, other) => {
                one.reckon(row)?.partial_cmp(&other.reckon(row)?).map(|order| comparison.fits(order))
            }
            Self::SameText(one, other) => Some(one.read(row)? == other.read(row)?),
        }
    }
}

/// AND (`by` false) and OR (`by` true) of three values: one part that settles it does, whatever else is unknown.
fn settled(parts: &[Node], row: &Row, by: bool) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part.ask(row) {
            Some(is_so) if is_so == by => return Some(by),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!by)
}

impl Text {
    fn read<'r>(&'r self, row: &'r Row) -> Option<&'r str> {
        let text = row.get(self.cell).text()?;
        let now = self.list.as_ref().and_then(|list| list.earlier.get(text));
        Some(now.and_then(Option::as_deref).unwrap_or(text))
    }

    fn attribute(&self, row: &Row, name: &str) -> Option<Number> {
        let text = self.read(row)?;
        let code = self.list.as_ref()?.codes.iter().find(|code| code.value == text)?;
        let (above, below) = fraction(code.attributes.get(name)?)?;
        Some(Number::new(above.into(), below.into()))
    }
}

impl Test {
    fn fits(&self, text: &str) -> bool {
        match self {
            Self::In(values) => values.iter().any(|value| value == text),
            Self::Starts(start) => text.starts_with(start.as_str()),
            Self::Ends(end) => text.ends_with(end.as_str()),
            Self::Contains(part) => text.contains(part.as_str()),
            Self::Matches(pattern) => pattern.is_match(text),
        }
    }
}

impl Reckoned {
    fn reckon(&self, row: &Row) -> Option<Quantity> {
        let whole = |number: i64| Some(Quantity::Number(Number::from_integer(number.into())));
        match self {
            Self::Cell(cell) => match row.get(*cell) {
                Value::Date(day) => Some(Quantity::Day(day)),
                Value::Integer(number) => whole(number),
                Value::Decimal(hundredths) => Some(Quantity::Number(Number::new(hundredths.into(), 100))),
                Value::Text(text) => exact(text.trim()).ok().map(Quantity::Number),
                Value::Null | Value::Bytes(_) => None,
            },
            Self::Number(number) => Some(Quantity::Number(*number)),
            Self::Day(day) => Some(Quantity::Day(*day)),
            Self::FirstOfMonth(day) => Some(Quantity::Day(day.day(row)?.first_of_month())),
            Self::Years(from, to) => whole(years(from.day(row)?, to.day(row)?)),
            Self::Days(from, to) => whole(from.day(row)?.until(to.day(row)?).ok()?.get_days().into()),
            Self::Length(text) => whole(i64::try_from(text.read(row)?.chars().count()).ok()?),
            Self::Filled(cells) => {
                whole(i64::try_from(cells.iter().filter(|cell| !row.get(**cell).is_null()).count()).ok()?)
            }
        }
    }

    fn day(&self, row: &Row) -> Option<Date> {
        match self.reckon(row)? {
            Quantity::Day(day) => Some(day),
            Quantity::Number(_) => None,
        }
    }

    fn number(&self, row: &Row) -> Option<Number> {
        match self.reckon(row)? {
            Quantity::Number(number) => Some(number),
            Quantity::Day(_) => None,
        }
    }
}

/// Full years from one day to another, less than nothing where the first is the later.
fn years(from: Date, to: Date) -> i64 {
    fairway_deid::age::full_years(from, to)
        .unwrap_or_else(|| -fairway_deid::age::full_years(to, from).unwrap_or_default())
}

/// A case of a calculated column whose fields are cells.
pub(super) struct Reckoning {
    when: Node,
    value: Option<Reckoned>,
    plus: Vec<Reckoned>,
    times: Vec<Reckoned>,
    rate: Option<(Text, String)>,
    over: Vec<Reckoned>,
}

impl Reckoning {
    fn day(&self, row: &Row) -> Option<Date> {
        self.value.as_ref()?.day(row)
    }

    fn number(&self, row: &Row) -> Option<Number> {
        let mut number = self.value.as_ref()?.number(row)?;
        for term in &self.plus {
            number = number.checked_add(&term.number(row)?)?;
        }
        for term in &self.times {
            number = number.checked_mul(&term.number(row)?)?;
        }
        if let Some((text, attribute)) = &self.rate {
            number = number.checked_mul(&text.attribute(row, attribute)?)?;
        }
        for term in &self.over {
            let by = term.number(row)?;
            number = if by.is_zero() { return None } else { number.checked_div(&by)? };
        }
        Some(number)
    }
}

/// The value of the first case that is so: a day, a whole number or hundredths, halves rounded away from nought.
pub(super) fn calculated(kind: FieldKind, cases: &[Reckoning], row: &Row) -> Value<'static> {
    let Some(case) = cases.iter().find(|case| case.when.ask(row) == Some(true)) else { return Value::Null };
    let rounded = |number: Number| i64::try_from(number.round().to_integer()).ok();
    let value = match kind {
        FieldKind::Date => case.day(row).map(Value::Date),
        FieldKind::Integer => case.number(row).and_then(rounded).map(Value::Integer),
        _ => {
            let hundredths = case.number(row).and_then(|number| number.checked_mul(&Number::from_integer(100)));
            hundredths.and_then(rounded).map(Value::Decimal)
        }
    };
    value.unwrap_or(Value::Null)
}
