//! The specifications of a processing centre: those that come with Fairway, and its own in `specs/` of the data directory.
//! The folder is read each time, so that what one process adds another finds; what was parsed before is not parsed again.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use fairway_domain::{Digest, Fault, FaultExt, SpecName};
use fairway_spec::{Spec, builtin, source_files};
use fairway_store::Submission;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{DataDir, Service, VerbError, VerbResult};

/// A specification that files can be landed for.
#[derive(Debug, Clone)]
pub struct KnownSpec {
    /// Its name.
    pub name: SpecName,
    /// The specification, or why it does not load.
    pub spec: Result<Arc<Spec>, String>,
    /// SHA-256 over its files, of one that the processing centre added; none for those that come with Fairway.
    pub digest: Option<Digest>,
}

/// Own specifications read before, by name, with the digest of their files.
pub(crate) type Parsed = BTreeMap<SpecName, (Digest, Arc<Spec>)>;

/// What is kept beside a submission's report about its specification.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    name: String,
    sha256: String,
}

impl Service {
    /// Every specification, those of a dataset in the order of their releases, the newest last.
    ///
    /// # Errors
    /// When the processing centre's own cannot be read.
    pub fn specs(&self) -> Result<Vec<KnownSpec>, Fault> {
        let shipped = builtin().iter().map(|name| KnownSpec {
            name: name.clone(),
            spec: Spec::builtin(name).map_err(|error| error.to_string()),
            digest: None,
        });
        let mut all: Vec<KnownSpec> = shipped.collect();
        for name in names(&self.dir)? {
            all.push(self.own_spec(&name)?);
        }
        all.sort_by_cached_key(|known| {
            let order = known.spec.as_ref().map_or(0, |spec| spec.order);
            (known.name.dataset().to_owned(), order, known.digest.is_some(), numbered(known.name.release()))
        });
        Ok(all)
    }

    /// Those of one dataset that load, the newest first.
    pub(crate) fn specs_of(&self, dataset: &str) -> Result<Vec<Arc<Spec>>, Fault> {
        let specs = self.specs()?.into_iter().rev().filter(|known| known.name.dataset() == dataset);
        Ok(specs.filter_map(|known| known.spec.ok()).collect())
    }

    /// All that load, in the order in which a file is taken for them where several fit it equally well: the processing
    /// centre's own first, then the newest of each dataset.
    pub(crate) fn specs_to_recognise(&self) -> Result<Vec<Arc<Spec>>, Fault> {
        let mut all = self.specs()?;
        all.reverse();
        all.sort_by_key(|known| Reverse(known.digest.is_some()));
        Ok(all.into_iter().filter_map(|known| known.spec.ok()).collect())
    }

    /// The newest of a dataset, or a refusal that says what there is.
    pub(crate) fn newest_spec(&self, dataset: &str, what: &str) -> VerbResult<Arc<Spec>> {
        let newest = self.specs_of(dataset)?.into_iter().next();
        newest.ok_or_else(|| no_such(what, format!("There is no specification of the dataset {dataset}")))
    }

    /// The specification of a name; `None` where there is none.
    pub(crate) fn known_spec(&self, name: &SpecName) -> Result<Option<KnownSpec>, Fault> {
        if builtin().contains(name) {
            let spec = Spec::builtin(name).map_err(|error| error.to_string());
            return Ok(Some(KnownSpec { name: name.clone(), spec, digest: None }));
        }
        if folder(&self.dir, name).is_dir() { self.own_spec(name).map(Some) } else { Ok(None) }
    }

    fn own_spec(&self, name: &SpecName) -> Result<KnownSpec, Fault> {
        let folder = folder(&self.dir, name);
        let files = match source_files(&folder) {
            Ok(files) => files,
            Err(error) => {
                let digest = Some(Digest([0; 32]));
                return Ok(KnownSpec { name: name.clone(), spec: Err(error.to_string()), digest });
            }
        };
        let digest = digest(&files);
        let parsed = || self.shelf.specs.lock().unwrap_or_else(PoisonError::into_inner);
        let before = parsed().get(name).filter(|(known, _)| *known == digest).map(|(_, spec)| Arc::clone(spec));
        let spec = match before {
            Some(spec) => Ok(spec),
            None => load(&folder, name).map_err(|error| error.to_string()),
        };
        if let Ok(spec) = &spec {
            parsed().insert(name.clone(), (digest, Arc::clone(spec)));
        }
        Ok(KnownSpec { name: name.clone(), spec, digest: Some(digest) })
    }

    /// Keeps, beside a submission's report, which specification it is checked with.
    pub(crate) fn keep_spec_of(&self, submission: &Submission, known: &KnownSpec) -> Result<(), Fault> {
        const WHAT: &str = "name of the specification cannot be kept";
        let Some(digest) = known.digest else { return Ok(()) };
        let kept = Kept { name: known.name.to_string(), sha256: digest.to_string() };
        fs::write(self.dir.spec_of(submission.id), serde_json::to_vec_pretty(&kept).fault(WHAT)?).fault(WHAT)
    }

    /// The specification a checked submission was held against. One of the processing centre's own is still what it was
    /// then, or it is a fault.
    pub(crate) fn checked_spec(&self, submission: &Submission) -> Result<Arc<Spec>, Fault> {
        let release = submission.release.as_deref().unwrap_or_default();
        let name: SpecName = format!("{}/{release}", submission.dataset)
            .parse()
            .map_err(|_| Fault::new(format!("submission {} was not checked", submission.id)))?;
        let known = self.known_spec(&name)?;
        let known = known.ok_or_else(|| Fault::new(format!("specification {name} is no longer there")))?;
        if let Some(digest) = known.digest {
            const WHAT: &str = "name of the specification cannot be read";
            let kept = fs::read(self.dir.spec_of(submission.id)).fault(WHAT)?;
            let kept: Kept = serde_json::from_slice(&kept).fault(WHAT)?;
            if kept.sha256 != digest.to_string() {
                let id = submission.id;
                return Err(Fault::new(format!(
                    "specification {name} is another than submission {id} was checked with"
                )));
            }
        }
        known.spec.map_err(|why| Fault::new(format!("specification {name} does not load: {why}")))
    }
}

/// Where a specification of the processing centre's own lies.
pub(crate) fn folder(dir: &DataDir, name: &SpecName) -> std::path::PathBuf {
    dir.specs().join(name.dataset()).join(name.release())
}

/// A processing centre's own specifications that load, the newest of each dataset first; for who needs no more of the centre.
///
/// # Errors
/// When their folder cannot be read.
pub fn own_specs(dir: &DataDir) -> Result<Vec<Arc<Spec>>, Fault> {
    let mut all: Vec<Arc<Spec>> = names(dir)?.iter().filter_map(|name| load(&folder(dir, name), name).ok()).collect();
    all.sort_by_cached_key(|spec| Reverse((spec.order, numbered(spec.name.release()))));
    Ok(all)
}

/// Reads a kept specification, which has the name of its folder.
pub(crate) fn load(folder: &Path, name: &SpecName) -> Result<Arc<Spec>, fairway_spec::SpecError> {
    let mut spec = Spec::load(folder)?;
    Arc::make_mut(&mut spec).name = name.clone();
    Ok(spec)
}

/// SHA-256 over files, each name and text behind its length.
pub(crate) fn digest(files: &BTreeMap<String, String>) -> Digest {
    let mut hash = Sha256::new();
    for text in files.iter().flat_map(|(name, text)| [name, text]) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    Digest(hash.finalize().into())
}

/// A refusal for want of a specification.
pub(crate) fn no_such(what: &str, reason: String) -> VerbError {
    VerbError::refused(what, reason, "See what there is with: fairway spec list --data DIR")
}

/// Names of the processing centre's own.
fn names(dir: &DataDir) -> Result<Vec<SpecName>, Fault> {
    let mut names = Vec::new();
    for dataset in entries(&dir.specs())? {
        for release in entries(&dir.specs().join(&dataset))? {
            names.extend(format!("{dataset}/{release}").parse::<SpecName>());
        }
    }
    names.sort();
    Ok(names)
}

fn entries(folder: &Path) -> Result<Vec<String>, Fault> {
    const WHAT: &str = "specifications cannot be read";
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.fault(WHAT)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.fault(WHAT)?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// A release's name in parts, so that `v10` comes after `v9`.
fn numbered(release: &str) -> Vec<(String, u64)> {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut parts = Vec::new();
    let mut rest = release;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(is_digit).unwrap_or(rest.len()));
        let (number, after) = after.split_at(after.find(|c| !is_digit(c)).unwrap_or(after.len()));
        parts.push((word.to_owned(), number.parse().unwrap_or(0)));
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_counted_not_spelt() {
        let mut releases = ["v10", "1", "v9", "2025-q2", "2025-q10"];
        releases.sort_by_key(|release| numbered(release));
        assert_eq!(releases, ["1", "2025-q2", "2025-q10", "v9", "v10"]);
    }

    #[test]
    fn a_digest_tells_where_one_file_ends() {
        let files = |all: &[(&str, &str)]| all.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        assert_ne!(digest(&files(&[("a", "bc")])), digest(&files(&[("ab", "c")])));
        assert_ne!(digest(&files(&[("a", "b"), ("c", "")])), digest(&files(&[("a", ""), ("c", "b")])));
    }
}
