//! From SQL to a condition. `sqlparser` reads the text; what it may say is decided here, token by token and part by part.

mod convert;
mod function;

use std::collections::BTreeMap;

use sqlparser::ast::Expr;
use sqlparser::dialect::AnsiDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Word};

use super::{Condition, Term};
use convert::Converter;

/// Conditions by name, those defined so far.
pub(crate) type Named = BTreeMap<String, Condition>;

/// An expression that cannot be read as a condition, for the person who writes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ExpressionError {
    /// Line of the expression, counted from 1.
    pub line: u64,
    /// Character of the line, counted from 1.
    pub column: u64,
    /// What is wrong, in words.
    pub problem: String,
}

impl ExpressionError {
    fn at(place: Location, problem: impl Into<String>) -> Self {
        Self { line: place.line.max(1), column: place.column.max(1), problem: problem.into() }
    }
}

type Parsed<T> = Result<T, ExpressionError>;

/// The longest text that is read, in bytes; the rules shipped with Fairway have some hundreds.
const LONGEST: usize = 64 * 1024;
/// The most words and signs that are read.
const MOST_TOKENS: usize = 4_000;
/// How many parentheses may lie in one another.
const DEEPEST: usize = 12;
/// How deep the parser may go: parentheses, functions and NOT. A level takes some 60 KB of stack in a build for tests.
const PARSER_DEPTH: usize = 20;
/// How a bare word that is a condition's name is told from a field in the parser's tree.
const NAME: char = '`';

impl Condition {
    /// Reads a condition: a boolean expression of SQL, as docs/guide/expressions.md describes it. Fields are headers in
    /// double quotation marks, texts stand in single ones.
    ///
    /// ```
    /// use fairway_spec::Condition;
    ///
    /// let open = Condition::parse(r#""Event Type" = 'Service' AND "Event End Date" IS NULL"#)?;
    /// assert_eq!(open.to_string(), r#"Event Type is "Service" and Event End Date is blank"#);
    /// # Ok::<(), fairway_spec::ExpressionError>(())
    /// ```
    ///
    /// # Errors
    /// The first place that is no such expression, or no part of SQL that is known here.
    pub fn parse(sql: &str) -> Result<Self, ExpressionError> {
        Self::parse_with(sql, &Named::new())
    }

    /// Reads a condition in which bare words stand for other conditions.
    pub(crate) fn parse_with(sql: &str, named: &Named) -> Parsed<Self> {
        Converter::new(named).condition(&expression(sql, named)?)
    }
}

impl Term {
    /// Reads what may stand at one side of a comparison: a field, a number, a day, or a function of them.
    pub(crate) fn parse(sql: &str) -> Parsed<Self> {
        convert::term(&expression(sql, &Named::new())?)
    }
}

/// The parser's tree of one expression, and nothing after it.
fn expression(sql: &str, named: &Named) -> Parsed<Expr> {
    let dialect = AnsiDialect {};
    let tokens = tokens(sql, &dialect, named)?;
    let end = tokens.last().map_or(Location { line: 1, column: 1 }, |last| last.span.end);
    let mut parser = Parser::new(&dialect).with_recursion_limit(PARSER_DEPTH).with_tokens_with_locations(tokens);
    let expression = parser.parse_expr().map_err(|error| explained(&error, end))?;
    let rest = parser.peek_token();
    match rest.token {
        Token::EOF => Ok(expression),
        _ => Err(ExpressionError::at(rest.span.start, format!("nothing can follow here, but {rest} does"))),
    }
}

/// The words and signs, those alone that have a meaning here.
fn tokens(sql: &str, dialect: &AnsiDialect, named: &Named) -> Parsed<Vec<TokenWithSpan>> {
    let start = Location { line: 1, column: 1 };
    if sql.len() > LONGEST {
        return Err(ExpressionError::at(start, format!("an expression has at most {LONGEST} bytes")));
    }
    let tokens = Tokenizer::new(dialect, sql)
        .tokenize_with_location()
        .map_err(|error| ExpressionError::at(error.location, lower(&error.message)))?;
    let mut kept = Vec::new();
    let mut depth = 0_usize;
    for TokenWithSpan { token, span } in tokens {
        match &token {
            Token::Whitespace(_) => continue,
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            let text = format!("parentheses lie at most {DEEPEST} deep in one another; give a part a name");
            return Err(ExpressionError::at(span.start, text));
        }
        let token = known(token, named).map_err(|text| ExpressionError::at(span.start, text))?;
        kept.push(TokenWithSpan { token, span });
    }
    match kept.len() {
        0 => Err(ExpressionError::at(start, "the expression is empty")),
        count if count > MOST_TOKENS => {
            Err(ExpressionError::at(start, format!("an expression has at most {MOST_TOKENS} words and signs")))
        }
        _ => Ok(kept),
    }
}

/// The token, a condition's name marked as one.
fn known(token: Token, named: &Named) -> Result<Token, String> {
    match token {
        Token::Word(word) if word.quote_style == Some('"') => Ok(Token::Word(word)),
        Token::Word(word) => bare_word(word, named),
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::Eq
        | Token::Neq
        | Token::Lt
        | Token::LtEq
        | Token::Gt
        | Token::GtEq
        | Token::Minus
        | Token::EOF => Ok(token),
        token => Err(format!("`{token}` has no meaning in a condition")),
    }
}

fn bare_word(word: Word, named: &Named) -> Result<Token, String> {
    use Keyword::{AND, BETWEEN, DATE, FALSE, IN, IS, LIKE, NOT, NULL, OR, TRUE};
    let lower = word.value.to_ascii_lowercase();
    if [AND, BETWEEN, DATE, FALSE, IN, IS, LIKE, NOT, NULL, OR, TRUE].contains(&word.keyword) {
        return Ok(Token::Word(word));
    }
    let quote_style = match function::NAMES.contains(&lower.as_str()) {
        true => None,
        false if named.contains_key(&lower) => Some(NAME),
        false => return Err(unknown_word(&word.value, named)),
    };
    Ok(Token::Word(Word { value: lower, quote_style, keyword: Keyword::NoKeyword }))
}

fn unknown_word(word: &str, named: &Named) -> String {
    let names: Vec<&str> = named.keys().map(String::as_str).collect();
    let known = match names.as_slice() {
        [] => String::new(),
        names => format!("; conditions named before this place are {}", names.join(", ")),
    };
    format!("`{word}` is neither a condition's name nor a function; a field stands in double quotation marks{known}")
}

/// What the parser says, without its accent, and where: at the end, where the parser knows no place.
fn explained(error: &ParserError, end: Location) -> ExpressionError {
    let text = match error {
        ParserError::RecursionLimitExceeded => "the expression goes too deep; give a part a name".to_owned(),
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.clone(),
    };
    let (text, place) = match text.rsplit_once(" at Line: ") {
        Some((text, place)) => (text.to_owned(), place.split_once(", Column: ")),
        None => (text, None),
    };
    let place =
        place.and_then(|(line, column)| Some(Location { line: line.parse().ok()?, column: column.parse().ok()? }));
    let text = text.replace("Expected: ", "expected ").replace(", found: ", ", found ").replace("EOF", "the end");
    ExpressionError::at(place.filter(|place| place.line > 0).unwrap_or(end), lower(&text))
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}
