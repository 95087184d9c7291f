use std::path::Path;

use csv::StringRecord;
use fairway_domain::Postcode;
use rustc_hash::FxHashMap;

use super::columns::{self, Header, What};
use super::{Area, DirectoryError, PostcodeDirectory, table};

/// Codes that look like postcodes and stand for no place. Listed one by one, or by a mask such as `ZZ99 dLZ` in which
/// `d` is any digit and `L` any letter.
#[derive(Default)]
pub(super) struct Pseudo {
    listed: FxHashMap<String, String>,
    masks: Vec<String>,
}

impl Pseudo {
    pub(super) fn contains(&self, postcode: &Postcode) -> bool {
        let fits = |mask: &String| {
            let same = |(m, b): (u8, u8)| match m {
                b'd' => b.is_ascii_digit(),
                b'L' => b.is_ascii_uppercase(),
                _ => m == b,
            };
            mask.len() == postcode.as_str().len() && mask.bytes().zip(postcode.as_str().bytes()).all(same)
        };
        self.listed.contains_key(postcode.as_str()) || self.masks.iter().any(fits)
    }

    pub(super) fn meaning(&self, postcode: &Postcode) -> Option<&str> {
        self.listed.get(postcode.as_str()).map(String::as_str)
    }

    fn take(&mut self, code: &str, meaning: &str) {
        match code.split_once(" pattern:") {
            Some((mask, _)) => self.masks.push(mask.trim().to_owned()),
            None => {
                self.listed.insert(code.to_owned(), meaning.to_owned());
            }
        }
    }
}

/// Whether a district has no council above it. The first three characters of a national code tell: only the
/// non-metropolitan districts of England (E07) have one (ONS, Register of Geographic Codes).
pub(super) fn single_tier(district: &str) -> bool {
    !district.starts_with("E07")
}

impl PostcodeDirectory {
    /// Adds the pseudo postcodes: a CSV with `postcode_or_pattern` and `meaning`.
    ///
    /// # Errors
    /// When the file cannot be read or lacks a column.
    pub fn with_pseudo_postcodes(mut self, path: &Path) -> Result<Self, DirectoryError> {
        for (code, meaning) in pairs(path, columns::PSEUDO, columns::MEANING)? {
            self.pseudo.take(&code, &meaning);
        }
        Ok(self)
    }

    /// Adds the council above each district: a CSV from lower to upper tier authorities. Districts without a council
    /// above are their own upper tier, in the file or not.
    ///
    /// # Errors
    /// When the file cannot be read or lacks a column.
    pub fn with_upper_tiers(self, path: &Path) -> Result<Self, DirectoryError> {
        let pairs = pairs(path, columns::LOWER_TIER, columns::UPPER_TIER)?;
        self.fill(Area::District, Area::UpperTier, &pairs)
    }

    /// Adds the integrated care board of each clinical commissioning group (now sub-ICB location), where the directory
    /// itself names no board.
    ///
    /// # Errors
    /// When the file cannot be read or lacks a column.
    pub fn with_care_boards(self, path: &Path) -> Result<Self, DirectoryError> {
        let pairs = pairs(path, columns::CCG_CODE, columns::ICB_CODE)?;
        self.fill(Area::Ccg, Area::Icb, &pairs)
    }

    /// Adds the decile of deprivation of each lower layer area of 2011, 1 the most deprived.
    ///
    /// # Errors
    /// When the file cannot be read or lacks a column.
    pub fn with_deprivation(mut self, path: &Path) -> Result<Self, DirectoryError> {
        let mut deciles = FxHashMap::default();
        for (area, decile) in pairs(path, columns::DEPRIVED_AREA, columns::DECILE)? {
            deciles.insert(self.codes.number(&area)?, decile.parse().unwrap_or(0));
        }
        for home in &mut self.homes {
            home.imd_decile = deciles.get(&home.areas[Area::Lsoa2011 as usize]).copied().unwrap_or(0);
        }
        Ok(self)
    }

    /// Fills one area from another where it is blank.
    fn fill(mut self, from: Area, to: Area, pairs: &[(String, String)]) -> Result<Self, DirectoryError> {
        let mut numbers = FxHashMap::default();
        for (key, value) in pairs {
            numbers.insert(self.codes.number(key)?, self.codes.number(value)?);
        }
        for home in self.homes.iter_mut().filter(|home| home.areas[to as usize] == 0) {
            home.areas[to as usize] = numbers.get(&home.areas[from as usize]).copied().unwrap_or(0);
        }
        Ok(self)
    }
}

pub(crate) fn pairs(path: &Path, key: What, value: What) -> Result<Vec<(String, String)>, DirectoryError> {
    let mut pairs = Vec::new();
    let setup = |header: &Header<'_>| Ok((header.need(key)?, header.need(value)?));
    table::read(path, setup, |(key, value): &(usize, usize), record: &StringRecord| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim().to_owned();
        pairs.push((cell(*key), cell(*value)));
        Ok(())
    })?;
    Ok(pairs)
}
