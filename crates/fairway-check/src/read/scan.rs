//! Finding the few bytes that give a CSV file its structure, 64 bytes at a time.
//!
//! One way for processors with 32-byte vectors and one for all others; tests hold that they give the same answers.

/// The places in a text that end a cell or stand out in it: delimiters, quotes, carriage returns and line feeds.
#[derive(Debug, Default)]
pub(crate) struct Index {
    words: Vec<Marks>,
}

/// What 64 bytes hold, a bit for each byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Marks {
    /// Delimiters, quotes and line ends.
    structure: u64,
    /// Delimiters alone.
    delimiters: u64,
    /// Bytes above 127 and control characters other than tab and line ends.
    odd: u64,
}

/// One way of looking through a text: adds the marks of each 64 bytes, the last ones filled up with blanks, which mark
/// nothing.
type Look = fn(&[u8], delimiter: u8, &mut Vec<Marks>);

impl Index {
    /// Looks through a text.
    pub fn fill(&mut self, text: &[u8], delimiter: u8) {
        self.fill_by(best(), text, delimiter);
    }

    fn fill_by(&mut self, look: Look, text: &[u8], delimiter: u8) {
        self.words.clear();
        self.words.reserve(text.len() / 64 + 1);
        let (whole, rest) = text.split_at(text.len() / 64 * 64);
        look(whole, delimiter, &mut self.words);
        if !rest.is_empty() {
            let mut bytes = [b' '; 64];
            bytes[..rest.len()].copy_from_slice(rest);
            look(&bytes, delimiter, &mut self.words);
        }
    }

    /// The first delimiter, quote, carriage return or line feed at or after `from`.
    #[inline]
    pub fn find(&self, from: usize) -> Option<usize> {
        let mut at = from / 64;
        let mut word = self.words.get(at)?.structure & (u64::MAX << (from % 64));
        while word == 0 {
            at += 1;
            word = self.words.get(at)?.structure;
        }
        Some(at * 64 + word.trailing_zeros() as usize)
    }

    /// Hands the delimiters that follow one another from `from` on, with no other mark between them and before `to`, to `take`:
    /// at most 64 at a time, a bit for each byte, and where the first bit stands in the text.
    #[inline(always)]
    pub fn each_run(&self, from: usize, to: usize, mut take: impl FnMut(usize, u64)) {
        let first = from / 64;
        let Some(words) = self.words.get(first..to.div_ceil(64)) else { return };
        let mut passed = u64::MAX << (from % 64);
        for (at, word) in words.iter().enumerate() {
            let at = (first + at) * 64;
            if to - at < 64 {
                passed &= !(u64::MAX << (to - at));
            }
            let others = word.structure & !word.delimiters & passed;
            let before = others.wrapping_sub(1) & !others;
            take(at, word.delimiters & passed & before);
            if others != 0 {
                return;
            }
            passed = u64::MAX;
        }
    }

    /// Whether there are bytes above 127 or control characters from `from` to `to`. May take some beside for some within.
    #[inline]
    pub fn is_odd(&self, from: usize, to: usize) -> bool {
        self.words.get(from / 64..to.div_ceil(64)).is_none_or(|words| words.iter().any(|word| word.odd != 0))
    }
}

/// The fastest way that this processor knows.
fn best() -> Look {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        return vector::look;
    }
    portable::look
}

/// Eight bytes at a time in an ordinary register.
mod portable {
    use super::Marks;

    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;

    pub(super) fn look(text: &[u8], delimiter: u8, into: &mut Vec<Marks>) {
        into.extend(text.as_chunks::<64>().0.iter().map(|bytes| marks(bytes, delimiter)));
    }

    fn marks(bytes: &[u8; 64], delimiter: u8) -> Marks {
        let mut marks = Marks::default();
        for (at, eight) in bytes.as_chunks::<8>().0.iter().enumerate() {
            let eight = u64::from_le_bytes(*eight);
            let ends = equal(eight, b'\n') | equal(eight, b'\r');
            let delimiters = equal(eight, delimiter);
            let structure = ends | delimiters | equal(eight, b'"');
            let below = zeros(eight & (ONES * 0xe0)) & !ends & !equal(eight, b'\t');
            let odd = (eight & HIGHS) | below | equal(eight, 0x7f);
            marks.structure |= gather(structure) << (at * 8);
            marks.delimiters |= gather(delimiters) << (at * 8);
            marks.odd |= gather(odd) << (at * 8);
        }
        marks
    }

    /// The highest bit of each byte that is zero.
    fn zeros(eight: u64) -> u64 {
        !(((eight & !HIGHS) + !HIGHS) | eight) & HIGHS
    }

    fn equal(eight: u64, byte: u8) -> u64 {
        zeros(eight ^ (ONES * u64::from(byte)))
    }

    /// The highest bits of eight bytes, next to one another.
    fn gather(highs: u64) -> u64 {
        (highs >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
    }
}

/// Thirty-two bytes at a time.
#[cfg(target_arch = "x86_64")]
mod vector {
    use std::arch::x86_64::{
        __m256i, _mm256_andnot_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
        _mm256_or_si256, _mm256_set1_epi8,
    };

    use super::Marks;

    #[expect(unsafe_code, reason = "called only where the processor was found to know these instructions")]
    pub(super) fn look(text: &[u8], delimiter: u8, into: &mut Vec<Marks>) {
        // SAFETY: `best` hands this function out only where AVX2 is there.
        unsafe { look_by_32(text, delimiter, into) }
    }

    #[target_feature(enable = "avx2")]
    fn look_by_32(text: &[u8], delimiter: u8, into: &mut Vec<Marks>) {
        for bytes in text.as_chunks::<64>().0 {
            let [lower, upper] = bytes.as_chunks::<32>().0 else { continue };
            let (lower, upper) = (marks(load(lower), delimiter), marks(load(upper), delimiter));
            let [structure, delimiters, odd] = std::array::from_fn(|kind| pair(lower[kind], upper[kind]));
            into.push(Marks { structure, delimiters, odd });
        }
    }

    /// Two halves of 32 bits. Kept from the compiler, which would else make one vector of 64 bits of both, that this
    /// processor has not, and take it apart bit by bit.
    #[inline]
    fn pair(lower: u32, upper: u32) -> u64 {
        u64::from(std::hint::black_box(upper)) << 32 | u64::from(lower)
    }

    /// The structure, the delimiters alone and the odd bytes of 32 bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn marks(bytes: __m256i, delimiter: u8) -> [u32; 3] {
        let ends = _mm256_or_si256(equal(bytes, b'\n'), equal(bytes, b'\r'));
        let delimiters = equal(bytes, delimiter);
        let cells = _mm256_or_si256(equal(bytes, b'"'), delimiters);
        // Taken as signed numbers, bytes above 127 are below 32 as well.
        let below = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), bytes);
        let plain = _mm256_or_si256(ends, equal(bytes, b'\t'));
        let odd = _mm256_or_si256(_mm256_andnot_si256(plain, below), equal(bytes, 0x7f));
        [bits(_mm256_or_si256(ends, cells)), bits(delimiters), bits(odd)]
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    #[expect(unsafe_code, reason = "compilers build the vector byte by byte if it is not loaded by an address")]
    fn load(bytes: &[u8; 32]) -> __m256i {
        // SAFETY: the address is that of 32 bytes, and need not be aligned.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn equal(bytes: __m256i, byte: u8) -> __m256i {
        _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn bits(bytes: __m256i) -> u32 {
        _mm256_movemask_epi8(bytes).cast_unsigned()
    }
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

    fn plain(bytes: &[u8; 64]) -> Marks {
        let mut marks = Marks::default();
        for (at, byte) in bytes.iter().enumerate() {
            marks.structure |= u64::from(matches!(byte, b',' | b'"' | b'\n' | b'\r')) << at;
            marks.delimiters |= u64::from(*byte == b',') << at;
            marks.odd |= u64::from(*byte > 127 || is_control(*byte)) << at;
        }
        marks
    }

    fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            Just(b','),
            Just(b'"'),
            Just(b'\n'),
            Just(b'\r'),
            Just(b'-'),
            Just(0x8c),
            any::<u8>(),
            b'a'..b'd'
        ];
        proptest::collection::vec(byte, 0..300)
    }

    #[test]
    fn every_way_of_looking_sees_every_byte_the_same_beside_every_other() {
        for byte in 0..=255 {
            for beside in [0, 1, b'+', b',', b'-', 0x1f, 0x20, 0x7f, 0x80, 0xac, 0xff] {
                let mut bytes = [beside; 64];
                (0..64).step_by(3).for_each(|at| bytes[at] = byte);
                for look in [portable::look, best()] {
                    let mut marks = Vec::new();
                    look(&bytes, b',', &mut marks);
                    assert_eq!(marks, [plain(&bytes)], "{byte} beside {beside}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn the_index_finds_what_one_byte_at_a_time_finds(bytes in any_bytes(), from in 0usize..320) {
            let found = bytes.iter().enumerate().skip(from).find(|(_, b)| matches!(b, b',' | b'"' | b'\n' | b'\r'));
            let mut index = Index::default();
            index.fill(&bytes, b',');
            prop_assert_eq!(index.find(from), found.map(|(at, _)| at));
            let mut portable = Index::default();
            portable.fill_by(portable::look, &bytes, b',');
            prop_assert_eq!(&portable.words, &index.words);
        }

        #[test]
        fn nothing_odd_is_passed_over(bytes in any_bytes(), cut in any::<(prop::sample::Index, prop::sample::Index)>()) {
            let mut index = Index::default();
            index.fill(&bytes, b',');
            let ends = [cut.0, cut.1].map(|cut| cut.index(bytes.len() + 1));
            let (from, to) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            let content = content(&bytes[from..to]);
            prop_assert!(index.is_odd(from, to) || content == Content::default());
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
