//! What a free text holds that does not belong into it: numbers, postcodes, dates, other fields' values.
//! Each function looks at every character a bounded number of times.

use fairway_domain::NhsNumber;
use jiff::civil::Date;

use super::postcode;

/// Whether the text has an NHS number: ten digits, in a row or as 3, 3 and 4 with a space or hyphen between, that pass
/// Modulus 11.
pub(crate) fn nhs_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    starts(bytes, u8::is_ascii_digit).any(|at| {
        let rest = &bytes[at..];
        let Some(digits) = ten_digits(rest, [None; 2]).or_else(|| {
            let separator = rest.get(3).copied().filter(|b| matches!(b, b' ' | b'-'))?;
            ten_digits(rest, [Some(separator); 2])
        }) else {
            return false;
        };
        std::str::from_utf8(&digits).is_ok_and(|digits| NhsNumber::parse(digits).is_ok())
    })
}

/// The ten digits in front, a separator after the third and sixth, and no digit after them.
fn ten_digits(bytes: &[u8], separators: [Option<u8>; 2]) -> Option<[u8; 10]> {
    let mut digits = [0; 10];
    let mut rest = bytes;
    for (index, digit) in digits.iter_mut().enumerate() {
        let separator = match index {
            3 => separators[0],
            6 => separators[1],
            _ => None,
        };
        if let Some(separator) = separator {
            rest = rest.strip_prefix(&[separator])?;
        }
        let (first, after) = rest.split_first()?;
        *digit = Some(*first).filter(u8::is_ascii_digit)?;
        rest = after;
    }
    rest.first().is_none_or(|next| !next.is_ascii_digit()).then_some(digits)
}

/// Whether the text has a postcode with both its parts, a space between them or not.
pub(crate) fn postcode(text: &str) -> bool {
    let bytes = text.as_bytes();
    starts(bytes, u8::is_ascii_alphanumeric).any(|at| {
        let word = word_length(&bytes[at..]);
        let second = match bytes.get(at + word) {
            Some(b' ') => word_length(&bytes[at + word + 1..]),
            _ => 0,
        };
        let fits = |length: usize| text.get(at..at + length).is_some_and(is_postcode);
        (5..=7).contains(&word) && fits(word) || (2..=4).contains(&word) && second == 3 && fits(word + 4)
    })
}

/// Whether the text has the shape of a postcode, with the letters alone that end one.
fn is_postcode(text: &str) -> bool {
    let ends = |b: &u8| !matches!(b.to_ascii_uppercase(), b'C' | b'I' | b'K' | b'M' | b'O' | b'V');
    let letters = text.as_bytes().last_chunk::<2>();
    letters.is_some_and(|letters| letters.iter().all(ends)) && postcode::shape(text).is_some()
}

fn word_length(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_alphanumeric()).take(8).count()
}

/// Whether the text has a day written with its year: 31/03/2026, 31-03-2026, 31.3.2026, 2026-03-31.
pub(crate) fn date(text: &str) -> bool {
    let bytes = text.as_bytes();
    starts(bytes, u8::is_ascii_digit).any(|at| separated(&bytes[at..]).is_some())
}

/// Whether the text has this day, in figures: as [`date`] reads it, or as eight digits, 31032026 or 20260331.
pub(crate) fn this_day(text: &str, day: Date) -> bool {
    let bytes = text.as_bytes();
    starts(bytes, u8::is_ascii_digit).any(|at| separated(&bytes[at..]) == Some(day) || eight(&bytes[at..], day))
}

/// The day in front: three numbers with the same separator between them, the year first or last and of four digits.
fn separated(bytes: &[u8]) -> Option<Date> {
    let (one, length, rest) = number(bytes)?;
    let (separator, rest) = rest.split_first().filter(|(b, _)| matches!(b, b'/' | b'-' | b'.'))?;
    let (two, _, rest) = number(rest).filter(|(_, length, _)| *length <= 2)?;
    let (three, last, rest) = number(rest.strip_prefix(&[*separator])?)?;
    if rest.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    match (length, last) {
        (4, 1..=2) => new_day(one, two, three),
        (1..=2, 4) => new_day(three, two, one),
        _ => None,
    }
}

/// At most four digits: their number, how many, and what follows.
fn number(bytes: &[u8]) -> Option<(i16, usize, &[u8])> {
    let length = bytes.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = bytes.split_at_checked(length)?;
    let number = digits.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0'));
    (length > 0).then_some((number, length, rest))
}

fn new_day(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn eight(bytes: &[u8], day: Date) -> bool {
    let Some((digits, rest)) = bytes.split_first_chunk::<8>() else { return false };
    if !digits.iter().all(u8::is_ascii_digit) || rest.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    let number = digits.iter().fold(0, |number: i64, digit| number * 10 + i64::from(digit - b'0'));
    let (year, month, day) = (i64::from(day.year()), i64::from(day.month()), i64::from(day.day()));
    number == day * 1_000_000 + month * 10_000 + year || number == year * 10_000 + month * 100 + day
}

/// Whether the text has the value as words of its own, capitals of plain letters passed over.
pub(crate) fn value(text: &str, value: &str) -> bool {
    let (text, value) = (text.as_bytes(), value.as_bytes());
    let (Some(first), Some(last)) = (value.first(), value.last()) else { return false };
    text.windows(value.len()).enumerate().any(|(at, window)| {
        window[0].eq_ignore_ascii_case(first)
            && window.eq_ignore_ascii_case(value)
            && apart(at.checked_sub(1).and_then(|before| text.get(before)), *first)
            && apart(text.get(at + value.len()), *last)
    })
}

/// Whether a character beside a value's end belongs to another word.
fn apart(beside: Option<&u8>, end: u8) -> bool {
    let letter = |b: u8| b.is_ascii_alphabetic() || b >= 0x80;
    beside.is_none_or(|beside| !(letter(*beside) && letter(end) || beside.is_ascii_digit() && end.is_ascii_digit()))
}

/// Where runs of bytes of a kind begin.
fn starts<'t>(bytes: &'t [u8], kind: fn(&u8) -> bool) -> impl Iterator<Item = usize> + 't {
    let begins = move |at: usize| kind(&bytes[at]) && (at == 0 || !kind(&bytes[at - 1]));
    (0..bytes.len()).filter(move |at| begins(*at))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::*;

    #[test]
    fn an_nhs_number_is_seen_in_a_row_and_in_groups() {
        for text in ["9990000018", "ref 999 000 0018, see", "x9990000018y", "999-000-0018"] {
            assert!(nhs_number(text), "{text}");
        }
        for text in ["9990000017", "99900000180", "19990000018", "999 0000018", "0000000000", "", "1111111111", "£é9"]
        {
            assert!(!nhs_number(text), "{text}");
        }
    }

    #[test]
    fn a_postcode_is_seen_whole() {
        for text in ["HX1 1AA", "lives at hx1 1aa.", "HX11AA", "EV-SW1A1AA-3", "é W1A 0AX"] {
            assert!(postcode(text), "{text}");
        }
        for text in ["HX1", "1AA", "HX1  1AA", "HX1 1AAB", "EVT00012", "review of 4 May", "HX1 1IO", ""] {
            assert!(!postcode(text), "{text}");
        }
    }

    #[test]
    fn a_date_has_its_year() {
        for text in ["31/03/2026", "on 1.3.2026 at", "2026-03-31", "31-03-2026"] {
            assert!(date(text), "{text}");
        }
        for text in
            ["31/03", "31/02/2026", "31/03-2026", "31032026", "1/2/3", "12345/03/2026", "31/03/20261", "99/99/9999"]
        {
            assert!(!date(text), "{text}");
        }
    }

    #[test]
    fn a_persons_day_is_seen_as_figures_too() {
        let born = day(1940, 5, 2);
        for text in ["02/05/1940", "2-5-1940", "EV02051940", "19400502-1", "born 1940-05-02"] {
            assert!(this_day(text, born), "{text}");
        }
        for text in ["02/05/1941", "020519401", "02051941", "1940", ""] {
            assert!(!this_day(text, born), "{text}");
        }
    }

    #[test]
    fn a_value_is_seen_as_words_of_its_own() {
        for (text, sought) in
            [("Call Mrs SMITH", "Smith"), ("SMITH12", "Smith"), ("a Smith-Jones", "Smith"), ("Ann é", "ann")]
        {
            assert!(value(text, sought), "{text}");
        }
        for (text, sought) in [("Smithson", "Smith"), ("asleep", "lee"), ("Sm", "Smith"), ("12345", "234"), ("x", "")] {
            assert!(!value(text, sought), "{text}");
        }
    }
}
