use jiff::Timestamp;
use jiff::civil::Date;

use crate::words;
use crate::{Digest, OrganisationCode};

words!(
    /// A kind of paper that has a history.
    PaperKind, "a paper is a direction, notice, application, agreement or assurance", {
        /// An order to collect.
        Direction = "direction",
        /// A data provision notice.
        Notice = "notice",
        /// An application to the data access request service.
        Application = "application",
        /// A version of a data sharing agreement.
        Agreement = "agreement",
        /// What one organisation has shown of its contract and its security; named by its code.
        Assurance = "assurance",
    }
);

/// The particulars of one thing that happened to a paper; blank where there is nothing to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    /// The day from which it counts, which may lie before the day on which it was recorded.
    pub on: Date,
    /// The last day on which it counts, or by which something is due.
    pub until: Option<Date>,
    /// The organisation it is about.
    pub organisation: Option<OrganisationCode>,
    /// Who: an office or a name, as that organisation says it.
    pub by: String,
    /// About what: a section, a status, a dataset.
    pub subject: String,
    /// SHA-256 of the document it is about.
    pub digest: Option<Digest>,
    /// In words.
    pub note: String,
}

/// One thing that happened to a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What, in the words of the paper's machine.
    pub what: String,
    /// The particulars.
    pub about: Particulars,
}

/// An entry as it was recorded. Entries are added and never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What happened.
    pub entry: Entry,
    /// Who recorded it.
    pub actor: String,
    /// When it was recorded.
    pub at: Timestamp,
}

impl Particulars {
    /// Nothing but the day.
    pub fn on(day: Date) -> Self {
        Self {
            on: day,
            until: None,
            organisation: None,
            by: String::new(),
            subject: String::new(),
            digest: None,
            note: String::new(),
        }
    }
}

/// A reference without its version: `DARS-NIC-000001-A1B2C` of `DARS-NIC-000001-A1B2C-v1.0`. Versions of one paper share it.
pub fn family(reference: &str) -> &str {
    let is_version = |text: &str| {
        !text.is_empty() && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    match reference.rsplit_once("-v").or_else(|| reference.rsplit_once("-V")) {
        Some((before, version)) if is_version(version) && !before.is_empty() => before,
        _ => reference,
    }
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn versions_of_one_paper_share_its_name() {
        assert_eq!(family("DARS-NIC-000001-A1B2C-v1.0"), "DARS-NIC-000001-A1B2C");
        assert_eq!(family("DARS-NIC-000001-A1B2C-v12"), "DARS-NIC-000001-A1B2C");
        for whole in ["DPN-ASC-CLD", "DPN-vital", "-v1", "DPN-v1.", "DPN-v"] {
            assert_eq!(family(whole), whole);
        }
    }
}
