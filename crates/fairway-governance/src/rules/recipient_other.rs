//! What an agreement entitles one organisation to goes to no other.

use super::{Case, reason, same_code, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let recipient = &case.agreement.recipient;
    let Some(asked) = case.request.recipient.as_ref().filter(|asked| !same_code(&recipient.organisation, asked)) else {
        return Vec::new();
    };
    let why = format!("{asked} is not the recipient of the agreement, which is {}", shown(&recipient.organisation));
    vec![reason("recipient-other", why, "Release to the agreement's recipient, or draw up an agreement with the other")]
}
