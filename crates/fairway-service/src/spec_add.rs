//! The verb `add a specification`: what a processing centre wrote, or took over, becomes one that files are landed for.

use fairway_governance::{Object, Verb};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_domain::{Digest, Fault, FaultExt, Refusal, SpecName};
use fairway_spec::{Spec, SpecError, builtin, source_files};
use fairway_store::AuditEvent;
use serde_json::json;
use uuid::Uuid;

use crate::context::blocking;
use crate::specs::{digest, folder, load};
use crate::{Service, VerbError, VerbResult, plan};

const WHAT: &str = "The specification cannot be added";
/// How many columns a reason names.
const NAMED: usize = 5;

/// A specification that is in the data directory now.
#[derive(Debug, Clone)]
pub struct AddedSpec {
    /// The specification, under the name it is known by here.
    pub spec: Arc<Spec>,
    /// SHA-256 over its files.
    pub digest: Digest,
    /// Whether the same was there before.
    pub already_there: bool,
}

/// Files read from where they were written, with the name they are to be kept under.
struct Offered {
    name: SpecName,
    files: BTreeMap<String, String>,
    digest: Digest,
}

impl Service {
    /// Puts the specification at `path` (see [`Spec::load`] for what that may be) into the data directory, under `name`
    /// or the name it gives itself. Adding it again changes nothing; another of that name takes its place until a
    /// submission was checked with it.
    ///
    /// # Errors
    /// Refused, with every reason, where it does not load, a column has no privacy class, a table cannot have a column, or the
    /// name is taken.
    pub async fn add_spec(&self, actor: &str, path: &Path, name: Option<&SpecName>) -> VerbResult<AddedSpec> {
        self.authorise(Verb::SpecificationAdd, Object::Centre).await?;
        let (path, named) = (path.to_owned(), name.cloned());
        let offered = blocking("reading a specification", move || offered(&path, named)).await?;
        if builtin().contains(&offered.name) {
            let reason = format!("{} comes with Fairway and stays as it is", offered.name);
            let next = format!("Give it a release of its own: --name {}/own", offered.name.dataset());
            return Err(VerbError::refused(WHAT, reason, next));
        }
        let known = self.known_spec(&offered.name)?;
        if let Some(known) = &known
            && known.digest == Some(offered.digest)
            && let Ok(spec) = &known.spec
        {
            return Ok(AddedSpec { spec: spec.clone(), digest: offered.digest, already_there: true });
        }
        if known.is_some() {
            self.unused(&offered.name).await?;
        }
        let service = self.clone();
        let (name, digest) = (offered.name.clone(), offered.digest);
        let spec = blocking("keeping a specification", move || service.keep(&offered)).await?;
        let mut tx = self.store.tx("spec.add", self.clock.now()).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "SpecificationAdded",
            object: format!("specification:{name}"),
            detail: json!({ "sha256": digest.to_string(), "fields": spec.fields.len(), "replaces": known.is_some() }),
        })
        .await?;
        tx.commit().await?;
        Ok(AddedSpec { spec, digest, already_there: false })
    }

    /// Whether no submission was ever checked with, or landed for, a specification of this name.
    async fn unused(&self, name: &SpecName) -> VerbResult<()> {
        let all = self.store.submissions(u32::MAX).await?;
        let users =
            all.iter().filter(|one| one.dataset == name.dataset() && one.release.as_deref() == Some(name.release()));
        match users.count() {
            0 => Ok(()),
            count => Err(VerbError::refused(
                WHAT,
                format!("Another {name} is there, and {count} submissions were checked with it"),
                format!("Give this one a release of its own: --name {}/{}-2", name.dataset(), name.release()),
            )),
        }
    }

    /// Writes the files beside their place, looks whether they hold, and gives them their name.
    fn keep(&self, offered: &Offered) -> VerbResult<Arc<Spec>> {
        const WHAT: &str = "specification cannot be kept";
        let place = folder(&self.dir, &offered.name);
        // A release may build on another one, which it looks for beside itself.
        let part = place.with_file_name(format!(".part-{}", Uuid::now_v7()));
        let spec =
            write(&part, &offered.files).map_err(VerbError::from).and_then(|()| self.fitting(&part, &offered.name));
        let spec = match spec {
            Ok(spec) => spec,
            Err(error) => {
                fs::remove_dir_all(&part).fault(WHAT)?;
                return Err(error);
            }
        };
        if place.exists() {
            fs::remove_dir_all(&place).fault(WHAT)?;
        }
        fs::rename(&part, &place).fault(WHAT)?;
        place.parent().map_or(Ok(()), sync)?;
        sync(&self.dir.specs())?;
        sync(self.dir.root())?;
        Ok(spec)
    }

    /// The specification, if files can be landed for it.
    fn fitting(&self, part: &Path, name: &SpecName) -> VerbResult<Arc<Spec>> {
        let spec = load(part, name).map_err(does_not_load)?;
        let others = self.specs_of(name.dataset())?;
        let others: Vec<_> = others.into_iter().filter(|other| other.name != *name).collect();
        let mut reasons = Vec::new();
        if !spec.unclassed.is_empty() {
            let named: Vec<&str> = spec.unclassed.iter().take(NAMED).map(String::as_str).collect();
            let more = spec.unclassed.len() - named.len();
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            reasons.push(format!("Nobody has said what these columns tell about a person: {}{more}", named.join(", ")));
        }
        reasons.extend(plan::misfits(&spec, &others));
        if reasons.is_empty() {
            return Ok(spec);
        }
        Err(VerbError::Refused(Refusal {
            what: WHAT.into(),
            reasons,
            next: "Give each field a `class`: direct (names a person), quasi (age, area), sensitive or plain; and, where a \
                   column's name is in the way, another name with `column`. `fairway spec new SAMPLE` writes a first guess"
                .into(),
        }))
    }
}

fn offered(path: &Path, name: Option<SpecName>) -> VerbResult<Offered> {
    let files = source_files(path).map_err(does_not_load)?;
    let name = match name {
        Some(name) => name,
        None => Spec::load(path).map_err(does_not_load)?.name.clone(),
    };
    Ok(Offered { name, digest: digest(&files), files })
}

fn does_not_load(error: SpecError) -> VerbError {
    VerbError::Refused(Refusal {
        what: WHAT.into(),
        reasons: error.problems.iter().map(ToString::to_string).collect(),
        next: "Correct it and try again; docs/guide/local-flow.md shows one of three columns".into(),
    })
}

fn write(part: &Path, files: &BTreeMap<String, String>) -> Result<(), Fault> {
    const WHAT: &str = "specification cannot be written";
    let mut folders: HashMap<PathBuf, ()> = HashMap::new();
    for (name, text) in files {
        let path = part.join(name);
        let folder = path.parent().unwrap_or(part).to_owned();
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).fault(WHAT)?;
        let mut file = File::create_new(&path).fault(WHAT)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).fault(WHAT)?;
        folders.insert(folder, ());
    }
    folders.keys().try_for_each(|folder| sync(folder))?;
    sync(part)
}

fn sync(folder: &Path) -> Result<(), Fault> {
    File::open(folder).and_then(|folder| folder.sync_all()).fault("folder of specifications cannot be put on disk")
}
