//! The document of an agreement, key by key, and its faults in the words of the person who wrote it.

use std::collections::BTreeMap;
use std::fmt;

use fairway_domain::{AgreementRef, Digest};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Unexpected, Visitor};
use serde_saphyr::{Error as Yaml, Spanned};
use sha2::{Digest as _, Sha256};

use super::second::{
    AssuranceText, ClassText, DeliveryText, EntitlementText, KeyPolicyText, LevelText, LocationText, OnwardText,
    OptOutsText, Parts,
};
use super::{Agreement, AgreementError, AgreementFault, Areas, Linkage, Party, Signature};
use crate::Period;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    reference: Spanned<String>,
    title: String,
    recipient: PartyText,
    controllers: Vec<PartyText>,
    #[serde(default)]
    purpose: Option<String>,
    #[serde(default)]
    legal_basis: Option<String>,
    dataset: String,
    columns: Vec<String>,
    period: PeriodText,
    areas: AreasText,
    #[serde(default)]
    linkages: Vec<LinkageText>,
    start: Spanned<String>,
    end: Spanned<String>,
    key_epoch: Option<Spanned<u32>>,
    #[serde(default)]
    signed: Vec<SignatureText>,
    edition: Option<Spanned<u32>>,
    #[serde(default)]
    processors: Vec<PartyText>,
    #[serde(default)]
    locations: Vec<LocationText>,
    #[serde(default)]
    legal: Vec<String>,
    class: Option<ClassText>,
    level: Option<LevelText>,
    opt_outs: Option<OptOutsText>,
    onward: Option<OnwardText>,
    #[serde(default)]
    commercial: bool,
    disclosure_profile: Option<String>,
    reidentification: Option<bool>,
    key_policy: Option<KeyPolicyText>,
    approvals: Option<u32>,
    #[serde(default)]
    conditions: Vec<String>,
    #[serde(default)]
    delivery: DeliveryText,
    #[serde(default)]
    assurances: Vec<AssuranceText>,
    retained_until: Option<Spanned<String>>,
    destroyed_by: Option<Spanned<String>>,
    #[serde(default)]
    limits: BTreeMap<String, u32>,
    #[serde(default)]
    datasets: Vec<EntitlementText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartyText {
    organisation: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkageText {
    dataset: String,
    columns: Vec<String>,
    areas: AreasText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeriodText {
    pub(super) from: Spanned<String>,
    pub(super) to: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureText {
    organisation: String,
    by: String,
    date: Spanned<String>,
}

/// The word `all`, or a list of codes; codes are read as text, so that `013` stays as it is.
pub(super) struct AreasText(pub(super) Areas);

impl<'de> Deserialize<'de> for AreasText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Codes;
        impl<'de> Visitor<'de> for Codes {
            type Value = AreasText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the word all, or a list of council codes such as [816, 102]")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<AreasText, E> {
                if word == "all" {
                    Ok(AreasText(Areas::All))
                } else {
                    Err(E::invalid_value(Unexpected::Str(word), &self))
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<AreasText, A::Error> {
                let mut codes = Vec::new();
                while let Some(code) = list.next_element()? {
                    codes.push(code);
                }
                Ok(AreasText(Areas::Only(codes)))
            }
        }
        deserializer.deserialize_any(Codes)
    }
}

pub(super) fn parse(text: &str) -> Result<Agreement, AgreementError> {
    let options = serde_saphyr::options! { with_snippet: false };
    let document: Document = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| AgreementError { faults: vec![in_words(&error, text)] })?;
    let mut reader = Reader::default();
    let agreement = reader.agreement(document, Digest(Sha256::digest(text).into()));
    agreement.filter(|_| reader.faults.is_empty()).ok_or_else(|| {
        reader.faults.sort_by_key(|fault| fault.line);
        AgreementError { faults: reader.faults }
    })
}

/// Reads the parts of a document that are more than text, and keeps every fault it meets.
#[derive(Default)]
pub(super) struct Reader {
    faults: Vec<AgreementFault>,
}

impl Reader {
    fn agreement(&mut self, document: Document, digest: Digest) -> Option<Agreement> {
        let reference = self.reference(&document.reference);
        let from = self.date("period.from", &document.period.from);
        let to = self.date("period.to", &document.period.to);
        let start = self.date("start", &document.start);
        let end = self.date("end", &document.end);
        let signed: Vec<_> = document.signed.into_iter().map(|signature| self.signature(signature)).collect();
        let key_epoch = self.key_epoch(document.key_epoch.as_ref());
        let edition = self.edition(document.edition.as_ref());
        let particulars = self.particulars(Parts {
            processors: document.processors,
            locations: document.locations,
            legal: document.legal,
            class: document.class,
            level: document.level,
            opt_outs: document.opt_outs,
            onward: document.onward,
            commercial: document.commercial,
            disclosure_profile: document.disclosure_profile,
            reidentification: document.reidentification,
            key_policy: document.key_policy,
            approvals: document.approvals,
            conditions: document.conditions,
            delivery: document.delivery,
            assurances: document.assurances,
            retained_until: document.retained_until,
            destroyed_by: document.destroyed_by,
            limits: document.limits,
            datasets: document.datasets,
        });
        Some(Agreement {
            document: digest,
            edition: edition?,
            particulars,
            reference: reference?,
            title: document.title,
            recipient: party(document.recipient),
            controllers: document.controllers.into_iter().map(party).collect(),
            purpose: document.purpose.unwrap_or_default(),
            legal_basis: document.legal_basis.unwrap_or_default(),
            dataset: document.dataset,
            columns: document.columns,
            period: Period { from: from?, to: to? },
            areas: document.areas.0,
            linkages: document.linkages.into_iter().map(linkage).collect(),
            start: start?,
            end: end?,
            key_epoch: key_epoch?,
            signed: signed.into_iter().collect::<Option<_>>()?,
        })
    }

    fn reference(&mut self, text: &Spanned<String>) -> Option<AgreementRef> {
        text.value.parse().map_err(|error| self.fault("reference", text, format!("{error}"))).ok()
    }

    pub(super) fn date(&mut self, key: &str, text: &Spanned<String>) -> Option<Date> {
        let fault = "not a day of the calendar; write it year-month-day, such as 2021-04-01";
        let read = Some(text.value.trim()).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        if read.is_none() {
            self.fault(key, text, fault.into());
        }
        read
    }

    fn signature(&mut self, text: SignatureText) -> Option<Signature> {
        let date = self.date("signed.date", &text.date)?;
        Some(Signature { organisation: text.organisation, by: text.by, date })
    }

    fn edition(&mut self, number: Option<&Spanned<u32>>) -> Option<u32> {
        match number {
            None => Some(1),
            Some(number) if (1..=2).contains(&number.value) => Some(number.value),
            Some(number) => {
                self.fault("edition", number, "there are editions 1 and 2".into());
                None
            }
        }
    }

    fn key_epoch(&mut self, number: Option<&Spanned<u32>>) -> Option<u32> {
        match number {
            None => Some(1),
            Some(number) if number.value > 0 => Some(number.value),
            Some(number) => {
                self.fault("key_epoch", number, "keys are counted from 1".into());
                None
            }
        }
    }

    pub(super) fn fault<T>(&mut self, key: &str, place: &Spanned<T>, what: String) {
        let line = Some(place.referenced.line()).filter(|line| *line > 0);
        self.faults.push(AgreementFault { line, key: Some(key.into()), what });
    }
}

fn linkage(text: LinkageText) -> Linkage {
    Linkage { dataset: text.dataset, columns: text.columns, areas: text.areas.0 }
}

pub(super) fn party(text: PartyText) -> Party {
    Party { organisation: text.organisation, name: text.name }
}

/// A fault of structure, which ends the reading.
fn in_words(error: &Yaml, text: &str) -> AgreementFault {
    let line = error.location().map(|at| at.line()).filter(|line| *line > 0);
    let (key, what) = match error.without_snippet() {
        Yaml::SerdeUnknownField { field, expected, .. } => {
            (Some(field.clone()), format!("there is no such key here; there are {}", expected.join(", ")))
        }
        Yaml::SerdeMissingField { field, .. } => {
            (Some((*field).to_string()), "the key is missing from the part that ends here".into())
        }
        Yaml::DuplicateMappingKey { key, .. } => (key.clone(), "the key is there twice".into()),
        Yaml::NullIntoString { .. } => (key_at(text, line), "nothing stands here, where a text belongs".into()),
        Yaml::SerdeInvalidType { expected, .. } | Yaml::SerdeInvalidValue { expected, .. } => {
            (key_at(text, line), format!("here belongs {expected}"))
        }
        Yaml::Unexpected { expected, .. } => (key_at(text, line), plain(expected).into()),
        Yaml::InvalidScalar { .. } => (key_at(text, line), "here belongs a whole number, such as 1".into()),
        Yaml::Eof { .. } => (None, "the document ends too early".into()),
        other => (key_at(text, line), format!("not YAML as an agreement is written in: {}", without_place(other))),
    };
    AgreementFault { line, key, what }
}

/// What the YAML reader waits for, in plain words.
fn plain(expected: &str) -> &'static str {
    match expected {
        "mapping start" => "here belong keys with their values, one a line",
        "sequence start" => "here belongs a list",
        "string scalar" | "scalar" => "here belongs a text",
        _ => "this does not belong here",
    }
}

/// The key that stands on a line, or on the nearest line above with one.
fn key_at(text: &str, line: Option<u64>) -> Option<String> {
    let count = usize::try_from(line?).ok()?;
    let lines: Vec<&str> = text.lines().take(count).collect();
    let key = |line: &&str| {
        let (key, _) = line.trim_start_matches([' ', '-']).split_once(':')?;
        key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_').then(|| key.to_string())
    };
    lines.iter().rev().find_map(key)
}

fn without_place(error: &Yaml) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    first.split(" at line ").next().unwrap_or_default().trim_start_matches("error: ").to_string()
}
