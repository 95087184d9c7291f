use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Role, Verb};

/// Why a permission table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the permission table cannot be used: {0}")]
pub struct PermissionsError(String);

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) source: String,
    pub(super) confidence: String,
    pub(super) tokens: TokenDays,
    pub(super) roles: Vec<RoleRow>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) apart: Vec<Apart>,
    pub(super) verbs: Vec<VerbRow>,
}

/// For how many days a token is good.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenDays {
    /// Where nothing is said.
    pub days: u32,
    /// At most.
    pub longest_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleRow {
    pub(super) role: Role,
    pub(super) title: String,
    /// Roles of those who may grant it; a role that nobody grants is a machine's.
    pub(super) granted_by: Vec<Role>,
    pub(super) what: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conflict {
    pub(super) one: Vec<Role>,
    pub(super) other: Vec<Role>,
    pub(super) why: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Apart {
    pub(super) one: Vec<Verb>,
    pub(super) other: Vec<Verb>,
    pub(super) why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Existence {
    Open,
    Secret,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VerbRow {
    pub(super) verb: Verb,
    pub(super) what: String,
    pub(super) existence: Existence,
    pub(super) own: BTreeMap<Role, String>,
    pub(super) any: BTreeMap<Role, String>,
    pub(super) none: String,
}

impl Document {
    pub(super) fn read(text: &str) -> Result<Self, PermissionsError> {
        let document: Self = serde_saphyr::from_str(text).map_err(|error| PermissionsError(error.to_string()))?;
        let problems = document.problems();
        if problems.is_empty() { Ok(document) } else { Err(PermissionsError(problems.join("; "))) }
    }

    /// What a table must not be: short of a role or a verb, with one twice, with a right that nobody gives a reason for.
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let each_once = |what: &str, all: Vec<&str>, named: Vec<&str>, problems: &mut Vec<String>| {
            let once: BTreeSet<&str> = named.iter().copied().collect();
            problems
                .extend(all.iter().filter(|one| !once.contains(*one)).map(|one| format!("{what} {one} is missing")));
            if once.len() < named.len() {
                problems.push(format!("a {what} is there twice"));
            }
        };
        let roles = self.roles.iter().map(|row| row.role.as_str()).collect();
        each_once("role", Role::ALL.iter().map(|one| one.as_str()).collect(), roles, &mut problems);
        let verbs = self.verbs.iter().map(|row| row.verb.as_str()).collect();
        each_once("verb", Verb::ALL.iter().map(|one| one.as_str()).collect(), verbs, &mut problems);
        for row in &self.verbs {
            let verb = row.verb;
            if row.own.keys().any(|role| row.any.contains_key(role)) {
                problems.push(format!("{verb} gives a role both its own and everybody's"));
            }
            let reasons = row.own.values().chain(row.any.values()).chain([&row.none]);
            if reasons.into_iter().any(|reason| reason.trim().is_empty()) {
                problems.push(format!("{verb} gives or keeps a right without a reason"));
            }
        }
        problems
    }
}
