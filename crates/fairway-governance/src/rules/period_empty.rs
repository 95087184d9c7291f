//! A period has at least one day.

use super::{Case, reason};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let periods = [
        (Some(case.agreement.period), "The agreement's period ends before it begins"),
        (case.request.period, "The period asked for ends before it begins"),
    ];
    let empty = periods.into_iter().filter_map(|(period, why)| Some((period.filter(|period| period.is_empty())?, why)));
    empty
        .map(|(period, why)| {
            reason("period-empty", format!("{why} ({period})"), "Correct the dates, the first day first")
        })
        .collect()
}
