//! An extract has at least one column.

use super::{Case, reason};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    if case.agreement.columns.is_empty() {
        return vec![reason("columns-none", "The agreement names no column", "List the columns that it entitles to")];
    }
    if case.request.columns.as_ref().is_some_and(Vec::is_empty) {
        return vec![reason("columns-none", "No column is asked for", "Ask for columns that the agreement names")];
    }
    Vec::new()
}
