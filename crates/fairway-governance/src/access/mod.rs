//! Who may do what, and about whose: the table is data (`specs/governance/permissions.yaml`), the default is to refuse.
//!
//! [`Permissions::permit`] holds an [`Actor`] and a [`Verb`] against the table; [`Permissions::against_grant`] and
//! [`Permissions::against_act`] keep duties apart: roles that no person has together, and acts that no person does both of
//! about the same thing, judged by who they are and not by the role they had.

mod actor;
mod document;
mod duties;
mod permissions;
mod print;
mod role;
mod verb;

#[cfg(test)]
mod tests;

pub use actor::{Actor, Object};
pub use document::{PermissionsError, TokenDays};
pub use duties::{Act, HeldRole};
pub use permissions::{Cell, Permissions, Permit, Reach, Scope};
pub use role::Role;
pub use verb::Verb;
