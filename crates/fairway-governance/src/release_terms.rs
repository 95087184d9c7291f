//! What the gate holds extracts against where an agreement says nothing of its own: numbers, legal bases, columns.

use std::collections::BTreeMap;

use fairway_domain::{Fault, FaultExt};
use serde::Deserialize;

/// The terms of releases, as `specs/governance/release.yaml` has them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseTerms {
    /// The numbers.
    pub numbers: Numbers,
    /// Legal bases that an agreement may name.
    pub legal: Vec<LegalBasis>,
    /// Where data may be kept.
    pub territories: Vec<String>,
    /// By dataset, columns that others may know of a person.
    pub known_of_a_person: BTreeMap<String, KnownColumns>,
}

/// The numbers of the terms, each with its source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each has its meaning in the file, where it is read by people")]
pub struct Numbers {
    pub birth_window_days: Number,
    pub own_source_people: Number,
    pub provider_people: Number,
    pub small_group: Number,
    pub most_in_small_groups_percent: Number,
    pub most_scored_links_percent: Number,
    pub most_gigabytes: Number,
    pub longest_commercial_term_years: Number,
    pub approvals: Number,
    pub key_verify_only_days: Number,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// The number.
    pub value: u32,
    /// What it is.
    pub meaning: String,
    /// Whether an agreement may be looser.
    pub may_be_looser: bool,
    /// Where it comes from.
    pub source: String,
    /// How sure it is: verified, inferred or assumed.
    pub confidence: String,
}

/// A legal basis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// Its word in an agreement, such as `s261-5-d`.
    pub id: String,
    /// What it answers.
    pub family: LegalFamily,
    /// The law.
    pub meaning: String,
    /// Whether people who opted out are left out.
    #[serde(default)]
    pub asks_for_opt_outs: bool,
    /// Where it comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: String,
}

/// What a legal basis answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalFamily {
    /// Why the processing centre may give data away.
    Dissemination,
    /// Why personal data may be used.
    #[serde(rename = "article-6")]
    Article6,
    /// Why data about health and care may be used.
    #[serde(rename = "article-9")]
    Article9,
    /// Why a duty of confidence does not stand against it.
    Confidentiality,
}

/// Columns that others may know of a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownColumns {
    /// The columns; those that an extract does not have are passed over.
    pub columns: Vec<String>,
    /// Where the list comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: String,
}

impl ReleaseTerms {
    /// The terms that come with the program.
    ///
    /// # Errors
    /// Never with the terms that are tested here.
    pub fn published() -> Result<Self, Fault> {
        let text = include_str!("../../../specs/governance/release.yaml");
        serde_saphyr::from_str(text).fault("terms of releases cannot be read")
    }

    /// A number by its name.
    pub fn number(&self, name: &str) -> Option<&Number> {
        let numbers = &self.numbers;
        match name {
            "birth_window_days" => Some(&numbers.birth_window_days),
            "own_source_people" => Some(&numbers.own_source_people),
            "provider_people" => Some(&numbers.provider_people),
            "small_group" => Some(&numbers.small_group),
            "most_in_small_groups_percent" => Some(&numbers.most_in_small_groups_percent),
            "most_scored_links_percent" => Some(&numbers.most_scored_links_percent),
            "most_gigabytes" => Some(&numbers.most_gigabytes),
            _ => None,
        }
    }

    /// A legal basis by its word.
    pub fn basis(&self, id: &str) -> Option<&LegalBasis> {
        self.legal.iter().find(|basis| basis.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_terms_are_read_and_say_how_sure_they_are() {
        let terms = ReleaseTerms::published().unwrap();
        let sure = |word: &str| matches!(word, "verified" | "inferred" | "assumed");
        assert!(terms.legal.iter().all(|basis| sure(&basis.confidence) && !basis.source.is_empty()));
        assert!(sure(&terms.numbers.birth_window_days.confidence));
        assert!(terms.basis("s251").unwrap().asks_for_opt_outs && terms.basis("s252").is_none());
    }
}
