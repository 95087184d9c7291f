//! Data leave for a stated purpose, under a stated law.

use super::{Case, reason};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let stated = [
        (&case.agreement.purpose, "The agreement states no purpose", "State what the data are for, under purpose"),
        (&case.agreement.legal_basis, "The agreement states no legal basis", "State the law, under legal_basis"),
    ];
    let blank = stated.into_iter().filter(|(text, ..)| text.trim().is_empty());
    blank.map(|(_, why, what_to_do)| reason("purpose-blank", why, what_to_do)).collect()
}
