//! The functions there are.

use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectNamePart};

use super::Parsed;
use super::convert::{header, refused, term, text};
use crate::condition::{Condition, Held, Term};

/// Every function's name.
pub(super) const NAMES: [&str; 11] = [
    "years",
    "days",
    "length",
    "matches",
    "holds_nhs_number",
    "holds_postcode",
    "holds_date",
    "holds_value_of",
    "filled",
    "first_of_month",
    "today",
];

/// The condition that a function says.
pub(super) fn condition(function: &Function, whole: &Expr) -> Parsed<Condition> {
    let (name, arguments) = call(function, whole)?;
    let held = |held, field| Ok(Condition::Holds(held, header(field)?));
    match (name, arguments.as_slice()) {
        ("matches", [field, pattern]) => {
            let pattern_text = text(pattern)?;
            match regex::Regex::new(&pattern_text) {
                Ok(_) => Ok(Condition::Matches(header(field)?, pattern_text)),
                Err(_) => Err(refused(pattern, "this is no regular expression, or one that is too large")),
            }
        }
        ("holds_nhs_number", [field]) => held(Held::NhsNumber, field),
        ("holds_postcode", [field]) => held(Held::Postcode, field),
        ("holds_date", [field]) => held(Held::Date, field),
        ("holds_value_of", [field, value]) => Ok(Condition::HoldsValueOf(header(field)?, header(value)?)),
        ("matches", _) => Err(refused(whole, "matches takes a field and a pattern: matches(\"Field\", '^[A-Z]')")),
        ("holds_value_of", _) => Err(refused(whole, "holds_value_of takes two fields")),
        (name, _) if name.starts_with("holds_") => Err(refused(whole, &format!("{name} takes one field"))),
        (name, _) => Err(refused(whole, &format!("{name} gives a number or a day: compare it with something"))),
    }
}

/// The day or number that a function gives.
pub(super) fn term_of(function: &Function, whole: &Expr) -> Parsed<Term> {
    let (name, arguments) = call(function, whole)?;
    let boxed = |argument| term(argument).map(Box::new);
    match (name, arguments.as_slice()) {
        ("years", [from, to]) => Ok(Term::Years(boxed(from)?, boxed(to)?)),
        ("days", [from, to]) => Ok(Term::Days(boxed(from)?, boxed(to)?)),
        ("length", [field]) => Ok(Term::Length(header(field)?)),
        ("first_of_month", [day]) => Ok(Term::FirstOfMonth(boxed(day)?)),
        ("filled", [_, ..]) => Ok(Term::Filled(arguments.into_iter().map(header).collect::<Parsed<_>>()?)),
        ("today", []) => Ok(Term::Today),
        ("years" | "days", _) => Err(refused(whole, &format!("{name} takes two days"))),
        ("length", _) => Err(refused(whole, "length takes one field")),
        ("first_of_month", _) => Err(refused(whole, "first_of_month takes one day")),
        ("filled", _) => Err(refused(whole, "filled takes at least one field")),
        ("today", _) => Err(refused(whole, "today takes nothing: today()")),
        (name, _) => Err(refused(whole, &format!("{name} is a condition of its own and cannot be compared"))),
    }
}

/// A plain call's name and arguments.
fn call<'f>(function: &'f Function, whole: &Expr) -> Parsed<(&'f str, Vec<&'f Expr>)> {
    let plain = !function.uses_odbc_syntax
        && matches!(function.parameters, FunctionArguments::None)
        && function.filter.is_none()
        && function.null_treatment.is_none()
        && function.over.is_none()
        && function.within_group.is_empty();
    let name = match function.name.0.as_slice() {
        [ObjectNamePart::Identifier(name)] if name.quote_style.is_none() => name.value.as_str(),
        _ => "",
    };
    let FunctionArguments::List(list) = &function.args else {
        return Err(refused(whole, "a function has its arguments in parentheses"));
    };
    if !plain || !NAMES.contains(&name) || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
        return Err(refused(whole, &format!("the functions are {}", NAMES.join(", "))));
    }
    let arguments = list.args.iter().map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Ok(expression),
        _ => Err(refused(whole, "an argument is a field, a day, a number or a text")),
    });
    Ok((name, arguments.collect::<Parsed<_>>()?))
}
