//! Numbers, sizes and times as people in England read them.

pub use fairway_domain::wording::{counted, grouped as number};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A part of a whole in per cent, without decimals; never 100 or 0 unless it is exactly that. Empty for no whole.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let rounded = (u128::from(part) * 200 / u128::from(whole)).div_ceil(2);
    match rounded {
        _ if part == whole => "100%".into(),
        _ if part > 0 && rounded == 0 => "less than 1%".into(),
        100.. => "more than 99%".into(),
        _ => format!("{rounded}%"),
    }
}

/// Bytes as `824 bytes`, `17 KB`, `2.4 MB` (1 KB is 1,000 bytes).
pub fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "KB")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| bytes >= *unit) else {
        return counted(bytes, "byte", "bytes");
    };
    let tenths = u128::from(bytes) * 10 / u128::from(unit);
    if tenths >= 100 || tenths.is_multiple_of(10) {
        format!("{} {name}", tenths / 10)
    } else {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    }
}

/// A day: `23 November 2025`.
pub fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// A period: `1 April 2025 to 30 June 2025`.
pub fn period((first, last): (Date, Date)) -> String {
    format!("{} to {}", day(first), day(last))
}

/// A moment for people and for machines.
pub struct Moment {
    /// On an English wall clock: `23 November 2025 at 2:05pm`.
    pub words: String,
    /// In UTC: `2025-11-23T14:05:00Z`.
    pub machine: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        let local = in_england(at);
        let half = if local.hour() < 12 { "am" } else { "pm" };
        Self {
            words: format!("{}{half}", local.strftime("%-d %B %Y at %-I:%M")),
            machine: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}

/// Summer time as in force since 1996 (The Summer Time Order 2002, SI 2002/262): no time zone database is needed.
fn in_england(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment_of(text: &str) -> String {
        Moment::from(text.parse::<Timestamp>().unwrap()).words
    }

    #[test]
    fn thousands_are_set_apart_by_commas() {
        let all: Vec<String> = [0, 7, 999, 1000, 11_930, 1_234_567].into_iter().map(number).collect();
        assert_eq!(all, ["0", "7", "999", "1,000", "11,930", "1,234,567"]);
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(counted(0, "file", "files"), "0 files");
    }

    #[test]
    fn a_share_is_never_rounded_to_all_or_nothing() {
        assert_eq!(percent(0, 0), "");
        assert_eq!(percent(0, 5), "0%");
        assert_eq!(percent(1, 3), "33%");
        assert_eq!(percent(2, 3), "67%");
        assert_eq!(percent(1, 2), "50%");
        assert_eq!(percent(1, 1000), "less than 1%");
        assert_eq!(percent(999, 1000), "more than 99%");
        assert_eq!(percent(1000, 1000), "100%");
    }

    #[test]
    fn sizes_have_at_most_one_decimal() {
        let all: Vec<String> = [1, 824, 1_000, 1_250, 17_400, 2_400_000, 3_000_000_000].into_iter().map(size).collect();
        assert_eq!(all, ["1 byte", "824 bytes", "1 KB", "1.2 KB", "17 KB", "2.4 MB", "3 GB"]);
    }

    #[test]
    fn times_are_those_of_a_clock_in_england() {
        assert_eq!(moment_of("2025-11-23T14:05:00Z"), "23 November 2025 at 2:05pm");
        assert_eq!(moment_of("2025-07-01T23:30:00Z"), "2 July 2025 at 12:30am");
        assert_eq!(moment_of("2025-03-30T00:59:59Z"), "30 March 2025 at 12:59am");
        assert_eq!(moment_of("2025-03-30T01:00:00Z"), "30 March 2025 at 2:00am");
        assert_eq!(moment_of("2025-10-26T01:00:00Z"), "26 October 2025 at 1:00am");
        assert_eq!(
            Moment::from("2025-07-01T23:30:00.25Z".parse::<Timestamp>().unwrap()).machine,
            "2025-07-01T23:30:00Z"
        );
    }
}
