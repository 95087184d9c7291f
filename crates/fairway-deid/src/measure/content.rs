//! Digests: of a file's bytes, of its cells whatever the format, and of the bytes that writing its cells anew gives.

use std::io::{self, Read, Write};

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use fairway_domain::{Digest, Fault, FaultExt, Row, cell};
use sha2::{Digest as _, Sha256};

/// A digest of cells in their order: each with its length, a row at a time.
#[derive(Default)]
pub struct Content {
    hasher: Sha256,
    row: Vec<u8>,
    shown: Vec<u8>,
}

impl Content {
    pub(super) fn cell(&mut self, cell: &[u8]) {
        self.row.extend_from_slice(&(cell.len() as u32).to_le_bytes());
        self.row.extend_from_slice(cell);
    }

    pub(super) fn end_of_row(&mut self) {
        self.row.push(b'\n');
        self.hasher.update(&self.row);
        self.row.clear();
    }

    /// Takes a row of a file of another format.
    ///
    /// # Errors
    /// When a cell cannot be shown.
    pub fn row(&mut self, row: &Row) -> Result<(), Fault> {
        for at in 0..row.len() {
            let mut shown = std::mem::take(&mut self.shown);
            shown.clear();
            cell::show(row.get(at), &mut shown).fault("cell of an extract cannot be shown")?;
            self.cell(&shown);
            self.shown = shown;
        }
        self.end_of_row();
        Ok(())
    }

    /// The digest.
    pub fn finish(self) -> Digest {
        Digest(self.hasher.finalize().into())
    }
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[digest of cells]")
    }
}

/// Takes the digest of what is read.
pub(super) struct Hashed<R> {
    inner: R,
    hasher: Sha256,
}

impl<R> Hashed<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new() }
    }

    pub(super) fn finish(self) -> Digest {
        Digest(self.hasher.finalize().into())
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

/// Records written as the warehouse writes them, and what the bytes come to.
pub(super) struct Canonical(Writer<Sink>);

struct Sink(Sha256);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Canonical {
    pub(super) fn new() -> Self {
        let writer = WriterBuilder::new()
            .flexible(true)
            .terminator(Terminator::Any(b'\n'))
            .quote_style(QuoteStyle::Necessary)
            .buffer_capacity(1 << 18)
            .from_writer(Sink(Sha256::new()));
        Self(writer)
    }

    pub(super) fn take(&mut self, record: &csv::ByteRecord) -> Result<(), Fault> {
        self.0.write_byte_record(record).fault("extract cannot be written anew")
    }

    pub(super) fn finish(self) -> Result<Digest, Fault> {
        let sink = self.0.into_inner().map_err(|error| error.into_error()).fault("extract cannot be written anew")?;
        Ok(Digest(sink.0.finalize().into()))
    }
}
