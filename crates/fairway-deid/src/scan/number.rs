use fairway_domain::NhsNumber;

use super::Kind;
use super::token::{Gap, Text, all_digits};

/// NHS numbers: ten digits that stand alone, in groups of three, three and four, or with letters glued to one end.
pub(super) fn nhs_number(text: &Text, index: usize, sink: &mut dyn FnMut(Kind, usize)) {
    let token = text.token(index);
    let found = match token.len() {
        10 => is_nhs_number(token) && !is_part_of_decimal(text, index) && !is_location(text),
        3 => in_groups(text, index),
        11..=18 => glued(text, index),
        _ => false,
    };
    if found {
        sink(Kind::NhsNumber, text.start(index));
    }
}

fn in_groups(text: &Text, index: usize) -> bool {
    let apart = |index| matches!(text.gap(index), Gap::Space | Gap::One(b'-' | b'.'));
    let digits = [text.token(index), text.token(index + 1), text.token(index + 2)];
    let lengths = digits.map(<[u8]>::len) == [3, 3, 4];
    lengths && apart(index) && apart(index + 1) && is_nhs_number(&digits.concat())
}

/// `NHS9434765919`. Parts of a longer code joined by hyphens are left alone: a UUID has such groups by chance.
fn glued(text: &Text, index: usize) -> bool {
    let hyphen = Gap::One(b'-');
    if text.gap(index) == hyphen || text.gap_before(index) == hyphen {
        return false;
    }
    let token = text.token(index);
    let (head, tail) = (token.split_last_chunk::<10>(), token.split_first_chunk::<10>());
    let letters = |rest: &[u8]| rest.iter().all(u8::is_ascii_alphabetic);
    head.is_some_and(|(rest, number)| letters(rest) && is_nhs_number(number))
        || tail.is_some_and(|(number, rest)| letters(rest) && is_nhs_number(number))
}

/// `0.1234567890` and `1234567890.12` are decimals; `1234567890.0` is what a spreadsheet makes of a whole number.
fn is_part_of_decimal(text: &Text, index: usize) -> bool {
    let point = Gap::One(b'.');
    let before = index.checked_sub(1).is_some_and(|before| all_digits(text.token(before)));
    let after = text.token(index + 1);
    (text.gap_before(index) == point && before)
        || (text.gap(index) == point && all_digits(after) && after.iter().any(|digit| *digit != b'0'))
}

/// A whole cell such as `1-1234567890` is a location's number at the Care Quality Commission: one in eleven would pass
/// for an NHS number.
fn is_location(text: &Text) -> bool {
    text.bytes().trim_ascii().strip_prefix(b"1-").is_some_and(all_digits)
}

fn is_nhs_number(digits: &[u8]) -> bool {
    all_digits(digits) && std::str::from_utf8(digits).is_ok_and(|digits| NhsNumber::parse(digits).is_ok())
}
