use std::fmt;

/// Why a text is not an NHS number. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NhsNumberError {
    /// Anything but ten digits once spaces and hyphens are taken out.
    #[error("an NHS number has 10 digits")]
    Shape,
    /// The Modulus 11 check digit does not agree.
    #[error("the last digit of an NHS number checks the other nine, and here it does not agree")]
    CheckDigit,
    /// One digit ten times: a placeholder.
    #[error("one digit repeated is a placeholder, not an NHS number")]
    Placeholder,
}

/// An NHS number: ten digits whose last is the Modulus 11 check digit of the first nine.
/// Source: NHS Data Dictionary, NHS NUMBER (weights 10 to 2; 11 becomes 0; 10 is never issued).
///
/// `Debug` is masked; [`NhsNumber::as_str`] is the one way to the digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber([u8; 10]);

impl NhsNumber {
    /// The standard's own example, which is nobody's. Source: NHS Data Dictionary, NHS NUMBER.
    pub const EXAMPLE: Self = Self(*b"9434765919");

    /// Reads ten digits; spaces and hyphens between them are ignored.
    ///
    /// # Errors
    /// When the digits are not ten, are all the same, or fail the check.
    pub fn parse(text: &str) -> Result<Self, NhsNumberError> {
        let mut digits = [0; 10];
        let mut count = 0;
        for byte in text.trim().bytes().filter(|b| !matches!(b, b' ' | b'-')) {
            if count == 10 || !byte.is_ascii_digit() {
                return Err(NhsNumberError::Shape);
            }
            digits[count] = byte;
            count += 1;
        }
        if count != 10 {
            return Err(NhsNumberError::Shape);
        }
        if digits.iter().all(|d| *d == digits[0]) {
            return Err(NhsNumberError::Placeholder);
        }
        let nine = digits.first_chunk::<9>().map(|nine| nine.map(|b| b - b'0'));
        match nine.and_then(Self::check_digit) {
            Some(check) if check == digits[9] - b'0' => Ok(Self(digits)),
            _ => Err(NhsNumberError::CheckDigit),
        }
    }

    /// The check digit of nine digits (0 to 9 each), or `None` where the number is never issued.
    pub fn check_digit(nine: [u8; 9]) -> Option<u8> {
        let sum: u32 = nine.iter().zip((2..=10).rev()).map(|(d, w)| u32::from(*d) * w).sum();
        match 11 - sum % 11 {
            11 => Some(0),
            10 => None,
            check => u8::try_from(check).ok(),
        }
    }

    /// The ten digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[identifiable]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_example_is_an_nhs_number() {
        assert_eq!(NhsNumber::parse("943 476 5919").unwrap().as_str(), "9434765919");
    }

    #[test]
    fn a_wrong_check_digit_a_placeholder_and_a_wrong_length_are_told_apart() {
        assert_eq!(NhsNumber::parse("9434765918"), Err(NhsNumberError::CheckDigit));
        assert_eq!(NhsNumber::parse("0000000000"), Err(NhsNumberError::Placeholder));
        assert_eq!(NhsNumber::parse("943476591"), Err(NhsNumberError::Shape));
        assert_eq!(NhsNumber::parse("94347659190"), Err(NhsNumberError::Shape));
        assert_eq!(NhsNumber::parse("943476591O"), Err(NhsNumberError::Shape));
    }

    #[test]
    fn debug_shows_no_digit() {
        let number = NhsNumber::parse("9434765919").unwrap();
        assert_eq!(format!("{number:?}"), "[identifiable]");
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_panic(text in ".*") {
            let _ = NhsNumber::parse(&text);
        }

        #[test]
        fn one_changed_digit_is_always_caught(nine in proptest::array::uniform9(0u8..10), at in 0usize..10, by in 1u8..10) {
            if let Some(check) = NhsNumber::check_digit(nine) {
                let mut digits: Vec<u8> = nine.iter().copied().chain([check]).collect();
                digits[at] = (digits[at] + by) % 10;
                let text: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
                prop_assert!(NhsNumber::parse(&text).is_err());
            }
        }
    }
}
