//! An agreement takes effect when every party named in it has signed. Source: Data Access Request Service, term of a data
//! sharing agreement. Of an agreement that was registered the recorded signatures count, not those in its document.

use super::{Case, reason, same, shown};
use crate::{Party, Reason};

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let agreement = case.agreement;
    if case.request.registered.is_some() {
        return Vec::new();
    }
    let mut parties: Vec<&Party> = Vec::new();
    for party in std::iter::once(&agreement.recipient).chain(&agreement.controllers) {
        if !parties.iter().any(|known| same(&known.organisation, &party.organisation)) {
            parties.push(party);
        }
    }
    // Of a registered agreement the ledger has the signatures, bound to the document's bytes: see `standing`.
    let unsigned = |party: &&Party| case.request.registered.is_none() && !is_signed(case, party);
    let mut reasons: Vec<Reason> = parties.into_iter().filter(unsigned).map(by_party).collect();
    if agreement.controllers.is_empty() {
        let why = "The agreement names no data controller";
        reasons.push(reason("agreement-unsigned", why, "Name who answers for the data, and have them sign"));
    }
    reasons
}

fn is_signed(case: &Case<'_>, party: &Party) -> bool {
    let counts = |organisation: &str| same(organisation, &party.organisation);
    case.agreement.signed.iter().any(|signature| counts(&signature.organisation) && signature.date <= case.today)
}

fn by_party(party: &Party) -> Reason {
    let why = format!("{} ({}) has not signed", shown(&party.name), shown(&party.organisation));
    reason("agreement-unsigned", why, "Have it signed, and put the signature with its date into the document")
}
