use std::fmt;

use fairway_domain::NhsNumber;

use super::lookup::RowId;
use super::{ADDRESS_LINES, Record, Register};
use crate::{Gender, PartialDate};

/// One person of a register, as it knows them now.
///
/// Of a sensitive person no location leaves: address, postcode and practice read blank, and earlier postcodes are none.
/// Name, birth date, gender, number and date of death stay. Source: NHS England, "Restricting access to a patient's
/// demographic record". `Debug` is masked.
#[derive(Clone, Copy)]
pub struct Person<'r> {
    register: &'r Register,
    row: RowId,
    number: NhsNumber,
    record: &'r Record,
}

impl<'r> Person<'r> {
    pub(super) fn new(register: &'r Register, row: RowId) -> Option<Self> {
        let (number, record) = (register.numbers.get(row as usize)?, register.records.get(row as usize)?);
        Some(Self { register, row, number: *number, record })
    }

    /// The current NHS number.
    pub fn nhs_number(self) -> NhsNumber {
        self.number
    }

    /// Family name.
    pub fn family_name(self) -> &'r str {
        self.register.texts.get(self.record.family_name)
    }

    /// First given name.
    pub fn given_name(self) -> &'r str {
        self.register.texts.get(self.record.given_name)
    }

    /// Further given names, one blank between them.
    pub fn other_given_names(self) -> &'r str {
        self.register.texts.get(self.record.other_given_names)
    }

    /// Gender.
    pub fn gender(self) -> Gender {
        self.record.gender
    }

    /// Date of birth, as far as it is known.
    pub fn date_of_birth(self) -> Option<PartialDate> {
        PartialDate::unpacked(self.record.born)
    }

    /// Date of death, as far as it is known; `None` for the living.
    pub fn date_of_death(self) -> Option<PartialDate> {
        PartialDate::unpacked(self.record.died)
    }

    /// The five lines of the address.
    pub fn address(self) -> [&'r str; ADDRESS_LINES] {
        let mut lines = self.located(self.record.address).split(super::LINE_END);
        std::array::from_fn(|_| lines.next().unwrap_or_default())
    }

    /// Postcode of the address, upper case with one space.
    pub fn postcode(self) -> &'r str {
        self.located(self.record.postcode)
    }

    /// Code of the general practice where the person is registered.
    pub fn gp_practice(self) -> &'r str {
        self.located(self.record.gp_practice)
    }

    /// Whether the register restricts access to where the person is.
    pub fn is_sensitive(self) -> bool {
        self.record.sensitive
    }

    /// Earlier family names, in the register's order.
    pub fn earlier_family_names(self) -> impl Iterator<Item = &'r str> {
        self.register.earlier_names.of(self.row).iter().map(move |id| self.register.texts.get(*id))
    }

    /// Earlier postcodes, in the register's order.
    pub fn earlier_postcodes(self) -> impl Iterator<Item = &'r str> {
        let hidden = self.record.sensitive;
        self.postcodes_held().skip(1).filter(move |_| !hidden)
    }

    /// The current postcode, then the earlier ones, whether or not they may be shown: for comparison alone.
    pub(crate) fn postcodes_held(self) -> impl Iterator<Item = &'r str> {
        let earlier = self.register.earlier_postcodes.of(self.row);
        std::iter::once(&self.record.postcode).chain(earlier).map(move |id| self.register.texts.get(*id))
    }

    fn located(self, id: u32) -> &'r str {
        if self.record.sensitive { "" } else { self.register.texts.get(id) }
    }
}

impl fmt::Debug for Person<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[identifiable]")
    }
}
