//! Public data that derivations look things up in: what is added, which of it an import is derived with, and its reading.
//! Files are added and never changed, so that what was derived before can be derived again.

use fairway_governance::{Object, Verb};
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_deid::directory::{AreaKey, PostcodeDirectory};
use fairway_deid::practice::Practices;
use fairway_domain::{Digest, Fault, FaultExt, SubmissionId};
use fairway_spec::{Derivation, Spec};
use fairway_store::{AuditEvent, ImportReference, ReferenceFile, ReferenceKind};
use jiff::civil::Date;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::context::blocking;
use crate::derive::References;
use crate::identity::event;
use crate::{Service, VerbError, VerbResult};

/// Files that were added, below the folder of reference data.
const ADDED: &str = "added";
/// Boards by commissioner, below that folder.
const BOARDS: &str = "organisations/ccg21_to_icb22.csv";

/// What is read for a derivation: headings of the postcode directory beyond those known by name, and the files; an empty
/// path stands for what came with the data directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    headings: Vec<String>,
    postcodes: String,
    practices: String,
}

/// A file of reference data that was added.
#[derive(Debug, Clone)]
pub struct ReferenceAdded {
    /// postcodes or practices.
    pub kind: &'static str,
    /// Name of its release.
    pub label: String,
    /// First day it is used.
    pub effective_from: String,
    /// Its records.
    pub records: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

impl Service {
    /// Adds a release of reference data, to be used by what is derived from `effective_from` on. What was derived before
    /// stays as it is.
    ///
    /// # Errors
    /// Refused when the file cannot be read as what it should be.
    pub async fn add_reference(
        &self,
        actor: &str,
        kind: ReferenceKind,
        file: &Path,
        effective_from: Option<Date>,
    ) -> VerbResult<ReferenceAdded> {
        self.authorise(Verb::ReferenceAdd, Object::Centre).await?;
        let effective_from = effective_from.unwrap_or_else(|| self.clock.today());
        let (folder, from) = (self.dir.reference(), file.to_owned());
        let (records, new) =
            blocking("adding reference data", move || take_over(&folder, kind, &from, effective_from)).await?;
        let mut tx = self.store.tx("reference.add", self.clock.now()).await?;
        tx.add_reference(&new).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "ReferenceAdded",
            object: format!("reference:{}", kind.as_str()),
            detail: json!({
                "label": new.label, "effective_from": effective_from.to_string(), "records": records,
                "sha256": new.digest.to_string(),
            }),
        })
        .await?;
        tx.commit().await?;
        Ok(added(new, records))
    }

    /// Every file that was added, in the order in which they count.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn added_references(&self) -> VerbResult<Vec<ReferenceAdded>> {
        self.authorise(Verb::ReferenceList, Object::Centre).await?;
        Ok(self.store.reference_files().await?.into_iter().map(|file| added(file, 0)).collect())
    }

    /// What an import is derived with: as was chosen before, else the newest that counts today. The choice is kept before
    /// anything is derived, so that a run cut short goes on with the same.
    pub(crate) async fn chosen_references(&self, id: SubmissionId) -> VerbResult<Vec<ImportReference>> {
        let before = self.store.import_references(id).await?;
        if !before.is_empty() {
            return Ok(before);
        }
        let (files, today) = (self.store.reference_files().await?, self.clock.today());
        let newest = |kind: ReferenceKind| {
            let mut counts = files.iter().filter(|file| file.kind == kind && file.effective_from <= today);
            counts.next_back().map_or_else(String::new, |file| file.path.clone())
        };
        let chosen: Vec<ImportReference> = ReferenceKind::ALL
            .iter()
            .map(|kind| ImportReference { kind: *kind, path: newest(*kind), version: String::new() })
            .collect();
        let mut tx = self.store.tx("submission.deidentify.begin", self.clock.now()).await?;
        for one in &chosen {
            tx.keep_import_reference(id, one).await?;
        }
        let files: Vec<&str> = chosen.iter().map(|one| one.path.as_str()).filter(|path| !path.is_empty()).collect();
        tx.audit(event("worker", "DeidBegun", id, json!({ "added_references": files }))).await?;
        tx.commit().await?;
        Ok(chosen)
    }

    /// Reads what a specification's derivations look things up in; the last reading is kept.
    pub(crate) async fn references(&self, spec: &Spec, used: &[ImportReference]) -> VerbResult<References> {
        let path = |kind| used.iter().find(|one| one.kind == kind).map(|one| one.path.clone()).unwrap_or_default();
        let wanted = Wanted {
            headings: headings(spec),
            postcodes: path(ReferenceKind::Postcodes),
            practices: path(ReferenceKind::Practices),
        };
        let mut shelf = self.shelf.lookups.lock().await;
        if let Some((known, references)) = &*shelf
            && *known == wanted
        {
            return Ok(references.clone());
        }
        let (folder, asked) = (self.dir.reference(), wanted.clone());
        let references = blocking("reading reference data", move || Ok(read(&folder, &asked)?)).await?;
        *shelf = Some((wanted, references.clone()));
        Ok(references)
    }
}

/// The choice with the versions that were read.
pub(crate) fn versioned(used: Vec<ImportReference>, references: &References) -> Vec<ImportReference> {
    let version = |kind: ReferenceKind| match kind {
        ReferenceKind::Postcodes => references.postcodes_version.clone(),
        ReferenceKind::Practices => references.practices.version().to_owned(),
    };
    used.into_iter().map(|one| ImportReference { version: version(one.kind), ..one }).collect()
}

fn added(file: ReferenceFile, records: u64) -> ReferenceAdded {
    ReferenceAdded {
        kind: file.kind.as_str(),
        label: file.label,
        effective_from: file.effective_from.to_string(),
        records,
        sha256: file.digest.to_string(),
    }
}

/// Columns of the postcode directory that derivations name by their headings.
fn headings(spec: &Spec) -> Vec<String> {
    let areas = spec.derived.iter().filter_map(|column| match &column.derivation {
        Derivation::Area(_, area) if !AreaKey::is_known(area) => Some(area.clone()),
        _ => None,
    });
    let mut headings: Vec<String> = areas.collect();
    headings.sort();
    headings.dedup();
    headings
}

fn read(folder: &Path, wanted: &Wanted) -> Result<References, Fault> {
    const POSTCODES: &str = "postcode directory cannot be read";
    let tables = match wanted.postcodes.as_str() {
        "" => PostcodeDirectory::tables(folder).fault(POSTCODES)?,
        path => vec![folder.join(path)],
    };
    let postcodes = PostcodeDirectory::read_with(&tables, &wanted.headings).fault(POSTCODES)?;
    let postcodes = postcodes.with_reference(folder).fault(POSTCODES)?;
    let list = match wanted.practices.as_str() {
        "" => shipped_practices(folder)?,
        path => folder.join(path),
    };
    let practices = Practices::read(&list, &folder.join(BOARDS), &postcodes);
    Ok(References {
        postcodes_version: postcodes.version().to_string(),
        practices: Arc::new(practices.fault("list of practices cannot be read")?),
        postcodes: Arc::new(postcodes),
    })
}

/// The list of practices that came with the data directory: the last by name.
fn shipped_practices(folder: &Path) -> Result<PathBuf, Fault> {
    const WHAT: &str = "list of practices cannot be read";
    let mut lists = Vec::new();
    for entry in fs::read_dir(folder.join("practices")).fault(WHAT)? {
        lists.push(entry.fault(WHAT)?.path());
    }
    lists.into_iter().max().ok_or_else(|| Fault::new("folder of practices is empty"))
}

/// Copies a file whose content was looked at to where it stays, on disk on return.
fn take_over(
    folder: &Path,
    kind: ReferenceKind,
    from: &Path,
    effective_from: Date,
) -> VerbResult<(u64, ReferenceFile)> {
    const WHAT: &str = "reference data cannot be copied";
    let records = look_at(folder, kind, from)?;
    let digest = digest(from).fault("reference data cannot be read")?;
    let name = from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let place = PathBuf::from(ADDED).join(format!("{:.12}", digest.to_string())).join(&name);
    let to = folder.join(&place);
    let into = to.parent().unwrap_or(folder);
    fs::create_dir_all(into).fault(WHAT)?;
    let part = to.with_extension("part");
    fs::copy(from, &part).fault(WHAT)?;
    File::open(&part).and_then(|file| file.sync_all()).fault(WHAT)?;
    fs::rename(&part, &to).fault(WHAT)?;
    for folder in into.ancestors().take(3) {
        File::open(folder).and_then(|folder| folder.sync_all()).fault(WHAT)?;
    }
    let label = name.trim_end_matches(".gz").trim_end_matches(".csv").to_owned();
    let path = place.to_string_lossy().into_owned();
    Ok((records, ReferenceFile { kind, digest, label, path, effective_from }))
}

/// Reads a file as what it should be; refused with what is wrong with it.
fn look_at(folder: &Path, kind: ReferenceKind, from: &Path) -> VerbResult<u64> {
    let read = match kind {
        ReferenceKind::Postcodes => PostcodeDirectory::read(&[from]).map(|directory| directory.counts().rows),
        ReferenceKind::Practices => PostcodeDirectory::from_reference(folder)
            .and_then(|postcodes| Practices::read(from, &folder.join(BOARDS), &postcodes))
            .map(|practices| practices.len() as u64),
    };
    read.map_err(|error| {
        VerbError::refused(
            "The reference data cannot be added",
            error.to_string(),
            "Give a CSV file, or one compressed with gzip, as the Office for National Statistics (postcodes) or the \
             Organisation Data Service (practices) publishes it",
        )
    })
}

fn digest(path: &Path) -> std::io::Result<Digest> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Digest(hasher.finalize().into())),
            count => hasher.update(&buffer[..count]),
        }
    }
}
