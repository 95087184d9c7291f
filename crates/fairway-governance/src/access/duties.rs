//! Duties kept apart: roles that no person has together, acts that no person does both of.

use fairway_domain::AccountId;
use jiff::Timestamp;

use super::{Actor, Permissions, Role, Verb};

/// A role that a person has for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldRole {
    /// The role.
    pub role: Role,
    /// From when.
    pub from: Timestamp,
    /// Until when; without an end until it is taken.
    pub until: Option<Timestamp>,
}

impl HeldRole {
    /// Whether it is theirs at that moment.
    pub fn at(&self, moment: Timestamp) -> bool {
        self.from <= moment && self.until.is_none_or(|until| moment < until)
    }

    fn meets(&self, other: &Self) -> bool {
        let begins_before_end = |one: &Self, two: &Self| two.until.is_none_or(|until| one.from < until);
        begins_before_end(self, other) && begins_before_end(other, self)
    }
}

/// Something a person did about a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    /// What.
    pub verb: Verb,
    /// Who.
    pub person: AccountId,
}

impl Permissions {
    /// Everything against giving a person a role: that `by` may not grant it, that they would grant it to themselves, that
    /// it does not go with one they have at some moment of that time.
    pub fn against_grant(&self, by: &Actor, to: AccountId, new: &HeldRole, held: &[HeldRole]) -> Vec<String> {
        let mut reasons = Vec::new();
        let title = self.title(new.role);
        let granters = self.granters(new.role);
        if granters.is_empty() {
            reasons.push(format!("{title} is a machine’s role; no person has it"));
        } else if !self.may_grant(by, new.role) {
            let who: Vec<&str> = granters.iter().map(|role| self.title(*role)).collect();
            reasons.push(format!("{title} is granted by: {}", who.join(", ")));
        }
        if by.person == Some(to) {
            reasons.push("Nobody grants a role to themselves".into());
        }
        if new.until.is_some_and(|until| until <= new.from) {
            reasons.push("It would end before it begins".into());
        }
        for other in held.iter().filter(|other| other.role != new.role && other.meets(new)) {
            let both = |one: &[Role], two: &[Role]| one.contains(&new.role) && two.contains(&other.role);
            let conflict = self.document.conflicts.iter().find(|c| both(&c.one, &c.other) || both(&c.other, &c.one));
            reasons.extend(
                conflict
                    .map(|conflict| format!("{title} does not go with {}: {}", self.title(other.role), conflict.why)),
            );
        }
        reasons
    }

    /// Whether an actor may grant a role to somebody; then they may also act for whoever has it: make them a token, end
    /// their account.
    pub fn may_grant(&self, by: &Actor, role: Role) -> bool {
        by.roles.iter().any(|one| self.granters(role).contains(one))
    }

    fn granters(&self, role: Role) -> &[Role] {
        let row = self.document.roles.iter().find(|row| row.role == role);
        row.map_or(&[][..], |row| row.granted_by.as_slice())
    }

    /// Everything against a person doing this about a thing, seeing what was done about it before and by whom. The role
    /// they had then and the one they have now make no difference.
    pub fn against_act(&self, person: AccountId, verb: Verb, history: &[Act]) -> Vec<String> {
        let mut reasons = Vec::new();
        for rule in &self.document.apart {
            let both = |one: &[Verb], two: &[Verb], act: &Act| one.contains(&verb) && two.contains(&act.verb);
            let clash = |act: &&Act| both(&rule.one, &rule.other, act) || both(&rule.other, &rule.one, act);
            let before = history.iter().filter(|act| act.person == person).find(clash);
            reasons
                .extend(before.map(|act| format!("You have done this before: {}. {}", self.what(act.verb), rule.why)));
        }
        reasons
    }
}
