//! What was asked and what the register holds: shown only where it is asked for.

use fairway_domain::NhsNumber;
use fairway_trace::{PartialDate, Person, Query};

/// Values by name; blank ones are left out.
pub fn of_query(query: &Query<'_>) -> String {
    joined([
        ("NHS number", query.nhs_number.as_ref().map_or_else(String::new, |number| number.as_str().into())),
        ("given name", query.given_name.into()),
        ("other given names", query.other_given_names.into()),
        ("family name", query.family_name.into()),
        ("date of birth", query.date_of_birth.map_or_else(|| query.born_as_written.into(), digits)),
        ("gender", query.gender.code().into()),
        ("postcode", query.postcode.into()),
        ("address", lines(std::iter::once(query.address_line1).chain(query.address_below))),
    ])
}

/// The same of a person. Of a sensitive one the register says nothing about where they are.
pub fn of_person(person: Person<'_>) -> String {
    let number: NhsNumber = person.nhs_number();
    joined([
        ("NHS number", number.as_str().into()),
        ("given name", person.given_name().into()),
        ("other given names", person.other_given_names().into()),
        ("family name", person.family_name().into()),
        ("date of birth", person.date_of_birth().map(digits).unwrap_or_default()),
        ("gender", person.gender().code().into()),
        ("postcode", person.postcode()),
        ("address", lines(person.address())),
    ])
}

/// The lines of an address that say something, in one.
fn lines<'l>(lines: impl IntoIterator<Item = &'l str>) -> String {
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ")
}

fn joined(values: [(&str, String); 8]) -> String {
    let given = values.iter().filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

fn digits(date: PartialDate) -> String {
    let part = |part: Option<u8>| part.map(|part| format!("-{part:02}")).unwrap_or_default();
    format!("{:04}{}{}", date.year(), part(date.month()), part(date.day()))
}
