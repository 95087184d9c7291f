use encoding_rs::WINDOWS_1252;

use super::Encoding;
use super::split::{Flaw, Flawed, Span, Splitter};

/// Turns records to UTF-8 text. Which of UTF-8 and Windows-1252 a file is written in shows at its first record with a
/// byte above 127; that holds for the whole file, and a record that departs from it is read as what it is, and noted.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    /// Not known before the first byte above 127.
    encoding: Option<Encoding>,
    tail: String,
    moved_all: bool,
}

impl Decoder {
    /// Goes on with text whose encoding is known, or not yet.
    pub fn begin(&mut self, known: Option<Encoding>) {
        self.encoding = known;
    }

    /// The encoding, once a byte above 127 has shown it.
    pub fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }

    /// Cells that are not in the record's own bytes.
    pub fn tail(&self) -> &str {
        &self.tail
    }

    /// Decodes the record that the splitter found in `bytes`; `high` says whether it has bytes above 127.
    #[inline]
    pub fn decode(&mut self, bytes: &[u8], high: bool, splitter: &mut Splitter) {
        self.tail.clear();
        self.moved_all = false;
        if high {
            self.decode_high(bytes, splitter);
        }
        if self.moved_all {
            return;
        }
        for span in splitter.spans.iter_mut().filter(|span| span.doubled) {
            let text = bytes.get(span.start as usize..span.end as usize).unwrap_or_default();
            self.move_to_tail(span, &std::str::from_utf8(text).unwrap_or_default().replace("\"\"", "\""));
        }
    }

    fn decode_high(&mut self, bytes: &[u8], splitter: &mut Splitter) {
        let valid = std::str::from_utf8(bytes).is_ok();
        let shown = if valid || resembles_utf8(bytes) { Encoding::Utf8 } else { Encoding::Windows1252 };
        let unicode = *self.encoding.get_or_insert(shown) != Encoding::Windows1252;
        if valid {
            for (cell, span) in splitter.spans.iter().enumerate() {
                let text = bytes.get(span.start as usize..span.end as usize).unwrap_or_default();
                if let Some(flaw) = valid_flaw(text, unicode) {
                    splitter.flaws.push(Flawed { flaw, cell: number(cell), at: span.start });
                }
            }
            return;
        }
        self.moved_all = true;
        let Splitter { spans, flaws, .. } = splitter;
        for (cell, span) in spans.iter_mut().enumerate() {
            let raw = bytes.get(span.start as usize..span.end as usize).unwrap_or_default();
            let at = span.start;
            let flaw = self.decode_cell(raw, span, unicode);
            flaws.extend(flaw.map(|flaw| Flawed { flaw, cell: number(cell), at }));
        }
    }

    fn decode_cell(&mut self, raw: &[u8], span: &mut Span, unicode: bool) -> Option<Flaw> {
        let unquote = |text: &str| if span.doubled { text.replace("\"\"", "\"") } else { text.to_owned() };
        if let Ok(text) = std::str::from_utf8(raw) {
            let text = unquote(text);
            self.move_to_tail(span, &text);
            return None;
        }
        let unreadable = resembles_utf8(raw) || raw.iter().any(|b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
        let text = unquote(&WINDOWS_1252.decode_without_bom_handling(raw).0);
        self.move_to_tail(span, &text);
        match (unreadable, unicode) {
            (true, _) => Some(Flaw::Unreadable),
            (false, true) => Some(Flaw::OtherEncoding),
            (false, false) => None,
        }
    }

    fn move_to_tail(&mut self, span: &mut Span, text: &str) {
        span.start = number(self.tail.len());
        self.tail.push_str(text);
        span.end = number(self.tail.len());
        span.in_tail = true;
    }
}

fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// What is wrong with a cell of valid UTF-8 in a record with bytes above 127.
fn valid_flaw(text: &[u8], unicode: bool) -> Option<Flaw> {
    if text.is_ascii() {
        return None;
    }
    if !unicode {
        return Some(Flaw::OtherEncoding);
    }
    let text = std::str::from_utf8(text).unwrap_or_default();
    if text.contains('\u{fffd}') {
        return Some(Flaw::Unreadable);
    }
    // C1 controls, and the marks that turn the direction of text: they show something else than is there.
    let hidden = |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.contains(hidden).then_some(Flaw::Control)
}

/// Whether bytes that are no UTF-8 were meant as UTF-8: overlong forms, surrogates, or four-byte forms beyond Unicode.
/// As Windows-1252 these are an accented capital before a symbol, which nobody writes.
fn resembles_utf8(bytes: &[u8]) -> bool {
    let follows = |b: &u8| (0x80..=0xbf).contains(b);
    bytes.windows(2).any(|pair| matches!(pair, [0xc0 | 0xc1, next] if follows(next)))
        || bytes.windows(3).any(|three| matches!(three, [0xed, 0xa0..=0xbf, next] if follows(next)))
        || bytes.windows(3).any(|three| matches!(three, [0xe0, 0x80..=0x9f, next] if follows(next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_utf_8_is_told_from_windows_1252() {
        assert!(resembles_utf8(b"P\xc0\xafetc"));
        assert!(resembles_utf8(b"P\xed\xa0\x80"));
        assert!(!resembles_utf8(b"O\x92Brien\x96Zo\xeb"));
    }
}
