//! An area is a council's code; one that no council has may be a slip for another.

use super::{Case, distinct, reason, same_code, shown};
use crate::{Areas, Reason};

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let Areas::Only(codes) = &case.agreement.areas else {
        return Vec::new();
    };
    let known = |code: &str| case.request.known_areas.iter().any(|known| same_code(code, known));
    let reason_of = |code: &String| {
        let why = format!("No council has the code {}, which the agreement names", shown(code));
        reason("area-unknown", why, "Give the council's code in the Organisation Data Service, such as 816")
    };
    distinct(codes).into_iter().filter(|code| !known(code)).map(reason_of).collect()
}
