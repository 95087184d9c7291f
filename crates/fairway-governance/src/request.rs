use std::fmt;

use fairway_domain::{Column, Digest, OrganisationCode};
use jiff::civil::Date;

use crate::{AgreementStanding, GovernanceTerms, ReleaseTerms};

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// Whether the last day comes before the first.
    pub fn is_empty(self) -> bool {
        self.to < self.from
    }

    /// Whether every day of `other` is a day of this period.
    pub fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// What a column tells about the day of birth, beyond the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BirthClue {
    /// The month of birth.
    BirthMonth,
    /// The age in full years on the exact day of each event, reckoned from the full date of birth.
    AgeOnDay,
    /// The exact day on which such an age is reckoned.
    DayOfAge,
}

/// A column of the de-identified table. What it tells is part of it, so that no column is offered unthinkingly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedColumn {
    /// Name, kind and privacy class.
    pub column: Column,
    /// What it tells about the day of birth.
    pub birth_clue: Option<BirthClue>,
}

/// A wish for an extract, and what is there to make it from.
#[derive(Debug, Clone)]
pub struct ReleaseRequest {
    /// The dataset asked for, such as `asc-cld`.
    pub dataset: String,
    /// Who is to receive the extract; `None` for the recipient of the agreement.
    pub recipient: Option<OrganisationCode>,
    /// The columns asked for; `None` for all that the agreement names.
    pub columns: Option<Vec<String>>,
    /// The councils asked for; `None` for all that the agreement names.
    pub areas: Option<Vec<OrganisationCode>>,
    /// The reporting periods asked for; `None` for all that the agreement names.
    pub period: Option<Period>,
    /// The columns of the dataset's de-identified table.
    pub available: Vec<OfferedColumn>,
    /// Names of the columns of the dataset that are held in the safe haven and nowhere else.
    pub safe_haven: Vec<String>,
    /// Every council there is.
    pub known_areas: Vec<OrganisationCode>,
    /// The councils that have records in the de-identified table.
    pub areas_with_data: Vec<OrganisationCode>,
    /// What is recorded of the agreement; nothing where it was never registered, and its document's own signatures count.
    pub registered: Option<Registered>,
    /// Whether opt-outs were applied to an earlier extract under the same key; nothing where there was none.
    pub opt_outs_before: Option<bool>,
    /// The table of figures that is asked for; nothing where rows are. Its dimensions and what it measures are the columns
    /// asked for.
    pub figures: Option<Figures>,
    /// Whether the extract is to leave without anybody's approval.
    pub at_once: bool,
    /// What releases are held against.
    pub terms: ReleaseTerms,
}

/// A table of figures, as far as an agreement speaks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The profile of disclosure control that it is made by.
    pub profile: String,
    /// Whether that protects less than the agreement's own in anything.
    pub is_weaker: bool,
}

/// What is recorded of an agreement that was registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Where it stands.
    pub standing: AgreementStanding,
    /// SHA-256 of the document that the extract is asked under.
    pub document: Digest,
    /// What agreements are held to.
    pub terms: GovernanceTerms,
}

impl ReleaseRequest {
    /// A wish for all that an agreement entitles to of a dataset of which nothing is there.
    pub fn new(dataset: &str, terms: ReleaseTerms) -> Self {
        Self {
            dataset: dataset.to_owned(),
            recipient: None,
            columns: None,
            areas: None,
            period: None,
            available: Vec::new(),
            safe_haven: Vec::new(),
            known_areas: Vec::new(),
            areas_with_data: Vec::new(),
            registered: None,
            opt_outs_before: None,
            figures: None,
            at_once: false,
            terms,
        }
    }
}
