//! G1: the agreement is signed by all, in force, confirmed, and every party's assurances are in date.

use fairway_domain::governance::AgreementState;

use super::{GateRule, silent};
use crate::Reason;
use crate::gate::Example;
use crate::rules::{self, Case, reason};

pub(super) static RULE: GateRule = GateRule {
    id: "G1",
    title: "The agreement is signed by all, in force today, and its parties' assurances are in date",
    against: "a release under an agreement that is over, unsigned, suspended or longer than may be",
    before: &[
        rules::agreement_not_started,
        rules::agreement_expired,
        rules::agreement_unsigned,
        registered,
        assurances,
        term,
    ],
    output: &[],
    remarks: silent,
    examples: &[
        Example {
            wrong: "The agreement starts tomorrow",
            reason: "agreement-not-started",
            change: |trial| trial.agreement.start = trial.tomorrow(),
        },
        Example {
            wrong: "The agreement ended yesterday",
            reason: "agreement-expired",
            change: |trial| trial.agreement.end = trial.yesterday(),
        },
        Example {
            wrong: "A party has not signed",
            reason: "agreement-unsigned",
            change: |trial| {
                trial.agreement.signed.pop();
            },
        },
        Example {
            wrong: "The agreement is registered, and was suspended",
            reason: "agreement-not-active",
            change: |trial| trial.register(AgreementState::Suspended),
        },
        Example {
            wrong: "The document is not the one that was registered and signed",
            reason: "agreement-document-changed",
            change: |trial| {
                trial.register(AgreementState::Active);
                trial.request.registered.iter_mut().for_each(|registered| registered.document.0[0] ^= 1);
            },
        },
        Example {
            wrong: "A party's security toolkit ran out yesterday",
            reason: "assurance-lapsed",
            change: |trial| {
                let yesterday = trial.yesterday();
                trial.agreement.particulars.assurances.iter_mut().for_each(|one| one.dspt_until = yesterday);
            },
        },
        Example {
            wrong: "Nothing is said of the recipient's framework contract and toolkit",
            reason: "assurance-unstated",
            change: |trial| trial.agreement.particulars.assurances.clear(),
        },
        Example {
            wrong: "The purpose is commercial, and the term is longer than a year",
            reason: "term-too-long",
            change: |trial| trial.agreement.particulars.commercial = true,
        },
    ],
};

/// What the ledger says of the agreement, where it was registered.
fn registered(case: &Case<'_>) -> Vec<Reason> {
    let Some(registered) = &case.request.registered else { return Vec::new() };
    registered.standing.reasons(&registered.document, case.today, &registered.terms)
}

/// A registered agreement's assurances are those recorded of its parties, and [`registered`] looks at them.
fn assurances(case: &Case<'_>) -> Vec<Reason> {
    let agreement = case.agreement;
    let mut reasons = Vec::new();
    for one in &agreement.particulars.assurances {
        for (until, what) in [(one.dsfc_until, "data sharing framework contract"), (one.dspt_until, "security toolkit")]
        {
            if until < case.today {
                let why = format!("The {what} of {} ran out on {until}", rules::shown(&one.organisation));
                reasons.push(reason(
                    "assurance-lapsed",
                    why,
                    "Have it renewed, and the new day put into the agreement",
                ));
            }
        }
    }
    if agreement.edition < 2 || case.request.registered.is_some() {
        return reasons;
    }
    let stated = |code: &str| agreement.particulars.assurances.iter().any(|one| rules::same(&one.organisation, code));
    let must = std::iter::once(&agreement.recipient).chain(&agreement.particulars.processors);
    let unstated = must.filter(|party| !stated(&party.organisation)).map(|party| {
        let code = rules::shown(&party.organisation);
        let why = format!("The agreement does not say until when the assurances of {code} hold");
        reason("assurance-unstated", why, "State dsfc_until and dspt_until under assurances")
    });
    reasons.extend(unstated);
    reasons.dedup();
    reasons
}

/// Commercial purposes and sub-licences have a shorter term. How long others may last is looked at when they are
/// registered.
fn term(case: &Case<'_>) -> Vec<Reason> {
    let (agreement, numbers) = (case.agreement, &case.request.terms.numbers);
    let particulars = &agreement.particulars;
    if agreement.edition < 2 {
        return Vec::new();
    }
    let short = particulars.commercial || particulars.onward == Some(crate::Onward::Sublicence);
    if !short {
        return Vec::new();
    }
    let years = numbers.longest_commercial_term_years.value;
    let last = agreement.start.checked_add(jiff::Span::new().years(i64::from(years)));
    if last.is_ok_and(|last| agreement.end >= last) {
        let why = format!("The agreement lasts longer than {years} {}", if years == 1 { "year" } else { "years" });
        return vec![reason("term-too-long", why, "Have it end earlier, and renewed")];
    }
    Vec::new()
}
