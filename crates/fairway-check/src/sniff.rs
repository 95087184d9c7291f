use std::io::Read;
use std::sync::Arc;

use fairway_domain::{Fault, SpecName};
use fairway_spec::{Recognition, Spec, builtin, recognise_among};

use crate::read::{Encoding, Input, Step, Stream};

/// How many records are looked at to tell releases with the same header apart.
const SAMPLE: usize = 500;
/// How many bytes are read at a time.
const BLOCK: usize = 1 << 16;

/// What the beginning of a file shows.
#[derive(Debug, Clone)]
pub struct Sniffed {
    /// Whether the file is compressed.
    pub gzip: bool,
    /// How the text is written, as far as it was read.
    pub encoding: Encoding,
    /// What the file is in plain words, where it is no text.
    pub not_csv: Option<&'static str>,
    /// How the specifications fit, best first.
    pub fits: Vec<Recognition>,
}

impl Sniffed {
    /// The specification that the file was most likely made for, if any fits at all.
    pub fn likely(&self) -> Option<&SpecName> {
        self.fits.first().filter(|fit| fit.is_likely()).map(|fit| &fit.name)
    }

    /// Why the file is held against a specification that nobody named, in a sentence.
    pub fn reason(&self, chosen: &SpecName) -> String {
        let Some(fit) = self.fits.iter().find(|fit| fit.name == *chosen && fit.is_likely()) else {
            return format!("No specification fits the column names; {chosen} is the newest.");
        };
        let columns = fit.nearly + fit.missing;
        let header = if fit.is_exact() {
            format!("its {columns} column names are the file's, in the same order")
        } else {
            format!("{} of its {columns} columns are in the file, {} of them spelt exactly", fit.nearly, fit.found)
        };
        let values = if fit.values == 0 {
            String::new()
        } else {
            format!(", and {} of the {} coded values looked at are in its lists", fit.values_in_list, fit.values)
        };
        format!("Recognised as {chosen}: {header}{values}.")
    }
}

/// Recognises a file's specification, among those that come with Fairway, from its header and first records, whatever
/// separates the columns. The input is read a little way and not given back.
///
/// # Errors
/// When the input cannot be read.
pub fn sniff(input: impl Read) -> Result<Sniffed, Fault> {
    let specs: Vec<Arc<Spec>> = builtin().iter().rev().filter_map(|name| Spec::builtin(name).ok()).collect();
    sniff_among(input, &specs)
}

/// As [`sniff`], among these specifications; of those that fit equally well, the one given first is likelier.
///
/// # Errors
/// When the input cannot be read.
pub fn sniff_among(input: impl Read, specs: &[Arc<Spec>]) -> Result<Sniffed, Fault> {
    let input = Input::open(input)?;
    let opening = input.opening();
    let mut stream = Stream::new(input, b',', BLOCK);
    let mut rows: Vec<Vec<String>> = Vec::new();
    while opening.not_csv.is_none() && rows.len() <= SAMPLE {
        let step = stream.advance()?;
        let reader = stream.reader();
        match step {
            Step::Record if rows.is_empty() && reader.bytes().to_ascii_lowercase().starts_with(b"sep=") => {}
            Step::Record => rows.push(reader.cells().iter().map(str::to_owned).collect()),
            Step::BlankLine => {}
            Step::Lost | Step::End => break,
        }
    }
    let fits =
        ['|', '\t', ';', ','].into_iter().map(|mark| recognise(&rows, mark, specs)).max_by_key(|fits| nearness(fits));
    Ok(Sniffed {
        gzip: opening.gzip,
        encoding: stream.reader().manner().encoding.unwrap_or(Encoding::Ascii),
        not_csv: opening.not_csv,
        fits: fits.unwrap_or_default(),
    })
}

fn nearness(fits: &[Recognition]) -> usize {
    fits.first().map_or(0, |fit| fit.nearly)
}

/// Splits cells further at `mark`, and looks whose header and values they are.
fn recognise(rows: &[Vec<String>], mark: char, specs: &[Arc<Spec>]) -> Vec<Recognition> {
    let split = |row: &Vec<String>| -> Vec<String> {
        row.iter().flat_map(|cell| cell.split(mark)).map(|cell| cell.trim_matches('"').to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(|row| if mark == ',' { row.clone() } else { split(row) }).collect();
    let Some((header, records)) = rows.split_first() else { return Vec::new() };
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    recognise_among(specs, &header, records)
}
