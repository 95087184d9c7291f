//! The shape of a postcode, judged without memory of its own. Agrees with [`fairway_domain::Postcode`], as a test holds.

/// What a well-formed postcode stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A place.
    Place,
    /// No fixed abode, not known or abroad: `ZZ99`.
    Pseudo,
}

/// The shape of a text, or `None` where it is no postcode.
#[inline]
pub(crate) fn shape(text: &str) -> Option<Shape> {
    let mut code = [0; 7];
    let mut length = 0;
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        if !byte.is_ascii_alphanumeric() {
            return None;
        }
        *code.get_mut(length)? = byte.to_ascii_uppercase();
        length += 1;
    }
    let (outward, inward) = code.get(..length)?.split_last_chunk::<3>()?;
    let inward_fits = inward[0].is_ascii_digit() && inward[1..].iter().all(u8::is_ascii_uppercase);
    if !inward_fits || !outward_fits(outward) {
        return None;
    }
    Some(if outward == b"ZZ99" { Shape::Pseudo } else { Shape::Place })
}

fn outward_fits(outward: &[u8]) -> bool {
    let letters = outward.iter().take_while(|b| b.is_ascii_uppercase()).count();
    matches!(letters, 1 | 2)
        && match &outward[letters..] {
            [d] => d.is_ascii_digit(),
            [d, e] => d.is_ascii_digit() && e.is_ascii_alphanumeric(),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use fairway_domain::Postcode;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_agrees_with_the_postcode_of_the_domain(text in "[A-Za-z]{0,2}[0-9]{0,2}[A-Z]?[ -]{0,2}[0-9]?[A-Za-z]{0,3}") {
            let known = Postcode::parse(&text).ok();
            prop_assert_eq!(shape(&text).is_some(), known.is_some());
            prop_assert_eq!(shape(&text) == Some(Shape::Pseudo), known.is_some_and(|code| code.is_pseudo()));
        }

        #[test]
        fn any_text_is_judged_as_the_domain_judges_it(text in ".{0,10}") {
            prop_assert_eq!(shape(&text).is_some(), Postcode::parse(&text).is_ok());
        }
    }
}
