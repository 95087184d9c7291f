use std::fmt;
use std::str::FromStr;

use crate::IdError;

/// A person (or a council's record of one), as a random 128-bit number that means nothing outside the processing centre.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonUid(pub [u8; 16]);

impl fmt::Debug for PersonUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[uid]")
    }
}

impl PersonUid {
    /// As 32 hexadecimal digits, for those who merge and split persons.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromStr for PersonUid {
    type Err = IdError;

    /// Reads 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: IdError = IdError("a person's number is 32 hexadecimal digits");
        let shaped = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = shaped.then(|| u128::from_str_radix(text, 16).ok()).flatten();
        number.map(|number| Self(number.to_be_bytes())).ok_or(WRONG)
    }
}

/// What a pseudonym stands for. Pseudonyms of different subjects never meet, even for the same uid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person known by NHS number.
    Person,
    /// A person as one council's system knows them.
    LaPerson,
    /// One record of one submission, or one event that several records may speak of.
    Record,
    /// A provider of care.
    Provider,
}

impl Subject {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Person, Self::LaPerson, Self::Record, Self::Provider];

    /// The word bound into the pseudonym (associated data of `asc-pseudo-v1`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::LaPerson => "la_person",
            Self::Record => "record",
            Self::Provider => "provider",
        }
    }
}

/// Where a pseudonym is the same: one agreement (or the national repository) and one epoch of its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyDomain {
    /// The agreement's reference, or [`KeyDomain::NATIONAL_REPOSITORY`].
    pub name: String,
    /// Counts the keys of the domain from 1; rotation starts the next.
    pub epoch: u32,
}

impl KeyDomain {
    /// The domain of the de-identified zone, whose pseudonyms the national repository needs to stay the same for good.
    pub const NATIONAL_REPOSITORY: &str = "national-repository";

    /// The constant domain of the national repository. Its key is never rotated.
    pub fn national_repository() -> Self {
        Self { name: Self::NATIONAL_REPOSITORY.into(), epoch: 1 }
    }
}

impl fmt::Display for KeyDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} epoch {}", self.name, self.epoch)
    }
}

/// A pseudonym as text: a four-character key id, then 52 characters of lower-case Crockford base 32.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym(pub String);
