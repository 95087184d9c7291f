use std::io::Read;

use fairway_domain::{Fault, SpecName};
use fairway_spec::{Inference, SampleFacts, SpecFiles};

use crate::read::{Encoding, Input, Step, Stream};

/// What became of a sample.
#[derive(Debug, Clone)]
pub enum Sampled {
    /// A first specification.
    Spec(SpecFiles),
    /// Why there is none, in words.
    Refused(String),
}

/// How much is read at a time, in bytes.
const BLOCK: usize = 256 << 10;
/// Separators that a sample may have; where two would do equally well, the first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Infers a first specification from a sample with a header, in one pass and bounded memory. `source` says in words
/// where the sample comes from.
///
/// # Errors
/// When the input cannot be read.
pub fn infer(input: impl Read, name: SpecName, source: String) -> Result<Sampled, Fault> {
    let input = Input::open(input)?;
    if let Some(what) = input.opening().not_csv {
        return Ok(Sampled::Refused(format!("The sample is {what}, not CSV")));
    }
    let mut stream = Stream::new(input, b',', BLOCK);
    loop {
        match stream.advance()? {
            Step::BlankLine => {}
            Step::Record => break,
            Step::End | Step::Lost => return Ok(Sampled::Refused("The sample has no header".into())),
        }
    }
    let first = stream.reader();
    let delimiter = delimiter(first.bytes());
    let headers = header(first.bytes(), delimiter, first.cells().iter());
    stream.separate_by(delimiter);
    let mut inference = match Inference::new(headers.clone()) {
        Ok(inference) => inference,
        Err(text) => return Ok(Sampled::Refused(text)),
    };
    let mut uneven = 0_u64;
    loop {
        match stream.advance()? {
            Step::Record if stream.reader().cells().len() == headers.len() => {
                inference.take(stream.reader().cells().iter())
            }
            Step::Record => uneven += 1,
            Step::BlankLine => {}
            Step::End | Step::Lost => break,
        }
    }
    let encoding = stream.reader().manner().encoding.unwrap_or(Encoding::Ascii).as_str().to_owned();
    let mut files = inference.finish(&SampleFacts { name, source, delimiter, encoding });
    if uneven > 0 {
        files.notes.push(format!("{uneven} records have more or fewer cells than the header and were passed over"));
    }
    Ok(Sampled::Spec(files))
}

/// The separator that occurs most in the first line, outside quotes.
fn delimiter(line: &[u8]) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in line {
        quoted ^= *byte == b'"';
        if let Some(at) = DELIMITERS.iter().position(|known| !quoted && known == byte) {
            counts[at] += 1;
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    DELIMITERS.into_iter().zip(counts).find(|(_, count)| *count == most).map_or(b',', |(delimiter, _)| delimiter)
}

/// The names in the first line; `cells` are what lies between commas.
fn header<'c>(line: &[u8], delimiter: u8, cells: impl Iterator<Item = &'c str>) -> Vec<String> {
    if delimiter == b',' {
        return cells.map(str::to_owned).collect();
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(line);
    let record = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
    record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
}
