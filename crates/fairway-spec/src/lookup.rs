//! Ways to find things in a specification.

use crate::model::{CodeList, Field, Role, Rule};
use crate::{Condition, Spec};

impl Spec {
    /// Where the field of this header is, among `fields`.
    pub fn index_of_header(&self, header: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.header == header)
    }

    /// Where the (first) field of this role is.
    pub fn index_of_role(&self, role: Role) -> Option<usize> {
        self.indices_of_role(role).next()
    }

    /// Where the fields of this role are, in order.
    pub fn indices_of_role(&self, role: Role) -> impl Iterator<Item = usize> + '_ {
        self.fields.iter().enumerate().filter(move |(_, field)| field.role == Some(role)).map(|(index, _)| index)
    }

    /// The field at a place.
    pub fn field(&self, index: usize) -> Option<&Field> {
        self.fields.get(index)
    }

    /// The field of a role, the first if there are several.
    pub fn field_of_role(&self, role: Role) -> Option<&Field> {
        self.index_of_role(role).and_then(|index| self.field(index))
    }

    /// The rule of this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The headers, in order.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.header.as_str())
    }
}

impl Rule {
    /// Whether the check knows this rule by its id, so that neither `holds` nor `across` is written.
    pub fn is_built_in(&self) -> bool {
        self.holds == Condition::Always && self.across.is_none()
    }
}

impl CodeList {
    /// Whether the value is in the list, character for character.
    pub fn contains(&self, value: &str) -> bool {
        self.codes.iter().any(|code| code.value == value)
    }
}
