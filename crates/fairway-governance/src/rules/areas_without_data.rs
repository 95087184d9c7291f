//! An extract without a record says nothing, and may be mistaken for one that says there is nothing.

use super::{Case, reason};
use crate::{Areas, Reason};

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let names_none = matches!(&case.agreement.areas, Areas::Only(codes) if codes.is_empty());
    if names_none || case.chosen_areas().next().is_some() {
        return Vec::new();
    }
    let why = "No record is held of any council asked for that the agreement covers";
    vec![reason("areas-without-data", why, "Ask again when a submission of one of them has been de-identified")]
}
