//! A column that names a person by itself never leaves, whatever an agreement says.

use fairway_domain::PrivacyClass;

use super::{Case, distinct, reason, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let direct =
        |name: &&String| case.offered(name).is_some_and(|offered| offered.column.class == PrivacyClass::Direct);
    let reason_of = |name: &String| {
        let why = format!("The column {} identifies a person by itself, and is never released", shown(name));
        reason("column-direct", why, "Take it out of the agreement; a pseudonym or a derived column may do")
    };
    distinct(&case.agreement.columns).into_iter().filter(direct).map(reason_of).collect()
}
