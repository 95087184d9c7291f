use std::io::Read;

use fairway_domain::Fault;
use memchr::{memchr_iter, memrchr};

use super::Input;

/// A piece of a file's text that most likely begins and ends with whole records.
#[derive(Debug, Default)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    end: usize,
    /// Where in the file's text it begins.
    pub at: u64,
    /// Nothing follows.
    pub last: bool,
}

impl Block {
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    /// A block with nothing in it.
    pub fn empty(at: u64) -> Self {
        Self { at, ..Self::default() }
    }
}

/// Cuts a file's text into blocks. A cut is a guess: who finds that a record goes on past it gives the rest back.
pub(crate) struct Blocks<R: Read> {
    input: Input<R>,
    size: usize,
    /// How much text of one block was given back: the next one holds more than that, so that a long record comes to
    /// its end.
    given_back: usize,
    /// Text that was read and not handed out, from `carried` on.
    carry: Vec<u8>,
    carried: usize,
    at: u64,
    ended: bool,
    spare: Vec<Vec<u8>>,
}

/// Room beyond a block's size: text in UTF-16 arrives a character at a time.
const ROOM: usize = 8;

impl<R: Read> Blocks<R> {
    /// `size` in bytes; a block is larger only where its first record is.
    pub fn new(input: Input<R>, size: usize) -> Self {
        let (at, carry, spare) = (input.opening().text_at(), Vec::new(), Vec::new());
        Self { input, size: size.max(1), given_back: 0, carry, carried: 0, at, ended: false, spare }
    }

    pub fn input(&self) -> &Input<R> {
        &self.input
    }

    /// Where the next block begins in the file's text.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The next block; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Block>, Fault> {
        let given_back = std::mem::take(&mut self.given_back);
        let want = self.size.max(given_back * 2);
        let mut bytes = self.spare.pop().unwrap_or_default();
        if bytes.len() < want + ROOM {
            bytes.resize(want + ROOM, 0);
        }
        let carried = self.carry.len() - self.carried;
        let mut end = carried.min(want);
        bytes[..end].copy_from_slice(&self.carry[self.carried..self.carried + end]);
        self.carried += end;
        while end < want && !self.ended {
            let read = self.input.read(&mut bytes[end..want + ROOM])?;
            self.ended = read == 0;
            end += read;
        }
        if end == 0 {
            return Ok(None);
        }
        let exhausted = self.carried == self.carry.len();
        let last = self.ended && exhausted;
        let cut = if last { end } else { cut(&bytes[..end]) };
        let cut = if cut > given_back { cut } else { end };
        if exhausted {
            self.carry.clear();
            self.carry.extend_from_slice(&bytes[cut..end]);
            self.carried = 0;
        } else {
            self.carried -= end - cut;
        }
        let at = self.at;
        self.at += cut as u64;
        Ok(Some(Block { bytes, end: cut, at, last }))
    }

    /// Takes back the text of a block from `from` on, and the blocks that followed it.
    pub fn give_back(&mut self, block: Block, from: usize, following: Vec<Block>) {
        let mut carry = block.text()[from..].to_vec();
        self.given_back = carry.len();
        self.at = block.at + from as u64;
        following.iter().for_each(|block| carry.extend_from_slice(block.text()));
        carry.extend_from_slice(&self.carry[self.carried..]);
        (self.carry, self.carried) = (carry, 0);
        self.spare.push(block.bytes);
        self.spare.extend(following.into_iter().map(|block| block.bytes));
    }

    /// Takes back the room of a block that was used up.
    pub fn recycle(&mut self, block: Block) {
        if block.bytes.len() <= self.size * 2 + ROOM {
            self.spare.push(block.bytes);
        }
    }
}

/// Where text is best cut: after the last line feed outside quotes, if the text begins outside them. Where there is
/// none, after the last line end of any kind, or not at all.
fn cut(text: &[u8]) -> usize {
    let Some(last) = memrchr(b'\n', text) else {
        let inner = text.split_last().map_or(text, |(_, inner)| inner);
        return memrchr(b'\r', inner).map_or(text.len(), |at| at + 1);
    };
    let mut quotes = memchr_iter(b'"', &text[..last]).count();
    let mut at = last;
    while quotes % 2 == 1 {
        let Some(before) = memrchr(b'\n', &text[..at]) else { return last + 1 };
        quotes -= memchr_iter(b'"', &text[before..at]).count();
        at = before;
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_after_the_last_line_that_no_quote_holds() {
        assert_eq!(cut(b"a\nb\nc"), 4);
        assert_eq!(cut(b"a\n\"b\nc"), 2);
        assert_eq!(cut(b"a\n\"b\n\"c\nd"), 8);
        assert_eq!(cut(b"\"b\nc\nd"), 5);
        assert_eq!(cut(b"a\rb\r"), 2);
        assert_eq!(cut(b"abc"), 3);
    }

    #[test]
    fn blocks_are_the_text_again_whatever_is_given_back() {
        let text: Vec<u8> = (0..200).flat_map(|line| format!("{line},\"a\nb\"\n").into_bytes()).collect();
        for size in [1, 2, 7, 64, 1000, 10_000] {
            let mut blocks = Blocks::new(Input::open(&text[..]).unwrap(), size);
            let (mut got, mut turn) = (Vec::new(), 0);
            while let Some(block) = blocks.next().unwrap() {
                assert_eq!(block.at, got.len() as u64);
                turn += 1;
                if turn % 3 == 0 {
                    let following = blocks.next().unwrap();
                    let from = block.text().len() / 2;
                    got.extend_from_slice(&block.text()[..from]);
                    blocks.give_back(block, from, following.into_iter().collect());
                } else {
                    got.extend_from_slice(block.text());
                    blocks.recycle(block);
                }
            }
            assert_eq!(got, text, "size {size}");
        }
    }
}
