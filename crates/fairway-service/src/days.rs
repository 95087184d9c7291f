//! Days as councils write them.

use jiff::civil::Date;

/// Reads `dd/mm/yyyy`, the form of the specification; `None` for anything else.
pub(crate) fn read(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let fits = bytes.len() == 10 && bytes[2] == b'/' && bytes[5] == b'/';
    if !fits {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<i16> {
        let digits = bytes.get(range)?;
        digits.iter().try_fold(0, |sum: i16, b| b.is_ascii_digit().then(|| sum * 10 + i16::from(b - b'0')))
    };
    let (day, month) = (i8::try_from(number(0..2)?).ok()?, i8::try_from(number(3..5)?).ok()?);
    Date::new(number(6..10)?, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_day_is_read_and_what_is_no_day_is_not() {
        assert_eq!(read("29/02/2024"), Some(jiff::civil::date(2024, 2, 29)));
        for text in ["29/02/2023", "2024-02-29", "1/2/2024", "", "aa/bb/cccc", "12/12/20244", "+1/01/2024"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
