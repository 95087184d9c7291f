use std::fmt;

/// Why a text is not a postcode. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a postcode has an outward part such as SW1A and an inward part such as 1AA")]
pub struct PostcodeError;

/// A United Kingdom postcode by shape, upper case with one space: `SW1A 1AA`. Whether it exists is for a directory to say.
/// Source of the shape: BS 7666 as in the NHS Data Dictionary, POSTCODE; pseudo postcodes such as `ZZ99 3VZ` have it too.
///
/// `Debug` is masked; [`Postcode::as_str`] is the one way to the text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode(String);

impl Postcode {
    /// Reads a postcode in any case, with or without spaces.
    ///
    /// # Errors
    /// When the text does not have the shape.
    pub fn parse(text: &str) -> Result<Self, PostcodeError> {
        let mut code: Vec<u8> = Vec::with_capacity(8);
        for byte in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
            if !byte.is_ascii_alphanumeric() || code.len() == 7 {
                return Err(PostcodeError);
            }
            code.push(byte.to_ascii_uppercase());
        }
        if code.len() < 5 {
            return Err(PostcodeError);
        }
        let inward = code.split_off(code.len() - 3);
        let inward_fits = matches!(inward[..], [a, b, c]
            if a.is_ascii_digit() && b.is_ascii_uppercase() && c.is_ascii_uppercase());
        if !inward_fits || !outward_fits(&code) {
            return Err(PostcodeError);
        }
        code.push(b' ');
        code.extend(inward);
        String::from_utf8(code).map(Self).map_err(|_| PostcodeError)
    }

    /// The postcode, upper case with one space.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The outward part: `SW1A`.
    pub fn outcode(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    /// Outward part, space and the first digit of the inward part: `SW1A 1`.
    pub fn sector(&self) -> &str {
        &self.0[..self.0.len() - 2]
    }

    /// Whether this is one of the `ZZ99` codes that stand for no fixed abode, not known or abroad.
    pub fn is_pseudo(&self) -> bool {
        self.0.starts_with("ZZ99")
    }
}

fn outward_fits(outward: &[u8]) -> bool {
    let letters = outward.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let rest = &outward[letters..];
    matches!(letters, 1 | 2)
        && match rest {
            [d] => d.is_ascii_digit(),
            [d, e] => d.is_ascii_digit() && e.is_ascii_alphanumeric(),
            _ => false,
        }
}

impl fmt::Debug for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[identifiable]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shapes_in_use_are_read_and_put_in_one_form() {
        for (text, want) in
            [("sw1a1aa", "SW1A 1AA"), (" m1 1ae ", "M1 1AE"), ("ZZ993VZ", "ZZ99 3VZ"), ("b33  8th", "B33 8TH")]
        {
            assert_eq!(Postcode::parse(text).unwrap().as_str(), want);
        }
    }

    #[test]
    fn parts_are_cut_where_the_royal_mail_cuts_them() {
        let code = Postcode::parse("SW1A 1AA").unwrap();
        assert_eq!((code.outcode(), code.sector()), ("SW1A", "SW1A 1"));
    }

    #[test]
    fn what_is_not_a_postcode_is_refused() {
        for text in ["", "SW1A", "1AA", "SW1A 1A", "SWW1 1AA", "SW1A 11A", "SW1A-1AA", "S 1AA"] {
            assert!(Postcode::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_panic_and_reading_twice_changes_nothing(text in ".*") {
            if let Ok(code) = Postcode::parse(&text) {
                prop_assert_eq!(&Postcode::parse(code.as_str()).unwrap(), &code);
            }
        }
    }
}
