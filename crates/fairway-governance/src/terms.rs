//! The numbers that papers are held to, as data with source and confidence.

use fairway_domain::{Fault, FaultExt};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// What notices, applications, agreements and releases are held to: `specs/governance/terms.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GovernanceTerms {
    /// How long an agreement lasts at most.
    pub longest_term: Term,
    /// How long after its issue an agreement starts at most.
    pub start_after_issue: Term,
    /// How often an agreement is confirmed.
    pub confirmation: Term,
    /// How long before its end an agreement is due for renewal.
    pub renewal_notice: Term,
    /// How long a recipient has to certify destruction.
    pub destruction: Term,
    /// How long a recipient has to give a receipt.
    pub receipt: Term,
    /// How long a release waits to be fetched.
    pub release_expiry: Term,
    /// When a notice that nobody acknowledged is overdue.
    pub acknowledgement: Term,
    /// What a sender needs before it may send.
    pub landing: LandingTerm,
    /// What counts as framework contract and as security assurance.
    pub assurances: Vec<AssuranceTerm>,
}

/// A span of time with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// How many.
    pub value: u16,
    /// Of what.
    pub unit: Unit,
    /// What it is for.
    pub meaning: String,
    /// Where it comes from.
    pub source: String,
    /// How sure it is: verified, inferred or assumed.
    pub confidence: String,
}

/// What a term counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Days of the calendar.
    Days,
    /// Mondays to Fridays; bank holidays are counted, so that a term is never longer than it looks.
    WorkingDays,
    /// Months of the calendar.
    Months,
    /// Years of the calendar.
    Years,
}

/// What a sender needs, with where that comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandingTerm {
    /// What.
    pub asks: LandingAsks,
    /// What it is for.
    pub meaning: String,
    /// Where it comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: String,
}

/// What a sender needs before it may send a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LandingAsks {
    /// That it was served with a notice about the dataset and has acknowledged it, where one is in force.
    AcknowledgedNotice,
    /// Nothing.
    Nothing,
}

/// A processing centre's own word on it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnLanding {
    asks: LandingAsks,
}

impl LandingAsks {
    /// What a processing centre's own `landing.yaml` says.
    ///
    /// # Errors
    /// What is wrong with it, for whoever wrote it.
    pub fn read(text: &str) -> Result<Self, String> {
        serde_saphyr::from_str::<OwnLanding>(text).map(|own| own.asks).map_err(|error| error.to_string())
    }
}

/// A kind of record that shows something about an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssuranceTerm {
    /// Its word, such as `dspt`.
    pub kind: String,
    /// What it is.
    pub meaning: String,
    /// What it shows.
    pub counts_as: CountsAs,
    /// The statuses that count.
    pub statuses: Vec<String>,
    /// Where that comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: String,
}

/// What a record shows about an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountsAs {
    /// That it has signed a framework contract.
    Framework,
    /// That it keeps data safe.
    Security,
}

impl GovernanceTerms {
    /// The terms that come with the program.
    ///
    /// # Errors
    /// Never with the terms that are tested here.
    pub fn published() -> Result<Self, Fault> {
        let text = include_str!("../../../specs/governance/terms.yaml");
        serde_saphyr::from_str(text).fault("terms of governance cannot be read")
    }

    /// What a record of `kind` with `status` shows; nothing where such a record does not count.
    pub fn counts_as(&self, kind: &str, status: &str) -> Option<CountsAs> {
        let known = self.assurances.iter().find(|term| term.kind == kind)?;
        known.statuses.iter().any(|counted| counted == status).then_some(known.counts_as)
    }
}

impl Term {
    /// The day that lies this term after `day`; the last day of the calendar where there is none.
    pub fn after(&self, day: Date) -> Date {
        let value = i64::from(self.value);
        let later = match self.unit {
            Unit::Days => day.checked_add(value.days()),
            Unit::Months => day.checked_add(value.months()),
            Unit::Years => day.checked_add(value.years()),
            Unit::WorkingDays => return working_days_after(day, self.value),
        };
        later.unwrap_or(Date::MAX)
    }
}

fn working_days_after(day: Date, days: u16) -> Date {
    let is_working = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let mut following = day.series(1.day()).skip(1).filter(is_working);
    match days.checked_sub(1) {
        None => day,
        Some(before) => following.nth(usize::from(before)).unwrap_or(Date::MAX),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_term_says_where_it_comes_from_and_how_sure_it_is() {
        let terms = GovernanceTerms::published().unwrap();
        let spans = [
            &terms.longest_term,
            &terms.start_after_issue,
            &terms.confirmation,
            &terms.renewal_notice,
            &terms.destruction,
            &terms.receipt,
            &terms.release_expiry,
            &terms.acknowledgement,
        ];
        let sure = |confidence: &str| ["verified", "inferred", "assumed"].contains(&confidence);
        assert!(spans.iter().all(|term| term.value > 0 && !term.source.is_empty() && sure(&term.confidence)));
        assert!(terms.assurances.iter().all(|term| !term.source.is_empty() && sure(&term.confidence)));
        assert_eq!(terms.counts_as("dspt", "standards-met"), Some(CountsAs::Security));
        assert_eq!(terms.counts_as("dspt", "standards-not-met"), None);
        assert_eq!(terms.counts_as("dsfc", "signed"), Some(CountsAs::Framework));
    }

    #[test]
    fn five_working_days_leave_out_the_weekend() {
        let receipt = GovernanceTerms::published().unwrap().receipt;
        assert_eq!((receipt.value, receipt.unit), (5, Unit::WorkingDays));
        assert_eq!(receipt.after(date(2026, 11, 23)), date(2026, 11, 30), "from a Monday");
        assert_eq!(receipt.after(date(2026, 11, 21)), date(2026, 11, 27), "from a Saturday");
        assert_eq!(receipt.after(Date::MAX), Date::MAX);
    }

    #[test]
    fn months_and_years_end_on_the_last_day_there_is() {
        let terms = GovernanceTerms::published().unwrap();
        assert_eq!(terms.longest_term.after(date(2024, 2, 29)), date(2027, 2, 28));
        assert_eq!(terms.confirmation.after(date(2026, 1, 31)), date(2027, 1, 31));
    }
}
