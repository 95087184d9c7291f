use std::fmt;

use jiff::civil::Date;

/// Why a text is not a date of a register. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a date has the form YYYYMMDD, YYYYMM or YYYY, and is a day of the calendar")]
pub struct DateError;

/// A date of which the day, or the month and the day, may be unknown.
/// Registers and national files write it `YYYYMMDD`, `YYYYMM` or `YYYY`.
///
/// `Debug` is masked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate(u32);

/// How far two dates of birth agree (cross-check, see [`PartialDate::agreement`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// The same full date.
    Exact,
    /// At least two of day, month and year, allowing the usual slips.
    Partial,
    /// Less than that.
    None,
}

impl PartialDate {
    /// Reads `YYYYMMDD`, `YYYYMM` or `YYYY`.
    ///
    /// # Errors
    /// When the text has another form, or a full date is not in the calendar.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let text = text.trim();
        if !matches!(text.len(), 4 | 6 | 8) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DateError);
        }
        let part = |range| text.get(range).map_or(Ok(0), |digits: &str| digits.parse().map_err(|_| DateError));
        let (year, month, day): (u32, u32, u32) = (part(0..4)?, part(4..6)?, part(6..8)?);
        let fits = match text.len() {
            4 => year > 0,
            6 => year > 0 && (1..=12).contains(&month),
            _ => in_calendar(year, month, day),
        };
        if fits { Ok(Self(year * 10_000 + month * 100 + day)) } else { Err(DateError) }
    }

    /// The year.
    pub fn year(self) -> u16 {
        u16::try_from(self.0 / 10_000).unwrap_or_default()
    }

    /// The month, 1 to 12, if known.
    pub fn month(self) -> Option<u8> {
        part(self.0 / 100)
    }

    /// The day of the month, 1 to 31, if known.
    pub fn day(self) -> Option<u8> {
        part(self.0)
    }

    /// The day of the calendar, if all parts are known.
    pub fn full(self) -> Option<Date> {
        let (month, day) = (self.month()?, self.day()?);
        Date::new(i16::try_from(self.year()).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    /// As registers write it: `YYYYMMDD`, `YYYYMM` or `YYYY`.
    pub fn digits(self) -> String {
        match (self.month(), self.day()) {
            (None, _) => format!("{:04}", self.0 / 10_000),
            (_, None) => format!("{:06}", self.0 / 100),
            _ => format!("{:08}", self.0),
        }
    }

    /// The digits as a number, zero for an unknown part: sorts by time, unknown parts first.
    pub(crate) fn packed(self) -> u32 {
        self.0
    }

    /// The date of a number made by [`PartialDate::packed`]; zero stands for no date.
    pub(crate) fn unpacked(packed: u32) -> Option<Self> {
        (packed != 0).then_some(Self(packed))
    }

    /// Every packed date whose known parts are those of this one, dates with unknown parts among them.
    pub(crate) fn days(self) -> impl Iterator<Item = u32> {
        let (months, days) = match (self.month(), self.day()) {
            (None, _) => (13, 32),
            (_, None) => (1, 32),
            _ => (1, 1),
        };
        (0..months).flat_map(move |month| (0..days).map(move |day| self.0 + 100 * month + day))
    }

    /// How far two dates agree, in the sense of the cross-check.
    ///
    /// Source: handbook, cross-check in Spine: partial means that at least two of day, month and year are equal, allowing
    /// day and month swapped, the digits of a two-digit part swapped (12 for 21), and the last two digits of the year
    /// swapped (1945 for 1954). Read here so (inferred): a part with swapped digits counts as equal; swapped day and
    /// month count as two equal parts; an unknown part equals nothing; only full dates can be the same.
    pub(crate) fn agreement(self, other: Self) -> Agreement {
        if self == other && self.day().is_some() {
            return Agreement::Exact;
        }
        let year = year_agrees(self.year(), other.year());
        let month = part_agrees(self.month(), other.month());
        let day = part_agrees(self.day(), other.day());
        let crossed = self.day().is_some() && self.day() == other.month() && self.month() == other.day();
        if crossed || u8::from(year) + u8::from(month) + u8::from(day) >= 2 {
            Agreement::Partial
        } else {
            Agreement::None
        }
    }
}

fn part(digits: u32) -> Option<u8> {
    u8::try_from(digits % 100).ok().filter(|part| *part > 0)
}

fn in_calendar(year: u32, month: u32, day: u32) -> bool {
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => year > 0 && Date::new(year, month, day).is_ok(),
        _ => false,
    }
}

fn part_agrees(a: Option<u8>, b: Option<u8>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || a == swapped(b),
        _ => false,
    }
}

fn year_agrees(a: u16, b: u16) -> bool {
    let last_two = |year: u16| u8::try_from(year % 100).unwrap_or_default();
    a == b || (a / 100 == b / 100 && last_two(a) == swapped(last_two(b)))
}

fn swapped(two_digits: u8) -> u8 {
    two_digits % 10 * 10 + two_digits / 10
}

impl From<Date> for PartialDate {
    /// A full date. Years before 1 do not occur in a register.
    fn from(date: Date) -> Self {
        let year = u32::from(date.year().max(1).unsigned_abs());
        Self(year * 10_000 + u32::from(date.month().unsigned_abs()) * 100 + u32::from(date.day().unsigned_abs()))
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[identifiable]")
    }
}

#[cfg(test)]
mod tests;
