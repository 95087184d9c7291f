mod document;
mod particulars;
mod second;

use std::fmt;

use fairway_domain::{AgreementRef, Digest, Refusal};
use jiff::civil::Date;

use crate::Period;

pub use particulars::{
    Assurance, DataClass, Delivery, DeliveryKey, Entitlement, KeyPolicy, Level, Location, Onward, OptOuts, Particulars,
};

/// A data sharing agreement, as it stands in its document. `agreements/sample.yaml` shows every key.
///
/// Reading says whether the document can be understood; whether it entitles anybody to anything is for [`crate::decide`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// SHA-256 of the document it was read from, which is what parties of a registered agreement sign.
    pub document: Digest,
    /// The reference with its version.
    pub reference: AgreementRef,
    /// What it is called.
    pub title: String,
    /// Who receives extracts.
    pub recipient: Party,
    /// Who answers for the data.
    pub controllers: Vec<Party>,
    /// What the data are for.
    pub purpose: String,
    /// Under which law they may be given and used.
    pub legal_basis: String,
    /// The dataset.
    pub dataset: String,
    /// The columns entitled, in the order of the extract.
    pub columns: Vec<String>,
    /// The reporting periods entitled.
    pub period: Period,
    /// The councils whose records are entitled.
    pub areas: Areas,
    /// The datasets that the records may be linked with, person by person; with no other.
    pub linkages: Vec<Linkage>,
    /// The first day of the agreement.
    pub start: Date,
    /// The last day of the agreement.
    pub end: Date,
    /// Which key of the agreement makes the pseudonyms, from 1.
    pub key_epoch: u32,
    /// Who has signed.
    pub signed: Vec<Signature>,
    /// Which edition of the document this is: the second states everything in `particulars`.
    pub edition: u32,
    /// What it says beyond who receives what.
    pub particulars: Particulars,
}

/// An organisation named in an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its code, as written.
    pub organisation: String,
    /// Its name.
    pub name: String,
}

/// A dataset that an agreement's own may be linked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linkage {
    /// The other dataset.
    pub dataset: String,
    /// Its columns entitled, in the order of the extract.
    pub columns: Vec<String>,
    /// The senders whose records of it are entitled.
    pub areas: Areas,
}

/// Councils named in an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Areas {
    /// Every council.
    All,
    /// Those with these codes, as written.
    Only(Vec<String>),
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The code of the organisation that signs, as written.
    pub organisation: String,
    /// The office of the person who signs.
    pub by: String,
    /// The day.
    pub date: Date,
}

impl Agreement {
    /// Reads an agreement from its document (YAML).
    ///
    /// # Errors
    /// When the document is not YAML, a key is missing or unknown, or a reference or a date cannot be read. All
    /// unreadable references and dates are named together.
    pub fn parse(text: &str) -> Result<Self, AgreementError> {
        document::parse(text)
    }

    /// The agreement as it reads for one of its datasets; `None` where it is about none of that name.
    pub fn about(&self, dataset: &str) -> Option<Self> {
        if self.dataset == dataset {
            return Some(self.clone());
        }
        let further = self.particulars.further.iter().find(|further| further.dataset == dataset)?;
        let mut agreement = self.clone();
        agreement.dataset = further.dataset.clone();
        agreement.columns = further.columns.clone();
        agreement.period = further.period;
        agreement.areas = further.areas.clone();
        agreement.linkages.clear();
        agreement.particulars.class = further.class.or(self.particulars.class);
        agreement.particulars.level = further.level.or(self.particulars.level);
        Some(agreement)
    }

    /// Whether a code, as somebody wrote it, is that of a party: the recipient, a controller or a processor.
    pub fn declares(&self, organisation: &str) -> bool {
        let parties = self.controllers.iter().chain(&self.particulars.processors).chain([&self.recipient]);
        let same = |party: &Party| party.organisation.trim().eq_ignore_ascii_case(organisation.trim());
        parties.into_iter().any(same)
    }
}

/// What cannot be read in an agreement's document, for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct AgreementError {
    /// Every fault found, in the order of the document.
    pub faults: Vec<AgreementFault>,
}

/// One fault of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementFault {
    /// The line, from 1, if it is known.
    pub line: Option<u64>,
    /// The key, such as `period.from`, if it is known.
    pub key: Option<String>,
    /// What is wrong and what belongs there.
    pub what: String,
}

impl fmt::Display for AgreementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, &self.key) {
            (Some(line), Some(key)) => write!(f, "line {line}, {key}: {}", self.what),
            (Some(line), None) => write!(f, "line {line}: {}", self.what),
            (None, Some(key)) => write!(f, "{key}: {}", self.what),
            (None, None) => f.write_str(&self.what),
        }
    }
}

impl fmt::Display for AgreementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.faults.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl From<AgreementError> for Refusal {
    fn from(error: AgreementError) -> Self {
        Self {
            what: "The agreement cannot be read".into(),
            reasons: error.faults.iter().map(ToString::to_string).collect(),
            next: "Correct the document and try again; agreements/sample.yaml shows every key".into(),
        }
    }
}
