use std::fmt;

use fairway_domain::{AccountId, OrganisationCode};

use super::Role;

/// Who asks, with the rights they have at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person's account; nobody's where a machine asks.
    pub person: Option<AccountId>,
    /// The organisation they ask for; none for machines.
    pub organisation: Option<OrganisationCode>,
    /// Their roles today.
    pub roles: Vec<Role>,
}

impl Actor {
    /// Whoever runs the program in the data directory without a token.
    pub fn console() -> Self {
        Self { person: None, organisation: None, roles: vec![Role::ConsoleOperator] }
    }

    /// The process that does what is queued.
    pub fn worker() -> Self {
        Self { person: None, organisation: None, roles: vec![Role::Worker] }
    }
}

impl fmt::Display for Actor {
    /// As the log names them: `person:0192…`, else the machine's role.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.person, self.roles.first()) {
            (Some(person), _) => write!(f, "person:{person}"),
            (None, Some(role)) => role.fmt(f),
            (None, None) => f.write_str("nobody"),
        }
    }
}

/// What is asked about, as far as permission looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object<'a> {
    /// What belongs to the processing centre as a whole.
    Centre,
    /// What is an organisation's.
    Of(&'a OrganisationCode),
    /// A list, of which the answer holds no more than the permission reaches.
    Several,
}
