//! From a general practice to the areas it belongs to, by the Organisation Data Service's list of practices (`epraccur`).

use std::path::Path;

use fairway_domain::Postcode;
use rustc_hash::FxHashMap;

use crate::directory::{Area, DirectoryError, PostcodeDirectory, columns, lookups, table};

/// Where the columns of `epraccur` stand; the file has no header (27 columns, as its guide numbers them).
const CODE: usize = 0;
const POSTCODE: usize = 9;
const COMMISSIONER: usize = 14;

/// Practices with their commissioner and board.
#[derive(Default)]
pub struct Practices {
    label: String,
    practices: FxHashMap<String, Practice>,
}

#[derive(Default)]
struct Practice {
    commissioner: String,
    icb: Option<String>,
}

impl Practices {
    /// Reads the list of practices (`practices/epraccur*.csv.gz` or `.csv`), with boards by commissioner
    /// (`organisations/ccg21_to_icb22.csv`). Where the commissioner is not in that table, since it was merged before or
    /// after, the board is the one in whose area the practice's own address lies.
    ///
    /// # Errors
    /// When a file cannot be read or lacks a column.
    pub fn read(list: &Path, boards: &Path, postcodes: &PostcodeDirectory) -> Result<Self, DirectoryError> {
        let boards: FxHashMap<String, String> =
            lookups::pairs(boards, columns::CCG_ODS, columns::ICB_CODE)?.into_iter().collect();
        let mut practices = FxHashMap::default();
        let digest = table::rows(list, |record| {
            if record.len() <= COMMISSIONER {
                let tried = vec!["column 15 of a list without a header".to_owned()];
                return Err(DirectoryError::MissingColumn { path: list.to_owned(), what: "the commissioner", tried });
            }
            let cell = |at: usize| record.get(at).unwrap_or_default().trim();
            let commissioner = cell(COMMISSIONER).to_owned();
            let address = || Postcode::parse(cell(POSTCODE)).ok();
            let nearby = || address().and_then(|code| postcodes.lookup(&code).code(Area::Icb).map(str::to_owned));
            let icb = boards.get(&commissioner).cloned().or_else(nearby);
            practices.insert(cell(CODE).to_owned(), Practice { commissioner, icb });
            Ok(())
        })?;
        let name = list.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = name.trim_end_matches(".gz").trim_end_matches(".csv");
        Ok(Self { label: format!("{name}@{:.12}", digest.to_string()), practices })
    }

    /// Name and digest of the list, to be kept beside what was derived from it.
    pub fn version(&self) -> &str {
        &self.label
    }

    /// ODS code of a practice's commissioner, as the list has it.
    pub fn commissioner(&self, practice: &str) -> Option<&str> {
        let found = self.practices.get(practice.trim());
        found.map(|practice| practice.commissioner.as_str()).filter(|code| !code.is_empty())
    }

    /// National code of a practice's integrated care board.
    pub fn icb(&self, practice: &str) -> Option<&str> {
        self.practices.get(practice.trim()).and_then(|practice| practice.icb.as_deref())
    }

    /// How many practices there are.
    pub fn len(&self) -> usize {
        self.practices.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.practices.is_empty()
    }
}

impl std::fmt::Debug for Practices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{} practices of {}]", self.practices.len(), self.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::tests::sample;

    #[test]
    fn a_practice_has_the_board_of_its_commissioner_else_of_its_address() {
        let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference");
        let list = reference.join("practices/epraccur_2019-10.csv.gz");
        let practices = Practices::read(&list, &reference.join("organisations/ccg21_to_icb22.csv"), sample()).unwrap();
        assert_eq!(practices.len(), 14_303);
        assert!(practices.version().starts_with("epraccur_2019-10@"));
        // Barnsley's commissioner is in the table; Hartlepool and Stockton's was merged in 2020, and TS is not in the sample.
        assert_eq!((practices.commissioner("C85004"), practices.icb("C85004")), (Some("02P"), Some("E54000061")));
        assert_eq!((practices.commissioner("A81001"), practices.icb("A81001")), (Some("00K"), None));
        let by_address = practices.practices.values().filter(|one| one.commissioner == "08T" && one.icb.is_some());
        assert!(by_address.count() > 10, "Sutton's practices lie in the sample");
        assert_eq!((practices.commissioner("X99999"), practices.icb("")), (None, None));
    }
}
