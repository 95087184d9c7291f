//! The reference data that made-up people are drawn from.

mod names;
mod places;

use std::path::{Path, PathBuf};

pub(crate) use names::{Background, Names, title_case};
pub(crate) use places::{Council, Places, Practice, outcode_of};

use crate::SynthError;

/// Names, postcodes, councils and practices, read once and used for any number of runs.
pub struct Reference {
    pub(crate) names: Names,
    pub(crate) places: Places,
}

impl Reference {
    /// Reads `names/`, `postcodes/`, `organisations/` and `practices/` in `dir`.
    ///
    /// # Errors
    /// When a file is missing or lacks a column; the error names it.
    pub fn load(dir: &Path) -> Result<Self, SynthError> {
        Ok(Self { names: Names::load(&dir.join("names"))?, places: Places::load(dir)? })
    }
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reference")
    }
}

/// A reference file that cannot be used.
fn unusable(path: &Path, what: impl ToString) -> SynthError {
    SynthError::Reference { path: PathBuf::from(path), what: what.to_string() }
}
