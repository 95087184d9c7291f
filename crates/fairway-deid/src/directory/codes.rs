use std::fmt;

use fairway_domain::Postcode;
use rustc_hash::FxHashMap;

use super::{Area, DirectoryError};

/// The areas of one or many postcodes, as numbers of codes.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Home {
    pub(super) areas: [u32; Area::ALL.len()],
    /// Codes of the columns that were asked for by their heading.
    pub(super) others: Box<[u32]>,
    pub(super) imd_rank: u32,
    pub(super) imd_decile: u8,
}

/// Every code once; number 0 is no code.
#[derive(Default)]
pub(super) struct Codes {
    texts: Vec<Box<str>>,
    numbers: FxHashMap<Box<str>, u32>,
}

impl Codes {
    pub(super) fn number(&mut self, code: &str) -> Result<u32, DirectoryError> {
        if stands_for_none(code) {
            return Ok(0);
        }
        if let Some(number) = self.numbers.get(code) {
            return Ok(*number);
        }
        self.texts.push(code.into());
        let number = u32::try_from(self.texts.len()).map_err(|_| DirectoryError::TooLarge)?;
        self.numbers.insert(code.into(), number);
        Ok(number)
    }

    pub(super) fn text(&self, number: u32) -> Option<&str> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.texts.get(index).map(AsRef::as_ref)
    }
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} codes]", self.texts.len())
    }
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[areas]")
    }
}

/// `E99999999`, `S99999999` …: the ONS says so where a country has no area of the kind.
fn stands_for_none(code: &str) -> bool {
    code.is_empty() || code.strip_prefix(|c: char| c.is_ascii_uppercase()) == Some("99999999")
}

/// A postcode as a number, the same for no other: letters, digits and gaps each in their place. The largest is below
/// 26 · 27 · 10 · 37 · 10 · 26 · 26 = 1.76 billion.
pub(super) fn postcode_key(postcode: &Postcode) -> Option<u32> {
    let (outward, inward) = postcode.as_str().as_bytes().split_last_chunk::<3>()?;
    let outward = outward.trim_ascii_end();
    let letters = outward.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let at = |index: usize| outward.get(index).copied().unwrap_or(b' ');
    let second = if letters == 2 { at(1) } else { b' ' };
    [
        (letter(at(0))?, 26),
        (letter(second).map_or(0, |n| n + 1), 27),
        (digit(at(letters))?, 10),
        (last_of_outward(at(letters + 1)), 37),
        (digit(inward[0])?, 10),
        (letter(inward[1])?, 26),
        (letter(inward[2])?, 26),
    ]
    .into_iter()
    .try_fold(0u32, |key, (value, base)| key.checked_mul(base)?.checked_add(value))
}

fn letter(byte: u8) -> Option<u32> {
    byte.is_ascii_uppercase().then(|| u32::from(byte - b'A'))
}

fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

fn last_of_outward(byte: u8) -> u32 {
    digit(byte).map(|n| n + 1).or_else(|| letter(byte).map(|n| n + 11)).unwrap_or(0)
}
