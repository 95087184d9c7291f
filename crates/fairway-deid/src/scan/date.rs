use jiff::civil::Date;
use rustc_hash::FxHashSet;

use super::Kind;
use super::token::{Gap, Text, number};

const MONTHS: [&[u8]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// Days written out in full, in the orders people and machines use, that are among `dates`.
pub(super) fn birth_date(text: &Text, index: usize, dates: &FxHashSet<Date>, sink: &mut dyn FnMut(Kind, usize)) {
    let written = if text.token(index).len() == 8 { eight_digits(text.token(index)) } else { three_parts(text, index) };
    if written.is_some_and(|date| dates.contains(&date)) {
        sink(Kind::BirthDate, text.start(index));
    }
}

/// `19500531` or `31051950`.
fn eight_digits(token: &[u8]) -> Option<Date> {
    let (first, last) = token.split_first_chunk::<4>()?;
    let year_first = || day(number(first)?, number(last.get(..2)?)?, number(last.get(2..)?)?);
    let year_last = || day(number(last)?, number(first.get(2..)?)?, number(first.get(..2)?)?);
    year_first().filter(|date| date.year() > 1850).or_else(year_last)
}

/// `31/05/1950`, `31-May-1950`, `1950-05-31`, `1950-05-31T00:00:00`.
fn three_parts(text: &Text, index: usize) -> Option<Date> {
    let joined = |index| matches!(text.gap(index), Gap::Space | Gap::One(b'/' | b'-' | b'.'));
    if !joined(index) || !joined(index + 1) {
        return None;
    }
    let (first, second, third) = (text.token(index), text.token(index + 1), text.token(index + 2));
    let month = number(second).or_else(|| month_name(second))?;
    if first.len() == 4 {
        let third = third.split(|b| b.eq_ignore_ascii_case(&b't')).next()?;
        return day(number(first)?, month, number(third)?);
    }
    let year = third.get(..4).filter(|_| third.len() == 4 || third[4].eq_ignore_ascii_case(&b't'))?;
    day(number(year)?, month, number(first)?)
}

fn month_name(token: &[u8]) -> Option<i16> {
    let start = token.get(..3)?.to_ascii_lowercase();
    let letters = token.iter().all(u8::is_ascii_alphabetic);
    (1..).zip(MONTHS).find(|(_, name)| letters && start == *name).map(|(month, _)| month)
}

fn day(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
