//! In which days somebody must be born whose ages on many days are told. Each age leaves a year; many ages leave what is
//! common to all those years. Source of the attack: measured on simulated people, 26 days after 24 events in two years.

use fairway_domain::BirthFacts;
use jiff::ToSpan;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::cells::in_year;

pub(super) struct Births {
    limit: u32,
    people: FxHashMap<u64, Window>,
}

/// Days of birth that are left, both included.
#[derive(Clone, Copy)]
struct Window {
    first: Date,
    last: Date,
    /// Records that contradict each other tell nothing.
    contradicts: bool,
    /// The month alone is told, by a column of its own: that is a month, however many days it has.
    is_a_month: bool,
}

impl Births {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, people: FxHashMap::default() }
    }

    /// Takes somebody's age on a day, with year and month of birth where the extract has them.
    pub(super) fn take(&mut self, person: u64, (age, day): (i16, Date), born: (Option<i16>, Option<i16>)) {
        let Some(of_age) = window(age, day) else { return };
        let all = Window { first: Date::MIN, last: Date::MAX, contradicts: false, is_a_month: false };
        let window = self.people.entry(person).or_insert(all);
        window.narrow(of_age);
        if let Some(told) = told(born) {
            window.narrow(told);
            window.is_a_month = born.1.is_some() && (window.first, window.last) == told;
        }
    }

    pub(super) fn facts(&self) -> BirthFacts {
        let mut facts = BirthFacts { people: self.people.len() as u64, ..BirthFacts::default() };
        for window in self.people.values().filter(|window| !window.contradicts && !window.is_a_month) {
            let days = window.days();
            facts.narrowest = Some(facts.narrowest.map_or(days, |narrowest| narrowest.min(days)));
            facts.below += u64::from(days < self.limit);
        }
        facts
    }
}

impl Window {
    fn narrow(&mut self, (first, last): (Date, Date)) {
        self.first = self.first.max(first);
        self.last = self.last.min(last);
        self.contradicts |= self.last < self.first;
    }

    fn days(&self) -> u32 {
        let days = self.first.until(self.last).map_or(0, |span| span.get_days());
        u32::try_from(days).unwrap_or_default().saturating_add(1)
    }
}

/// The days of birth that give an age on a day.
fn window(age: i16, day: Date) -> Option<(Date, Date)> {
    let last = in_year(day.year().checked_sub(age)?, day)?;
    let before = in_year(day.year().checked_sub(age)?.checked_sub(1)?, day)?;
    Some((before.checked_add(1.day()).ok()?, last))
}

/// The days that a year, or a month of it, leaves.
fn told((year, month): (Option<i16>, Option<i16>)) -> Option<(Date, Date)> {
    let first = Date::new(year?, month.map_or(1, |month| i8::try_from(month).unwrap_or_default()), 1).ok()?;
    Some((first, if month.is_some() { first.last_of_month() } else { first.last_of_year() }))
}
