use std::io::Read;

use fairway_domain::Fault;

use super::{Block, Blocks, Input, Manner, Reader, Step};

/// Records one by one from the beginning of a file, block after block: how its header is found.
pub(crate) struct Stream<R: Read> {
    blocks: Blocks<R>,
    reader: Reader,
    thrown: usize,
}

impl<R: Read> Stream<R> {
    pub fn new(input: Input<R>, delimiter: u8, size: usize) -> Self {
        let manner = Manner { encoding: input.opening().encoding, ..Manner::default() };
        let mut reader = Reader::new(delimiter);
        reader.begin(Block::empty(input.opening().text_at()), manner, 1, 0);
        Self { blocks: Blocks::new(input, size), reader, thrown: 0 }
    }

    pub fn input(&self) -> &Input<R> {
        self.blocks.input()
    }

    /// From the next record on, cells lie between these.
    pub fn separate_by(&mut self, delimiter: u8) {
        self.reader.separate_by(delimiter);
    }

    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Moves on to the next record or blank line; [`Step::End`] is the end of the file.
    pub fn advance(&mut self) -> Result<Step, Fault> {
        loop {
            let step = self.reader.advance();
            if step != Step::End {
                self.thrown = self.reader.thrown();
                return Ok(step);
            }
            if !self.go_on()? {
                return Ok(Step::End);
            }
        }
    }

    /// Takes up the next block, with what the last one left; false at the end of the file.
    fn go_on(&mut self) -> Result<bool, Fault> {
        let (manner, line) = (self.reader.manner(), self.reader.next_place().0);
        self.put_down();
        let next = self.blocks.next()?;
        let more = next.is_some();
        let block = next.unwrap_or_else(|| Block::empty(self.blocks.at()));
        self.reader.begin(block, manner, line, self.thrown);
        Ok(more)
    }

    fn put_down(&mut self) {
        let from = self.reader.consumed();
        let block = self.reader.end();
        if from < block.text().len() {
            self.blocks.give_back(block, from, Vec::new());
        } else {
            self.blocks.recycle(block);
        }
    }

    /// Stops reading one by one: the blocks after the current record.
    pub fn into_blocks(mut self) -> Blocks<R> {
        self.put_down();
        self.blocks
    }
}
