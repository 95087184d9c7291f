//! How an agreement stands on one day: what the gate asks before it looks at anything else.

use fairway_domain::governance::AgreementState;
use fairway_domain::{AgreementRef, Digest, OrganisationCode};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::{GovernanceTerms, Period, Reason};

/// What is recorded of one version of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementStanding {
    /// Its reference with its version.
    pub reference: AgreementRef,
    /// SHA-256 of the document that the parties signed. Another document is another version, and unsigned.
    pub document: Digest,
    /// Where it stands, as recorded; see [`Self::state_on`].
    pub state: AgreementState,
    /// Its first and its last day.
    pub term: Period,
    /// Everybody who must sign.
    pub parties: Vec<PartyStanding>,
    /// Since when it is in force, if it ever was.
    pub active_since: Option<Date>,
    /// When the controllers last confirmed it.
    pub confirmed_on: Option<Date>,
}

/// One party of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyStanding {
    /// Its code.
    pub organisation: OrganisationCode,
    /// Whether it answers for the data; else it receives them.
    pub is_controller: bool,
    /// When it signed.
    pub signed_on: Option<Date>,
    /// The days on which it has a framework contract, as far as recorded.
    pub framework: Vec<Period>,
    /// The days on which its security is assured, as far as recorded.
    pub security: Vec<Period>,
}

impl AgreementStanding {
    /// Where it stands on a day: what is in force by the record is not on a day outside its term.
    pub fn state_on(&self, today: Date) -> AgreementState {
        use AgreementState::{Active, Expired, Signed, Suspended};
        match self.state {
            Active | Suspended if today > self.term.to => Expired,
            Active if today < self.term.from => Signed,
            state => state,
        }
    }

    /// The last day on which the last confirmation counts; nothing before it was in force.
    pub fn confirmation_due(&self, terms: &GovernanceTerms) -> Option<Date> {
        let last = self.confirmed_on.max(self.active_since)?;
        Some(terms.confirmation.after(last).checked_sub(1.day()).unwrap_or(last))
    }

    /// Every reason why nothing may be released on a day under the document with that SHA-256; none where it may.
    pub fn reasons(&self, document: &Digest, today: Date, terms: &GovernanceTerms) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if *document != self.document {
            reasons.push(Reason {
                rule: "agreement-document-changed",
                why: format!("The document is not the one that was registered and signed as {}", self.reference),
                what_to_do: "Use the signed document, or register the changed one as the next version".into(),
            });
        }
        reasons.extend(self.not_in_force(today));
        reasons.extend(self.not_confirmed(today, terms));
        reasons.extend(self.parties.iter().flat_map(|party| party.reasons(today)));
        reasons
    }

    fn not_in_force(&self, today: Date) -> Option<Reason> {
        let state = self.state_on(today);
        let why = match state {
            AgreementState::Active => return None,
            AgreementState::Expired => format!("The agreement expired after {}", self.term.to),
            AgreementState::Signed => {
                format!("The agreement is signed and not in force; it starts on {}", self.term.from)
            }
            state => format!("The agreement is {state}"),
        };
        Some(Reason {
            rule: "agreement-not-active",
            why,
            what_to_do: match state {
                AgreementState::Draft => "Issue it, have every party sign it, and activate it".into(),
                AgreementState::Issued | AgreementState::PartSigned => "Every party signs it; then activate it".into(),
                AgreementState::Signed => "Activate it once its first day has come".into(),
                AgreementState::Suspended => "Whoever suspended it can resume it".into(),
                _ => "It does not come into force again; a new version takes its place".into(),
            },
        })
    }

    fn not_confirmed(&self, today: Date, terms: &GovernanceTerms) -> Option<Reason> {
        let due = self.confirmation_due(terms)?;
        (due < today).then(|| Reason {
            rule: "agreement-not-confirmed",
            why: format!("The controllers' yearly confirmation ran out after {due}"),
            what_to_do: "A controller confirms that the data are used as the agreement says".into(),
        })
    }
}

impl PartyStanding {
    fn reasons(&self, today: Date) -> Vec<Reason> {
        let code = &self.organisation;
        let mut reasons = Vec::new();
        if self.signed_on.is_none() {
            reasons.push(Reason {
                rule: "agreement-not-signed-by",
                why: format!("{code} has not signed this document"),
                what_to_do: format!("{code} signs it"),
            });
        }
        let in_date = |periods: &[Period]| periods.iter().any(|period| period.from <= today && today <= period.to);
        if self.is_controller && !in_date(&self.framework) {
            reasons.push(Reason {
                rule: "framework-contract-out-of-date",
                why: format!("{code} has no data sharing framework contract in date"),
                what_to_do: "Record the contract and its last day".into(),
            });
        }
        if !in_date(&self.security) {
            reasons.push(Reason {
                rule: "security-assurance-out-of-date",
                why: format!("{code} has no security assurance in date"),
                what_to_do: "Record its toolkit status, its policy or its certificate, and the last day".into(),
            });
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn standing() -> AgreementStanding {
        let year = Period { from: date(2026, 1, 1), to: date(2027, 12, 31) };
        let party = |code: &str, is_controller| PartyStanding {
            organisation: code.parse().unwrap(),
            is_controller,
            signed_on: Some(date(2025, 12, 1)),
            framework: if is_controller { vec![year] } else { Vec::new() },
            security: vec![year],
        };
        AgreementStanding {
            reference: "DARS-NIC-000001-A1B2C-v1.0".parse().unwrap(),
            document: Digest([7; 32]),
            state: AgreementState::Active,
            term: year,
            parties: vec![party("QZZ", true), party("0AB", false)],
            active_since: Some(date(2026, 1, 1)),
            confirmed_on: None,
        }
    }

    fn rules(standing: &AgreementStanding, today: Date) -> Vec<&'static str> {
        let terms = GovernanceTerms::published().unwrap();
        standing.reasons(&Digest([7; 32]), today, &terms).iter().map(|reason| reason.rule).collect()
    }

    #[test]
    fn nothing_stands_against_an_agreement_in_force_and_every_defect_has_its_reason() {
        let today = date(2026, 11, 23);
        assert_eq!(rules(&standing(), today), Vec::<&str>::new());
        let mut changed = standing();
        changed.document = Digest([8; 32]);
        assert_eq!(rules(&changed, today), ["agreement-document-changed"]);
        for state in AgreementState::ALL.iter().filter(|state| **state != AgreementState::Active) {
            assert_eq!(rules(&AgreementStanding { state: *state, ..standing() }, today), ["agreement-not-active"]);
        }
        let mut unsigned = standing();
        unsigned.parties[1].signed_on = None;
        unsigned.parties[0].framework.clear();
        unsigned.parties[1].security[0].to = date(2026, 11, 22);
        assert_eq!(
            rules(&unsigned, today),
            ["framework-contract-out-of-date", "agreement-not-signed-by", "security-assurance-out-of-date"]
        );
    }

    #[test]
    fn the_last_day_counts_and_the_day_after_does_not() {
        let mut standing = standing();
        assert_eq!(rules(&standing, date(2026, 12, 31)), Vec::<&str>::new());
        assert_eq!(rules(&standing, date(2027, 1, 1)), ["agreement-not-confirmed"]);
        standing.confirmed_on = Some(date(2026, 12, 31));
        assert_eq!(rules(&standing, date(2027, 12, 30)), Vec::<&str>::new());
        assert_eq!(rules(&standing, date(2027, 12, 31)), ["agreement-not-confirmed"]);
        standing.confirmed_on = Some(date(2027, 12, 1));
        assert_eq!(rules(&standing, date(2027, 12, 31)), Vec::<&str>::new());
        assert_eq!(standing.state_on(date(2028, 1, 1)), AgreementState::Expired);
        assert_eq!(standing.state_on(date(2025, 12, 31)), AgreementState::Signed, "before its first day");
    }
}
