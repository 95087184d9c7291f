use jiff::Timestamp;
use jiff::civil::Date;

use crate::OrganisationCode;
use crate::words;

words!(
    /// What a fact about an organisation says.
    FactKind, "not a kind of fact about an organisation", {
        /// What it is: council, ccg, icb, csu, dscro, practice.
        Kind = "kind",
        /// Its name.
        Name = "name",
        /// Its code in the Organisation Data Service.
        Ods = "ods",
        /// Its code of the Office for National Statistics.
        Gss = "gss",
        /// A handle of Fairway's own, for an organisation whose code is not known. Never an official code.
        Handle = "handle",
        /// Its region.
        Region = "region",
        /// The organisation that it belongs to.
        Parent = "parent",
        /// The organisation that takes its place.
        Successor = "successor",
    }
);

words!(
    /// How sure a fact is.
    Confidence, "a fact is verified, inferred or assumed", {
        /// As its publisher has it.
        Verified = "verified",
        /// Follows from what a publisher has.
        Inferred = "inferred",
        /// Not seen at any publisher's.
        Assumed = "assumed",
    }
);

/// A fact about an organisation, with the days on which it is true and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationFact {
    /// The code that Fairway knows it by: its ODS code, else its GSS code, else a handle.
    pub organisation: OrganisationCode,
    /// What the fact says.
    pub kind: FactKind,
    /// The name, code or region; for a successor its code.
    pub value: String,
    /// How, for a successor: split, merger, recoded, became unitary.
    pub detail: String,
    /// The first day, if it is known.
    pub from: Option<Date>,
    /// The last day, if there is one.
    pub until: Option<Date>,
    /// Where it comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Confidence,
}

/// A fact as it was recorded, and when another one took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedFact {
    /// The fact.
    pub fact: OrganisationFact,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was found to be otherwise.
    pub superseded_at: Option<Timestamp>,
}

impl OrganisationFact {
    /// Whether it is true on a day, as far as is known.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
