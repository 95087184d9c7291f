use std::fmt;

use fairway_domain::NhsNumber;

use crate::{Gender, PartialDate};

/// What is known of a person who is to be found. Every detail may be missing: `Query { family_name, ..Query::default() }`.
///
/// `Debug` says which details are there, never what they are.
#[derive(Clone, Default)]
pub struct Query<'a> {
    /// The NHS number, if one was given that is well formed; any other counts as none.
    pub nhs_number: Option<NhsNumber>,
    /// Family name, blank if not known.
    pub family_name: &'a str,
    /// First given name, blank if not known.
    pub given_name: &'a str,
    /// Further given names.
    pub other_given_names: &'a str,
    /// Gender; only male and female can be asked for.
    pub gender: Gender,
    /// Date of birth.
    pub date_of_birth: Option<PartialDate>,
    /// The birth date as it was written, where it is none: its digits may still say whom a slip was about.
    pub born_as_written: &'a str,
    /// First line of an address.
    pub address_line1: &'a str,
    /// The lines below it.
    pub address_below: [&'a str; 4],
    /// Postcode of an address, of today or before, as it was written; the outward part alone says something too.
    pub postcode: &'a str,
}

impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("nhs_number", &self.nhs_number.is_some())
            .field("family_name", &!self.family_name.is_empty())
            .field("given_name", &!self.given_name.is_empty())
            .field("other_given_names", &!self.other_given_names.is_empty())
            .field("gender", &(self.gender != Gender::NotKnown))
            .field("date_of_birth", &self.date_of_birth.is_some())
            .field("address_line1", &!self.address_line1.is_empty())
            .field("address_below", &self.address_below.iter().any(|line| !line.is_empty()))
            .field("postcode", &!self.postcode.is_empty())
            .finish()
    }
}
