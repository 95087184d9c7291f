use std::hash::Hasher;

use fairway_spec::CodeList;
use rustc_hash::{FxHashMap, FxHasher};

use super::word_table::WordTable;
use crate::quality::MOST_VALUES;
use crate::read::Cell;

/// A value of a code list in a plan: its number, current values first.
pub(crate) type CodeId = u16;

/// A code list made ready for finding values.
#[derive(Debug)]
pub(crate) struct CodeTable<'s> {
    /// Values by number.
    pub values: Vec<&'s str>,
    /// How many of them are of this release; the others were of the one before.
    pub current: usize,
    /// The values are counted one by one.
    pub told_apart: bool,
    /// For each value of the release before, counted from `current`: the value that takes its place.
    pub now: Vec<Option<CodeId>>,
    words: WordTable<'s>,
    /// Current values by the hash of their letters, capitals and blanks passed over.
    folded: FxHashMap<u64, CodeId>,
}

/// What a text is to a code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// A value.
    Current(CodeId),
    /// A value of the release before.
    Earlier(CodeId),
    /// A value but for capitals or blanks.
    Spelling(CodeId),
    /// None.
    Unknown,
}

impl<'s> CodeTable<'s> {
    pub fn new(list: &'s CodeList) -> Self {
        let mut values: Vec<&str> = Vec::with_capacity(list.codes.len() + list.earlier.len());
        let mut ids = FxHashMap::default();
        for code in list.codes.iter().take(usize::from(CodeId::MAX) / 2) {
            ids.entry(code.value.as_str()).or_insert(id(values.len()));
            values.push(&code.value);
        }
        let current = values.len();
        let mut now = Vec::new();
        for (earlier, later) in list.earlier.iter().take(usize::from(CodeId::MAX) / 2) {
            if !ids.contains_key(earlier.as_str()) {
                now.push(later.as_deref().and_then(|later| ids.get(later)).copied());
                ids.insert(earlier, id(values.len()));
                values.push(earlier);
            }
        }
        let mut folded = FxHashMap::default();
        for (number, value) in values[..current].iter().enumerate() {
            folded.entry(folded_hash(value)).or_insert(id(number));
        }
        let words = WordTable::new(&values);
        let told_apart = values.len() <= MOST_VALUES;
        Self { values, current, told_apart, now, words, folded }
    }

    /// The value of this release that the cell is, letter for letter.
    #[inline(always)]
    pub fn at_once(&self, cell: Cell<'_>) -> Option<CodeId> {
        self.words.find(cell).filter(|id| usize::from(*id) < self.current)
    }

    /// Finds a text as it was sent, blanks at its ends included.
    pub fn find(&self, text: &str) -> Lookup {
        match self.words.find(Cell { around: text.as_bytes(), start: 0, end: text.len() }) {
            Some(id) if usize::from(id) < self.current => Lookup::Current(id),
            Some(id) => Lookup::Earlier(id),
            None => match self.folded.get(&folded_hash(text)) {
                Some(id) if letters(self.text(*id)).eq(letters(text)) => Lookup::Spelling(*id),
                _ => Lookup::Unknown,
            },
        }
    }

    /// The value of this release that stands for `code`, if any does.
    pub fn today(&self, code: CodeId) -> Option<CodeId> {
        match usize::from(code).checked_sub(self.current) {
            None => Some(code),
            Some(earlier) => self.now.get(earlier).copied().flatten(),
        }
    }

    /// The value's text.
    pub fn text(&self, code: CodeId) -> &'s str {
        self.values.get(usize::from(code)).copied().unwrap_or_default()
    }
}

fn id(number: usize) -> CodeId {
    CodeId::try_from(number).unwrap_or(CodeId::MAX)
}

/// The text without blanks and capitals.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase)
}

fn folded_hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    if text.is_ascii() {
        let letters = text.bytes().filter(|byte| !char::from(*byte).is_whitespace());
        letters.for_each(|letter| hasher.write_u32(letter.to_ascii_lowercase().into()));
    } else {
        letters(text).for_each(|letter| hasher.write_u32(letter.into()));
    }
    hasher.finish()
}
