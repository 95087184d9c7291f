use fairway_domain::{Fault, FaultExt, OrganisationCode, Refusal};

use super::document::{Document, Existence, PermissionsError, TokenDays, VerbRow};
use super::{Actor, Object, Role, Verb};

/// The permission table.
#[derive(Debug, Clone)]
pub struct Permissions {
    pub(super) document: Document,
}

/// How far a right goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Nowhere.
    None,
    /// To what is of the person's own organisation.
    Own,
    /// To everybody's.
    Any,
}

impl Scope {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Own => "own",
            Self::Any => "any",
        }
    }
}

/// One cell of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// How far the role's right goes.
    pub scope: Scope,
    /// Why.
    pub why: &'a str,
}

/// As far as an actor's permission goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// To one organisation's.
    Own(OrganisationCode),
    /// To everybody's.
    Any,
}

impl Reach {
    /// Whether it goes to what is this organisation's.
    pub fn covers(&self, organisation: &OrganisationCode) -> bool {
        match self {
            Self::Own(own) => own == organisation,
            Self::Any => true,
        }
    }
}

/// What the table answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permit {
    /// Yes, so far.
    Allowed(Reach),
    /// No, and these are the reasons.
    Refused(Refusal),
    /// No, and it must not be told that there is such a thing: the answer is the one for what is not there.
    NotFound,
}

impl Permissions {
    /// The table that comes with the program.
    ///
    /// # Errors
    /// Never with the table that is tested here.
    pub fn published() -> Result<Self, Fault> {
        Self::read(include_str!("../../../../specs/governance/permissions.yaml"))
            .fault("permission table cannot be read")
    }

    /// Reads a table.
    ///
    /// # Errors
    /// When it is no such table, lacks a role or a verb, or gives a right without a reason.
    pub fn read(text: &str) -> Result<Self, PermissionsError> {
        Ok(Self { document: Document::read(text)? })
    }

    /// The right of a role.
    pub fn cell(&self, role: Role, verb: Verb) -> Cell<'_> {
        let Some(row) = self.row(verb) else { return Cell { scope: Scope::None, why: "" } };
        let found = |rights: &'_ std::collections::BTreeMap<Role, String>| rights.contains_key(&role);
        match (found(&row.any), found(&row.own)) {
            (true, _) => Cell { scope: Scope::Any, why: &row.any[&role] },
            (_, true) => Cell { scope: Scope::Own, why: &row.own[&role] },
            _ => Cell { scope: Scope::None, why: &row.none },
        }
    }

    /// Whether an actor may do this to that. What no role of theirs gives is refused.
    pub fn permit(&self, actor: &Actor, verb: Verb, object: Object<'_>) -> Permit {
        let Some(reach) = self.reach(actor, verb) else { return Permit::Refused(self.refusal(actor, verb)) };
        let within = match object {
            Object::Several => true,
            Object::Centre => reach == Reach::Any,
            Object::Of(organisation) => reach.covers(organisation),
        };
        match within {
            true => Permit::Allowed(reach),
            false if self.is_secret(verb) => Permit::NotFound,
            false => Permit::Refused(self.of_another(verb)),
        }
    }

    /// Whether it must not be told that another organisation's thing is there.
    pub fn is_secret(&self, verb: Verb) -> bool {
        self.row(verb).is_none_or(|row| row.existence == Existence::Secret)
    }

    /// What a verb is, in words: `Send a file`.
    pub fn what(&self, verb: Verb) -> &str {
        self.row(verb).map_or(verb.as_str(), |row| row.what.as_str())
    }

    /// A role in words: `Council submitter`.
    pub fn title(&self, role: Role) -> &str {
        let row = self.document.roles.iter().find(|row| row.role == role);
        row.map_or(role.as_str(), |row| row.title.as_str())
    }

    /// For how many days a token is good.
    pub fn tokens(&self) -> TokenDays {
        self.document.tokens
    }

    fn reach(&self, actor: &Actor, verb: Verb) -> Option<Reach> {
        match actor.roles.iter().map(|role| self.cell(*role, verb).scope).max()? {
            Scope::Any => Some(Reach::Any),
            Scope::Own => actor.organisation.clone().map(Reach::Own),
            Scope::None => None,
        }
    }

    pub(super) fn row(&self, verb: Verb) -> Option<&VerbRow> {
        self.document.verbs.iter().find(|row| row.verb == verb)
    }

    fn refusal(&self, actor: &Actor, verb: Verb) -> Refusal {
        let titles: Vec<&str> = actor.roles.iter().map(|role| self.title(*role)).collect();
        let roles = match titles.as_slice() {
            [] => "You have no role today".to_owned(),
            titles => format!("You are here as: {}", titles.join(", ")),
        };
        let why = self.row(verb).map_or_else(String::new, |row| row.none.clone());
        Refusal { what: self.may_not(verb), reasons: vec![why, roles], next: NEXT.into() }
    }

    fn of_another(&self, verb: Verb) -> Refusal {
        Refusal::new(self.may_not(verb), "You may do that for your own organisation alone", NEXT)
    }

    fn may_not(&self, verb: Verb) -> String {
        let what = self.what(verb);
        let mut letters = what.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        format!("You may not {}{}", first.map(String::from).unwrap_or_default(), letters.as_str())
    }
}

const NEXT: &str =
    "An administrator of the processing centre grants roles; fairway access matrix shows who may do what";
