//! The keys of a document's second edition, as they are written.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::document::{AreasText, PartyText, PeriodText, Reader};
use super::particulars::{
    Assurance, DataClass, Delivery, DeliveryKey, Entitlement, KeyPolicy, Level, Location, Onward, OptOuts, Particulars,
};
use crate::Period;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocationText {
    organisation: String,
    place: String,
    territory: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum ClassText {
    Pseudonymised,
    Aggregated,
    Identifiable,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum LevelText {
    Record,
    Aggregate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptOutsText {
    applied: bool,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OnwardText {
    None,
    Named,
    Sublicence,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum KeyPolicyText {
    Destroy,
    Keep,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveryText {
    through: Option<String>,
    #[serde(default)]
    keys: Vec<KeyText>,
    every_months: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    organisation: String,
    key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssuranceText {
    organisation: String,
    dsfc_until: Spanned<String>,
    dspt_until: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntitlementText {
    dataset: String,
    columns: Vec<String>,
    period: PeriodText,
    areas: AreasText,
    class: Option<ClassText>,
    level: Option<LevelText>,
}

/// The parts of a document that are kept as [`Particulars`].
pub(super) struct Parts {
    pub(super) processors: Vec<PartyText>,
    pub(super) locations: Vec<LocationText>,
    pub(super) legal: Vec<String>,
    pub(super) class: Option<ClassText>,
    pub(super) level: Option<LevelText>,
    pub(super) opt_outs: Option<OptOutsText>,
    pub(super) onward: Option<OnwardText>,
    pub(super) commercial: bool,
    pub(super) disclosure_profile: Option<String>,
    pub(super) reidentification: Option<bool>,
    pub(super) key_policy: Option<KeyPolicyText>,
    pub(super) approvals: Option<u32>,
    pub(super) conditions: Vec<String>,
    pub(super) delivery: DeliveryText,
    pub(super) assurances: Vec<AssuranceText>,
    pub(super) retained_until: Option<Spanned<String>>,
    pub(super) destroyed_by: Option<Spanned<String>>,
    pub(super) limits: std::collections::BTreeMap<String, u32>,
    pub(super) datasets: Vec<EntitlementText>,
}

impl Reader {
    /// Reads the parts; a fault leaves out what it is about, and is told.
    pub(super) fn particulars(&mut self, parts: Parts) -> Particulars {
        Particulars {
            processors: parts.processors.into_iter().map(super::document::party).collect(),
            locations: parts.locations.into_iter().map(location).collect(),
            legal: parts.legal,
            class: parts.class.map(class),
            level: parts.level.map(level),
            opt_outs: parts.opt_outs.map(|text| OptOuts { applied: text.applied, reason: text.reason }),
            onward: parts.onward.as_ref().map(onward),
            commercial: parts.commercial,
            disclosure_profile: parts.disclosure_profile,
            reidentification: parts.reidentification,
            key_policy: parts.key_policy.as_ref().map(key_policy),
            approvals: parts.approvals,
            conditions: parts.conditions,
            delivery: self.delivery(parts.delivery),
            assurances: parts.assurances.into_iter().filter_map(|text| self.assurance(text)).collect(),
            retained_until: parts.retained_until.as_ref().and_then(|text| self.date("retained_until", text)),
            destroyed_by: parts.destroyed_by.as_ref().and_then(|text| self.date("destroyed_by", text)),
            limits: parts.limits.into_iter().collect(),
            further: parts.datasets.into_iter().filter_map(|text| self.entitlement(text)).collect(),
        }
    }

    fn delivery(&mut self, text: DeliveryText) -> Delivery {
        let every_months = text.every_months.and_then(|months| {
            if months.value == 0 {
                self.fault("delivery.every_months", &months, "here belongs a number of months, from 1".into());
            }
            (months.value > 0).then_some(months.value)
        });
        let keys = text.keys.into_iter().map(|text| DeliveryKey { organisation: text.organisation, key: text.key });
        Delivery { through: text.through, keys: keys.collect(), every_months }
    }

    fn assurance(&mut self, text: AssuranceText) -> Option<Assurance> {
        let dsfc_until = self.date("assurances.dsfc_until", &text.dsfc_until);
        let dspt_until = self.date("assurances.dspt_until", &text.dspt_until);
        Some(Assurance { organisation: text.organisation, dsfc_until: dsfc_until?, dspt_until: dspt_until? })
    }

    fn entitlement(&mut self, text: EntitlementText) -> Option<Entitlement> {
        let from = self.date("datasets.period.from", &text.period.from);
        let to = self.date("datasets.period.to", &text.period.to);
        Some(Entitlement {
            dataset: text.dataset,
            columns: text.columns,
            period: Period { from: from?, to: to? },
            areas: text.areas.0,
            class: text.class.map(class),
            level: text.level.map(level),
        })
    }
}

fn location(text: LocationText) -> Location {
    Location { organisation: text.organisation, place: text.place, territory: text.territory }
}

fn class(text: ClassText) -> DataClass {
    match text {
        ClassText::Pseudonymised => DataClass::Pseudonymised,
        ClassText::Aggregated => DataClass::Aggregated,
        ClassText::Identifiable => DataClass::Identifiable,
    }
}

fn level(text: LevelText) -> Level {
    match text {
        LevelText::Record => Level::Record,
        LevelText::Aggregate => Level::Aggregate,
    }
}

fn onward(text: &OnwardText) -> Onward {
    match text {
        OnwardText::None => Onward::None,
        OnwardText::Named => Onward::Named,
        OnwardText::Sublicence => Onward::Sublicence,
    }
}

fn key_policy(text: &KeyPolicyText) -> KeyPolicy {
    match text {
        KeyPolicyText::Destroy => KeyPolicy::Destroy,
        KeyPolicyText::Keep => KeyPolicy::Keep,
    }
}
