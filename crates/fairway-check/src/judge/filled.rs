use jiff::civil::Date;

use super::cell::{Datum, Slot, State, trim};
use crate::plan::{CodeId, Column, Kind};
use crate::read::Cells;

/// A record whose cells were read: what conditions are asked of. Columns are numbered as in the specification.
#[derive(Clone, Copy)]
pub(crate) struct Filled<'r> {
    pub columns: &'r [Column<'r>],
    pub slots: &'r [Slot],
    pub cells: Cells<'r>,
    /// Where each column stands in the file.
    pub positions: &'r [Option<usize>],
}

impl<'r> Filled<'r> {
    fn slot(&self, column: usize) -> Slot {
        self.slots.get(column).copied().unwrap_or(Slot::ABSENT)
    }

    /// The cell's text as sent, blanks at its ends taken off; empty where the file has no such column.
    pub fn raw(&self, column: usize) -> &'r str {
        match self.positions.get(column) {
            Some(Some(position)) => trim(self.cells.get(*position)),
            _ => "",
        }
    }

    /// Whether the cell is blank; `None` where the file has no such column.
    pub fn is_blank(&self, column: usize) -> Option<bool> {
        match self.slot(column).state {
            State::Absent => None,
            state => Some(state == State::Blank),
        }
    }

    /// The text, if there is one that can be read.
    pub fn text(&self, column: usize) -> Option<&'r str> {
        match self.slot(column).state {
            State::Absent | State::Blank | State::Unreadable => None,
            State::Good | State::Clear | State::Earlier => Some(self.raw(column)),
        }
    }

    /// The code, if the cell holds one.
    pub fn code(&self, column: usize) -> Option<CodeId> {
        self.slot(column).code()
    }

    /// The value, where it is more than text.
    pub fn datum(&self, column: usize) -> Datum {
        self.slot(column).datum
    }

    /// The day, if the cell holds one.
    pub fn date(&self, column: usize) -> Option<Date> {
        match self.slot(column).datum {
            Datum::Date(date) => Some(date),
            _ => None,
        }
    }

    /// The number, if the cell holds one: typed as such, or text or code that reads as one.
    pub fn number(&self, column: usize) -> Option<f64> {
        match self.slot(column).datum {
            Datum::Number(number) => {
                let scale = if matches!(self.columns.get(column)?.kind, Kind::Decimal) { 100.0 } else { 1.0 };
                Some(number as f64 / scale)
            }
            Datum::Real(number) => Some(number),
            Datum::Date(_) => None,
            Datum::None | Datum::Code(_) => self.text(column)?.parse().ok().filter(|number: &f64| number.is_finite()),
        }
    }
}

/// Full years between two days, less than nothing where the first is the later. Someone born on 29 February is a year older on 1 March of a common year.
pub(crate) fn full_years(from: Date, to: Date) -> i16 {
    let not_yet = (to.month(), to.day()) < (from.month(), from.day());
    to.year() - from.year() - i16::from(not_yet)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_is_full_on_the_birthday() {
        assert_eq!(full_years(date(2000, 5, 10), date(2018, 5, 9)), 17);
        assert_eq!(full_years(date(2000, 5, 10), date(2018, 5, 10)), 18);
        assert_eq!(full_years(date(2000, 2, 29), date(2001, 2, 28)), 0);
        assert_eq!(full_years(date(2000, 2, 29), date(2001, 3, 1)), 1);
        assert_eq!(full_years(date(2020, 5, 10), date(2018, 5, 10)), -2);
    }
}
