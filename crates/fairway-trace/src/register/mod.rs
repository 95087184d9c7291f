//! A demographics register in memory: flat arrays, texts held once, people in the order of their NHS numbers.

mod error;
mod lookup;
mod person;
mod read;
mod table;
mod texts;

use std::fmt;
use std::path::Path;

use fairway_domain::{Digest, NhsNumber};

pub use error::RegisterError;
pub use person::Person;

use crate::{Answer, Gender, PartialDate, Query, Soundex, step};
use lookup::{Lists, Lookup, RowId};
use texts::{TextId, Texts};

/// Lines of an address.
const ADDRESS_LINES: usize = 5;
/// Ends a line of an address held as one text; no cell may contain it.
const LINE_END: char = '\n';

/// The people whom a trace can find.
pub struct Register {
    version: Digest,
    texts: Texts,
    numbers: Vec<NhsNumber>,
    records: Vec<Record>,
    earlier_names: Lists,
    earlier_postcodes: Lists,
    superseded: Lookup<NhsNumber>,
    /// By Soundex code of the family name, gender and birth date, packed in this order.
    families: Lookup<u64>,
}

/// What is held of one person besides number and history.
#[derive(Clone, Copy)]
struct Record {
    given_name: TextId,
    other_given_names: TextId,
    family_name: TextId,
    address: TextId,
    postcode: TextId,
    gp_practice: TextId,
    /// Packed [`PartialDate`], zero if not known.
    born: u32,
    died: u32,
    gender: Gender,
    sensitive: bool,
}

impl Register {
    /// Reads a register from the folder `dir`: three CSV files in UTF-8 with a header, dates `YYYYMMDD` (or `YYYYMM`,
    /// `YYYY`), gender 0, 1, 2 or 9.
    ///
    /// - `register.csv`, one row a person: `nhs_number, given_name, other_given_names, family_name, gender,
    ///   date_of_birth, date_of_death, address_line1, postcode, gp_practice, sensitive` (`S` or blank), and, where the
    ///   register has them, `address_line2` to `address_line5`;
    /// - `history.csv`: `nhs_number, field` (`family_name` or `postcode`)`, value`: what the register held before;
    /// - `superseded.csv`: `old_nhs_number, nhs_number`: the number that took the place of another, itself current or
    ///   superseded.
    ///
    /// # Errors
    /// When a file is missing, a column is missing, repeated or unknown, a value does not fit its column, a number occurs
    /// twice, or history or replacement is of nobody in the register.
    pub fn read(dir: &Path) -> Result<Self, RegisterError> {
        read::read(dir)
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// A digest of the files the register was read from: the same files, the same version.
    pub fn version(&self) -> Digest {
        self.version
    }

    /// Looks for the person of a query: the cross-check first, then, if that gives nobody, the alphanumeric step.
    /// The same query has the same answer, whatever the order of the register's rows.
    pub fn trace(&self, query: &Query<'_>) -> Answer<'_> {
        step::trace(self, query)
    }

    /// The person with this current number.
    pub fn by_number(&self, number: NhsNumber) -> Option<Person<'_>> {
        let row = self.numbers.binary_search(&number).ok()?;
        Person::new(self, RowId::try_from(row).ok()?)
    }

    /// The person whose number took the place of this one.
    pub fn by_superseded_number(&self, number: NhsNumber) -> Option<Person<'_>> {
        Person::new(self, self.superseded.one(number)?)
    }

    /// People of this gender whose current family name has this code, born on a day that the date allows.
    pub(crate) fn by_family(
        &self,
        code: Soundex,
        gender: Gender,
        born: PartialDate,
    ) -> impl Iterator<Item = Person<'_>> {
        let (least, greatest) = born.span();
        let rows = self.families.between(family_key(code, gender, least), family_key(code, gender, greatest));
        rows.iter().filter_map(|row| Person::new(self, *row))
    }
}

fn family_key(code: Soundex, gender: Gender, born: u32) -> u64 {
    let gender = match gender {
        Gender::NotKnown => 0,
        Gender::Male => 1,
        Gender::Female => 2,
        Gender::NotSpecified => 3,
    };
    u64::from(code.packed()) << 34 | gender << 32 | u64::from(born)
}

impl fmt::Debug for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Register").field("people", &self.len()).finish_non_exhaustive()
    }
}
