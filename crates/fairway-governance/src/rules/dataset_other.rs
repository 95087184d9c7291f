//! An agreement is about one dataset.

use super::{Case, reason, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let (named, asked) = (&case.agreement.dataset, &case.request.dataset);
    if named == asked {
        return Vec::new();
    }
    let why = format!("The agreement is about the dataset {}, not {}", shown(named), shown(asked));
    vec![reason("dataset-other", why, "Ask for the dataset that the agreement names, spelt as in its specification")]
}
