//! What all records of a file have in common: whose it is and which period it covers.

use fairway_domain::{Fault, OrganisationCode};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::desk::{Desk, Note};
use crate::judge::Filled;
use crate::plan::{Builtin, Plan};
use crate::{FieldStatus, FindingSink, Place, Validity};

/// What the first readable records said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub organisation: Option<String>,
    pub period_start: Option<Date>,
    pub period_end: Option<Date>,
    /// Where the period stands first; [`Place::default`] before one was read.
    pub period_place: Place,
}

/// A cell that differs from what the file's other records say.
pub(crate) struct Departure {
    pub rule: Builtin,
    pub column: usize,
}

impl Facts {
    /// Compares one record with what is known, and learns what is not.
    #[inline]
    pub fn compare(
        &mut self,
        plan: &Plan<'_>,
        filled: &Filled<'_>,
        sender: Option<&OrganisationCode>,
        place: impl Fn(usize) -> Place,
    ) -> [Option<Departure>; 3] {
        let roles = plan.roles;
        let organisation = roles.organisation.and_then(|column| self.compare_organisation(column, filled, sender));
        let mut days = [None, None];
        let known = [(roles.period_start, &mut self.period_start), (roles.period_end, &mut self.period_end)];
        for ((column, known), departure) in known.into_iter().zip(&mut days) {
            let Some((column, day)) = column.and_then(|column| Some((column, filled.date(column)?))) else { continue };
            if known.is_none() {
                self.period_place = place(column);
            }
            if *known.get_or_insert(day) != day {
                *departure = Some(Departure { rule: Builtin::PeriodMixed, column });
            }
        }
        let [start, end] = days;
        [organisation, start, end]
    }

    fn compare_organisation(
        &mut self,
        column: usize,
        filled: &Filled<'_>,
        sender: Option<&OrganisationCode>,
    ) -> Option<Departure> {
        let code = filled.text(column)?;
        if self.organisation.is_none() {
            self.organisation = Some(code.to_owned());
        }
        let rule = match sender {
            Some(sender) if !code.eq_ignore_ascii_case(sender.as_str()) => Builtin::OrganisationOther,
            None if self.organisation.as_deref() != Some(code) => Builtin::OrganisationMixed,
            _ => return None,
        };
        Some(Departure { rule, column })
    }

    /// What is to be said of the period once the file is read.
    pub fn judge_period(
        &self,
        plan: &Plan<'_>,
        today: Date,
        desk: &mut Desk,
        sink: &mut dyn FindingSink,
    ) -> Result<(), Fault> {
        let (Some(start), Some(end)) = (self.period_start, self.period_end) else { return Ok(()) };
        for (rule, at_start) in period_faults(start, end, today) {
            let by_role = if at_start { plan.roles.period_start } else { plan.roles.period_end };
            let placed = plan.rules.get(rule.index()).and_then(|rule| rule.column);
            let note = Note {
                column: placed.or(by_role),
                place: self.period_place,
                status: Some(FieldStatus::Mandatory),
                validity: Some(Validity::Invalid),
                ..Note::of(rule)
            };
            desk.report(plan, &note, sink)?;
        }
        Ok(())
    }
}

/// What is wrong with a period, and whether its start is to blame.
fn period_faults(start: Date, end: Date, today: Date) -> Vec<(Builtin, bool)> {
    if start > end {
        return vec![(Builtin::PeriodReversed, true)];
    }
    let mut faults = Vec::new();
    if end > today {
        faults.push((Builtin::PeriodFuture, false));
    }
    let whole_months = start.day() == 1 && end == end.last_of_month();
    if !whole_months {
        faults.push((Builtin::PeriodNotMonths, start.day() != 1));
    }
    let a_year_on = start.checked_add(12.months()).and_then(|day| day.yesterday());
    if whole_months && a_year_on.is_ok_and(|day| day != end) {
        faults.push((Builtin::PeriodNotYear, true));
    }
    faults
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_period_is_twelve_whole_months_that_are_over() {
        let today = date(2025, 5, 1);
        assert_eq!(period_faults(date(2024, 4, 1), date(2025, 3, 31), today), []);
        assert_eq!(period_faults(date(2024, 5, 1), date(2025, 4, 30), today), []);
        assert_eq!(period_faults(date(2025, 4, 1), date(2025, 3, 31), today), [(Builtin::PeriodReversed, true)]);
        assert_eq!(period_faults(date(2025, 1, 1), date(2025, 3, 31), today), [(Builtin::PeriodNotYear, true)]);
        assert_eq!(
            period_faults(date(2024, 6, 2), date(2025, 5, 31), today),
            [(Builtin::PeriodFuture, false), (Builtin::PeriodNotMonths, true)]
        );
    }

    #[test]
    fn a_leap_year_has_twelve_months_too() {
        assert_eq!(period_faults(date(2023, 3, 1), date(2024, 2, 29), date(2025, 1, 1)), []);
    }
}
