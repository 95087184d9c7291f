//! Finding the few bytes that give a CSV file its structure, eight bytes at a time and without `unsafe`.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The bytes that end an unquoted cell or stand out in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needles {
    pub delimiter: u8,
    delimiters: u64,
}

impl Needles {
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter, delimiters: ONES * u64::from(delimiter) }
    }

    /// The first delimiter, quote, carriage return or line feed at or after `from`.
    #[inline]
    pub fn find(self, bytes: &[u8], mut from: usize) -> Option<usize> {
        while let Some(eight) = bytes.get(from..from + 8).and_then(|eight| eight.first_chunk::<8>()) {
            let hits = self.hits(u64::from_le_bytes(*eight));
            if hits != 0 {
                return Some(from + (hits.trailing_zeros() / 8) as usize);
            }
            from += 8;
        }
        let rest = bytes.get(from..)?;
        rest.iter().position(|b| *b == self.delimiter || matches!(b, b'"' | b'\r' | b'\n')).map(|at| from + at)
    }

    /// The lowest bit set marks the first hit; bits above it may be false.
    #[inline]
    fn hits(self, eight: u64) -> u64 {
        zeros(eight ^ self.delimiters)
            | zeros(eight ^ (ONES * b'"' as u64))
            | zeros(eight ^ (ONES * b'\n' as u64))
            | zeros(eight ^ (ONES * b'\r' as u64))
    }
}

#[inline]
fn zeros(eight: u64) -> u64 {
    eight.wrapping_sub(ONES) & !eight & HIGHS
}

/// What kinds of byte a record holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// Bytes above 127.
    pub high: bool,
    /// Control characters other than tab, line feed and carriage return.
    pub control: bool,
}

/// Looks at every byte once, in a form that compilers turn into vector instructions.
#[inline]
pub(crate) fn content(bytes: &[u8]) -> Content {
    let (mut high, mut control) = (0, 0);
    for byte in bytes {
        high |= byte & 0x80;
        control |= u8::from(is_control(*byte));
    }
    Content { high: high != 0, control: control != 0 }
}

/// A control character other than tab, line feed and carriage return.
#[inline]
pub(crate) fn is_control(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r') | (byte == 0x7f)
}

/// How many line ends there are: CR LF counts once, a CR or an LF alone counts too.
pub(crate) fn line_ends(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
    ends.filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n')).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn eight_at_a_time_finds_what_one_at_a_time_finds(bytes in proptest::collection::vec(prop_oneof![
            Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'-'), Just(0x8c), any::<u8>(), b'a'..b'd'
        ], 0..60), from in 0usize..70) {
            let plain = bytes.iter().enumerate().skip(from).find(|(_, b)| matches!(b, b',' | b'"' | b'\n' | b'\r'));
            prop_assert_eq!(Needles::new(b',').find(&bytes, from), plain.map(|(at, _)| at));
        }

        #[test]
        fn content_is_what_the_bytes_are(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let got = content(&bytes);
            prop_assert_eq!(got.high, !bytes.is_ascii());
            prop_assert_eq!(got.control, bytes.iter().any(|b| is_control(*b)));
        }
    }

    #[test]
    fn a_line_end_is_counted_once_however_it_is_written() {
        assert_eq!(line_ends(b"a\r\nb\rc\nd"), 3);
        assert_eq!(line_ends(b"\r\r\n\n"), 3);
    }
}
