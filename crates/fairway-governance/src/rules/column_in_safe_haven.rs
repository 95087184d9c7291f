//! What the dataset holds in the safe haven alone is not released: extracts are made from the de-identified table.

use super::{Case, distinct, reason, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let reason_of = |name: &String| {
        let why = format!("The column {} is seen in the safe haven alone, and is not released", shown(name));
        reason(
            "column-in-safe-haven",
            why,
            "Take it out of the agreement; a derived column may do, such as a pseudonym, an age band or an area",
        )
    };
    distinct(&case.agreement.columns).into_iter().filter(|name| case.is_in_safe_haven(name)).map(reason_of).collect()
}
