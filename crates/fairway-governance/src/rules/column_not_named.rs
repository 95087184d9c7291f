//! What the agreement does not name does not leave; a table of figures is by no finer level than it names.

use super::{Case, distinct, reason, shown};
use crate::Reason;

pub(crate) fn reasons(case: &Case<'_>) -> Vec<Reason> {
    let asked = distinct(case.request.columns.iter().flatten());
    asked.into_iter().filter_map(|name| reason_of(case, name)).collect()
}

fn reason_of(case: &Case<'_>, name: &str) -> Option<Reason> {
    let named: Vec<&String> = case.agreement.columns.iter().filter(|one| case.plain(one) == case.plain(name)).collect();
    if named.is_empty() {
        let why = format!("The agreement does not name the column {}", shown(name));
        return Some(reason("column-not-named", why, "Ask without it, or have the agreement name it"));
    }
    if case.request.figures.is_none() || named.iter().any(|one| is_within(grain(one), grain(name))) {
        return None;
    }
    let agreed: Vec<String> = named.iter().map(|one| shown(one)).collect();
    let why = format!("{} is a finer level than the agreement's {}", shown(name), agreed.join(", "));
    Some(reason("level-finer", why, "Ask for that level, or have the agreement name the finer one"))
}

/// The level of a dimension: what stands behind the colon; nothing where its own values do.
fn grain(name: &str) -> Option<&str> {
    name.split_once(':').map(|(_, grain)| grain)
}

/// Whether a level tells no more than the one agreed: every level is within a column's own values, and a day's parts within
/// those that they are made of.
fn is_within(agreed: Option<&str>, asked: Option<&str>) -> bool {
    /// Parts of a day, each made of the one before.
    const PARTS: [&str; 3] = ["month", "quarter", "year"];
    let place = |grain: &str| PARTS.iter().position(|part| *part == grain);
    match (agreed, asked) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(agreed), Some(asked)) => agreed == asked || place(agreed).zip(place(asked)).is_some_and(|(a, b)| a <= b),
    }
}
