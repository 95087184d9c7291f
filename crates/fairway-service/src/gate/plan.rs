//! What tells what in an extract, read off the specification: roles, derivations and code lists, never names.

use std::collections::HashSet;
use std::sync::Arc;

use fairway_deid::measure::{AgePlan, ColumnPlan, MeasureLimits, MeasurePlan, OwnPlan, Tells};
use fairway_domain::{Column, ColumnKind, PrivacyClass};
use fairway_governance::{Agreement, GrantedExtract, ReleaseTerms};
use fairway_spec::{DatePart, Derivation, Fact, FieldKind, Input, Role, Spec, Whose};

use crate::deid_map::NOT_MAPPED;

/// One dataset's part of an extract.
pub(crate) struct Part<'a> {
    /// The specification by which it was asked for.
    pub spec: &'a Spec,
    /// Every release of it: values of an earlier one stay as they were.
    pub all: &'a [Arc<Spec>],
    pub granted: &'a GrantedExtract,
    /// What the names of its columns begin with in the extract.
    pub prefix: String,
}

/// The plan of an extract of one dataset.
pub(crate) fn single(part: &Part<'_>, key_id: &str, terms: &ReleaseTerms) -> MeasurePlan {
    let mut plan = MeasurePlan { key_id: key_id.to_owned(), ..MeasurePlan::default() };
    add(&mut plan, part, terms);
    plan
}

/// The plan of an extract of two, behind the columns of the link itself: the person, and how each side knows the person.
pub(crate) fn linked(
    own: &[Column],
    parts: [&Part<'_>; 2],
    recipient: &str,
    (key_id, terms): (&str, &ReleaseTerms),
) -> MeasurePlan {
    let mut plan = MeasurePlan { key_id: key_id.to_owned(), person: vec![0], ..MeasurePlan::default() };
    for (at, column) in own.iter().enumerate() {
        let tells = if at == 0 { Tells::Pseudonym } else { Tells::LinkClass };
        plan.columns.push(ColumnPlan { name: column.name.clone(), kind: column.kind, tells, codes: None });
    }
    for part in parts {
        let first = plan.columns.len();
        add(&mut plan, part, terms);
        if plan.own.is_none() && part.granted.areas().iter().any(|area| area.as_str() == recipient) {
            plan.own = Some(own_of(&plan, first, recipient));
        }
    }
    plan.person = vec![0];
    plan
}

/// What the recipient sent of the columns from `first` on.
fn own_of(plan: &MeasurePlan, first: usize, recipient: &str) -> OwnPlan {
    let theirs = plan.columns.iter().enumerate().skip(first);
    let sent = |tells| matches!(tells, Tells::Something | Tells::Provider | Tells::PeriodDay);
    OwnPlan {
        code: recipient.to_owned(),
        area: theirs.clone().find(|(_, column)| column.tells == Tells::Area).map(|(at, _)| at),
        columns: theirs.filter(|(_, column)| sent(column.tells)).map(|(at, _)| at).collect(),
    }
}

/// Limits of an agreement, or those of the terms.
pub(crate) fn limits_of(agreement: &Agreement, terms: &ReleaseTerms) -> MeasureLimits {
    let own = |name: &str| agreement.particulars.limits.iter().rfind(|(own, _)| own == name).map(|(_, value)| *value);
    let limit = |name| own(name).or_else(|| terms.number(name).map(|number| number.value)).unwrap_or_default();
    MeasureLimits {
        birth_window_days: limit("birth_window_days"),
        small_group: limit("small_group"),
        own_people: limit("own_source_people"),
        provider_people: limit("provider_people"),
    }
}

fn add(plan: &mut MeasurePlan, part: &Part<'_>, terms: &ReleaseTerms) {
    let (spec, first) = (part.spec, plan.columns.len());
    let columns = part.granted.columns();
    let place = |name: &str| columns.iter().position(|column| column.name == name).map(|at| first + at);
    let known = terms.known_of_a_person.get(spec.name.dataset());
    let mut persons = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let derivation = derivation(spec, &column.name);
        let tells = tells(spec, column, derivation);
        if let Some(rank) = derivation.and_then(person) {
            persons.push((rank, first + at));
        }
        let may_know = tells == Tells::Something && column.kind != ColumnKind::Date;
        let is_known = match known {
            Some(known) => known.columns.contains(&column.name),
            None => column.class == PrivacyClass::Quasi,
        };
        if may_know && is_known {
            plan.known.push(first + at);
        }
        let name = format!("{}{}", part.prefix, column.name);
        plan.columns.push(ColumnPlan { name, kind: column.kind, tells, codes: codes(part.all, &column.name) });
    }
    persons.sort_unstable();
    plan.person.extend(persons.into_iter().map(|(_, at)| at));
    let born = |input: Input| matches!(input, Input::Field(at) if spec.field(at).is_some_and(|f| f.role == Some(Role::BirthDate)));
    for derived in &spec.derived {
        let Some(at) = place(&derived.column) else { continue };
        match &derived.derivation {
            Derivation::DatePart(DatePart::Month, input) if born(*input) => plan.birth_month = Some(at),
            Derivation::DatePart(DatePart::Year, input) if born(*input) => plan.birth_year = Some(at),
            Derivation::FullYears(ages) if born(ages.from) => {
                let days = ages.at.iter().filter_map(|input| place(name_of(spec, *input)?));
                plan.ages.push(AgePlan { age: at, at: days.collect() });
            }
            _ => {}
        }
    }
}

fn derivation<'a>(spec: &'a Spec, column: &str) -> Option<&'a Derivation> {
    spec.derived.iter().find(|derived| derived.column == column).map(|derived| &derived.derivation)
}

fn name_of(spec: &Spec, input: Input) -> Option<&str> {
    match input {
        Input::Field(at) => spec.field(at).map(|field| field.column.as_str()),
        Input::Derived(at) => spec.derived.get(at).map(|derived| derived.column.as_str()),
    }
}

/// Columns that say whom a row is about, the surest first.
fn person(derivation: &Derivation) -> Option<u8> {
    match derivation {
        Derivation::CombinedPersonId => Some(0),
        Derivation::Pseudonym(Whose::Traced) => Some(1),
        Derivation::Pseudonym(Whose::Number) => Some(2),
        Derivation::Pseudonym(Whose::Local) => Some(3),
        _ => None,
    }
}

fn tells(spec: &Spec, column: &Column, derivation: Option<&Derivation>) -> Tells {
    let role = spec.fields.iter().find(|field| field.column == column.name).and_then(|field| field.role);
    match (derivation, role) {
        (Some(Derivation::CombinedPersonId), _) => Tells::Combined,
        (Some(Derivation::Fact(Fact::RecordNumber)), _) => Tells::Number,
        (Some(derivation), _) if derivation.subject().is_some() => Tells::Pseudonym,
        (None, Some(Role::Organisation)) => Tells::Area,
        (None, Some(Role::PeriodStart | Role::PeriodEnd)) => Tells::PeriodDay,
        (None, Some(Role::Provider)) => Tells::Provider,
        _ => Tells::Something,
    }
}

/// The values of a coded column in every release, and what stands for one that is in none.
pub(crate) fn codes(all: &[Arc<Spec>], column: &str) -> Option<Arc<rustc_hash::FxHashSet<String>>> {
    let fields = all.iter().flat_map(|spec| spec.fields.iter().filter(|field| field.column == column));
    let fields: Vec<_> = fields.collect();
    let is_coded =
        !fields.is_empty() && fields.iter().all(|field| field.kind == FieldKind::Code && field.codes.is_some());
    if !is_coded {
        return None;
    }
    let lists = fields.iter().filter_map(|field| field.codes.as_ref());
    let values: HashSet<&str> = lists
        .flat_map(|list| {
            let now = list.codes.iter().map(|code| code.value.as_str());
            now.chain(list.earlier.keys().map(String::as_str))
        })
        .collect();
    Some(Arc::new(values.into_iter().chain([NOT_MAPPED]).map(String::from).collect()))
}
