//! The records of a submission: a client's story in the columns of the release.

use std::fmt::Write;

use crate::cast::Role;
use crate::chance::Streams;
use crate::facts::Facts;
use crate::known::Known;
use crate::person::Period;
use crate::row::Row;
use crate::story::{Detail, Event, Service};
use crate::template::{Cell, event, outcome};

const LINKED: [Cell; 3] = [Cell::Adult1, Cell::Adult2, Cell::Adult3];

/// How the council numbers people and events: the same for every run with the same seed.
pub(crate) struct Numbering {
    people_offset: u64,
    event_offset: u64,
}

/// Primes, so that each place has a number of its own.
const PEOPLE: u64 = 9_999_991;
const EVENTS: u64 = 99_999_989;

impl Numbering {
    pub(crate) fn new(streams: &Streams) -> Self {
        Self { people_offset: streams.draw(u64::MAX) % PEOPLE, event_offset: streams.draw(u64::MAX - 1) % EVENTS }
    }

    /// The council's identifier of the client at `place`: eight digits.
    pub(crate) fn push_person(&self, place: u64, text: &mut String) {
        let number = 10_000_000 + (place * 7_368_787 + self.people_offset) % PEOPLE;
        let _infallible = write!(text, "{number}");
    }

    /// The reference of a client's event: a letter for its type, a number of the client that is not their identifier,
    /// and which of their events it is.
    fn push_event(&self, place: u64, number: usize, letter: char, text: &mut String) {
        let case = (place * 61_803_399 + self.event_offset) % EVENTS;
        let _infallible = write!(text, "{letter}{case:08}-{:02}", number + 1);
    }
}

/// What every record of a submission says.
pub(crate) struct Letterhead {
    pub council: String,
    pub period: Period,
    pub numbering: Numbering,
    pub providers: Vec<(String, String)>,
}

/// Everything about one client that records are written from.
pub(crate) struct Case<'a> {
    pub place: u64,
    pub role: Role,
    pub known: &'a Known<'a>,
    pub facts: &'a Facts,
    pub cared_for: &'a [u64],
    /// Whether the council knows the general practice.
    pub practice_known: bool,
}

impl Letterhead {
    /// Writes the client's own columns.
    pub(crate) fn fill_person(&self, case: &Case<'_>, row: &mut Row) {
        row.clear();
        let (known, facts) = (case.known, case.facts);
        row.set(Cell::LaCode, &self.council);
        row.set_date(Cell::PeriodStart, self.period.start);
        row.set_date(Cell::PeriodEnd, self.period.end);
        row.set(Cell::NhsNumber, &known.nhs_number);
        self.numbering.push_person(case.place, row.fresh(Cell::LaPerson));
        row.set(Cell::FirstName, &known.given);
        row.set(Cell::LastName, &known.family);
        if case.practice_known {
            row.set(Cell::PracticeName, &known.person.address.practice.name);
            row.set(Cell::PracticeCode, &known.person.address.practice.code);
        }
        row.set_word(Cell::Gender, known.gender);
        row.set_word(Cell::Ethnicity, known.person.ethnicity);
        row.set_date(Cell::Birth, known.birth);
        if let Some(death) = known.person.death {
            row.set_date(Cell::Death, death);
        }
        row.set_word(Cell::ClientType, facts.client);
        row.set_word(Cell::SupportReason, facts.reason);
        row.set(Cell::Postcode, &known.postcode);
        row.set_word(Cell::Accommodation, facts.accommodation);
        row.set_optional(Cell::Employment, facts.employment);
        row.set_word(Cell::HasCarer, facts.has_carer);
        row.set_optional(Cell::Autism, facts.autism);
        row.set_optional(Cell::Visual, facts.sight);
        row.set_optional(Cell::Hearing, facts.hearing);
        row.set_optional(Cell::Dementia, facts.dementia);
        row.set_optional(Cell::Funding, facts.funding);
        self.fill_caring(case, row);
    }

    fn fill_caring(&self, case: &Case<'_>, row: &mut Row) {
        if case.role == Role::User {
            return;
        }
        row.set_optional(Cell::HoursCaring, case.facts.hours);
        let _infallible = write!(row.fresh(Cell::AdultsCaredFor), "{}", case.cared_for.len());
        for (cell, place) in LINKED.iter().zip(case.cared_for) {
            self.numbering.push_person(*place, row.fresh(*cell));
        }
    }

    /// Adds one event's columns to the client's own.
    pub(crate) fn fill_event(&self, case: &Case<'_>, number: usize, told: &Event, row: &mut Row) {
        let (kind, letter) = match &told.detail {
            Detail::Request { .. } => (event::REQUEST, 'R'),
            Detail::Assessment { .. } => (event::ASSESSMENT, 'A'),
            Detail::Service(_) => (event::SERVICE, 'S'),
            Detail::Review { .. } => (event::REVIEW, 'V'),
        };
        row.set_word(Cell::EventType, kind);
        self.numbering.push_event(case.place, number, letter, row.fresh(Cell::EventReference));
        row.set_date(Cell::EventStart, told.start);
        if let Some(end) = told.end {
            row.set_date(Cell::EventEnd, end);
        }
        row.set(Cell::EventDescription, told.description);
        row.set_optional(Cell::EventOutcome, told.outcome);
        match &told.detail {
            Detail::Request { route } => {
                row.set_word(Cell::Route, *route);
                if case.place % 2 == 1 {
                    // A reason is not asked of a request, and half of the councils' clerks leave it out.
                    row.set(Cell::SupportReason, "");
                }
            }
            Detail::Assessment { kind, eligible, method } => {
                row.set_word(Cell::AssessmentType, *kind);
                row.set_optional(Cell::EligibleNeeds, *eligible);
                row.set_optional(Cell::AssessmentMethod, *method);
            }
            Detail::Service(service) => self.fill_service(service, row),
            Detail::Review { reason, achieved, method } => {
                row.set_word(Cell::ReviewReason, *reason);
                row.set_optional(Cell::ReviewAchieved, *achieved);
                row.set_word(Cell::ReviewMethod, *method);
            }
        }
    }

    fn fill_service(&self, service: &Service, row: &mut Row) {
        row.set_word(Cell::ServiceType, service.package.kind);
        row.set_word(Cell::ServiceComponent, service.package.component);
        row.set_optional(Cell::Mechanism, service.mechanism);
        if let Some((name, id)) = service.provider.and_then(|provider| self.providers.get(provider)) {
            row.set(Cell::ProviderName, name);
            row.set(Cell::ProviderId, id);
        }
        if let Some(cost) = &service.cost {
            row.set_hundredths(Cell::UnitCost, cost.unit);
            row.set_optional(Cell::CostFrequency, service.package.frequency);
            if let Some(units) = cost.units {
                row.set_hundredths(Cell::PlannedUnits, units);
            }
        }
    }
}

const HOUSES: &[&str] = &[
    "Willow",
    "Oakfield",
    "Beech",
    "Riverside",
    "Meadow",
    "Hillcrest",
    "Orchard",
    "Sunnyside",
    "Lakeside",
    "Fernleigh",
    "Ashgrove",
    "The Elms",
    "Rosewood",
    "Highfield",
    "Brookside",
    "Larch",
];
const KINDS: &[&str] = &["House", "Care", "Home Care Ltd"];

/// Made-up providers with identifiers of the Care Quality Commission's form.
pub(crate) fn providers(streams: &Streams) -> Vec<(String, String)> {
    let named = KINDS.iter().flat_map(|kind| HOUSES.iter().map(move |house| format!("{house} {kind}")));
    let base = 100_000_000 + streams.draw(u64::MAX - 2) % 800_000_000;
    named.zip(base..).map(|(name, number)| (name, format!("1-{number}"))).collect()
}

/// Whether a record's outcome says that the client died.
pub(crate) fn says_deceased(row: &Row) -> bool {
    row.get(Cell::EventOutcome) == outcome::DECEASED.text(row.edition)
}
