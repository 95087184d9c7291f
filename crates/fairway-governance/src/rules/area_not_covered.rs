//! Records of a council that the agreement does not name do not leave.

use super::{Case, reason};
use crate::{Areas, Reason};

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    if matches!(&case.agreement.areas, Areas::Only(codes) if codes.is_empty()) {
        let what_to_do = "List the councils' codes under areas, or write: areas: all";
        return vec![reason("area-not-covered", "The agreement names no area", what_to_do)];
    }
    let asked = case.request.areas.iter().flatten();
    asked
        .filter(|code| !case.agreement.areas.covers(code))
        .map(|code| {
            let why = format!("The agreement does not cover the council {code}");
            reason("area-not-covered", why, "Ask without it, or have the agreement name it")
        })
        .collect()
}
