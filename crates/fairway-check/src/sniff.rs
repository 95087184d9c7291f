use std::io::Read;

use fairway_domain::Fault;

use crate::read::{Encoding, Input, Reader, Step};

/// How many records are looked at to tell releases with the same header apart.
const SAMPLE: usize = 500;

/// What the beginning of a file shows.
#[derive(Debug, Clone)]
pub struct Sniffed {
    /// Whether the file is compressed.
    pub gzip: bool,
    /// How the text is written, as far as it was read.
    pub encoding: Encoding,
    /// What the file is in plain words, where it is no text.
    pub not_csv: Option<&'static str>,
    /// The first record.
    pub header: Vec<String>,
}

/// Looks at the header and the first records of a file. The input is read a little way and not given back.
///
/// # Errors
/// When the input cannot be read.
pub fn sniff(input: impl Read) -> Result<Sniffed, Fault> {
    let input = Input::open(input)?;
    let opening = input.opening();
    let mut reader = Reader::new(input, b',');
    let mut rows: Vec<Vec<String>> = Vec::new();
    while opening.not_csv.is_none() && rows.len() <= SAMPLE {
        match reader.advance()? {
            Step::Record => rows.push(reader.cells().iter().map(str::to_owned).collect()),
            Step::BlankLine => {}
            Step::Lost | Step::End => break,
        }
    }
    let header = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
    Ok(Sniffed { gzip: opening.gzip, encoding: reader.encoding(), not_csv: opening.not_csv, header })
}
