//! From three files to a [`Register`].

use std::path::Path;

use fairway_domain::{Digest, NhsNumber};
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use super::lookup::{Lists, Lookup, RowId};
use super::table::{Layout, Table, wrong};
use super::texts::{TextId, TextsBuilder};
use super::{ADDRESS_LINES, LINE_END, Record, Register, RegisterError, family_key};
use crate::{Gender, Soundex};

static PEOPLE: Layout = Layout {
    file: "register.csv",
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
    optional: &["address_line2", "address_line3", "address_line4", "address_line5"],
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
}
static HISTORY: Layout = Layout { file: "history.csv", required: &["nhs_number", "field", "value"], optional: &[] };
static SUPERSEDED: Layout =
    Layout { file: "superseded.csv", required: &["old_nhs_number", "nhs_number"], optional: &[] };

/// A person as read: number, record, and where in the file.
type Row = (NhsNumber, Record, u64);

/// Earlier family names and earlier postcodes, each with its row.
type Earlier = [Vec<(RowId, TextId)>; 2];

type Superseded = Vec<(NhsNumber, RowId)>;

pub(super) fn read(dir: &Path) -> Result<Register, RegisterError> {
    let mut texts = TextsBuilder::new();
    let (rows, people_digest) = read_people(dir, &mut texts)?;
    let numbers: Vec<NhsNumber> = rows.iter().map(|row| row.0).collect();
    let records: Vec<Record> = rows.into_iter().map(|row| row.1).collect();
    let ([names, postcodes], history_digest) = read_history(dir, &numbers, &mut texts)?;
    let (superseded, superseded_digest) = read_superseded(dir, &numbers)?;
    let version =
        Sha256::new().chain_update(people_digest).chain_update(history_digest).chain_update(superseded_digest);
    let texts = texts.finish();
    let families = (0..).zip(&records).filter_map(|(row, record)| {
        let code = Soundex::of(texts.get(record.family_name))?;
        Some((family_key(code, record.gender, record.born), row))
    });
    Ok(Register {
        version: Digest(version.finalize().into()),
        families: Lookup::new(families.collect()),
        earlier_names: Lists::new(numbers.len(), names)?,
        earlier_postcodes: Lists::new(numbers.len(), postcodes)?,
        superseded: Lookup::new(superseded),
        texts,
        numbers,
        records,
    })
}

/// The people in the order of their numbers.
fn read_people(dir: &Path, texts: &mut TextsBuilder) -> Result<(Vec<Row>, [u8; 32]), RegisterError> {
    let mut table = Table::open(dir, &PEOPLE)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut address = String::new();
    while table.next()? {
        rows.push((table.nhs_number(people::NHS_NUMBER)?, record(&table, texts, &mut address)?, table.number()));
    }
    if u32::try_from(rows.len()).is_err() {
        return Err(RegisterError::TooLarge { what: "people" });
    }
    rows.sort_unstable_by_key(|row| (row.0, row.2));
    let repeated = rows.windows(2).filter(|pair| matches!(pair, [a, b] if a.0 == b.0)).filter_map(|pair| pair.get(1));
    match repeated.map(|row| row.2).min() {
        Some(record) => Err(wrong(&PEOPLE, record, people::NHS_NUMBER, "an earlier record has the same number")),
        None => Ok((rows, table.digest())),
    }
}

fn record(table: &Table, texts: &mut TextsBuilder, address: &mut String) -> Result<Record, RegisterError> {
    let gender = Gender::from_code(table.text(people::GENDER)?)
        .ok_or_else(|| table.wrong(people::GENDER, "not one of the codes 0, 1, 2 and 9"))?;
    let sensitive = match table.text(people::SENSITIVE)? {
        "" => false,
        "S" => true,
        _ => return Err(table.wrong(people::SENSITIVE, "neither S nor blank")),
    };
    address.clear();
    for line in 0..ADDRESS_LINES {
        address.push_str(table.text(people::ADDRESS + line)?);
        address.push(LINE_END);
    }
    let packed = |column| Ok(table.date(column)?.map_or(0, crate::PartialDate::packed));
    Ok(Record {
        given_name: texts.intern(table.text(people::GIVEN_NAME)?)?,
        other_given_names: texts.intern(table.text(people::OTHER_GIVEN_NAMES)?)?,
        family_name: texts.intern(table.text(people::FAMILY_NAME)?)?,
        address: texts.intern(address.trim_end_matches(LINE_END))?,
        postcode: table.postcode(people::POSTCODE)?.map_or(Ok(0), |postcode| texts.intern(postcode.as_str()))?,
        gp_practice: texts.intern(table.text(people::GP_PRACTICE)?)?,
        born: packed(people::DATE_OF_BIRTH)?,
        died: packed(people::DATE_OF_DEATH)?,
        gender,
        sensitive,
    })
}

fn read_history(
    dir: &Path,
    numbers: &[NhsNumber],
    texts: &mut TextsBuilder,
) -> Result<(Earlier, [u8; 32]), RegisterError> {
    let mut table = Table::open(dir, &HISTORY)?;
    let [mut names, mut postcodes] = Earlier::default();
    while table.next()? {
        let row = row_of(numbers, table.nhs_number(0)?)
            .ok_or_else(|| table.wrong(0, "nobody in register.csv has this number"))?;
        if table.text(2)?.is_empty() {
            return Err(table.wrong(2, "blank"));
        }
        match table.text(1)? {
            "family_name" => names.push((row, texts.intern(table.text(2)?)?)),
            "postcode" => {
                let text = table.postcode(2)?;
                postcodes.push((row, text.map_or(Ok(0), |postcode| texts.intern(postcode.as_str()))?));
            }
            _ => return Err(table.wrong(1, "neither family_name nor postcode")),
        }
    }
    Ok(([names, postcodes], table.digest()))
}

/// Superseded numbers, each with the row of the person who has it no more.
fn read_superseded(dir: &Path, numbers: &[NhsNumber]) -> Result<(Superseded, [u8; 32]), RegisterError> {
    let mut table = Table::open(dir, &SUPERSEDED)?;
    let mut replaced: FxHashMap<NhsNumber, (NhsNumber, u64)> = FxHashMap::default();
    while table.next()? {
        let (old, new) = (table.nhs_number(0)?, table.nhs_number(1)?);
        if row_of(numbers, old).is_some() {
            return Err(table.wrong(0, "a person in register.csv still has this number"));
        }
        if replaced.insert(old, (new, table.number())).is_some() {
            return Err(table.wrong(0, "an earlier record replaces the same number"));
        }
    }
    let mut rows = Vec::with_capacity(replaced.len());
    for (old, (new, record)) in &replaced {
        let row = current(numbers, &replaced, *new)
            .ok_or_else(|| wrong(&SUPERSEDED, *record, 1, "it does not lead to a number in register.csv"))?;
        rows.push((*old, row));
    }
    Ok((rows, table.digest()))
}

/// The row at the end of a chain of replacements; `None` where the chain ends nowhere or runs in a circle.
fn current(
    numbers: &[NhsNumber],
    replaced: &FxHashMap<NhsNumber, (NhsNumber, u64)>,
    mut number: NhsNumber,
) -> Option<RowId> {
    for _ in 0..=replaced.len() {
        if let Some(row) = row_of(numbers, number) {
            return Some(row);
        }
        number = replaced.get(&number)?.0;
    }
    None
}

fn row_of(numbers: &[NhsNumber], number: NhsNumber) -> Option<RowId> {
    numbers.binary_search(&number).ok().and_then(|row| RowId::try_from(row).ok())
}
