//! How times, days and numbers are written in the ledger.

use std::str::FromStr;

use fairway_domain::{Fault, FaultExt};
use jiff::Timestamp;
use jiff::civil::Date;

/// A time as 27 characters of UTC with microseconds, so that times sort as text: `2026-01-31T09:15:00.000000Z`.
pub(crate) fn instant(at: Timestamp) -> String {
    format!("{at:.6}")
}

/// Reads a time back.
pub(crate) fn read_instant(text: &str) -> Result<Timestamp, Fault> {
    text.parse().fault("ledger holds a time that cannot be read")
}

/// Reads a time that may be missing.
pub(crate) fn read_instant_option(text: Option<&str>) -> Result<Option<Timestamp>, Fault> {
    text.map(read_instant).transpose()
}

/// Reads a day that may be missing.
pub(crate) fn read_day(text: Option<&str>) -> Result<Option<Date>, Fault> {
    text.map(|day| day.parse().fault("ledger holds a day that cannot be read")).transpose()
}

/// Reads a word or identifier; `what` is the column.
pub(crate) fn read_word<T>(text: &str, what: &'static str) -> Result<T, Fault>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    text.parse().fault(format!("ledger holds a {what} that cannot be read"))
}

/// A count as the database keeps it.
pub(crate) fn to_sql(count: u64) -> Result<i64, Fault> {
    i64::try_from(count).fault("count is too large for the ledger")
}

/// A count as it was kept.
pub(crate) fn from_sql(count: i64) -> Result<u64, Fault> {
    u64::try_from(count).fault("ledger holds a count below nought")
}

/// A number of fixed length in bytes, such as a digest or a uid.
pub(crate) fn read_bytes<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Fault> {
    <[u8; N]>::try_from(bytes).fault("ledger holds bytes of the wrong length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_as_text_and_read_back() {
        let times = ["2026-01-31T09:15:00Z", "2026-01-31T09:15:00.5Z", "2026-01-31T09:15:00.500001Z"];
        let written: Vec<String> = times.iter().map(|t| instant(t.parse().unwrap())).collect();
        assert!(written.is_sorted());
        assert!(written.iter().all(|t| t.len() == 27));
        for (time, text) in times.iter().zip(&written) {
            assert_eq!(read_instant(text).unwrap(), time.parse().unwrap());
        }
    }
}
