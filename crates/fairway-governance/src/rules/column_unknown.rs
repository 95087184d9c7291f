//! A column that the dataset does not have cannot be entitled: the name may be a slip for another.

use super::{Case, distinct, reason, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let unknown = |name: &&String| case.offered(name).is_none() && !case.is_in_safe_haven(name);
    distinct(&case.agreement.columns).into_iter().filter(unknown).map(|name| reason_of(case, name)).collect()
}

fn reason_of(case: &Case<'_>, name: &str) -> Reason {
    let why = format!("The dataset {} has no column {}", shown(&case.request.dataset), shown(name));
    let alike = |known: &&str| plain(known) == plain(name);
    let known = case.request.available.iter().map(|offered| offered.column.name.as_str());
    let what_to_do = match known.into_iter().find(alike) {
        Some(known) => format!("Write {known}, letter for letter, if that is meant"),
        None => "Take it out of the agreement, or spell it as the specification does".into(),
    };
    reason("column-unknown", why, what_to_do)
}

/// A name without case, blanks, hyphens and underscores.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
