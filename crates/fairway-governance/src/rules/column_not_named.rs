//! What the agreement does not name does not leave.

use super::{Case, distinct, reason, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let asked = distinct(case.request.columns.iter().flatten());
    let reason_of = |name: &String| {
        let why = format!("The agreement does not name the column {}", shown(name));
        reason("column-not-named", why, "Ask without it, or have the agreement name it")
    };
    asked.into_iter().filter(|name| !case.agreement.columns.contains(name)).map(reason_of).collect()
}
