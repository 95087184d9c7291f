use fairway_service as service;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who works with Fairway.
#[derive(Serialize, ToSchema)]
pub struct Person {
    /// By which the log names them.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Their organisation.
    pub organisation: String,
    /// When the account was ended.
    pub retired_at: Option<String>,
    /// Roles that they have or will have.
    pub roles: Vec<Held>,
    /// Tokens that are good, without their secrets.
    pub tokens: Vec<Shown>,
}

/// A role that somebody has for a time.
#[derive(Serialize, ToSchema)]
pub struct Held {
    /// The role.
    pub role: &'static str,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: Option<String>,
    /// Who granted it.
    pub granted_by: String,
}

/// A token without its secret.
#[derive(Serialize, ToSchema)]
pub struct Shown {
    /// The part of it that is shown.
    pub token: String,
    /// Until when it is good.
    pub expires_at: String,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
pub struct Token {
    /// The part of it that is shown.
    pub token: String,
    /// The whole of it, told this once.
    pub secret: String,
    /// Until when it is good.
    pub expires_at: String,
}

/// A person to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Their name.
    pub name: String,
    /// Their organisation’s code.
    pub organisation: String,
}

/// A role to be granted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// The role’s word.
    pub role: String,
    /// From when; now where nothing is said.
    pub from: Option<String>,
    /// Until when; without an end where nothing is said.
    pub until: Option<String>,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// For how many days it is good.
    pub days: Option<u32>,
}

impl From<service::Person> for Person {
    fn from(person: service::Person) -> Self {
        let held = |one: service::PersonRole| Held {
            role: one.role.as_str(),
            from: one.from.to_string(),
            until: one.until.map(|until| until.to_string()),
            granted_by: one.granted_by,
        };
        let shown = |one: service::PersonToken| Shown { token: one.id, expires_at: one.expires_at.to_string() };
        Self {
            person: person.id.to_string(),
            name: person.name,
            organisation: person.organisation.to_string(),
            retired_at: person.retired_at.map(|at| at.to_string()),
            roles: person.roles.into_iter().map(held).collect(),
            tokens: person.tokens.into_iter().map(shown).collect(),
        }
    }
}

impl From<service::NewToken> for Token {
    fn from(new: service::NewToken) -> Self {
        Self { token: new.id, secret: new.text, expires_at: new.expires_at.to_string() }
    }
}
