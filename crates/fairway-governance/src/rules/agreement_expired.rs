//! The agreement holds to its last day, that day included.

use super::{Case, reason};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let end = case.agreement.end;
    if case.today <= end {
        return Vec::new();
    }
    vec![reason("agreement-expired", format!("The agreement ended on {end}"), "Have it renewed, with a new end date")]
}
