//! Column names in any case.
//!
//! Published queries write the Department's column names as they please; DataFusion would make every name without quotes
//! lower case and then not find `Event_Start_Date`. So a word that is a column's name but for case is given the column's
//! own spelling, in quotes, before the query is parsed.

use std::collections::HashMap;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::ParserError;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, TokenizerError};

use crate::schema::IMPORT_ID;
use crate::tables::OpenTable;

/// The words of a query.
pub(super) fn tokens(sql: &str) -> Result<Vec<TokenWithSpan>, ParserError> {
    Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().map_err(|e: TokenizerError| e.into())
}

/// Spells every column as its table does. A word in quotes, a keyword, the name of a function, and a name that two tables
/// spell differently stay as they are.
pub(super) fn respell(mut words: Vec<TokenWithSpan>, tables: &[OpenTable]) -> Vec<TokenWithSpan> {
    let names = tables.iter().flat_map(|table| table.columns.iter().map(|column| column.name.as_str()));
    let spellings = spellings(names.chain([IMPORT_ID]));
    for index in 0..words.len() {
        let calls =
            words[index + 1..].iter().map(|word| &word.token).find(|token| !matches!(token, Token::Whitespace(_)))
                == Some(&Token::LParen);
        if let Token::Word(word) = &mut words[index].token
            && word.quote_style.is_none()
            && word.keyword == Keyword::NoKeyword
            && !calls
            && let Some(Some(spelling)) = spellings.get(&word.value.to_ascii_lowercase())
        {
            word.value = spelling.clone();
            word.quote_style = Some('"');
        }
    }
    words
}

/// Each name in lower case with its spelling, or with `None` where there are several.
fn spellings<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<String, Option<String>> {
    let mut spellings: HashMap<String, Option<String>> = HashMap::new();
    for name in names {
        spellings
            .entry(name.to_ascii_lowercase())
            .and_modify(|there| {
                if there.as_deref() != Some(name) {
                    *there = None;
                }
            })
            .or_insert_with(|| Some(name.to_string()));
    }
    spellings
}
