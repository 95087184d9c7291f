//! What an agreement entitles to, for a table made under it.

use fairway_domain::{AgreementRef, Refusal};
use fairway_governance::{Agreement, Areas, DataClass, Period};
use fairway_spec::Spec;
use fairway_store::CurrentImport;
use jiff::civil::Date;

use super::{TableRequest, WHAT};
use crate::VerbResult;

/// The part of an agreement that a table goes by.
pub(super) struct Entitled {
    pub reference: AgreementRef,
    pub profile: Option<String>,
    period: Period,
    areas: Areas,
}

impl Entitled {
    /// Whether the agreement is about a submission.
    pub(super) fn covers(&self, import: &CurrentImport) -> bool {
        let in_period = self.period.from <= import.period.0 && import.period.1 <= self.period.to;
        in_period
            && match &self.areas {
                Areas::All => true,
                Areas::Only(codes) => codes.iter().any(|code| code.trim() == import.organisation.as_str()),
            }
    }
}

/// Holds a request against the agreement it names, if it does; every reason where it is not entitled.
pub(super) fn agreement(request: &TableRequest, spec: &Spec, today: Date) -> VerbResult<Option<Entitled>> {
    let Some(text) = &request.agreement else { return Ok(None) };
    let whole = Agreement::parse(text).map_err(Refusal::from)?;
    let dataset = spec.name.dataset();
    let Some(about) = whole.about(dataset) else {
        return Err(refused(vec![format!("{} is not about {dataset}", whole.reference.as_str())]));
    };
    let mut reasons = Vec::new();
    if today < about.start || today > about.end {
        reasons.push(format!("The agreement is in force from {} to {}", about.start, about.end));
    }
    if about.particulars.class == Some(DataClass::Identifiable) {
        reasons.push("The agreement is about identifiable data, and a table holds none".to_owned());
    }
    let named = |column: &str| about.columns.iter().any(|one| one == column);
    let columns = request.by.iter().chain(request.filter.keys()).map(|name| name.split(':').next().unwrap_or(name));
    for column in columns.chain(request.measure.column()) {
        let reason = format!("The agreement does not name the column {column}");
        if !named(column) && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let profile = about.particulars.disclosure_profile.clone();
    if let (Some(asked), Some(agreed)) = (&request.profile, &profile)
        && asked != agreed
    {
        reasons.push(format!("The agreement asks for the disclosure profile {agreed}"));
    }
    let unsigned: Vec<&str> = std::iter::once(&about.recipient)
        .chain(&about.controllers)
        .filter(|party| !about.signed.iter().any(|one| one.organisation == party.organisation && one.date <= today))
        .map(|party| party.name.as_str())
        .collect();
    if !unsigned.is_empty() {
        reasons.push(format!("The agreement is not signed by {}", unsigned.join(" and ")));
    }
    if !reasons.is_empty() {
        return Err(refused(reasons));
    }
    Ok(Some(Entitled { reference: about.reference, profile, period: about.period, areas: about.areas }))
}

fn refused(reasons: Vec<String>) -> crate::VerbError {
    let next = "Ask for what the agreement names, or have it changed by those who signed it".into();
    crate::VerbError::Refused(Refusal { what: WHAT.into(), reasons, next })
}
