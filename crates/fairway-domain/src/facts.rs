//! What was measured of an extract, from the bytes that would leave and not from what a query was meant to write. Counts and
//! names of columns; no value of a person.

use jiff::civil::Date;

use crate::Digest;

/// Facts about an extract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtractFacts {
    /// Each file as it was read back.
    pub files: Vec<FileFacts>,
    /// Codes in the column of the sender, with their rows; empty where the extract has no such column.
    pub areas: Vec<(String, u64)>,
    /// The first and the last day in columns of the reporting period, where the extract has them.
    pub days: Option<(Date, Date)>,
    /// What looks like an identifier: column, what it looks like, how many cells.
    pub identifiers: Vec<(String, String, u64)>,
    /// Columns with cells that are not of the column's kind (a word among dates, a date among words), and how many.
    pub misfits: Vec<(String, u64)>,
    /// Columns of a code list with cells that are not in it, and how many.
    pub unlisted: Vec<(String, u64)>,
    /// Columns with cells that a spreadsheet would run, and how many.
    pub formulas: Vec<(String, u64)>,
    /// Columns whose rows stand in order from first to last, so that position tells something.
    pub in_order: Vec<String>,
    /// Columns of pseudonyms with cells that are none of the release's key, and how many.
    pub foreign: Vec<(String, u64)>,
    /// Pseudonyms in the extract, each once.
    pub pseudonyms: u64,
    /// Other agreements that share pseudonyms with the extract, and how many. There must be none.
    pub overlaps: Vec<(String, u64)>,
    /// Whether the keyholder makes the same canaries with the key as were recorded when the key was made.
    pub key_is_the_recorded_one: bool,
    /// How far ages on many days tell the day of birth.
    pub births: BirthFacts,
    /// People by what others may know of them.
    pub groups: GroupFacts,
    /// The recipient's own records, by what the recipient sent; nothing where it sent none, or where it learns nothing.
    pub own: Option<GroupFacts>,
    /// Providers with fewer people in the extract than the limit.
    pub small_providers: u64,
    /// What was found in a table of figures; nothing of an extract of rows.
    pub figures: Option<FigureFacts>,
    /// Links by how the person is known on both sides, with their rows; empty where nothing is linked.
    pub links: Vec<(String, u64)>,
}

/// A file as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Its name.
    pub name: String,
    /// The columns it begins with.
    pub columns: Vec<String>,
    /// Rows, without the header.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// A digest of its cells in order, whatever the format: the same rows give the same.
    pub content: Digest,
    /// Whether its bytes are those that writing its cells anew gives.
    pub canonical: bool,
}

/// How far ages on many days tell the day of birth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BirthFacts {
    /// People of whom an age on a day is in the extract.
    pub people: u64,
    /// The narrowest run of days in which somebody must be born.
    pub narrowest: Option<u32>,
    /// People whose run is shorter than the limit.
    pub below: u64,
}

/// People by columns that others may know of them. A group is everybody with the same values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupFacts {
    /// The columns.
    pub columns: Vec<String>,
    /// People.
    pub people: u64,
    /// People in the smallest group.
    pub smallest: u64,
    /// People in a group smaller than the limit.
    pub below: u64,
    /// People who are alone in a group.
    pub alone: u64,
}

/// What was found in a table of figures, read from the bytes that would leave and audited anew with all tables published before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureFacts {
    /// The profile of disclosure control that it says it was made by.
    pub profile: String,
    /// Numbers in it, without totals.
    pub numbers: u64,
    /// Of these, small ones, which are not shown.
    pub small: u64,
    /// Of these, withheld for the sake of small ones.
    pub withheld: u64,
    /// Tables published before that it was held against.
    pub held_against: u64,
    /// Small numbers, in it and before, that a reader of all could work out more nearly than they may be.
    pub narrowed: u64,
    /// Numbers that are not what the data and the profile give.
    pub untrue: u64,
}
