//! From three tables to the rows of a register.

use fairway_domain::Digest;
use sha2::{Digest as _, Sha256};

use super::table::{Extract, Layout, Table};
use super::{ADDRESS_LINES, RegisterError};
use crate::Gender;
use crate::index::build::{Earlier, PersonRow, RegisterBuilder};

static PEOPLE: Layout = Layout {
    table: "register",
    required: &[
        "nhs_number",
        "given_name",
        "other_given_names",
        "family_name",
        "gender",
        "date_of_birth",
        "date_of_death",
        "postcode",
        "gp_practice",
        "sensitive",
        "address_line1",
    ],
    optional: &["address_line2", "address_line3", "address_line4", "address_line5", "posting", "posting_date"],
};
/// Where [`PEOPLE`] has its columns.
mod people {
    pub(super) const NHS_NUMBER: usize = 0;
    pub(super) const GIVEN_NAME: usize = 1;
    pub(super) const OTHER_GIVEN_NAMES: usize = 2;
    pub(super) const FAMILY_NAME: usize = 3;
    pub(super) const GENDER: usize = 4;
    pub(super) const DATE_OF_BIRTH: usize = 5;
    pub(super) const DATE_OF_DEATH: usize = 6;
    pub(super) const POSTCODE: usize = 7;
    pub(super) const GP_PRACTICE: usize = 8;
    pub(super) const SENSITIVE: usize = 9;
    pub(super) const ADDRESS: usize = 10;
    pub(super) const POSTING: usize = 15;
    pub(super) const POSTING_DATE: usize = 16;
}
static HISTORY: Layout = Layout { table: "history", required: &["nhs_number", "field", "value"], optional: &[] };
static SUPERSEDED: Layout = Layout { table: "superseded", required: &["old_nhs_number", "nhs_number"], optional: &[] };
static REMOVED: Layout = Layout { table: "removed", required: &["nhs_number"], optional: &[] };

/// The rows of the three tables, and the digest of what they say.
pub(super) fn read(from: &dyn Extract) -> Result<(RegisterBuilder, Digest), RegisterError> {
    let mut rows = RegisterBuilder::default();
    let digests = [read_people(from, &mut rows)?, read_history(from, &mut rows)?, read_superseded(from, &mut rows)?];
    Ok((rows, of_all(&digests)))
}

/// The rows of an update.
pub(super) fn read_changes(from: &dyn Extract) -> Result<(RegisterBuilder, Digest), RegisterError> {
    let (mut rows, digest) = read(from)?;
    if !from.has(REMOVED.table) {
        return Ok((rows, digest));
    }
    let mut table = Table::open(from, &REMOVED)?;
    while table.next()? {
        rows.removed(table.nhs_number(0)?);
    }
    Ok((rows, of_all(&[digest.0, table.digest()])))
}

fn of_all(digests: &[[u8; 32]]) -> Digest {
    Digest(digests.iter().fold(Sha256::new(), |sum, digest| sum.chain_update(digest)).finalize().into())
}

fn read_people(from: &dyn Extract, rows: &mut RegisterBuilder) -> Result<[u8; 32], RegisterError> {
    let mut table = Table::open(from, &PEOPLE)?;
    while table.next()? {
        let number = table.nhs_number(people::NHS_NUMBER)?;
        rows.person(number, &person(&table)?)?;
    }
    Ok(table.digest())
}

fn person(table: &Table) -> Result<PersonRow<'_>, RegisterError> {
    let gender = Gender::from_code(table.text(people::GENDER)?)
        .ok_or_else(|| table.wrong(people::GENDER, "not one of the codes 0, 1, 2 and 9"))?;
    let sensitive = match table.text(people::SENSITIVE)? {
        "" => false,
        "S" => true,
        _ => return Err(table.wrong(people::SENSITIVE, "neither S nor blank")),
    };
    let mut address = [""; ADDRESS_LINES];
    for (at, line) in address.iter_mut().enumerate() {
        *line = table.text(people::ADDRESS + at)?;
    }
    Ok(PersonRow {
        given_name: table.text(people::GIVEN_NAME)?,
        other_given_names: table.text(people::OTHER_GIVEN_NAMES)?,
        family_name: table.text(people::FAMILY_NAME)?,
        gender,
        date_of_birth: table.date(people::DATE_OF_BIRTH)?,
        date_of_death: table.date(people::DATE_OF_DEATH)?,
        address,
        posting: table.text(people::POSTING)?,
        posted: table.date(people::POSTING_DATE)?,
        postcode: table.postcode(people::POSTCODE)?,
        gp_practice: table.text(people::GP_PRACTICE)?,
        sensitive,
    })
}

fn read_history(from: &dyn Extract, rows: &mut RegisterBuilder) -> Result<[u8; 32], RegisterError> {
    let mut table = Table::open(from, &HISTORY)?;
    while table.next()? {
        let number = table.nhs_number(0)?;
        if table.text(2)?.is_empty() {
            return Err(table.wrong(2, "blank"));
        }
        match table.text(1)? {
            "family_name" => rows.earlier(number, &Earlier::FamilyName(table.text(2)?))?,
            "postcode" => {
                if let Some(postcode) = table.postcode(2)? {
                    rows.earlier(number, &Earlier::Postcode(&postcode))?;
                }
            }
            _ => return Err(table.wrong(1, "neither family_name nor postcode")),
        }
    }
    Ok(table.digest())
}

fn read_superseded(from: &dyn Extract, rows: &mut RegisterBuilder) -> Result<[u8; 32], RegisterError> {
    let mut table = Table::open(from, &SUPERSEDED)?;
    while table.next()? {
        rows.superseded(table.nhs_number(0)?, table.nhs_number(1)?);
    }
    Ok(table.digest())
}
