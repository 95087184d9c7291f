//! NHS numbers of the 999 range, which is kept for tests: 909,090 of the million nine-digit beginnings have a check
//! digit and are no placeholder. Persons take them in blocks: a hundred persons have a hundred numbers and one more,
//! which one of the hundred had before (a superseded number).

use fairway_domain::NhsNumber;

/// How many people the 999 range has numbers for.
pub const PERSONS_IN_RANGE: u64 = 900_000;

const PERSONS_PER_BLOCK: u64 = 100;
const NUMBERS_PER_BLOCK: u64 = 101;
const STRIDE: u64 = 561_803;

/// Ten digits of the 999 range.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number([u8; 10]);

impl Number {
    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// All numbers of the range, in an order that leaps about, the same in every run.
pub(crate) struct Numbers {
    bodies: Vec<u32>,
}

impl Numbers {
    pub(crate) fn new() -> Self {
        let bodies = (0..1_000_000).filter(|body| *body != 999_999 && check_digit(*body).is_some()).collect();
        Self { bodies }
    }

    /// The number of a person, 0 to [`PERSONS_IN_RANGE`].
    pub(crate) fn of(&self, person: u64) -> Number {
        self.at(person / PERSONS_PER_BLOCK * NUMBERS_PER_BLOCK + person % PERSONS_PER_BLOCK)
    }

    /// The number that the person had before, for one person in a hundred.
    pub(crate) fn retired(&self, person: u64) -> Option<Number> {
        let block = person / PERSONS_PER_BLOCK;
        let chosen = block.wrapping_mul(37) % PERSONS_PER_BLOCK;
        (person % PERSONS_PER_BLOCK == chosen).then(|| self.at(block * NUMBERS_PER_BLOCK + PERSONS_PER_BLOCK))
    }

    fn at(&self, place: u64) -> Number {
        let index = place.wrapping_mul(STRIDE) % self.bodies.len() as u64;
        let body = self.bodies.get(index as usize).copied().unwrap_or_default();
        let mut digits = [0; 10];
        for (digit, value) in digits.iter_mut().zip(nine(body)) {
            *digit = b'0' + value;
        }
        digits[9] = b'0' + check_digit(body).unwrap_or_default();
        Number(digits)
    }
}

fn nine(body: u32) -> [u8; 9] {
    let mut digits = [9; 9];
    let mut rest = body;
    for digit in digits[3..].iter_mut().rev() {
        *digit = (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

fn check_digit(body: u32) -> Option<u8> {
    NhsNumber::check_digit(nine(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_range_is_an_nhs_number_and_comes_once() {
        let numbers = Numbers::new();
        assert_eq!(numbers.bodies.len(), 909_090);
        let mut seen = vec![false; 1_000_000];
        let persons = (0..PERSONS_IN_RANGE).flat_map(|p| [Some(numbers.of(p)), numbers.retired(p)]).flatten();
        let mut count = 0;
        for number in persons {
            let text = number.as_str();
            assert!(text.starts_with("999") && NhsNumber::parse(text).is_ok());
            let body: usize = text[3..9].parse().unwrap();
            assert!(!std::mem::replace(&mut seen[body], true), "a number comes twice");
            count += 1;
        }
        assert_eq!(count, 909_000);
    }
}
