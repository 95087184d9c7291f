use std::fmt::Write;

use jiff::civil::Date;

use crate::template::{Cell, Edition, Word};

/// One record's cells, kept and cleared between records.
pub(crate) struct Row {
    cells: Vec<String>,
    pub edition: Edition,
}

impl Row {
    pub(crate) fn new(edition: Edition) -> Self {
        Self { cells: vec![String::new(); Cell::ALL.len()], edition }
    }

    pub(crate) fn clear(&mut self) {
        self.cells.iter_mut().for_each(String::clear);
    }

    /// Takes over the cells of another record.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.cells.clone_from(&other.cells);
    }

    pub(crate) fn get(&self, cell: Cell) -> &str {
        self.cells.get(cell as usize).map_or("", String::as_str)
    }

    /// The cell, emptied to be written anew.
    pub(crate) fn fresh(&mut self, cell: Cell) -> &mut String {
        let text = &mut self.cells[cell as usize];
        text.clear();
        text
    }

    pub(crate) fn set(&mut self, cell: Cell, text: &str) {
        self.fresh(cell).push_str(text);
    }

    pub(crate) fn set_word(&mut self, cell: Cell, word: Word) {
        let text = word.text(self.edition);
        self.set(cell, text);
    }

    pub(crate) fn set_optional(&mut self, cell: Cell, word: Option<Word>) {
        if let Some(word) = word {
            self.set_word(cell, word);
        }
    }

    /// `dd/mm/yyyy`.
    pub(crate) fn set_date(&mut self, cell: Cell, date: Date) {
        push_date(self.fresh(cell), date);
    }

    /// Hundredths as `0.00`.
    pub(crate) fn set_hundredths(&mut self, cell: Cell, value: i64) {
        let text = self.fresh(cell);
        let _infallible = write!(text, "{}.{:02}", value / 100, value % 100);
    }
}

fn push_digits(text: &mut String, value: i16, digits: u32) {
    for place in (0..digits).rev() {
        let digit = (value / 10_i16.pow(place)) % 10;
        text.push(char::from(b'0' + digit.unsigned_abs() as u8));
    }
}

/// Adds `dd/mm/yyyy`.
pub(crate) fn push_date(text: &mut String, date: Date) {
    push_digits(text, date.day().into(), 2);
    text.push('/');
    push_digits(text, date.month().into(), 2);
    text.push('/');
    push_digits(text, date.year(), 4);
}

/// `yyyymmdd`, as registers have it.
pub(crate) fn compact(date: Date) -> String {
    let mut text = String::with_capacity(8);
    push_digits(&mut text, date.year(), 4);
    push_digits(&mut text, date.month().into(), 2);
    push_digits(&mut text, date.day().into(), 2);
    text
}
