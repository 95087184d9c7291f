/// Bytes cut into tokens: longest runs of ASCII letters and digits. Keeps its memory between uses.
#[derive(Default)]
pub(super) struct Text {
    bytes: Vec<u8>,
    tokens: Vec<Token>,
    digits: usize,
}

#[derive(Clone, Copy)]
struct Token {
    start: usize,
    end: usize,
}

/// What stands between two tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// One space, or one no-break space.
    Space,
    /// One other byte.
    One(u8),
    /// Anything longer, or the end of the text.
    Far,
}

const NO_BREAK_SPACE: &[u8] = "\u{a0}".as_bytes();

impl Text {
    pub(super) fn set(&mut self, bytes: &[u8]) {
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.tokens.clear();
        self.digits = 0;
        let mut start = None;
        for (at, byte) in self.bytes.iter().enumerate() {
            self.digits += usize::from(byte.is_ascii_digit());
            match (start, byte.is_ascii_alphanumeric()) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    self.tokens.push(Token { start: from, end: at });
                    start = None;
                }
                _ => {}
            }
        }
        if let Some(from) = start {
            self.tokens.push(Token { start: from, end: self.bytes.len() });
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// How many digits there are.
    pub(super) fn digits(&self) -> usize {
        self.digits
    }

    /// The token at `index`; empty past the end.
    pub(super) fn token(&self, index: usize) -> &[u8] {
        self.tokens.get(index).map_or(&[], |token| &self.bytes[token.start..token.end])
    }

    /// Where the token at `index` begins.
    pub(super) fn start(&self, index: usize) -> usize {
        self.tokens.get(index).map_or(self.bytes.len(), |token| token.start)
    }

    /// What stands between the token at `index` and the next.
    pub(super) fn gap(&self, index: usize) -> Gap {
        let (Some(this), Some(next)) = (self.tokens.get(index), self.tokens.get(index + 1)) else {
            return Gap::Far;
        };
        match &self.bytes[this.end..next.start] {
            b" " => Gap::Space,
            between if between == NO_BREAK_SPACE => Gap::Space,
            [byte] => Gap::One(*byte),
            _ => Gap::Far,
        }
    }

    /// What stands between the token at `index` and the one before.
    pub(super) fn gap_before(&self, index: usize) -> Gap {
        index.checked_sub(1).map_or(Gap::Far, |before| self.gap(before))
    }

    /// The byte before the token at `index`.
    pub(super) fn byte_before(&self, index: usize) -> Option<u8> {
        self.start(index).checked_sub(1).and_then(|at| self.bytes.get(at)).copied()
    }
}

pub(super) fn all_digits(token: &[u8]) -> bool {
    !token.is_empty() && token.iter().all(u8::is_ascii_digit)
}

/// The number that a few digits spell.
pub(super) fn number(digits: &[u8]) -> Option<i16> {
    all_digits(digits).then(|| std::str::from_utf8(digits).ok()?.parse().ok()).flatten()
}
