//! One cell's text read as its field's kind.

use fairway_domain::{NhsNumber, NhsNumberError};
use fairway_spec::{Form, Format, Limits, Misread, Reading, british_day, iso_day};
use jiff::civil::Date;

use super::postcode;
use crate::plan::{Blanks, Builtin, CodeId, CodeTable, Column, Glance, Kind, Lookup};
use crate::quality::Lane;
use crate::read::Cell;

/// What a cell holds, as far as it could be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Slot {
    pub state: State,
    /// What is wrong with it, if anything is.
    pub problem: Option<Builtin>,
    /// Where it counts in a row of its column's [`Lane`], if nothing is wrong with it.
    pub counted: u16,
    pub datum: Datum,
}

/// How a cell was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The file has no such column.
    Absent,
    /// Nothing, or a word for nothing.
    Blank,
    /// As the specification asks.
    Good,
    /// Not as the specification asks, and yet clear.
    Clear,
    /// A value of the release before.
    Earlier,
    /// Text that cannot be read as the field's kind.
    Unreadable,
}

/// The value of a cell, where it is more than text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Datum {
    None,
    Date(Date),
    /// A whole number, or hundredths in a column of decimals.
    Number(i64),
    /// A number of any decimals.
    Real(f64),
    Code(CodeId),
}

impl Slot {
    pub const ABSENT: Self = Self { state: State::Absent, problem: None, counted: Lane::BLANK, datum: Datum::None };
    const BLANK: Self = Self { state: State::Blank, ..Self::ABSENT };

    /// The code, if the cell holds one.
    #[inline(always)]
    pub fn code(self) -> Option<CodeId> {
        match self.datum {
            Datum::Code(code) => Some(code),
            _ => None,
        }
    }

    #[inline(always)]
    fn set(&mut self, state: State, datum: Datum, problem: Option<Builtin>) {
        self.state = state;
        self.problem = problem;
        self.counted = Lane::OTHER;
        self.datum = datum;
    }

    #[inline(always)]
    fn good_code(&mut self, table: &CodeTable<'_>, code: CodeId) {
        self.good(Datum::Code(code));
        if table.told_apart {
            self.counted = Lane::REST + code;
        }
    }

    #[inline(always)]
    fn good(&mut self, datum: Datum) {
        self.set(State::Good, datum, None);
    }

    #[inline(always)]
    fn unreadable(&mut self, problem: Builtin) {
        self.set(State::Unreadable, Datum::None, Some(problem));
    }

    #[inline(always)]
    fn clear(&mut self, datum: Datum, problem: Builtin) {
        self.set(State::Clear, datum, Some(problem));
    }
}

/// The text without blanks at its ends, no-break spaces included.
#[inline]
pub(crate) fn trim(text: &str) -> &str {
    let plain = |b: Option<&u8>| b.is_some_and(|b| (0x21..0x80).contains(b));
    let bytes = text.as_bytes();
    if plain(bytes.first()) && plain(bytes.last()) { text } else { text.trim() }
}

impl Slot {
    /// Reads one cell.
    ///
    /// The slot is filled where it stands: handed back, it would be written in pieces and copied whole, and processors wait
    /// long for such a copy.
    #[inline(always)]
    pub fn read(&mut self, column: &Column<'_>, cell: Cell<'_>, blanks: &Blanks<'_>, today: Date) {
        if cell.is_empty() {
            *self = Self::BLANK;
        } else if !self.is_seen_at_once(column, cell, blanks, today) {
            *self = Self::BLANK;
            self.read_closer(column, cell.text(), blanks, today);
        }
    }

    /// Reads a cell that is plainly good; else says no.
    #[inline(always)]
    fn is_seen_at_once(&mut self, column: &Column<'_>, cell: Cell<'_>, blanks: &Blanks<'_>, today: Date) -> bool {
        let read = match (column.glance, &column.kind) {
            (Glance::Code, Kind::Code(table)) => {
                return table.at_once(cell).map(|code| self.good_code(table, code)).is_some();
            }
            (Glance::Text, _) if cell.end - cell.start <= column.max_length => {
                let plain = blanks.leave(cell.bytes());
                if plain {
                    self.good(Datum::None);
                }
                return plain;
            }
            (Glance::IsoDay, _) => iso_day(cell.bytes()),
            (Glance::BritishDay, _) => british_day(cell.bytes()),
            _ => return false,
        };
        let day = read.ok().filter(|day| !(column.not_in_future && *day > today));
        let Some(day) = day.filter(|_| blanks.leave(cell.bytes())) else { return false };
        self.good(Datum::Date(day));
        true
    }

    #[inline(never)]
    fn read_closer(&mut self, column: &Column<'_>, sent: &str, blanks: &Blanks<'_>, today: Date) {
        if column.exact {
            return self.read_as_it_stands(column, sent, blanks, today);
        }
        let text = trim(sent);
        if text.is_empty() {
            return;
        }
        if blanks.have(text.as_bytes()) {
            self.problem = Some(Builtin::NullLiteral);
            return;
        }
        if is_formula(text) {
            return self.unreadable(Builtin::FormulaCell);
        }
        self.read_by_kind(column, sent, text, today);
        if let Some(limits) = column.limits
            && self.state == State::Good
        {
            self.hold_within(limits, &column.kind, text);
        }
    }

    /// Reads a cell by the customs of the Table Schema.
    fn read_as_it_stands(&mut self, column: &Column<'_>, sent: &str, blanks: &Blanks<'_>, today: Date) {
        if blanks.have(sent.as_bytes()) {
            return;
        }
        self.read_by_kind(column, sent, sent, today);
        if let Some(limits) = column.limits
            && self.state == State::Good
        {
            self.hold_within(limits, &column.kind, sent);
        }
        let is_text = matches!(column.kind, Kind::Text(_));
        if is_text && self.state == State::Good && is_formula(sent) {
            self.clear(self.datum, Builtin::FormulaCell);
        }
    }

    #[inline(always)]
    fn read_by_kind(&mut self, column: &Column<'_>, sent: &str, text: &str, today: Date) {
        match &column.kind {
            Kind::Code(table) => match table.find(sent) {
                Lookup::Current(code) => self.good_code(table, code),
                Lookup::Earlier(code) => self.set(State::Earlier, Datum::Code(code), Some(Builtin::EarlierRelease)),
                Lookup::Spelling(code) => self.clear(Datum::Code(code), Builtin::Capitals),
                Lookup::Unknown => self.unreadable(Builtin::NotInList),
            },
            Kind::Date => match date(text) {
                Ok(day) => self.on_day(column, day, today),
                Err(problem) => self.unreadable(problem),
            },
            Kind::Integer => self.number(integer(text), Builtin::IntegerFormat),
            Kind::Decimal => self.number(decimal(text), Builtin::DecimalFormat),
            Kind::Text(format) => match format.map_or(Ok(()), |format| shape(format, text)) {
                Ok(()) => self.short_enough(column.max_length, text, Datum::None),
                Err(Builtin::PostcodePseudo) => self.clear(Datum::None, Builtin::PostcodePseudo),
                Err(problem) => self.unreadable(problem),
            },
            Kind::Formed(form) => match form.read(text) {
                Ok(Reading::Day(day)) => self.on_day(column, day, today),
                Ok(reading) => self.short_enough(column.max_length, text, datum(reading)),
                Err(misread) => self.unreadable(problem_of(form, misread)),
            },
        }
    }

    #[inline(always)]
    fn number(&mut self, number: Option<i64>, problem: Builtin) {
        match number {
            Some(number) => self.good(Datum::Number(number)),
            None => self.unreadable(problem),
        }
    }

    #[inline(always)]
    fn on_day(&mut self, column: &Column<'_>, day: Date, today: Date) {
        if column.not_in_future && day > today {
            self.clear(Datum::Date(day), Builtin::DateFuture);
        } else {
            self.good(Datum::Date(day));
        }
    }

    #[inline(always)]
    fn short_enough(&mut self, max_length: usize, text: &str, datum: Datum) {
        if text.len() > max_length && text.chars().count() > max_length {
            return self.clear(datum, Builtin::TooLong);
        }
        self.good(datum);
    }

    /// Holds a value that was read against its limits.
    fn hold_within(&mut self, limits: &Limits, kind: &Kind<'_>, text: &str) {
        if limits.pattern.as_ref().is_some_and(|pattern| !pattern.fits(text)) {
            return self.unreadable(Builtin::PatternMismatch);
        }
        if limits.min_length.is_some_and(|least| text.len() < least || text.chars().count() < least) {
            return self.clear(self.datum, Builtin::TooShort);
        }
        if limits.bounds.is_empty() && limits.allowed.is_empty() {
            return;
        }
        let reading = match (self.datum, kind) {
            (Datum::Date(day), _) => Reading::Day(day),
            (Datum::Number(hundredths), Kind::Decimal) => Reading::Number(hundredths as f64 / 100.0),
            (Datum::Number(number), _) => Reading::Whole(number),
            (Datum::Real(number), _) => Reading::Number(number),
            // Times and truths are read once more: they have no place in a slot.
            (_, Kind::Formed(form)) => form.read(text).unwrap_or(Reading::Text),
            _ => Reading::Text,
        };
        if !limits.allowed.is_empty() && !limits.allowed.iter().any(|allowed| allowed.equals(reading)) {
            return self.clear(self.datum, Builtin::NotInList);
        }
        match limits.overstepped(reading) {
            Some(bound) if bound.is_lower() => self.clear(self.datum, Builtin::BelowMinimum),
            Some(_) => self.clear(self.datum, Builtin::AboveMaximum),
            None => {}
        }
    }
}

fn datum(reading: Reading) -> Datum {
    match reading {
        Reading::Day(day) => Datum::Date(day),
        Reading::Whole(number) => Datum::Number(number),
        Reading::Number(number) => Datum::Real(number),
        Reading::Moment(_) | Reading::Time(_) | Reading::Truth(_) | Reading::Text => Datum::None,
    }
}

fn problem_of(form: &Form, misread: Misread) -> Builtin {
    match (form, misread) {
        (Form::List { .. }, _) => Builtin::ValueFormat,
        (_, Misread::Date) => Builtin::DateFormat,
        (_, Misread::NoSuchDay) => Builtin::DateImpossible,
        (_, Misread::Time) => Builtin::TimeFormat,
        (_, Misread::Moment) => Builtin::MomentFormat,
        (_, Misread::Integer) => Builtin::IntegerFormat,
        (_, Misread::Number) => Builtin::NumberFormat,
        (_, Misread::Boolean) => Builtin::BooleanFormat,
        (_, Misread::Shape) => Builtin::ValueFormat,
    }
}

fn shape(format: Format, text: &str) -> Result<(), Builtin> {
    let fits = |fits: bool, problem| if fits { Ok(()) } else { Err(problem) };
    let bytes = text.as_bytes();
    match format {
        Format::NhsNumber => match NhsNumber::parse(text) {
            Ok(number) => fits(number != NhsNumber::EXAMPLE, Builtin::NhsPlaceholder),
            Err(NhsNumberError::Shape) => Err(Builtin::NhsFormat),
            Err(NhsNumberError::CheckDigit) => Err(Builtin::NhsCheckDigit),
            Err(NhsNumberError::Placeholder) => Err(Builtin::NhsPlaceholder),
        },
        Format::Postcode => match postcode::shape(text) {
            Some(postcode::Shape::Place) => Ok(()),
            Some(postcode::Shape::Pseudo) => Err(Builtin::PostcodePseudo),
            None => Err(Builtin::PostcodeFormat),
        },
        Format::GpPractice => {
            let code = matches!(bytes, [letter, digits @ ..]
                if letter.is_ascii_alphabetic() && digits.len() == 5 && digits.iter().all(u8::is_ascii_digit));
            fits(code, Builtin::GpFormat)
        }
        Format::CqcLocation => {
            let digits = bytes.strip_prefix(b"1-").unwrap_or_default();
            fits((6..=12).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit), Builtin::CqcFormat)
        }
        Format::Council => {
            let three = bytes.len() == 3 && bytes.iter().all(u8::is_ascii_digit);
            let five = bytes.len() == 5 && bytes.iter().all(u8::is_ascii_alphanumeric);
            fits(three || five, Builtin::CouncilFormat)
        }
    }
}

/// A day as `dd/mm/yyyy`, nothing else.
pub(crate) fn date(text: &str) -> Result<Date, Builtin> {
    british_day(text.as_bytes()).map_err(|misread| match misread {
        Misread::NoSuchDay => Builtin::DateImpossible,
        _ => Builtin::DateFormat,
    })
}

/// A whole number of at most 18 digits.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let number = whole(digits, 18)?;
    Some(if negative { -number } else { number })
}

/// A number with at most two decimals, in hundredths: SQL's `numeric(18, 2)`.
pub(crate) fn decimal(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (units, decimals) = digits.split_once('.').unwrap_or((digits, "00"));
    let hundredths = match decimals.len() {
        1 => whole(decimals, 1)? * 10,
        _ => whole(decimals, 2)?,
    };
    let number = whole(units, 16)? * 100 + hundredths;
    Some(if negative { -number } else { number })
}

fn whole(digits: &str, most: usize) -> Option<i64> {
    if digits.is_empty() || digits.len() > most || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(digits.bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// Whether a spreadsheet would take the text for a formula: =, + or @ in front, or - that no number follows.
/// Source: NHS England, Data Landing Portal, sender guide. Disguises of these characters count as well.
#[inline(always)]
pub(crate) fn is_formula(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(first) if first.is_ascii_alphanumeric() => false,
        Some(b'=' | b'+' | b'@' | b'|') => true,
        Some(b'-') => !is_number(&text[1..]),
        Some(b'\'' | b'%') => is_disguised(text),
        Some(first) if *first >= 0x80 => is_disguised(text),
        _ => false,
    }
}

fn is_disguised(text: &str) -> bool {
    let hidden = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\'');
    let mut rest = text.trim_start_matches(hidden);
    while let Some(after) = ["%09", "%0A", "%0a", "%0D", "%0d"].iter().find_map(|code| rest.strip_prefix(code)) {
        rest = after.trim_start_matches(hidden);
    }
    let fullwidth = rest.starts_with(['\u{ff1d}', '\u{ff0b}', '\u{ff20}', '\u{ff0d}']);
    let plain = rest.starts_with(['=', '+', '@']) || rest.strip_prefix('-').is_some_and(|rest| !is_number(rest));
    fullwidth || (plain && rest.len() < text.len())
}

fn is_number(text: &str) -> bool {
    let (units, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b',');
    !(units.is_empty() && decimals.is_empty()) && digits(units) && digits(decimals)
}

#[cfg(test)]
mod tests;
