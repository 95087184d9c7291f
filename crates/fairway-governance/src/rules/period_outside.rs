//! Reporting periods that the agreement does not name do not leave.

use super::{Case, reason};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let named = case.agreement.period;
    let outside = case.request.period.filter(|asked| !named.covers(*asked));
    let reason_of = |asked| {
        let why = format!("The period asked for ({asked}) is not within the agreement's ({named})");
        reason("period-outside", why, "Ask for days within it, or have the agreement's period extended")
    };
    outside.map(reason_of).into_iter().collect()
}
