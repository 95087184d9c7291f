//! How names are put in one form before they are compared.

/// The characters of a name in one form: upper case, without accents, without the punctuation that the national service
/// takes out. Spaces, hyphens and apostrophes stay.
///
/// Source of the characters taken out: handbook, normalisation (one of them is garbled in the copy read; `#` is inferred).
/// Letters beyond A to Z as their nearest in A to Z: our own addition, so that a Soundex code exists for each of them.
pub(crate) fn characters(name: &str) -> impl Iterator<Item = char> {
    name.trim().chars().filter(|c| !is_removed(*c)).flat_map(folded).map(|c| c.to_ascii_uppercase())
}

/// A name in the form in which names are compared: letters and digits of A to Z, one blank between the parts, apostrophes
/// gone. `Smith-Jones` is `SMITH JONES`, `O'Brien` is `OBRIEN`.
pub(crate) fn form(name: &str, into: &mut Vec<u8>) {
    into.clear();
    let mut gap = false;
    for c in characters(name) {
        if c.is_ascii_alphanumeric() {
            if std::mem::take(&mut gap) && !into.is_empty() {
                into.push(b' ');
            }
            into.push(c as u8);
        } else if c != '\'' && c != '`' {
            gap = true;
        }
    }
    into.truncate(LONGEST_FORM);
}

/// Longer names are compared by their beginning.
const LONGEST_FORM: usize = 255;

/// Whether nothing is left of a name once it is in one form.
pub(crate) fn is_blank(name: &str) -> bool {
    characters(name).all(char::is_whitespace)
}

/// Whether the first `count` characters of two names are the same; a shorter name agrees with none but its equal.
pub(crate) fn starts_alike(a: &str, b: &str, count: usize) -> bool {
    characters(a).take(count).eq(characters(b).take(count))
}

/// Whether the national service takes a character out of a name.
pub(crate) fn is_removed(c: char) -> bool {
    "!$%&()[]{}=:;#~@|<>.?/_\\£".contains(c)
}

fn folded(c: char) -> impl Iterator<Item = char> {
    let (plain, text) = if c.is_ascii() { (Some(c), "") } else { (None, any_ascii::any_ascii_char(c)) };
    plain.into_iter().chain(text.chars())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn form(name: &str) -> String {
        characters(name).collect()
    }

    #[test]
    fn names_are_put_in_one_form() {
        for (name, want) in [
            (" Siân ", "SIAN"),
            ("O'Brien", "O'BRIEN"),
            ("Smith-Jones", "SMITH-JONES"),
            ("St. John", "ST JOHN"),
            ("(Łukasz)", "LUKASZ"),
            ("Weiß", "WEISS"),
        ] {
            assert_eq!(form(name), want);
        }
    }

    #[test]
    fn beginnings_are_compared_in_that_form() {
        assert!(starts_alike("Siân", "sianne", 3));
        assert!(starts_alike("Ng", "NG", 3));
        assert!(!starts_alike("Ng", "Nguyen", 3));
        assert!(!starts_alike("", "Nguyen", 3));
        assert!(is_blank(" . ") && !is_blank("a"));
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(name in "\\PC*") {
            let once = form(&name);
            prop_assert!(once.is_ascii());
            let kept: String = once.chars().filter(|c| !is_removed(*c)).collect();
            prop_assert_eq!(form(&kept), kept.trim());
        }
    }
}
