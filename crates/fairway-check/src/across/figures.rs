//! What all events of a file come to: how many of each kind, and in which months they end.

use std::collections::{BTreeMap, BTreeSet};

use fairway_spec::Across as Asked;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::AtEnd;
use super::glean::Event;
use super::outline::Closing;
use crate::{DatasetFigures, KindFigures};

/// Counts of events.
#[derive(Debug, Default, Clone)]
pub(super) struct Figures {
    /// Events of each kind.
    kinds: BTreeMap<u16, u64>,
    /// Ended events of each month and kind.
    ends: FxHashMap<(Month, u16), u64>,
    /// The last entry of each, not yet added: events of one kind and month often follow one another.
    last: Option<(u16, Option<Month>, u64)>,
}

/// A month as a number that grows with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Month(i32);

impl Month {
    pub fn of(day: Date) -> Self {
        Self(i32::from(day.year()) * 12 + i32::from(day.month()) - 1)
    }

    /// Its first day.
    pub fn first(self) -> Date {
        let year = i16::try_from(self.0.div_euclid(12)).unwrap_or_default();
        let month = i8::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1);
        Date::new(year, month, 1).unwrap_or(Date::ZERO)
    }

    fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What the file says of itself, and when it is checked.
#[derive(Debug, Clone)]
pub(crate) struct Stated<'a> {
    /// First and last day of the reporting period.
    pub period: Option<(Date, Date)>,
    pub today: Date,
    /// The organisation's code.
    pub organisation: Option<&'a str>,
    /// Dataset and release that it was checked against.
    pub specification: String,
}

impl Figures {
    #[inline]
    pub fn add(&mut self, event: &Event) {
        let Some(kind) = event.kind else { return };
        let month = event.end.map(Month::of);
        match &mut self.last {
            Some((last_kind, last_month, count)) if (*last_kind, *last_month) == (kind, month) => *count += 1,
            _ => {
                self.settle();
                self.last = Some((kind, month, 1));
            }
        }
    }

    fn settle(&mut self) {
        let Some((kind, month, count)) = self.last.take() else { return };
        *self.kinds.entry(kind).or_default() += count;
        if let Some(month) = month {
            *self.ends.entry((month, kind)).or_default() += count;
        }
    }

    /// The counts, complete.
    pub fn close(mut self) -> Counts {
        self.settle();
        let mut months: BTreeMap<Month, BTreeMap<u16, u64>> = BTreeMap::new();
        for ((month, kind), count) in self.ends {
            months.entry(month).or_default().insert(kind, count);
        }
        Counts { kinds: self.kinds, months }
    }
}

/// The counts of a whole file, in order.
#[derive(Debug, Default, Clone)]
pub(super) struct Counts {
    /// Events of each kind.
    pub kinds: BTreeMap<u16, u64>,
    /// Ended events of each month, by kind.
    pub months: BTreeMap<Month, BTreeMap<u16, u64>>,
}

impl Counts {
    /// Events by the name of their kind.
    pub fn by_name<'n>(&self, names: &'n [String]) -> BTreeMap<&'n str, u64> {
        let name = |kind: &u16| names.get(usize::from(*kind)).map_or("", String::as_str);
        self.kinds.iter().map(|(kind, count)| (name(kind), *count)).collect()
    }

    fn events(&self) -> u64 {
        self.kinds.values().sum()
    }

    fn ended(&self) -> u64 {
        self.months.values().flat_map(BTreeMap::values).sum()
    }

    /// The reporting period that the events show: see [`Asked::Period`]. `None` where there are too few.
    pub fn period(
        &self,
        today: Date,
        (least_share, fewer_kinds, least_events): (f64, usize, u64),
    ) -> Option<(Date, Date)> {
        let before: Vec<_> = self.months.range(..Month::of(today)).collect();
        let in_month = |kinds: &BTreeMap<u16, u64>| kinds.values().sum::<u64>();
        let all: u64 = before.iter().map(|(_, kinds)| in_month(kinds)).sum();
        if all < least_events.max(1) {
            return None;
        }
        let most_kinds = before.iter().map(|(_, kinds)| kinds.len()).max()?;
        let counts = |kinds: &BTreeMap<u16, u64>| {
            in_month(kinds) as f64 >= least_share * all as f64 && kinds.len() + fewer_kinds >= most_kinds
        };
        let mut months = before.iter().filter(|(_, kinds)| counts(kinds)).map(|(month, _)| **month);
        let first = months.next()?;
        let last = months.next_back().unwrap_or(first);
        Some((first.first(), last.first().last_of_month()))
    }

    /// Months of the stated period with fewer than this share of the ended events.
    fn thin_months(&self, (start, end): (Date, Date), least_share: f64) -> Vec<Date> {
        let all = self.ended() as f64;
        let mut thin = Vec::new();
        let mut month = Month::of(start);
        // A period that goes on for longer is a mistake that is said elsewhere.
        let last = Month::of(end).min(Month(month.0 + 119));
        while month <= last {
            let count: u64 = self.months.get(&month).map_or(0, |kinds| kinds.values().sum());
            if (count as f64) < least_share * all {
                thin.push(month.first());
            }
            month = month.next();
        }
        thin
    }

    /// The counts as the summary has them.
    pub fn summary(&self, closing: &[Closing], today: Date, names: &[String]) -> DatasetFigures {
        let derived_period = closing.iter().find_map(|closing| match closing.asked {
            Asked::Period { least_share, fewer_kinds, least_events } => {
                self.period(today, (least_share, fewer_kinds, least_events))
            }
            _ => None,
        });
        let kinds = self.kinds.iter().map(|(kind, events)| KindFigures {
            kind: names.get(usize::from(*kind)).cloned().unwrap_or_default(),
            events: *events,
            ended: self.months.iter().filter_map(|(month, kinds)| Some((month.first(), *kinds.get(kind)?))).collect(),
        });
        DatasetFigures { derived_period, kinds: kinds.collect(), earlier: None }
    }

    /// What a rule about the file's own figures says.
    pub fn judge(&self, closing: &Closing, stated: &Stated<'_>, names: &[String]) -> Vec<AtEnd> {
        let say = |words| vec![AtEnd { words, ..closing.at_end() }];
        match &closing.asked {
            Asked::Period { least_share, fewer_kinds, least_events } => {
                let shown = self.period(stated.today, (*least_share, *fewer_kinds, *least_events));
                let (Some(shown), Some(period)) = (shown, stated.period) else { return Vec::new() };
                if shown == period {
                    return Vec::new();
                }
                say(vec![("found", days(shown)), ("expected", days(period))])
            }
            Asked::Months { least_share, least_events } => {
                let Some(period) = stated.period.filter(|_| self.ended() >= *least_events) else { return Vec::new() };
                let thin = self.thin_months(period, *least_share);
                if thin.is_empty() {
                    return Vec::new();
                }
                let months: Vec<String> = thin.iter().map(|day| day.strftime("%B %Y").to_string()).collect();
                say(vec![("found", months.join(", "))])
            }
            Asked::Kinds { least_events } if self.events() >= *least_events => {
                let here: BTreeSet<usize> = self.kinds.keys().map(|kind| usize::from(*kind)).collect();
                let absent = names.iter().enumerate().filter(|(kind, _)| !here.contains(kind));
                absent.flat_map(|(_, name)| say(vec![("found", name.clone())])).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A period in words.
fn days((start, end): (Date, Date)) -> String {
    format!("{} to {}", start.strftime("%-d %B %Y"), end.strftime("%-d %B %Y"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn counts(ends: &[(i16, i8, u16, u64)]) -> Counts {
        let mut figures = Figures::default();
        for (year, month, kind, count) in ends {
            let event = Event { kind: Some(*kind), end: Some(date(*year, *month, 5)) };
            (0..*count).for_each(|_| figures.add(&event));
        }
        figures.close()
    }

    const RULE: (f64, usize, u64) = (0.02, 1, 100);

    #[test]
    fn the_period_goes_from_the_first_to_the_last_month_with_enough_of_nearly_every_kind() {
        let rule = |ends: &[_]| counts(ends).period(date(2026, 4, 20), RULE);
        let full = [(2025, 4, 0, 60), (2025, 4, 1, 60), (2025, 6, 0, 60), (2025, 6, 1, 60)];
        assert_eq!(rule(&full), Some((date(2025, 4, 1), date(2025, 6, 30))));
        // One kind fewer is as good, two are not; and under 2 % of all is not a month.
        let more = [&full[..], &[(2025, 5, 2, 5), (2025, 5, 0, 5), (2025, 5, 1, 5), (2025, 7, 0, 90)]].concat();
        assert_eq!(rule(&more), Some((date(2025, 4, 1), date(2025, 6, 30))));
        let thin = [&full[..], &[(2025, 3, 0, 2), (2025, 3, 1, 2)]].concat();
        assert_eq!(rule(&thin), Some((date(2025, 4, 1), date(2025, 6, 30))));
    }

    #[test]
    fn ends_from_the_month_of_the_check_on_do_not_count() {
        let ends = [(2025, 4, 0, 100), (2025, 5, 0, 100), (2025, 6, 0, 100)];
        assert_eq!(counts(&ends).period(date(2025, 6, 30), RULE), Some((date(2025, 4, 1), date(2025, 5, 31))));
        assert_eq!(counts(&ends[..1]).period(date(2025, 4, 30), RULE), None);
        assert_eq!(counts(&[(2025, 4, 0, 99)]).period(date(2025, 6, 30), RULE), None);
    }

    #[test]
    fn a_month_without_events_is_thin() {
        let counts = counts(&[(2025, 4, 0, 98), (2025, 5, 0, 1), (2025, 6, 0, 100)]);
        let thin = counts.thin_months((date(2025, 4, 1), date(2025, 7, 31)), 0.02);
        assert_eq!(thin, [date(2025, 5, 1), date(2025, 7, 1)]);
    }

    #[test]
    fn months_of_any_year_read_back() {
        for day in [date(-9999, 1, 1), date(0, 12, 1), date(2025, 2, 1), date(9999, 12, 1)] {
            assert_eq!(Month::of(day).first(), day);
        }
    }
}
