//! What an agreement says beyond who receives what: the keys of the document's second edition.

use jiff::civil::Date;

use super::{Areas, Party};
use crate::Period;

/// Everything of the second edition. A document of the first edition may state any of it; what it does not state is
/// remarked in the gate report, and not held against it. One of the second edition states it all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Particulars {
    /// Who handles the data for a controller.
    pub processors: Vec<Party>,
    /// Where the data are kept.
    pub locations: Vec<Location>,
    /// Legal bases, by their words in the terms of releases.
    pub legal: Vec<String>,
    /// What kind of data leave.
    pub class: Option<DataClass>,
    /// What one row is about.
    pub level: Option<Level>,
    /// Whether people who opted out are left out, and why or why not.
    pub opt_outs: Option<OptOuts>,
    /// Whether the recipient may pass the data on.
    pub onward: Option<Onward>,
    /// Whether the purpose is commercial.
    pub commercial: bool,
    /// The profile of disclosure control for figures made of the data.
    pub disclosure_profile: Option<String>,
    /// Whether pseudonyms may be turned back under control.
    pub reidentification: Option<bool>,
    /// What becomes of the keys when the agreement ends.
    pub key_policy: Option<KeyPolicy>,
    /// People of different organisations who approve each extract.
    pub approvals: Option<u32>,
    /// Conditions in words, for the recipient.
    pub conditions: Vec<String>,
    /// How extracts travel.
    pub delivery: Delivery,
    /// Until when each party's framework contract and security toolkit hold.
    pub assurances: Vec<Assurance>,
    /// The last day on which the recipient keeps the data.
    pub retained_until: Option<Date>,
    /// The day by which the recipient certifies destruction.
    pub destroyed_by: Option<Date>,
    /// Numbers of its own, by their names in the terms of releases.
    pub limits: Vec<(String, u32)>,
    /// Further datasets, each with its own columns, period and areas.
    pub further: Vec<Entitlement>,
}

/// A place where data are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The code of the organisation that keeps them there.
    pub organisation: String,
    /// Where.
    pub place: String,
    /// The country it lies in.
    pub territory: String,
}

/// What kind of data leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataClass {
    /// Rows about people under pseudonyms.
    Pseudonymised,
    /// Figures alone.
    Aggregated,
    /// Rows about people who are named.
    Identifiable,
}

/// What one row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// One record.
    Record,
    /// A figure.
    Aggregate,
}

/// A policy on people who opted out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOuts {
    /// Whether they are left out.
    pub applied: bool,
    /// Why, or why not.
    pub reason: String,
}

/// Passing data on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onward {
    /// To nobody.
    None,
    /// To the organisations that the agreement names.
    Named,
    /// By sub-licence.
    Sublicence,
}

/// What becomes of an agreement's keys when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPolicy {
    /// They verify for a while, and are destroyed.
    Destroy,
    /// They are kept for the agreement that follows.
    Keep,
}

/// How extracts travel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delivery {
    /// The organisation into whose outbox they are put; the recipient's own where nothing is said.
    pub through: Option<String>,
    /// Public keys of the `age` format that extracts are encrypted to.
    pub keys: Vec<DeliveryKey>,
    /// Extracts are made by themselves, every so many months from the first day on.
    pub every_months: Option<u32>,
}

/// A public key with whom it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryKey {
    /// The code of a party.
    pub organisation: String,
    /// The key.
    pub key: String,
}

/// Until when a party's assurances hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assurance {
    /// The code of the party.
    pub organisation: String,
    /// The last day of its data sharing framework contract.
    pub dsfc_until: Date,
    /// The last day for which its data security and protection toolkit is in date.
    pub dspt_until: Date,
}

/// A dataset that an agreement entitles to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// The dataset.
    pub dataset: String,
    /// Its columns, in the order of the extract.
    pub columns: Vec<String>,
    /// Its reporting periods.
    pub period: Period,
    /// The senders whose records are entitled.
    pub areas: Areas,
    /// What kind of data leave, where that is another than the agreement's.
    pub class: Option<DataClass>,
    /// What one row is about, where that is another than the agreement's.
    pub level: Option<Level>,
}
