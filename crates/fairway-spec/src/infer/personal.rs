//! What a column's name says of persons.

use fairway_domain::PrivacyClass;

use crate::model::{Format, Role};

/// What a column is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Taken {
    /// The class, where the name decides it.
    pub(super) class: Option<PrivacyClass>,
    pub(super) role: Option<Role>,
    pub(super) shape: Option<Format>,
    /// Why, in a few words.
    pub(super) why: &'static str,
}

/// Words of a name that speak of a person, and what they make of the column. The first that fits counts.
const NAMED: [(&[&str], Option<Role>, &str); 14] = [
    (&["forename", "first name", "given name", "christian name"], Some(Role::Forename), "a given name"),
    (&["surname", "last name", "family name"], Some(Role::Surname), "a family name"),
    (&["birth", "dob"], Some(Role::BirthDate), "a date of birth"),
    (&["death", "dod", "deceased"], Some(Role::DeathDate), "a date of death"),
    (&["postcode", "post code", "postal code", "zip"], Some(Role::Postcode), "a postcode"),
    (&["nhs"], Some(Role::NhsNumber), "an NHS number"),
    (&["address", "street", "town", "uprn"], None, "an address"),
    (&["phone", "mobile", "telephone", "tel", "fax"], None, "a telephone number"),
    (&["email", "e mail", "mail"], None, "an e-mail address"),
    (&["national insurance", "nino", "ni number", "passport", "unique pupil number", "upn"], None, "a personal number"),
    (&["name", "worker", "manager", "author", "contact", "carer", "staff", "user", "gp"], None, "a person"),
    (
        &["note", "notes", "comment", "comments", "description", "text", "detail", "details", "remarks"],
        None,
        "free text",
    ),
    (&["id", "identifier", "ref", "reference", "key", "number", "no", "num"], None, "an identifier"),
    (&["sex", "gender"], Some(Role::Sex), "sex or gender"),
];

/// What the name of a column makes it.
pub(super) fn by_name(header: &str) -> Taken {
    let words = spaced(header);
    let found = NAMED.iter().find(|(names, ..)| names.iter().any(|name| words.contains(&format!(" {name} "))));
    let Some((_, role, why)) = found else { return Taken::default() };
    let class = if *role == Some(Role::Sex) { PrivacyClass::Quasi } else { PrivacyClass::Direct };
    let shape = match role {
        Some(Role::NhsNumber) => Some(Format::NhsNumber),
        Some(Role::Postcode) => Some(Format::Postcode),
        _ => None,
    };
    Taken { class: Some(class), role: *role, shape, why }
}

/// Whether the name is that of something that tells records apart.
pub(super) fn is_key(header: &str) -> bool {
    let words = spaced(header);
    [" id ", " identifier ", " ref ", " reference ", " key ", " number ", " no ", " code ", " uid ", " uuid "]
        .iter()
        .any(|name| words.contains(name))
}

/// Whether the name speaks of a day.
pub(super) fn is_day(header: &str) -> bool {
    let words = spaced(header);
    [" date ", " day ", " dob ", " on "].iter().any(|name| words.contains(name))
}

/// The words of a name in lower case, each between spaces: `DateOfBirth`, `date_of_birth`.
fn spaced(header: &str) -> String {
    let mut text = String::from(" ");
    let mut before = ' ';
    for c in header.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            text.push(' ');
        }
        if c.is_alphanumeric() {
            text.extend(c.to_lowercase())
        } else {
            text.push(' ')
        }
        before = c;
    }
    text.push(' ');
    let apart: Vec<&str> = text.split_whitespace().collect();
    format!(" {} ", apart.join(" "))
}
