//! What a cell is by its bytes.

use fairway_domain::{ColumnKind, cell};
use jiff::civil::{Date, date};

/// Whether a cell is written as extracts write its column's kind.
pub(super) fn fits(kind: ColumnKind, cell: &[u8]) -> bool {
    match kind {
        ColumnKind::Text => std::str::from_utf8(cell).is_ok(),
        ColumnKind::Integer => number(cell).is_some() || whole(cell),
        ColumnKind::Decimal => match cell {
            [whole_part @ .., b'.', tenths, hundredths] => {
                whole(whole_part) && tenths.is_ascii_digit() && hundredths.is_ascii_digit()
            }
            _ => false,
        },
        ColumnKind::Date => day(cell).is_some(),
        ColumnKind::Bytes => cell.iter().all(u8::is_ascii_hexdigit),
    }
}

fn whole(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    !digits.is_empty() && digits.len() <= 19 && digits.iter().all(u8::is_ascii_digit)
}

/// A small whole number: an age, a year, a month.
pub(super) fn number(cell: &[u8]) -> Option<i16> {
    if cell.is_empty() || cell.len() > 4 || !cell.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(cell.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0')))
}

/// A day written `YYYY-MM-DD`.
pub(super) fn day(cell: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = cell else { return None };
    let small = |tens: &u8, ones: &u8| number(&[*tens, *ones]).and_then(|number| i8::try_from(number).ok());
    Date::new(number(&[*y1, *y2, *y3, *y4])?, small(m1, m2)?, small(d1, d2)?).ok()
}

/// Whether a text is a whole day, as extracts or as people write it.
pub(super) fn is_day(cell: &[u8]) -> bool {
    match cell {
        [_, _, _, _, b'-', _, _, b'-', _, _] => day(cell).is_some(),
        [d1, d2, b'/' | b'-' | b'.', m1, m2, b'/' | b'-' | b'.', y1, y2, y3, y4] => {
            day(&[*y1, *y2, *y3, *y4, b'-', *m1, *m2, b'-', *d1, *d2]).is_some()
        }
        _ => false,
    }
}

/// Whether a spreadsheet would run it.
pub(super) fn is_formula(cell: &[u8]) -> bool {
    matches!(cell.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r'))
        && std::str::from_utf8(cell).is_ok_and(cell::is_formula)
}

/// The same month and day of another year; the 28th of February for a 29th that the year does not have.
pub(super) fn in_year(year: i16, day: Date) -> Option<Date> {
    Date::new(year, day.month(), day.day()).ok().or_else(|| (year > 0).then(|| date(year, 2, 28)))
}
