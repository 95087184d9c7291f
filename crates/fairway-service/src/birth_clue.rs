//! What a column of the de-identified table tells about the day of birth, read off its derivation.

use fairway_governance::BirthClue;
use fairway_spec::{Ages, DatePart, Derivation, Input, Role, Spec};

/// What a column tells about the day of birth: the month itself, an exact age, or the days on which such ages are. An
/// age at the end of a reporting period tells nothing of the day, for that day is the same for everybody.
pub(crate) fn birth_clue(spec: &Spec, column: &str) -> Option<BirthClue> {
    let is_birth = |input: Input| is_of_role(spec, input, Role::BirthDate);
    let is_telling = |ages: &Ages| ages.at.iter().any(|at| !is_of_role(spec, *at, Role::PeriodEnd));
    let derived = spec.derived.iter().find(|derived| derived.column == column).map(|derived| &derived.derivation);
    match derived {
        Some(Derivation::DatePart(DatePart::Month | DatePart::YearMonth, input)) if is_birth(*input) => {
            Some(BirthClue::BirthMonth)
        }
        Some(Derivation::FullYears(ages)) if is_birth(ages.from) && is_telling(ages) => Some(BirthClue::AgeOnDay),
        _ => {
            let ages = spec.derived.iter().filter_map(|derived| match &derived.derivation {
                Derivation::FullYears(ages) if is_birth(ages.from) => Some(&ages.at),
                _ => None,
            });
            let mut days = ages.flatten().filter(|at| !is_of_role(spec, **at, Role::PeriodEnd));
            days.any(|at| column_name(spec, *at) == Some(column)).then_some(BirthClue::DayOfAge)
        }
    }
}

fn is_of_role(spec: &Spec, input: Input, role: Role) -> bool {
    matches!(input, Input::Field(at) if spec.field(at).is_some_and(|field| field.role == Some(role)))
}

fn column_name(spec: &Spec, input: Input) -> Option<&str> {
    match input {
        Input::Field(at) => spec.field(at).map(|field| field.column.as_str()),
        Input::Derived(at) => spec.derived.get(at).map(|derived| derived.column.as_str()),
    }
}
