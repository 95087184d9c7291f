//! What happens between a client and the council: requests, assessments, services, reviews, in an order and with
//! outcomes that make sense. Scope after the guidance: requests, assessments and reviews are there once completed in
//! the period; a service is there where it was active on any day of the period, and only a service may be open.

mod carer;
mod package;
mod user;

use jiff::civil::Date;

use crate::chance::{Chance, birthday, plus};
use crate::person::{Period, Person};
use crate::template::{Word, assessment, outcome};

pub(crate) use package::Package;

/// One event.
pub(crate) struct Event {
    pub start: Date,
    pub end: Option<Date>,
    pub outcome: Option<Word>,
    pub detail: Detail,
    pub description: &'static str,
}

/// What kind of event, with what only that kind has.
pub(crate) enum Detail {
    Request { route: Word },
    Assessment { kind: Word, eligible: Option<Word>, method: Option<Word> },
    Service(Service),
    Review { reason: Word, achieved: Option<Word>, method: Word },
}

/// A service as it is given to one person.
pub(crate) struct Service {
    pub package: &'static Package,
    pub mechanism: Option<Word>,
    pub cost: Option<Cost>,
    /// Which of the council's providers, where there is one.
    pub provider: Option<usize>,
}

/// What a unit costs, and how many there are in a week. Hundredths.
pub(crate) struct Cost {
    pub unit: i64,
    pub units: Option<i64>,
}

/// A client's story, and what it tells about them.
pub(crate) struct Story {
    pub events: Vec<Event>,
    /// Where the main service has the client live.
    pub home: Option<Word>,
    /// The day of a hospital discharge that began it.
    pub discharged: Option<Date>,
}

/// Tells a service user's story; there is always at least one event.
pub(crate) fn of_user(person: &Person<'_>, period: Period, chance: Chance) -> Story {
    let mut plot = Plot::new(person, period, chance);
    user::tell(&mut plot);
    plot.finish()
}

/// Tells a carer's story; there is always at least one event.
pub(crate) fn of_carer(person: &Person<'_>, period: Period, chance: Chance) -> Story {
    let mut plot = Plot::new(person, period, chance);
    carer::tell(&mut plot);
    plot.finish()
}

/// A story being told.
struct Plot {
    chance: Chance,
    period: Period,
    death: Option<Date>,
    birth: Date,
    /// The client's eighteenth birthday: nothing begins before.
    of_age: Date,
    events: Vec<Event>,
    home: Option<Word>,
    discharged: Option<Date>,
}

impl Plot {
    fn new(person: &Person<'_>, period: Period, chance: Chance) -> Self {
        Self {
            chance,
            period,
            death: person.death,
            birth: person.birth,
            of_age: birthday(person.birth, 18),
            events: Vec::new(),
            home: None,
            discharged: None,
        }
    }

    /// The last day on which something can begin.
    fn last(&self) -> Date {
        self.death.unwrap_or(self.period.end)
    }

    /// A day of the period while the client lives.
    fn some_day(&mut self) -> Date {
        self.chance.day(self.period.start, self.last())
    }

    /// Start and end of something that is completed in the period and before a death; `None` where it is not.
    fn completed(&self, start: Date, length: i32) -> Option<(Date, Date)> {
        let start = start.max(self.of_age);
        let end = plus(start, length);
        let in_period = end >= self.period.start && end <= self.period.end;
        let alive = self.death.is_none_or(|death| end < death);
        (in_period && alive).then_some((start, end))
    }

    fn request(&mut self, start: Date, route: Word, outcome: Word) -> Option<Date> {
        let length = self.chance.within(0, 12);
        let (start, end) = self.completed(start, length)?;
        let description = if self.chance.happens(250) { "Conversation about what matters to the person" } else { "" };
        let detail = Detail::Request { route };
        self.events.push(Event { start, end: Some(end), outcome: Some(outcome), detail, description });
        Some(end)
    }

    fn assess(&mut self, start: Date, kind: Word, method: Word, outcome: Word) -> Option<Date> {
        let length = self.chance.within(1, 42);
        let (start, end) = self.completed(start, length)?;
        let eligible = (kind == assessment::LONG || self.chance.happens(300)).then_some(match outcome {
            outcome::SUPPORT | outcome::REABLEMENT | outcome::NO_CHANGE => crate::template::eligible::YES,
            _ => crate::template::eligible::NO,
        });
        let detail = Detail::Assessment { kind, eligible, method: Some(method) };
        self.events.push(Event { start, end: Some(end), outcome: Some(outcome), detail, description: "" });
        Some(end)
    }

    /// What a client can pay. It has no outcome and no method.
    fn assess_means(&mut self, start: Date) {
        let length = self.chance.within(5, 40);
        if let Some((start, end)) = self.completed(start, length) {
            let detail = Detail::Assessment { kind: assessment::FINANCIAL, eligible: None, method: None };
            self.events.push(Event { start, end: Some(end), outcome: None, detail, description: "" });
        }
    }

    fn review(&mut self, start: Date, reason: Word, method: Word, outcome: Word) -> Option<Date> {
        let length = self.chance.within(0, 21);
        let (start, end) = self.completed(start, length)?;
        let planned = reason.first == crate::template::review::PLANNED.first;
        let achieved = (planned || self.chance.happens(400)).then(|| achieved(&mut self.chance));
        let detail = Detail::Review { reason, achieved, method };
        self.events.push(Event { start, end: Some(end), outcome: Some(outcome), detail, description: "" });
        Some(end)
    }

    /// A service from `start`, to `end` with the outcome given, or going on. A death ends it. Not told where it was
    /// over before the period or begins after it.
    fn serve(&mut self, package: &'static Package, start: Date, end: Option<(Date, Word)>) {
        let start = start.max(self.of_age);
        let planned = end.filter(|(day, _)| *day <= self.period.end);
        let by_death = self.death.filter(|death| planned.is_none_or(|(day, _)| day >= *death));
        let (end, outcome) = match (by_death, planned) {
            (Some(death), _) => (Some(death), outcome::DECEASED),
            (None, Some((day, outcome))) => (Some(day), outcome),
            (None, None) => (None, outcome::GOES_ON),
        };
        let last = end.unwrap_or(self.period.end);
        if start > last || last < self.period.start {
            return;
        }
        let service = package.order(&mut self.chance);
        let description = if self.chance.happens(60) { "Care and support plan agreed" } else { "" };
        self.events.push(Event { start, end, outcome: Some(outcome), detail: Detail::Service(service), description });
    }

    fn finish(mut self) -> Story {
        if self.events.is_empty() {
            self.events.push(self.bare_request());
        }
        self.events.sort_by_key(|event| (event.start, event.end.unwrap_or(Date::MAX)));
        Story { events: self.events, home: self.home, discharged: self.discharged }
    }

    /// A request that fits in whatever time there was.
    fn bare_request(&self) -> Event {
        let end = self.death.unwrap_or(self.period.start);
        Event {
            start: plus(end, -3).max(self.of_age).min(end),
            end: Some(end),
            outcome: Some(if self.death.is_some() { outcome::DECEASED } else { outcome::ADVICE }),
            detail: Detail::Request { route: crate::template::route::COMMUNITY },
            description: "",
        }
    }
}

fn achieved(chance: &mut Chance) -> Word {
    use crate::template::achieved::{FULLY, NOT, PARTLY};
    chance.weighted(&[(FULLY, 55), (PARTLY, 38), (NOT, 7)]).copied().unwrap_or(FULLY)
}
