//! Each column is named once, so that the order of the extract is plain.

use super::{Case, distinct, reason, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let columns = &case.agreement.columns;
    let twice = |name: &&String| columns.iter().filter(|other| other == name).count() > 1;
    let reason_of = |name: &String| {
        let why = format!("The agreement names the column {} more than once", shown(name));
        reason("column-twice", why, "Name it once")
    };
    distinct(columns).into_iter().filter(twice).map(reason_of).collect()
}
