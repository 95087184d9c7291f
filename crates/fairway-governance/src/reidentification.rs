//! Re-identification under control: the terms are data, and every reason against a request is told.

use fairway_domain::{Fault, FaultExt, Refusal};
use serde::Deserialize;

/// Under which terms pseudonyms are turned back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReidentificationTerms {
    /// Pseudonyms of one request.
    pub most_per_request: usize,
    /// Pseudonyms asked about under one agreement in one month.
    pub most_per_agreement_and_month: u64,
    /// Hours after which a result is destroyed.
    pub hours_until_expiry: i64,
    /// People of different organisations who approve, none of them the requester.
    pub approvers: usize,
    /// Where the terms come from.
    pub source: String,
    /// How sure they are: verified, inferred or assumed.
    pub confidence: String,
    /// For what it may be asked.
    pub reasons: Vec<ReasonToAsk>,
}

/// A reason for which it may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonToAsk {
    /// Its word.
    pub id: String,
    /// What it means.
    pub meaning: String,
}

/// What is asked, as far as the terms look at it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// How many pseudonyms.
    pub count: usize,
    /// How many were asked about before, under this agreement in this month.
    pub before: u64,
    /// The reason given.
    pub reason: &'a str,
}

impl ReidentificationTerms {
    /// The terms that come with the program.
    ///
    /// # Errors
    /// Never with the terms that are tested here.
    pub fn published() -> Result<Self, Fault> {
        let text = include_str!("../../../specs/governance/reidentification.yaml");
        serde_saphyr::from_str(text).fault("terms of re-identification cannot be read")
    }

    /// Everything against a request.
    pub fn against(&self, asked: Asked<'_>) -> Vec<String> {
        let mut reasons = Vec::new();
        if asked.count == 0 || asked.count > self.most_per_request {
            reasons.push(format!(
                "A request is about 1 to {} pseudonyms, and this is about {}",
                self.most_per_request, asked.count
            ));
        }
        if asked.before + asked.count as u64 > self.most_per_agreement_and_month {
            let most = self.most_per_agreement_and_month;
            reasons
                .push(format!("At most {most} a month are asked about under an agreement, and {} were", asked.before));
        }
        if !self.reasons.iter().any(|reason| reason.id == asked.reason) {
            let known: Vec<&str> = self.reasons.iter().map(|reason| reason.id.as_str()).collect();
            reasons.push(format!("The reason is one of {}", known.join(", ")));
        }
        reasons
    }

    /// A refusal with all reasons; nothing where there are none.
    ///
    /// # Errors
    /// The refusal.
    pub fn unless_refused(&self, what: &str, reasons: Vec<String>) -> Result<(), Refusal> {
        if reasons.is_empty() {
            return Ok(());
        }
        let next = "The Caldicott Guardian of the processing centre can tell what is possible".into();
        Err(Refusal { what: what.into(), reasons, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> ReidentificationTerms {
        ReidentificationTerms::published().unwrap()
    }

    #[test]
    fn a_request_within_the_terms_is_not_refused_and_one_beyond_hears_every_reason() {
        let within = Asked { count: 50, before: 450, reason: "safeguarding" };
        assert_eq!(terms().against(within), Vec::<String>::new());
        let beyond = Asked { count: 51, before: 450, reason: "curiosity" };
        assert_eq!(terms().against(beyond).len(), 3);
        assert_eq!(terms().against(Asked { count: 0, ..within }).len(), 1);
        assert_eq!(terms().confidence, "assumed");
    }
}
