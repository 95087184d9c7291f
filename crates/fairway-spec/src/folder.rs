//! Where the files of a specification lie: in a folder on disk, or embedded in this crate.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use include_dir::Dir;
use serde::de::DeserializeOwned;

use crate::error::SpecProblem;

/// The folder of one release.
#[derive(Debug, Clone)]
pub(crate) enum Folder {
    /// A folder on disk.
    Disk(PathBuf),
    /// A folder embedded in this crate, with the one it lies in.
    Embedded { release: &'static Dir<'static>, dataset: &'static Dir<'static> },
    /// A folder on disk whose files come before those of another.
    Overlay { own: PathBuf, base: Box<Folder> },
}

impl Folder {
    /// How messages call a file in it: `r2/spec.yaml`.
    pub(crate) fn label(&self, path: &str) -> String {
        let folder = match self {
            Self::Disk(folder) => folder.as_path(),
            Self::Embedded { release, .. } => release.path(),
            Self::Overlay { own, .. } if own.join(path).is_file() => own.as_path(),
            Self::Overlay { base, .. } => return base.label(path),
        };
        let name = folder.file_name().map_or_else(|| folder.to_string_lossy(), |name| name.to_string_lossy());
        format!("{name}/{path}")
    }

    /// The folder of another release of the same dataset.
    ///
    /// # Errors
    /// When the name is not a single word, or there is no such release.
    pub(crate) fn sibling(&self, release: &str, asked_in: &str) -> Result<Self, SpecProblem> {
        let problem = |text: String| SpecProblem::new(self.label(asked_in), "extends", text);
        if release.is_empty() || !release.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(problem("a release is named by one word, such as r1".into()));
        }
        match self {
            Self::Overlay { base, .. } => return base.sibling(release, asked_in),
            Self::Disk(folder) => Some(folder.join("..").join(release)).filter(|f| f.is_dir()).map(Self::Disk),
            Self::Embedded { dataset, .. } => {
                dataset.get_dir(dataset.path().join(release)).map(|found| Self::Embedded { release: found, dataset })
            }
        }
        .ok_or_else(|| problem(format!("there is no release `{release}` beside this one")))
    }

    /// The text of a file, or nothing where it does not exist.
    pub(crate) fn read(&self, path: &str) -> Result<Option<String>, SpecProblem> {
        let problem = |text: &str| SpecProblem::new(self.label(path), "", text);
        match self {
            Self::Disk(folder) => match fs::read(folder.join(path)) {
                Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| problem("the file is not UTF-8 text")),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(problem(&format!("the file cannot be read ({error})"))),
            },
            Self::Embedded { release, .. } => match release.get_file(release.path().join(path)) {
                Some(file) => {
                    file.contents_utf8().map(|t| Some(t.into())).ok_or_else(|| problem("the file is not UTF-8 text"))
                }
                None => Ok(None),
            },
            Self::Overlay { own, base } => match Self::Disk(own.clone()).read(path)? {
                Some(text) => Ok(Some(text)),
                None => base.read(path),
            },
        }
    }

    /// A YAML file, or nothing where it does not exist.
    pub(crate) fn read_yaml<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, SpecProblem> {
        let Some(text) = self.read(path)? else { return Ok(None) };
        let options = serde_saphyr::options! { with_snippet: false };
        serde_saphyr::from_str_with_options(&text, options).map(Some).map_err(|error| {
            let place = error.location().map(|at| format!("line {}, column {}", at.line(), at.column()));
            SpecProblem::new(self.label(path), place.unwrap_or_default(), without_place(&error.to_string()))
        })
    }

    /// Names of the CSV files in a folder inside, without the ending, in order; none where it does not exist.
    pub(crate) fn csv_names(&self, inside: &str) -> Result<Vec<String>, SpecProblem> {
        let paths: Vec<PathBuf> = match self {
            Self::Disk(folder) => disk_paths(&folder.join(inside)).map_err(|error| {
                SpecProblem::new(self.label(inside), "", format!("the folder cannot be read ({error})"))
            })?,
            Self::Embedded { release, .. } => release
                .get_dir(release.path().join(inside))
                .map(|dir| dir.files().map(|file| file.path().to_path_buf()).collect())
                .unwrap_or_default(),
            Self::Overlay { own, base } => {
                let mut names = Self::Disk(own.clone()).csv_names(inside)?;
                names.extend(base.csv_names(inside)?);
                names.sort();
                names.dedup();
                return Ok(names);
            }
        };
        let mut names: Vec<String> = paths.iter().filter_map(|path| csv_name(path)).collect();
        names.sort();
        Ok(names)
    }
}

fn csv_name(path: &Path) -> Option<String> {
    let is_csv = path.extension().is_some_and(|ending| ending == "csv");
    is_csv.then(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())).flatten()
}

fn disk_paths(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|e| e.path())).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The parser's message without the place, which is said once, in front.
fn without_place(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.split(" at line ").next().unwrap_or(line).trim_start_matches("error: ").to_owned()
}
