use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, date};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;

use super::Misread;

/// How a day, a time, or both are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayForm {
    /// As ISO 8601 does: `2025-03-31`, `10:30:00`, `2025-03-31T10:30:00` with or without an offset.
    Iso,
    /// Two digits, two digits, four digits between slashes, nothing else: `31/03/2025`.
    British,
    /// As a pattern of `strptime` says, read leniently as Python reads it: `%d %b %Y`.
    Pattern(String),
    /// In any of the usual ways; day before month where both would do.
    Any,
}

/// Ways of writing a day that [`DayForm::Any`] tries in turn.
const USUAL_DAYS: [&str; 12] = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%Y%m%d",
];
const USUAL_TIMES: [&str; 4] = ["%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p"];

impl DayForm {
    /// The form of a pattern.
    ///
    /// # Errors
    /// When it is no pattern of `strptime` that can be read.
    pub fn pattern(pattern: &str) -> Result<Self, String> {
        let wrong = || format!("`{pattern}` is no pattern of dates and times such as %d/%m/%Y");
        let zoned = TimeZone::UTC.to_zoned(sample()).map_err(|_| wrong())?;
        match strtime::format(pattern, &zoned) {
            Ok(text) if text != pattern => Ok(Self::Pattern(pattern.to_owned())),
            _ => Err(wrong()),
        }
    }

    /// The format of the Table Schema; nothing for the default.
    pub fn as_format(&self) -> Option<&str> {
        match self {
            Self::Iso => None,
            Self::British => Some("%d/%m/%Y"),
            Self::Pattern(pattern) => Some(pattern),
            Self::Any => Some("any"),
        }
    }

    pub(super) fn date(&self, text: &str) -> Result<Date, Misread> {
        match self {
            Self::Iso => iso_day(text.as_bytes()),
            Self::British => british_day(text.as_bytes()),
            Self::Pattern(pattern) => {
                let fast = if pattern == "%d/%m/%Y" { british_day(text.as_bytes()).ok() } else { None };
                fast.or_else(|| parsed(pattern, text)?.to_date().ok()).ok_or(Misread::Date)
            }
            Self::Any => usual_day(text).ok_or(Misread::Date),
        }
    }

    pub(super) fn time(&self, text: &str) -> Option<Time> {
        match self {
            Self::Iso | Self::British => {
                let plain = text.strip_suffix('Z').unwrap_or(text);
                let shaped = plain.len() >= 8 && plain.as_bytes().get(5) == Some(&b':');
                shaped.then(|| plain.parse().ok()).flatten()
            }
            Self::Pattern(pattern) => parsed(pattern, text)?.to_time().ok(),
            Self::Any => USUAL_TIMES.iter().find_map(|pattern| parsed(pattern, text)?.to_time().ok()),
        }
    }

    pub(super) fn moment(&self, text: &str) -> Option<DateTime> {
        match self {
            Self::Iso | Self::British => iso_moment(text),
            Self::Pattern(pattern) => {
                let parsed = parsed(pattern, text)?;
                if parsed.offset().is_some() {
                    return Some(TimeZone::UTC.to_datetime(parsed.to_timestamp().ok()?));
                }
                parsed.to_datetime().ok().or_else(|| Some(parsed.to_date().ok()?.at(0, 0, 0, 0)))
            }
            Self::Any => iso_moment(text).or_else(|| usual_moment(text)),
        }
    }

    pub(super) fn in_words(&self, iso: &str) -> String {
        match self {
            Self::Iso => format!(" as {iso}"),
            Self::British => " as dd/mm/yyyy".into(),
            Self::Pattern(pattern) => format!(" as {}", in_letters(pattern)),
            Self::Any => String::new(),
        }
    }

    pub(super) fn example(&self, iso: &str) -> String {
        let pattern = match self {
            Self::Iso | Self::Any => iso,
            Self::British => "%d/%m/%Y",
            Self::Pattern(pattern) => pattern,
        };
        let zoned = TimeZone::UTC.to_zoned(sample());
        zoned.ok().and_then(|zoned| strtime::format(pattern, &zoned).ok()).unwrap_or_default()
    }
}

fn sample() -> DateTime {
    date(2025, 3, 31).at(10, 30, 0, 0)
}

/// `%d/%m/%Y` as people write it: `dd/mm/yyyy`.
fn in_letters(pattern: &str) -> String {
    [("%d", "dd"), ("%m", "mm"), ("%Y", "yyyy"), ("%y", "yy"), ("%H", "hh"), ("%M", "mm"), ("%S", "ss"), ("%b", "Mon")]
        .iter()
        .fold(pattern.to_owned(), |text, (mark, letters)| text.replace(mark, letters))
}

/// A year has its four digits wherever the pattern asks for them.
fn parsed(pattern: &str, text: &str) -> Option<BrokenDownTime> {
    let found = BrokenDownTime::parse(pattern, text).ok()?;
    let whole_year = !pattern.contains("%Y") || found.year().is_none_or(|year| year >= 1000);
    whole_year.then_some(found)
}

fn usual_day(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = |text: &str| USUAL_DAYS.iter().find_map(|pattern| parsed(pattern, text)?.to_date().ok());
    day(text).or_else(|| iso_moment(text).map(DateTime::date))
}

fn usual_moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let at_midnight = || Some(usual_day(text)?.at(0, 0, 0, 0));
    let (day, time) = text.split_once(' ').unwrap_or((text, ""));
    let both = || Some(usual_day(day)?.to_datetime(DayForm::Any.time(time)?));
    both().or_else(at_midnight)
}

fn iso_moment(text: &str) -> Option<DateTime> {
    let shaped = text.len() >= 19 && text.as_bytes().get(16) == Some(&b':');
    if !shaped {
        return None;
    }
    let after_time = text.get(19..)?;
    if after_time.contains(['Z', 'z', '+', '-']) {
        return text.parse::<Timestamp>().ok().map(|moment| TimeZone::UTC.to_datetime(moment));
    }
    text.parse().ok()
}

/// A day as `yyyy-mm-dd`, nothing else. A right shape that is no day is told from a wrong shape.
///
/// # Errors
/// When it is not so written, or no day of the calendar.
#[inline]
pub fn iso_day(text: &[u8]) -> Result<Date, Misread> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text else { return Err(Misread::Date) };
    from_digits([y1, y2, y3, y4, m1, m2, d1, d2])
}

/// A day as `dd/mm/yyyy`, nothing else. A right shape that is no day is told from a wrong shape.
///
/// # Errors
/// As [`iso_day`].
#[inline]
pub fn british_day(text: &[u8]) -> Result<Date, Misread> {
    let &[d1, d2, b'/', m1, m2, b'/', y1, y2, y3, y4] = text else { return Err(Misread::Date) };
    from_digits([y1, y2, y3, y4, m1, m2, d1, d2])
}

/// The day of a year's four digits, a month's two and a day's two: all of them at once, eight bytes in one number.
#[inline]
fn from_digits(digits: [u8; 8]) -> Result<Date, Misread> {
    let digits = u64::from_le_bytes(digits) ^ 0x3030_3030_3030_3030;
    if (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 != 0 {
        return Err(Misread::Date);
    }
    let pairs = (digits * 10 + (digits >> 8)).to_le_bytes();
    let [century, year, month, day] = [pairs[0], pairs[2], pairs[4], pairs[6]];
    match i16::from(century) * 100 + i16::from(year) {
        0 => Err(Misread::NoSuchDay),
        year => Date::new(year, month.cast_signed(), day.cast_signed()).map_err(|_| Misread::NoSuchDay),
    }
}

/// A month as `yyyy-mm`, its first day.
pub(super) fn month(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    let digits = |part: &str, most: usize| part.len() <= most && part.bytes().all(|b| b.is_ascii_digit());
    let fits = year.len() == 4 && digits(year, 4) && digits(month, 2);
    fits.then(|| Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()).flatten()
}
