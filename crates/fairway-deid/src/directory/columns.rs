use std::path::Path;

use csv::StringRecord;

use super::DirectoryError;

/// What a column holds, in the words of `data/columns.csv` and for a message.
#[derive(Clone, Copy)]
pub(crate) struct What(pub(super) &'static str, pub(super) &'static str);

pub(super) const POSTCODE: What = What("postcode", "the postcode");
pub(super) const TERMINATED: What = What("terminated", "the month of termination");
pub(super) const LSOA: What = What("lsoa", "the lower layer super output area");
pub(super) const DISTRICT: What = What("district", "the district");
pub(super) const IMD: What = What("imd", "the rank of deprivation");
pub(super) const PSEUDO: What = What("pseudo_postcode", "the pseudo postcode");
pub(super) const MEANING: What = What("pseudo_meaning", "the meaning of a pseudo postcode");
pub(super) const LOWER_TIER: What = What("lower_tier", "the lower tier authority");
pub(super) const UPPER_TIER: What = What("upper_tier", "the upper tier authority");
pub(super) const CCG_CODE: What = What("ccg_code", "the clinical commissioning group");
pub(super) const DEPRIVED_AREA: What = What("deprived_lsoa2011", "the lower layer super output area of 2011");
pub(super) const DECILE: What = What("imd_decile", "the decile of deprivation");
pub(crate) const CCG_ODS: What = What("ccg_ods", "the ODS code of the clinical commissioning group");
pub(crate) const ICB_CODE: What = What("icb_code", "the integrated care board");

/// The words for the areas that files give, in the order of [`super::Area::ALL`].
pub(super) const AREAS: [&str; 12] = [
    "lsoa2011",
    "lsoa2021",
    "msoa2011",
    "msoa2021",
    "ward",
    "district",
    "constituency",
    "ccg",
    "icb",
    "stp",
    "region",
    "country",
];

const ALIASES: &str = include_str!("../../data/columns.csv");

/// A file's header, lower case, without byte order mark.
pub(super) struct Header<'a> {
    path: &'a Path,
    names: Vec<String>,
}

impl<'a> Header<'a> {
    pub(super) fn new(path: &'a Path, record: &StringRecord) -> Self {
        let name = |text: &str| text.trim_start_matches('\u{feff}').trim().to_ascii_lowercase();
        Self { path, names: record.iter().map(name).collect() }
    }

    /// The column that holds what is asked for, by the first known name that the header has.
    pub(super) fn find(&self, what: &str) -> Option<usize> {
        aliases(what).find_map(|alias| self.latest(&alias))
    }

    /// The column of exactly this heading, lower case.
    pub(super) fn named(&self, heading: &str) -> Option<usize> {
        self.names.iter().position(|name| name == heading)
    }

    /// As [`Header::find`], for a column that must be there.
    pub(super) fn need(&self, what: What) -> Result<usize, DirectoryError> {
        self.find(what.0).ok_or_else(|| self.missing(what))
    }

    pub(super) fn missing(&self, what: What) -> DirectoryError {
        let tried = known_names().filter(|(name, _)| name.starts_with(what.0)).map(|(_, column)| column).collect();
        DirectoryError::MissingColumn { path: self.path.to_owned(), what: what.1, tried }
    }

    /// Of several columns that fit `lad##cd`, the one with the highest digits.
    fn latest(&self, alias: &str) -> Option<usize> {
        let fitting = self.names.iter().enumerate().filter(|(_, name)| fits(alias, name));
        fitting.max_by(|(_, a), (_, b)| a.cmp(b)).map(|(index, _)| index)
    }
}

fn aliases(what: &str) -> impl Iterator<Item = String> {
    known_names().filter(move |(name, _)| name == what).map(|(_, column)| column)
}

fn known_names() -> impl Iterator<Item = (String, String)> {
    let table = csv::Reader::from_reader(ALIASES.as_bytes()).into_deserialize::<(String, String, String)>();
    table.filter_map(Result::ok).map(|(what, column, _)| (what, column))
}

fn fits(alias: &str, name: &str) -> bool {
    let same = |(a, b): (u8, u8)| if a == b'#' { b.is_ascii_digit() } else { a == b };
    alias.len() == name.len() && alias.bytes().zip(name.bytes()).all(same)
}
