use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Why a text is not an identifier of the kind asked for. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IdError(pub &'static str);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID (version 7 everywhere but in tests, so that identifiers sort by time).
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The sixteen bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text.trim()).map(Self).map_err(|_| IdError($what))
            }
        }
    };
}

uuid_id!(
    /// One file for one dataset and period, as an organisation sent it.
    SubmissionId,
    "a submission is named by the identifier on its receipt, such as 0192f0c1-7a5e-7c3a-9b1e-2f6a4c8d0e11"
);
uuid_id!(
    /// One set of rows put into tables together. An accepted submission has exactly one import.
    ImportId,
    "an import is named by a UUID"
);
uuid_id!(
    /// One extract that left under an agreement.
    ReleaseId,
    "a release is named by a UUID"
);
uuid_id!(
    /// A person who works with Fairway, as the log names them; never a person whom data is about.
    AccountId,
    "an account is named by the identifier that `fairway person list` shows"
);

impl From<SubmissionId> for ImportId {
    /// A submission is imported once, under its own identifier: running the job again finds the rows there.
    fn from(id: SubmissionId) -> Self {
        Self(id.0)
    }
}

/// An organisation's code in the Organisation Data Service: a council (CASSR, three digits or five characters),
/// CSU, ICB, CCG or DSCRO. Upper case, 2 to 10 letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrganisationCode(String);

impl OrganisationCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrganisationCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let code = text.trim().to_ascii_uppercase();
        let fits = (2..=10).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
        if fits {
            Ok(Self(code))
        } else {
            Err(IdError("an organisation code has 2 to 10 letters and digits, such as 816 or QOP"))
        }
    }
}

impl fmt::Display for OrganisationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A specification: a dataset and one of its releases, written `asc-cld/r2`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpecName {
    dataset: String,
    release: String,
}

impl SpecName {
    /// The dataset, such as `asc-cld`.
    pub fn dataset(&self) -> &str {
        &self.dataset
    }

    /// The release, such as `r2`.
    pub fn release(&self) -> &str {
        &self.release
    }

    /// The dataset as a table's name: `asc_cld`.
    pub fn table(&self) -> String {
        self.dataset.replace('-', "_")
    }
}

impl FromStr for SpecName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        match text.trim().split_once('/') {
            Some((dataset, release)) if word(dataset) && word(release) => {
                Ok(Self { dataset: dataset.into(), release: release.into() })
            }
            _ => Err(IdError("a specification is named by dataset and release, such as asc-cld/r2")),
        }
    }
}

impl fmt::Display for SpecName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.dataset, self.release)
    }
}

/// A data sharing agreement's reference with its version, such as `DARS-NIC-000001-A1B2C-v1.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgreementRef(String);

impl AgreementRef {
    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AgreementRef {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let text = text.trim();
        let fits = (3..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
            && text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(IdError(
                "an agreement's reference has 3 to 64 letters, digits, hyphens and dots, such as DARS-NIC-000001-A1B2C-v1.0",
            ))
        }
    }
}

impl fmt::Display for AgreementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A SHA-256 digest, printed as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl FromStr for Digest {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        const WRONG: IdError = IdError("a SHA-256 digest has 64 hexadecimal digits");
        let text = text.as_bytes();
        if text.len() != 64 {
            return Err(WRONG);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| WRONG)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| WRONG)?;
        }
        Ok(Self(bytes))
    }
}
