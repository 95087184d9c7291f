//! The recipient is an organisation with a code, which names its outbox.

use fairway_domain::OrganisationCode;

use super::{Case, reason, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let written = &case.agreement.recipient.organisation;
    if written.parse::<OrganisationCode>().is_ok() {
        return Vec::new();
    }
    let why = format!("The recipient's code {} is not an organisation's code", shown(written));
    vec![reason(
        "recipient-malformed",
        why,
        "Give its code in the Organisation Data Service: 2 to 10 letters and digits",
    )]
}
