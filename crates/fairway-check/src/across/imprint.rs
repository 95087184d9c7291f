//! What is remembered of a submission, so that the next one can be held against it without the file.

use std::fmt;
use std::hash::Hasher;
use std::io::{Read, Write};
use std::sync::Arc;

use fairway_domain::{Fault, FaultExt};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher24;

/// The key that events are known by from one submission to the next. Without it an imprint says nothing of any event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ImprintKey([u8; 16]);

impl ImprintKey {
    /// Takes the key's bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// A number that stands for the text under this key, as good as random without it. Never 0.
    #[inline]
    pub(super) fn hash(&self, text: &[u8]) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(text);
        hasher.finish().max(1)
    }

    /// Tells keys apart without giving them away.
    fn mark(&self) -> String {
        format!("{:016x}", self.hash(b"fairway imprint"))
    }
}

impl fmt::Debug for ImprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[imprint key]")
    }
}

/// How events are followed from one submission of a sender to the next.
#[derive(Debug, Clone)]
pub struct Follow {
    /// The key that the earlier imprint was made with, and this submission's will be.
    pub key: ImprintKey,
    /// The sender's earlier submission, if there is one.
    pub earlier: Option<Arc<Imprint>>,
}

/// What is remembered of a checked submission: counts, days, and keyed hashes in which no person or event can be read.
/// 24 bytes an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imprint {
    pub(super) about: About,
    /// In the order of the file.
    pub(super) trails: Vec<Trail>,
}

/// What an imprint says of the submission as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    version: u32,
    key: String,
    pub specification: String,
    pub organisation: Option<String>,
    period: Option<(String, String)>,
    /// Events by kind.
    pub kinds: Vec<(String, u64)>,
    trails: u64,
}

/// What is remembered of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trail {
    /// Stands for its kind and names.
    pub series: u64,
    /// Stands for its kind, names and start.
    pub identity: u64,
    /// Its end as a number, see [`day_number`]; `OPEN` where it has none.
    pub end: i32,
    /// Number of its record.
    pub record: u32,
}

/// The end of an event that has none.
pub(super) const OPEN: i32 = i32::MIN;

/// Days as numbers that grow with time.
pub(super) fn day_number(day: Date) -> i32 {
    i32::from(day.year()) * 512 + i32::from(day.month()) * 32 + i32::from(day.day())
}

/// The form written here.
const VERSION: u32 = 1;
const TRAIL: usize = 24;
/// Longest first line read.
const LONGEST_ABOUT: u64 = 1 << 20;

/// How an earlier submission was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Its events were held against this file's.
    Compared,
    /// It is of another release, whose events may be named by other values.
    OtherRelease,
    /// It is another organisation's.
    OtherOrganisation,
    /// Its imprint was made with another key.
    OtherKey,
}

impl Comparison {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compared => "compared",
            Self::OtherRelease => "other_release",
            Self::OtherOrganisation => "other_organisation",
            Self::OtherKey => "other_key",
        }
    }
}

impl Imprint {
    pub(super) fn new(
        key: &ImprintKey,
        (specification, organisation): (String, Option<String>),
        period: Option<(Date, Date)>,
        (kinds, trails): (Vec<(String, u64)>, Vec<Trail>),
    ) -> Self {
        let period = period.map(|(start, end)| (start.to_string(), end.to_string()));
        let about = About {
            version: VERSION,
            key: key.mark(),
            specification,
            organisation,
            period,
            kinds,
            trails: trails.len() as u64,
        };
        Self { about, trails }
    }

    /// First and last day of the reporting period that the submission stated.
    pub fn period(&self) -> Option<(Date, Date)> {
        let (start, end) = self.about.period.as_ref()?;
        Some((start.parse().ok()?, end.parse().ok()?))
    }

    /// How many events it remembers.
    pub fn events(&self) -> usize {
        self.trails.len()
    }

    /// Whether it can be held against a submission under a key.
    pub(super) fn comparison(&self, key: &ImprintKey, specification: &str, organisation: Option<&str>) -> Comparison {
        let about = &self.about;
        if about.key != key.mark() {
            Comparison::OtherKey
        } else if about.specification != specification {
            Comparison::OtherRelease
        } else if about.organisation.as_deref() != organisation {
            Comparison::OtherOrganisation
        } else {
            Comparison::Compared
        }
    }

    /// Writes it: a line of JSON, then 24 bytes an event, least significant byte first.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write) -> Result<(), Fault> {
        const WHAT: &str = "imprint cannot be written";
        serde_json::to_writer(&mut *out, &self.about).fault(WHAT)?;
        out.write_all(b"\n").fault(WHAT)?;
        for trail in &self.trails {
            let mut row = [0; TRAIL];
            row[..8].copy_from_slice(&trail.series.to_le_bytes());
            row[8..16].copy_from_slice(&trail.identity.to_le_bytes());
            row[16..20].copy_from_slice(&trail.end.to_le_bytes());
            row[20..].copy_from_slice(&trail.record.to_le_bytes());
            out.write_all(&row).fault(WHAT)?;
        }
        Ok(())
    }

    /// Reads what [`Imprint::write`] wrote.
    ///
    /// # Errors
    /// When `input` cannot be read, or is no whole imprint of this form.
    pub fn read(mut input: impl Read) -> Result<Self, Fault> {
        const WHAT: &str = "imprint cannot be read";
        let mut line = Vec::new();
        let mut byte = [0];
        while input.read(&mut byte).fault(WHAT)? == 1 && byte != *b"\n" {
            line.push(byte[0]);
            if line.len() as u64 > LONGEST_ABOUT {
                return Err(Fault::new("imprint has no end of its first line"));
            }
        }
        let about: About = serde_json::from_slice(&line).fault(WHAT)?;
        if about.version != VERSION {
            return Err(Fault::new(format!("imprint is of form {}, not {VERSION}", about.version)));
        }
        let mut trails = Vec::new();
        let mut row = [0; TRAIL];
        for _ in 0..about.trails {
            input.read_exact(&mut row).fault(WHAT)?;
            trails.push(Trail::of(&row));
        }
        Ok(Self { about, trails })
    }
}

impl Trail {
    fn of(row: &[u8; TRAIL]) -> Self {
        let word = |at: usize| std::array::from_fn(|byte| row[at + byte]);
        let half = |at: usize| std::array::from_fn(|byte| row[at + byte]);
        Self {
            series: u64::from_le_bytes(word(0)),
            identity: u64::from_le_bytes(word(8)),
            end: i32::from_le_bytes(half(16)),
            record: u32::from_le_bytes(half(20)),
        }
    }
}
