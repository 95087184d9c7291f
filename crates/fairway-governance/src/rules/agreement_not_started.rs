//! The agreement holds from its first day, that day included.

use super::{Case, reason};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let start = case.agreement.start;
    if case.today >= start {
        return Vec::new();
    }
    vec![reason("agreement-not-started", format!("The agreement starts on {start}"), "Ask again on that day")]
}
