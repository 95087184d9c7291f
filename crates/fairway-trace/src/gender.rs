/// A person's gender as a register codes it. Source: NHS Data Dictionary, PERSON GENDER CODE CURRENT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Gender {
    /// 0: not known, or not given.
    #[default]
    NotKnown,
    /// 1.
    Male,
    /// 2.
    Female,
    /// 9: neither.
    NotSpecified,
}

impl Gender {
    /// Every code.
    pub const ALL: [Self; 4] = [Self::NotKnown, Self::Male, Self::Female, Self::NotSpecified];

    /// The register's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotKnown => "0",
            Self::Male => "1",
            Self::Female => "2",
            Self::NotSpecified => "9",
        }
    }

    /// Reads what a dataset says. `words` are the dataset's own words with their meaning, in any case; codes, and `male`,
    /// `female` or their first letters, are understood without. All else is [`Gender::NotKnown`].
    ///
    /// ```
    /// use fairway_trace::Gender;
    /// let words = [("Other", Gender::NotSpecified)];
    /// assert_eq!(Gender::read("Female", &words), Gender::Female);
    /// assert_eq!(Gender::read("other", &words), Gender::NotSpecified);
    /// ```
    pub fn read<W: AsRef<str>>(text: &str, words: &[(W, Self)]) -> Self {
        let text = text.trim();
        if let Some((_, gender)) = words.iter().find(|(word, _)| word.as_ref().eq_ignore_ascii_case(text)) {
            return *gender;
        }
        let is = |words: [&str; 2]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
        if is(["male", "m"]) {
            Self::Male
        } else if is(["female", "f"]) {
            Self::Female
        } else {
            Self::from_code(text).unwrap_or_default()
        }
    }

    /// The gender of a register's code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gender| gender.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_letters_and_words_are_read_and_the_datasets_words_come_first() {
        let none: [(&str, Gender); 0] = [];
        for (text, gender) in [
            ("1", Gender::Male),
            (" m ", Gender::Male),
            ("FEMALE", Gender::Female),
            ("9", Gender::NotSpecified),
            ("", Gender::NotKnown),
            ("Mixed", Gender::NotKnown),
        ] {
            assert_eq!(Gender::read(text, &none), gender, "{text}");
        }
        assert_eq!(Gender::read("m", &[("M", Gender::NotSpecified)]), Gender::NotSpecified);
    }

    #[test]
    fn every_code_reads_back() {
        for gender in Gender::ALL {
            assert_eq!(Gender::from_code(gender.code()), Some(gender));
        }
    }
}
