//! How good answers are, where the truth is known.

use std::collections::BTreeMap;
use std::io::Read;

use rustc_hash::FxHashMap;

/// A share with its interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// How many of them.
    pub count: u64,
    /// Of how many.
    pub of: u64,
}

impl Rate {
    /// The share; 0 of none.
    pub fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.count as f64 / self.of as f64 }
    }

    /// The 95 % interval. Source: Wilson, "Probable inference", 1927.
    pub fn interval(self) -> (f64, f64) {
        if self.of == 0 {
            return (0.0, 1.0);
        }
        const Z: f64 = 1.959_964;
        let (n, share) = (self.of as f64, self.share());
        let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        ((middle - half).max(0.0), (middle + half).min(1.0))
    }
}

/// Answers counted against the truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Queries.
    pub queries: u64,
    /// Queries about somebody in the register.
    pub present: u64,
    /// Answers with a number.
    pub accepted: u64,
    /// Answers with the right number.
    pub right: u64,
}

impl Counts {
    /// Right answers of all answers with a number.
    pub fn precision(self) -> Rate {
        Rate { count: self.right, of: self.accepted }
    }

    /// Right answers of all queries about somebody in the register.
    pub fn recall(self) -> Rate {
        Rate { count: self.right, of: self.present }
    }

    /// The harmonic mean of the two.
    pub fn f1(self) -> f64 {
        let of = self.accepted + self.present;
        if of == 0 { 0.0 } else { 2.0 * self.right as f64 / of as f64 }
    }

    fn add(&mut self, truth: &str, answer: &str) {
        self.queries += 1;
        self.present += u64::from(!truth.is_empty());
        self.accepted += u64::from(!answer.is_empty());
        self.right += u64::from(!answer.is_empty() && answer == truth);
    }
}

/// The scores below which a band of the calibration table ends.
const BANDS: [f64; 8] = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 1.01];

/// Stated against observed, for answers with a score in a band.
#[derive(Debug, Clone, Copy, Default)]
pub struct Band {
    /// Where the band begins and ends.
    pub from: f64,
    /// Its end, not in it.
    pub to: f64,
    /// The mean of the scores stated.
    pub stated: f64,
    /// How many answers were right.
    pub observed: Rate,
}

/// How good a file of responses is.
#[derive(Debug, Clone, Default)]
pub struct Evaluation {
    /// All queries.
    pub all: Counts,
    /// By each value of each further column of the truth file, such as sex, age band or name origin; the entries of
    /// `flags` are parted by semicolons.
    pub groups: BTreeMap<(String, String), Counts>,
    /// Calibration of the answers with a number.
    pub bands: Vec<Band>,
}

/// Compares responses with the truth: CSV with the columns `query_id, nhs_number`, blank for somebody who is not in the
/// register, and any further columns to group by.
///
/// # Errors
/// When a file cannot be read as CSV or lacks a column.
pub fn evaluate(responses: impl Read, truth: impl Read) -> Result<Evaluation, csv::Error> {
    let mut responses = csv::Reader::from_reader(responses);
    let at = |header: &csv::StringRecord, name: &str| {
        let missing = || csv::Error::from(std::io::Error::other(format!("the column {name} is missing")));
        header.iter().position(|column| column == name).ok_or_else(missing)
    };
    let header = responses.headers()?.clone();
    let (id, number, score) = (at(&header, "query_id")?, at(&header, "nhs_number")?, at(&header, "score")?);
    let mut answers: FxHashMap<String, (String, f64)> = FxHashMap::default();
    for record in responses.records() {
        let record = record?;
        answers.insert(record[id].into(), (record[number].into(), record[score].parse().unwrap_or(0.0)));
    }
    let mut truth = csv::Reader::from_reader(truth);
    let header = truth.headers()?.clone();
    let (id, number) = (at(&header, "query_id")?, at(&header, "nhs_number")?);
    let mut found = Evaluation::default();
    let mut bands = [(0.0, Rate::default()); BANDS.len()];
    for record in truth.records() {
        let record = record?;
        let nobody = (String::new(), 0.0);
        let (answer, score) = answers.get(&record[id]).unwrap_or(&nobody);
        found.all.add(&record[number], answer);
        for (column, value) in
            header.iter().zip(&record).enumerate().filter(|(at, _)| *at != id && *at != number).map(|x| x.1)
        {
            for value in value.split(';') {
                found.groups.entry((column.into(), value.into())).or_default().add(&record[number], answer);
            }
        }
        if !answer.is_empty() {
            let band = BANDS.iter().position(|end| score < end).unwrap_or(BANDS.len() - 1);
            bands[band].0 += score;
            bands[band].1.of += 1;
            bands[band].1.count += u64::from(*answer == record[number]);
        }
    }
    let starts = std::iter::once(0.0).chain(BANDS);
    found.bands = starts
        .zip(BANDS)
        .zip(bands)
        .filter(|(_, band)| band.1.of > 0)
        .map(|((from, to), (sum, observed))| Band { from, to: to.min(1.0), stated: sum / observed.of as f64, observed })
        .collect();
    Ok(found)
}
