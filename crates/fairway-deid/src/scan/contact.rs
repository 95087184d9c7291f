use super::Kind;
use super::token::Text;

/// Longest part before the at sign and longest name after it that are looked at (RFC 5321 allows 64 and 255).
const REACH: usize = 128;

/// Addresses of electronic mail: something, an at sign, a name with a point in it.
pub(super) fn emails(text: &Text, sink: &mut dyn FnMut(Kind, usize)) {
    let bytes = text.bytes();
    for at in memchr::memchr_iter(b'@', bytes) {
        let part = |b: &&u8| b.is_ascii_alphanumeric() || b"._%+'-".contains(b);
        let before = bytes[..at].iter().rev().take(REACH).take_while(part).count();
        let name = |b: &&u8| b.is_ascii_alphanumeric() || b".-".contains(b);
        let after = bytes[at + 1..].iter().take(REACH).take_while(name).count();
        if before > 0 && is_host(&bytes[at + 1..at + 1 + after]) {
            sink(Kind::Email, at - before);
        }
    }
}

fn is_host(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let mut labels = name.split(|b| *b == b'.').rev();
    let top = labels.next().is_some_and(|top| top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic));
    top && labels.next().is_some_and(|label| !label.is_empty())
}

/// Telephone numbers of the United Kingdom, with or without spaces, brackets and +44 or 0044. The first group has at
/// least three digits, as every area code does; a day such as 01-02-2023 has not.
/// Source: Ofcom, National Telephone Numbering Plan (numbers begin 01, 02, 03, 07 or 08 and have 9 or 10 digits after the 0).
pub(super) fn telephone(text: &Text, index: usize, sink: &mut dyn FnMut(Kind, usize)) {
    let token = text.token(index);
    let abroad = text.byte_before(index) == Some(b'+') && token.starts_with(b"44");
    if !(abroad || token.starts_with(b"0044") || (token.len() >= 3 && token[0] == b'0')) {
        return;
    }
    let Some(digits) = digits_from(&text.bytes()[text.start(index)..]) else { return };
    let after_country = digits.strip_prefix(b"0044").or_else(|| digits.strip_prefix(b"44").filter(|_| abroad));
    let national = after_country.map(|rest| rest.strip_prefix(b"0").unwrap_or(rest));
    let national = national.or_else(|| digits.strip_prefix(b"0")).unwrap_or_default();
    if matches!(national.len(), 9 | 10) && b"12378".contains(&national[0]) {
        sink(Kind::Phone, text.start(index));
    }
}

/// Digits up to the first byte that no telephone number has; `None` where they run into a letter or a decimal.
fn digits_from(bytes: &[u8]) -> Option<Vec<u8>> {
    let between = |b: u8| matches!(b, b' ' | b'-' | b'(' | b')');
    let mut digits = Vec::with_capacity(16);
    let mut gap = 0;
    for byte in bytes.iter().copied() {
        if byte.is_ascii_digit() && digits.len() < 16 {
            digits.push(byte);
            gap = 0;
        } else if between(byte) && gap < 2 {
            gap += 1;
        } else {
            // A letter after a gap begins the next word; right after a digit it belongs to a code.
            let glued = gap == 0 && (byte.is_ascii_alphanumeric() || byte == b'_');
            return (!glued).then_some(digits);
        }
    }
    Some(digits)
}
