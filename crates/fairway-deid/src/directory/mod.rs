//! From a postcode to areas, by any release of an ONS postcode directory (ONSPD or NSPL), as CSV or gzipped CSV.
//! Columns are found by name through `data/columns.csv`; several files may be read together, such as one a postcode area.
//!
//! Contains OS data © Crown copyright and database right; contains Royal Mail data © Royal Mail copyright and database
//! right; source: Office for National Statistics, licensed under the Open Government Licence v3.0.

mod codes;
pub(crate) mod columns;
mod error;
mod load;
pub(crate) mod lookups;
mod place;
pub(crate) mod table;

use std::path::{Path, PathBuf};

use fairway_domain::{Digest, Postcode};
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use codes::{Codes, Home, postcode_key};
pub use error::DirectoryError;
use lookups::Pseudo;
pub use place::{Area, AreaKey, Place, PlaceStatus};

/// Postcodes with their areas, live and terminated. Read once, then shared; lookups take no lock.
///
/// A postcode is a packed number and its areas an index into the distinct combinations, about 55 MB for all of the
/// United Kingdom.
pub struct PostcodeDirectory {
    label: String,
    files: Vec<DirectoryFile>,
    counts: DirectoryCounts,
    /// Headings of columns that were asked for besides the areas known by name, lower case.
    others: Vec<String>,
    codes: Codes,
    /// Distinct combinations of areas.
    homes: Vec<Home>,
    /// Packed postcode to index of its home, with [`TERMINATED`] set where it is no longer in use.
    postcodes: FxHashMap<u32, u32>,
    pseudo: Pseudo,
}

const TERMINATED: u32 = 1 << 31;
const PSEUDO_POSTCODES: &str = "postcodes/pseudo_postcodes.csv";

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryFile {
    /// Its name, without folder and without `.csv` or `.csv.gz`.
    pub name: String,
    /// SHA-256 of its bytes as they lay on disk.
    pub digest: Digest,
    /// Its records.
    pub rows: u64,
}

/// What a directory holds. Every record read is in `live`, `terminated`, `repeated` or `unreadable`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DirectoryCounts {
    /// Records read.
    pub rows: u64,
    /// Postcodes in use.
    pub live: u64,
    /// Postcodes no longer in use.
    pub terminated: u64,
    /// Postcodes, live or terminated, whose record names no area at all.
    pub without_geography: u64,
    /// Records of a postcode that another record gives too. A live one wins over a terminated one, then the later.
    pub repeated: u64,
    /// Records whose postcode has not the shape of one.
    pub unreadable: u64,
}

/// Which release a directory is, to be kept beside what was derived from it. Prints as `name@first-12-of-digest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryVersion {
    /// The label given, or the names of the files.
    pub label: String,
    /// SHA-256 of the file; of several files, SHA-256 over their digests in order.
    pub digest: Digest,
}

impl std::fmt::Display for DirectoryVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{:.12}", self.label, self.digest.to_string())
    }
}

impl PostcodeDirectory {
    /// Reads one or more files of the same release.
    ///
    /// # Errors
    /// When there is no file, one cannot be read, or a column that is needed (postcode, termination, district, and the
    /// lower layer area of 2011 or of 2021) bears none of the known names.
    pub fn read(paths: &[impl AsRef<Path>]) -> Result<Self, DirectoryError> {
        load::read(paths, &[])
    }

    /// As [`PostcodeDirectory::read`], with columns that have no name of their own here, by their headings.
    ///
    /// # Errors
    /// As for [`PostcodeDirectory::read`]. A heading that a file has not is no error: its codes are not known.
    pub fn read_with(paths: &[impl AsRef<Path>], headings: &[String]) -> Result<Self, DirectoryError> {
        load::read(paths, headings)
    }

    /// What finds the codes of an area, by its word in `data/columns.csv`, `imd_rank` or `imd_decile`, or the heading of
    /// a column that was asked for; `None` for what this directory does not hold.
    pub fn area(&self, name: &str) -> Option<AreaKey> {
        AreaKey::known(name).or_else(|| self.others.iter().position(|heading| heading == name).map(AreaKey::Other))
    }

    /// Reads Fairway's reference folder: every `postcodes/*.csv` and `*.csv.gz` but the pseudo postcodes, with what
    /// stands [beside](PostcodeDirectory::with_reference) them.
    ///
    /// # Errors
    /// As for [`PostcodeDirectory::read`], and when a file of the folder is missing.
    pub fn from_reference(folder: &Path) -> Result<Self, DirectoryError> {
        Self::read(&Self::tables(folder)?)?.with_reference(folder)
    }

    /// The postcode files of Fairway's reference folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn tables(folder: &Path) -> Result<Vec<PathBuf>, DirectoryError> {
        tables_in(&folder.join("postcodes"), &folder.join(PSEUDO_POSTCODES))
    }

    /// Adds what Fairway's reference folder has beside a postcode directory: pseudo postcodes, upper tiers
    /// (`organisations/ltla21_utla21.csv`), boards (`organisations/ccg21_to_icb22.csv`) and deciles of deprivation
    /// (`geo/lsoa11_imd2019.csv.gz`).
    ///
    /// # Errors
    /// When a file is missing or lacks a column.
    pub fn with_reference(self, folder: &Path) -> Result<Self, DirectoryError> {
        let organisations = folder.join("organisations");
        self.with_pseudo_postcodes(&folder.join(PSEUDO_POSTCODES))?
            .with_upper_tiers(&organisations.join("ltla21_utla21.csv"))?
            .with_care_boards(&organisations.join("ccg21_to_icb22.csv"))?
            .with_deprivation(&folder.join("geo/lsoa11_imd2019.csv.gz"))
    }

    /// Names the release, where its file names do not.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The release.
    pub fn version(&self) -> DirectoryVersion {
        let digest = match self.files.as_slice() {
            [only] => only.digest,
            several => {
                let hash = several.iter().fold(Sha256::new(), |hash, file| hash.chain_update(file.digest.0));
                Digest(hash.finalize().into())
            }
        };
        DirectoryVersion { label: self.label.clone(), digest }
    }

    /// The postcode files that were read, in order.
    pub fn files(&self) -> &[DirectoryFile] {
        &self.files
    }

    /// What the directory holds.
    pub fn counts(&self) -> DirectoryCounts {
        self.counts
    }

    /// Where a postcode lies.
    pub fn lookup(&self, postcode: &Postcode) -> Place<'_> {
        let found = postcode_key(postcode).and_then(|key| self.postcodes.get(&key)).copied();
        match found {
            Some(entry) if entry & TERMINATED != 0 => self.place(PlaceStatus::Terminated, entry & !TERMINATED),
            Some(entry) => self.place(PlaceStatus::Live, entry),
            None if self.pseudo.contains(postcode) => {
                Place::nowhere(PlaceStatus::Pseudo, self.pseudo.meaning(postcode))
            }
            None => Place::nowhere(PlaceStatus::Unknown, None),
        }
    }

    fn place(&self, status: PlaceStatus, home: u32) -> Place<'_> {
        let home = self.homes.get(usize::try_from(home).unwrap_or(usize::MAX));
        Place::somewhere(status, &self.codes, home)
    }
}

impl std::fmt::Debug for PostcodeDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[postcode directory {}]", self.version())
    }
}

fn tables_in(folder: &Path, but: &Path) -> Result<Vec<PathBuf>, DirectoryError> {
    let unreadable = |source| DirectoryError::Unreadable { path: folder.to_owned(), source };
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        if path != but && (name.ends_with(".csv") || name.ends_with(".csv.gz")) {
            tables.push(path);
        }
    }
    tables.sort();
    Ok(tables)
}

#[cfg(test)]
pub(crate) mod tests;
