//! What the gate's rules look at before there is an extract, each a file, where it is more than a few lines. The rules
//! themselves, with their examples and what they look at in the output, are in `gate/`.

mod agreement_expired;
mod agreement_not_started;
mod agreement_unsigned;
mod area_not_covered;
mod area_unknown;
mod areas_without_data;
mod birth_date_narrowed;
mod column_direct;
mod column_in_safe_haven;
mod column_not_named;
mod column_twice;
mod column_unknown;
mod columns_none;
mod dataset_other;
mod period_empty;
mod period_outside;
mod purpose_blank;
mod recipient_malformed;
mod recipient_other;

pub(crate) use agreement_expired::reasons as agreement_expired;
pub(crate) use agreement_not_started::reasons as agreement_not_started;
pub(crate) use agreement_unsigned::reasons as agreement_unsigned;
pub(crate) use area_not_covered::reasons as area_not_covered;
pub(crate) use area_unknown::reasons as area_unknown;
pub(crate) use areas_without_data::reasons as areas_without_data;
pub(crate) use birth_date_narrowed::reasons as birth_date_narrowed;
pub(crate) use column_direct::reasons as column_direct;
pub(crate) use column_in_safe_haven::reasons as column_in_safe_haven;
pub(crate) use column_not_named::reasons as column_not_named;
pub(crate) use column_twice::reasons as column_twice;
pub(crate) use column_unknown::reasons as column_unknown;
pub(crate) use columns_none::reasons as columns_none;
pub(crate) use dataset_other::reasons as dataset_other;
pub(crate) use period_empty::reasons as period_empty;
pub(crate) use period_outside::reasons as period_outside;
pub(crate) use purpose_blank::reasons as purpose_blank;
pub(crate) use recipient_malformed::reasons as recipient_malformed;
pub(crate) use recipient_other::reasons as recipient_other;

use fairway_domain::OrganisationCode;
use jiff::civil::Date;

use crate::{Agreement, OfferedColumn, Period, Reason, ReleaseRequest};

/// What a rule looks at.
pub(crate) struct Case<'a> {
    pub(crate) agreement: &'a Agreement,
    pub(crate) request: &'a ReleaseRequest,
    pub(crate) today: Date,
}

/// A rule.
pub(crate) type Rule = fn(&Case<'_>) -> Vec<Reason>;

impl<'a> Case<'a> {
    /// The columns that would leave: named by the agreement, asked for, and there, in the agreement's order.
    pub(crate) fn chosen_columns(&self) -> impl Iterator<Item = &'a OfferedColumn> {
        let request = self.request;
        let asked = |name: &&String| {
            let same = |one: &String| self.plain(one) == self.plain(name);
            request.columns.as_ref().is_none_or(|columns| columns.iter().any(same))
        };
        self.agreement.columns.iter().filter(asked).filter_map(|name| self.offered(name))
    }

    /// The councils whose records would leave, in the order of their codes.
    pub(crate) fn chosen_areas(&self) -> impl Iterator<Item = &'a OrganisationCode> {
        let asked = |code: &OrganisationCode| self.request.areas.as_ref().is_none_or(|areas| areas.contains(code));
        let covered = |code: &&OrganisationCode| asked(code) && self.agreement.areas.covers(code);
        let mut codes: Vec<_> = self.request.areas_with_data.iter().filter(covered).collect();
        codes.sort();
        codes.dedup();
        codes.into_iter()
    }

    /// The reporting periods that would leave.
    pub(crate) fn chosen_period(&self) -> Period {
        self.request.period.unwrap_or(self.agreement.period)
    }

    /// A column without the grain that a table of figures takes it by: `Event_Start_Date` of `Event_Start_Date:quarter`.
    pub(crate) fn plain<'n>(&self, name: &'n str) -> &'n str {
        match name.split_once(':') {
            Some((column, _)) if self.request.figures.is_some() => column,
            _ => name,
        }
    }

    /// The column of the de-identified table with this name.
    fn offered(&self, name: &str) -> Option<&'a OfferedColumn> {
        let name = self.plain(name);
        self.request.available.iter().find(|offered| offered.column.name == name)
    }

    /// Whether the safe haven alone holds a column of this name.
    fn is_in_safe_haven(&self, name: &str) -> bool {
        self.offered(name).is_none() && self.request.safe_haven.iter().any(|held| held == name)
    }
}

/// Whether a code, as somebody wrote it, is this organisation's.
pub(crate) fn same_code(written: &str, code: &OrganisationCode) -> bool {
    written.parse().is_ok_and(|written: OrganisationCode| written == *code)
}

/// Whether two codes or words, as somebody wrote them, are the same.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

/// A reason, in one call.
pub(crate) fn reason(rule: &'static str, why: impl Into<String>, what_to_do: impl Into<String>) -> Reason {
    Reason { rule, why: why.into(), what_to_do: what_to_do.into() }
}

/// What somebody wrote, short enough to repeat.
pub(crate) fn shown(written: &str) -> String {
    let written = written.trim();
    match written.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", written.get(..at).unwrap_or_default()),
        None if written.is_empty() => "(blank)".into(),
        None => written.into(),
    }
}

/// Names without repetition, in their first order.
fn distinct<'n>(names: impl IntoIterator<Item = &'n String>) -> Vec<&'n String> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}
