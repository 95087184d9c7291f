//! From the parser's tree to a condition.

use jiff::civil::Date;
use sqlparser::ast::{BinaryOperator, DataType, Expr, Ident, Spanned, TypedString, UnaryOperator, Value};

use super::{ExpressionError, NAME, Named, Parsed};
use crate::condition::{Comparison, Condition, Term};

/// The most parts of a condition once names are replaced by what they stand for.
const MOST_PARTS: usize = 10_000;
/// How deep the parts may lie in one another then.
const DEEPEST: usize = 64;

/// Turns expressions into conditions.
pub(super) struct Converter<'n> {
    named: &'n Named,
    parts: usize,
}

/// What stands at one side of a comparison.
enum Side {
    Term(Term),
    Text(String),
}

impl<'n> Converter<'n> {
    pub fn new(named: &'n Named) -> Self {
        Self { named, parts: 0 }
    }

    /// The condition that an expression says.
    pub fn condition(&mut self, expression: &Expr) -> Parsed<Condition> {
        let condition = self.part(expression)?;
        match depth(&condition) {
            deep if deep > DEEPEST => Err(refused(expression, "conditions lie too deep in one another")),
            _ => Ok(condition),
        }
    }

    fn part(&mut self, expression: &Expr) -> Parsed<Condition> {
        self.count(1, expression)?;
        match expression {
            Expr::Nested(inner) => self.part(inner),
            Expr::Identifier(ident) if ident.quote_style == Some(NAME) => self.name(ident, expression),
            Expr::Identifier(ident) if ident.quote_style.is_none() => Err(unfinished(ident)),
            Expr::Identifier(_) => {
                Err(refused(expression, "a field alone is no condition: compare it, or ask IS NULL or IS NOT NULL"))
            }
            Expr::Value(value) => match value.value {
                Value::Boolean(true) => Ok(Condition::Always),
                Value::Boolean(false) => Ok(Condition::Never),
                _ => Err(refused(expression, "a value alone is no condition")),
            },
            Expr::BinaryOp { op: BinaryOperator::And, .. } => {
                Ok(Condition::All(self.chain(expression, &BinaryOperator::And)?))
            }
            Expr::BinaryOp { op: BinaryOperator::Or, .. } => {
                Ok(Condition::Any(self.chain(expression, &BinaryOperator::Or)?))
            }
            Expr::BinaryOp { left, op, right } => compare(left, op, right),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(not(self.part(expr)?)),
            Expr::IsNull(inner) => Ok(Condition::Blank(header(inner)?)),
            Expr::IsNotNull(inner) => Ok(not(Condition::Blank(header(inner)?))),
            Expr::InList { expr, list, negated } => Ok(negated_if(*negated, in_list(expr, list)?)),
            Expr::Between { expr, negated, low, high } => {
                Ok(negated_if(*negated, Condition::Between(term(expr)?, term(low)?, term(high)?)))
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                Ok(negated_if(*negated, like(expr, pattern)?))
            }
            Expr::Function(function) => super::function::condition(function, expression),
            other => Err(refused(other, "this part of SQL has no meaning in a condition")),
        }
    }

    fn count(&mut self, parts: usize, expression: &Expr) -> Parsed<()> {
        self.parts += parts;
        if self.parts > MOST_PARTS {
            return Err(refused(expression, &format!("a condition has at most {MOST_PARTS} parts")));
        }
        Ok(())
    }

    fn name(&mut self, ident: &Ident, expression: &Expr) -> Parsed<Condition> {
        let condition =
            self.named.get(&ident.value).ok_or_else(|| refused(expression, "no condition has this name"))?;
        let mut parts = 0;
        condition.each(&mut |_| parts += 1);
        self.count(parts, expression)?;
        Ok(condition.clone())
    }

    /// The parts of `a AND b AND c`, which the parser nests to the left, in their order.
    fn chain(&mut self, expression: &Expr, wanted: &BinaryOperator) -> Parsed<Vec<Condition>> {
        let mut parts = Vec::new();
        let mut rest = expression;
        while let Expr::BinaryOp { left, op, right } = rest {
            if op != wanted {
                break;
            }
            parts.push(self.part(right)?);
            rest = left;
        }
        parts.push(self.part(rest)?);
        parts.reverse();
        Ok(parts)
    }
}

fn depth(condition: &Condition) -> usize {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => 1 + parts.iter().map(depth).max().unwrap_or_default(),
        Condition::Not(part) => 1 + depth(part),
        _ => 1,
    }
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

fn negated_if(negated: bool, condition: Condition) -> Condition {
    if negated { not(condition) } else { condition }
}

pub(super) fn refused(expression: &Expr, problem: &str) -> ExpressionError {
    ExpressionError::at(first_part(expression).span().start, problem)
}

/// A word of the language with nothing behind it.
fn unfinished(word: &Ident) -> ExpressionError {
    ExpressionError::at(word.span.start, format!("`{}` needs something after it", word.value))
}

/// Where an expression begins. It may nest far to the left, so this goes down without recursion.
fn first_part(mut expression: &Expr) -> &Expr {
    loop {
        expression = match expression {
            Expr::BinaryOp { left: part, .. }
            | Expr::Nested(part)
            | Expr::IsNull(part)
            | Expr::IsNotNull(part)
            | Expr::IsTrue(part)
            | Expr::IsNotTrue(part)
            | Expr::IsFalse(part)
            | Expr::IsNotFalse(part)
            | Expr::InList { expr: part, .. }
            | Expr::Between { expr: part, .. }
            | Expr::Like { expr: part, .. }
            | Expr::UnaryOp { expr: part, .. } => part,
            leaf => return leaf,
        }
    }
}

fn compare(left: &Expr, op: &BinaryOperator, right: &Expr) -> Parsed<Condition> {
    let comparison = match op {
        BinaryOperator::Eq | BinaryOperator::NotEq => Comparison::Equal,
        BinaryOperator::Lt => Comparison::Less,
        BinaryOperator::LtEq => Comparison::AtMost,
        BinaryOperator::Gt => Comparison::Greater,
        BinaryOperator::GtEq => Comparison::AtLeast,
        _ => return Err(refused(left, &format!("`{op}` has no meaning in a condition"))),
    };
    let condition = match (side(left)?, side(right)?) {
        (Side::Term(Term::Field(header)), Side::Text(text)) | (Side::Text(text), Side::Term(Term::Field(header))) => {
            if comparison != Comparison::Equal {
                return Err(refused(
                    left,
                    "texts are compared with =, <>, IN and LIKE; < and > are for days and numbers",
                ));
            }
            Condition::In(header, vec![text])
        }
        (Side::Term(one), Side::Term(other)) => Condition::Compare(one, comparison, other),
        _ => return Err(refused(left, "a text is compared with a field")),
    };
    Ok(negated_if(*op == BinaryOperator::NotEq, condition))
}

fn in_list(expression: &Expr, list: &[Expr]) -> Parsed<Condition> {
    let sides = list.iter().map(side).collect::<Parsed<Vec<Side>>>()?;
    if sides.is_empty() {
        return Err(refused(expression, "IN needs at least one value"));
    }
    let texts: Vec<&String> =
        sides.iter().filter_map(|side| if let Side::Text(text) = side { Some(text) } else { None }).collect();
    if texts.len() == sides.len() {
        return Ok(Condition::In(header(expression)?, texts.into_iter().cloned().collect()));
    }
    let one = term(expression)?;
    let mut same = Vec::new();
    for (side, written) in sides.into_iter().zip(list) {
        match side {
            Side::Term(other) => same.push(Condition::Compare(one.clone(), Comparison::Equal, other)),
            Side::Text(_) => return Err(refused(written, "the values of IN are all texts, all numbers or all days")),
        }
    }
    Ok(<[Condition; 1]>::try_from(same).map_or_else(Condition::Any, |[only]| only))
}

fn like(expression: &Expr, pattern: &Expr) -> Parsed<Condition> {
    let header = header(expression)?;
    let Side::Text(pattern_text) = side(pattern)? else {
        return Err(refused(pattern, "LIKE needs a text in single quotation marks"));
    };
    let (end, rest) = match pattern_text.strip_prefix('%') {
        Some(rest) => (true, rest),
        None => (false, pattern_text.as_str()),
    };
    let (start, text) = match rest.strip_suffix('%') {
        Some(text) => (true, text),
        None => (false, rest),
    };
    if text.is_empty() {
        return Err(refused(pattern, "LIKE needs a text besides %"));
    }
    if text.contains(['%', '_']) {
        return Err(refused(pattern, "LIKE knows % at the beginning and the end alone; see matches(field, 'pattern')"));
    }
    Ok(match (end, start) {
        (true, true) => Condition::Contains(header, text.into()),
        (true, false) => Condition::Ends(header, text.into()),
        (false, true) => Condition::Starts(header, text.into()),
        (false, false) => Condition::In(header, vec![text.into()]),
    })
}

/// The header of a field.
pub(super) fn header(expression: &Expr) -> Parsed<String> {
    match term(expression)? {
        Term::Field(header) => Ok(header),
        _ => Err(refused(expression, "a field is needed here, its header in double quotation marks")),
    }
}

/// A text in single quotation marks.
pub(super) fn text(expression: &Expr) -> Parsed<String> {
    match side(expression)? {
        Side::Text(text) => Ok(text),
        Side::Term(_) => Err(refused(expression, "a text is needed here, in single quotation marks")),
    }
}

/// A day or a number, or a field.
pub(super) fn term(expression: &Expr) -> Parsed<Term> {
    match side(expression)? {
        Side::Term(term) => Ok(term),
        Side::Text(_) => Err(refused(
            expression,
            "a text cannot stand here; a field stands in double quotation marks, a day is DATE '2020-01-31'",
        )),
    }
}

fn side(expression: &Expr) -> Parsed<Side> {
    Ok(Side::Term(match expression {
        Expr::Nested(inner) => return side(inner),
        Expr::Identifier(ident) if ident.quote_style == Some('"') => Term::Field(ident.value.clone()),
        Expr::Identifier(ident) if ident.quote_style.is_none() => return Err(unfinished(ident)),
        Expr::Identifier(_) => return Err(refused(expression, "a condition's name cannot be compared")),
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => return Ok(Side::Text(text.clone())),
            Value::Number(number, false) => Term::Number(finite(number, expression)?),
            Value::Null => return Err(refused(expression, "NULL is asked for with IS NULL or IS NOT NULL")),
            _ => return Err(refused(expression, "TRUE and FALSE cannot be compared")),
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match &**expr {
            Expr::Value(value) if matches!(value.value, Value::Number(_, false)) => match side(expr)? {
                Side::Term(Term::Number(number)) => Term::Number(-number),
                _ => return Err(refused(expression, "a minus stands before a number alone")),
            },
            _ => return Err(refused(expression, "a minus stands before a number alone")),
        },
        Expr::TypedString(TypedString { data_type: DataType::Date, value, .. }) => match &value.value {
            Value::SingleQuotedString(text) => Term::Day(day(text, expression)?),
            _ => return Err(refused(expression, "a day is written DATE '2020-01-31'")),
        },
        Expr::Function(function) => super::function::term_of(function, expression)?,
        other => return Err(refused(other, "a field, a number, a day, a text or a function is needed here")),
    }))
}

fn finite(number: &str, expression: &Expr) -> Parsed<f64> {
    let number = number.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| refused(expression, "the number is too large"))
}

fn day(text: &str, expression: &Expr) -> Parsed<Date> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let day = shaped.then(|| text.parse().ok()).flatten();
    day.ok_or_else(|| refused(expression, "a day is written DATE '2020-01-31'"))
}
