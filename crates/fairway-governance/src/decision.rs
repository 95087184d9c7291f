use std::fmt;

use fairway_domain::{AgreementRef, Column, KeyDomain, OrganisationCode, Refusal};
use jiff::civil::Date;

use crate::{Agreement, Areas, Period, ReleaseRequest, gate, rules};

/// What may be released, or why nothing may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This extract, and nothing beside it.
    Granted(GrantedExtract),
    /// Nothing, for all these reasons.
    Refused(Refusal),
}

/// One reason against a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The rule, by a lasting name such as `column-unknown`.
    pub rule: &'static str,
    /// What stands against it.
    pub why: String,
    /// What would change that.
    pub what_to_do: String,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {}.", self.why, self.what_to_do)
    }
}

/// An extract that an agreement entitles its recipient to. [`decide`] alone can make one:
///
/// ```compile_fail,E0451
/// # use fairway_governance::GrantedExtract;
/// fn with_another_dataset(granted: GrantedExtract) -> GrantedExtract {
///     GrantedExtract { dataset: "another".into(), ..granted }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedExtract {
    agreement: AgreementRef,
    recipient: OrganisationCode,
    dataset: String,
    columns: Vec<Column>,
    areas: Vec<OrganisationCode>,
    period: Period,
    key_domain: KeyDomain,
    decided_on: Date,
    expires: Date,
}

impl GrantedExtract {
    /// The agreement it is granted under.
    pub fn agreement(&self) -> &AgreementRef {
        &self.agreement
    }

    /// Who receives it.
    pub fn recipient(&self) -> &OrganisationCode {
        &self.recipient
    }

    /// The dataset it is made from.
    pub fn dataset(&self) -> &str {
        &self.dataset
    }

    /// Its columns, in the agreement's order, with their privacy classes.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The councils whose records it holds, in the order of their codes: those entitled and asked for that have records.
    pub fn areas(&self) -> &[OrganisationCode] {
        &self.areas
    }

    /// The reporting periods it holds.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Where its pseudonyms are the same: this agreement, and the key that it counts.
    pub fn key_domain(&self) -> &KeyDomain {
        &self.key_domain
    }

    /// The day on which it was granted.
    pub fn decided_on(&self) -> Date {
        self.decided_on
    }

    /// The last day on which it may be released.
    pub fn expires(&self) -> Date {
        self.expires
    }
}

/// Holds a request against an agreement on one day. Every rule is looked at, whatever the others say.
pub fn decide(agreement: &Agreement, request: &ReleaseRequest, today: Date) -> Decision {
    let reasons = reasons(agreement, request, today);
    match agreement.recipient.organisation.parse() {
        Ok(recipient) if reasons.is_empty() => Decision::Granted(grant(agreement, request, recipient, today)),
        _ => Decision::Refused(refuse(agreement, &reasons)),
    }
}

/// Every reason against a request on one day, in the order of the rules; none means that it would be granted.
pub fn reasons(agreement: &Agreement, request: &ReleaseRequest, today: Date) -> Vec<Reason> {
    gate::reasons_before(&rules::Case { agreement, request, today })
}

fn grant(agreement: &Agreement, request: &ReleaseRequest, recipient: OrganisationCode, today: Date) -> GrantedExtract {
    let case = rules::Case { agreement, request, today };
    GrantedExtract {
        agreement: agreement.reference.clone(),
        recipient,
        dataset: agreement.dataset.clone(),
        columns: case.chosen_columns().map(|offered| offered.column.clone()).collect(),
        areas: case.chosen_areas().cloned().collect(),
        period: case.chosen_period(),
        key_domain: KeyDomain { name: agreement.reference.to_string(), epoch: agreement.key_epoch },
        decided_on: today,
        expires: agreement.end,
    }
}

fn refuse(agreement: &Agreement, reasons: &[Reason]) -> Refusal {
    Refusal {
        what: format!("Nothing can be released under {}", agreement.reference),
        reasons: reasons.iter().map(ToString::to_string).collect(),
        next: "An agreement is changed by those who drew it up, and signed again by every party".into(),
    }
}

impl Areas {
    /// Whether a council's records are entitled.
    pub(crate) fn covers(&self, code: &OrganisationCode) -> bool {
        match self {
            Self::All => true,
            Self::Only(codes) => codes.iter().any(|named| rules::same_code(named, code)),
        }
    }
}
