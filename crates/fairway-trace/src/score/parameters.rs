//! What scoring believes: how often each kind of slip happens between a person's record and a query about them.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::IndexError;

/// The believed rates, as a readable file (JSON). Each list adds up to one.
///
/// The defaults were learnt by training, without truth labels, on made-up people; [`crate::train_file`] learns them anew
/// from a register and the queries at hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Where the figures come from.
    pub source: String,
    /// How often the person of a query is not in the register.
    pub absent: f64,
    /// Given name: the same, nickname, one slip, a further given name instead, similar, different, the family name
    /// instead of both.
    pub given: [f64; 7],
    /// Family name of a man: the same, an earlier one, one slip, similar, different, one among the further names.
    pub family_male: [f64; 6],
    /// Family name of a woman, in the same order.
    pub family_female: [f64; 6],
    /// How often one part stands for a family name of several parts.
    pub family_part: f64,
    /// How often given and family name are exchanged.
    pub names_swapped: f64,
    /// How often an initial that is given alone is that of the person.
    pub initial: f64,
    /// Birth date: the same, day and month exchanged, one digit wrong, neighbouring digits exchanged, year one or ten
    /// off, first of January instead, two parts the same, the year the same, different.
    pub born: [f64; 9],
    /// Sex: the same, different.
    pub sex: [f64; 2],
    /// Postcode: the same, an earlier one, one slip, outward part the same, different, only its letters the same.
    pub place: [f64; 6],
    /// Outward part of a postcode given alone: the same, different.
    pub outcode: [f64; 2],
    /// Further given names: the same, an initial the same, different.
    pub other_names: [f64; 3],
    /// Address where the postcode is the same: the same house, another.
    pub address: [f64; 2],
    /// Address where the postcode is the same: a word in common, none.
    pub street: [f64; 2],
    /// Address where the postcode is another, or missing: a word in common that few have, none.
    pub locality: [f64; 2],
    /// NHS number: the person's, somebody else's, nobody's.
    pub number: [f64; 3],
    /// How often the number given for somebody who is not in the register is of somebody who is.
    pub number_of_stranger: f64,
    /// How much more often two people share both names than if names were given by lot.
    pub names_together: f64,
    /// Those who live with, or are related to, people of the register, by kind.
    pub kin: Vec<Kin>,
    /// By how much odds are stated higher than reckoned where neither an NHS number nor an address was asked, so that stated
    /// and observed agree: measured on made-up people whose truth is known. Training, which knows no truth, leaves it at 1.
    #[serde(default = "as_reckoned")]
    pub odds_of_few_details: f64,
    /// A match is accepted from this probability on.
    pub accept: f64,
}

fn as_reckoned() -> f64 {
    1.0
}

/// Relatives of one kind: how many a person has, and how often they share what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kin {
    /// What they are.
    pub kind: String,
    /// How many there are for each person.
    pub each: f64,
    /// How often they have the same given name.
    pub given: f64,
    /// The same family name.
    pub family: f64,
    /// The same birth date.
    pub born: f64,
    /// The same postcode.
    pub place: f64,
}

impl Default for Parameters {
    fn default() -> Self {
        // The file is part of the program, and a test reads it.
        serde_json::from_str(LEARNT).unwrap_or_else(|_| Self::plain())
    }
}

static LEARNT: &str = include_str!("../../data/parameters.json");

impl Parameters {
    /// Reads a file of parameters.
    ///
    /// # Errors
    /// When the file cannot be read or is not one.
    pub fn read(path: &Path) -> Result<Self, IndexError> {
        Self::parse(&std::fs::read_to_string(path)?)
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(text: &str) -> Result<Self, IndexError> {
        serde_json::from_str(text).map_err(|_| IndexError::Parameters)
    }

    /// The parameters as a readable text: the same parameters, the same bytes.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// The probability to state for one that was reckoned. Up to one half, where nobody is likely, they are the same; from
    /// there on odds less one grow by the factor, so that the likelier stays the likelier.
    pub(crate) fn stated(&self, reckoned: f64, few_details: bool) -> f64 {
        if !few_details || reckoned <= 0.5 || reckoned >= 1.0 {
            return reckoned;
        }
        let odds = 1.0 + self.odds_of_few_details * (reckoned / (1.0 - reckoned) - 1.0);
        odds / (1.0 + odds)
    }

    /// What is believed before anything was learnt.
    pub(crate) fn plain() -> Self {
        let kin = |kind: &str, each, [given, family, born, place]: [f64; 4]| Kin {
            kind: kind.into(),
            each,
            given,
            family,
            born,
            place,
        };
        Self {
            source: "assumed, before any training".into(),
            absent: 0.05,
            given: [0.90, 0.05, 0.015, 0.01, 0.01, 0.013, 0.002],
            family_male: [0.95, 0.005, 0.02, 0.005, 0.018, 0.002],
            family_female: [0.91, 0.02, 0.02, 0.005, 0.04, 0.005],
            family_part: 0.15,
            names_swapped: 0.003,
            initial: 0.97,
            born: [0.98, 0.003, 0.005, 0.001, 0.002, 0.002, 0.003, 0.002, 0.002],
            sex: [0.993, 0.007],
            place: [0.75, 0.08, 0.01, 0.05, 0.08, 0.03],
            outcode: [0.85, 0.15],
            other_names: [0.9, 0.04, 0.06],
            address: [0.9, 0.1],
            street: [0.95, 0.05],
            locality: [0.6, 0.4],
            number: [0.98, 0.01, 0.01],
            number_of_stranger: 0.002,
            names_together: 2.0,
            kin: vec![
                kin("household", 1.5, [0.005, 0.6, 0.0, 0.95]),
                kin("twin", 0.005, [0.005, 0.95, 1.0, 0.8]),
                kin("namesake", 0.005, [1.0, 0.95, 0.0, 0.8]),
            ],
            odds_of_few_details: as_reckoned(),
            accept: 0.9,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_file_and_says_where_it_comes_from() {
        let default = Parameters::default();
        assert_eq!(serde_json::from_str::<Parameters>(LEARNT).unwrap(), default);
        assert_ne!(default, Parameters::plain());
        assert!(default.source.contains("without truth labels"));
    }

    #[test]
    fn odds_are_stated_as_they_were_observed_and_the_likelier_stays_the_likelier() {
        let p = Parameters { odds_of_few_details: 2.0, ..Parameters::plain() };
        let stated = |reckoned| p.stated(reckoned, true);
        assert_eq!([0.0, 0.3, 0.5, 1.0].map(stated), [0.0, 0.3, 0.5, 1.0]);
        assert!((stated(0.9) - 17.0 / 18.0).abs() < 1e-12);
        let rising: Vec<f64> = (1..1000).map(|at| stated(f64::from(at) / 1000.0)).collect();
        assert!(rising.windows(2).all(|pair| pair[0] < pair[1]));
        assert!((p.stated(0.97, false) - 0.97).abs() < 1e-12, "with a number or an address nothing changes");
        assert!((Parameters::plain().stated(0.97, true) - 0.97).abs() < 1e-12, "nor without measurement");
    }

    #[test]
    fn every_list_of_rates_adds_up_to_one_and_the_text_reads_back() {
        for p in [Parameters::default(), Parameters::plain()] {
            let sums = [
                p.given.iter().sum::<f64>(),
                p.family_male.iter().sum(),
                p.family_female.iter().sum(),
                p.born.iter().sum(),
                p.sex.iter().sum(),
                p.place.iter().sum(),
                p.outcode.iter().sum(),
                p.other_names.iter().sum(),
                p.address.iter().sum(),
                p.street.iter().sum(),
                p.locality.iter().sum(),
                p.number.iter().sum(),
            ];
            assert!(sums.iter().all(|sum| (sum - 1.0f64).abs() < 1e-4), "{sums:?}");
            assert_eq!(serde_json::from_str::<Parameters>(&p.to_text()).unwrap(), p);
        }
    }
}
