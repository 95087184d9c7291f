//! The specifications that come with Fairway, embedded so that the binary stands alone.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use fairway_domain::SpecName;
use include_dir::{Dir, include_dir};

use crate::error::{SpecError, SpecProblem};
use crate::folder::Folder;
use crate::{Spec, load};

static SPECS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../specs");

/// Each parsed once, when it is first asked for.
static PARSED: LazyLock<BTreeMap<SpecName, OnceParsed>> =
    LazyLock::new(|| folders().map(|(name, folder)| (name, LazyLock::new(parse(folder)))).collect());

static NAMES: LazyLock<Vec<SpecName>> = LazyLock::new(|| {
    let mut names: Vec<SpecName> = PARSED.keys().cloned().collect();
    let order = |name: &SpecName| Spec::builtin(name).map_or(0, |spec| spec.order);
    names.sort_by_cached_key(|name| (name.dataset().to_owned(), order(name), name.clone()));
    names
});

type Loaded = Result<Arc<Spec>, SpecError>;
type OnceParsed = LazyLock<Loaded, Box<dyn FnOnce() -> Loaded + Send>>;

fn parse(folder: Folder) -> Box<dyn FnOnce() -> Loaded + Send> {
    Box::new(move || load::load(&folder).map(Arc::new))
}

fn folders() -> impl Iterator<Item = (SpecName, Folder)> {
    SPECS.dirs().flat_map(|dataset| {
        dataset.dirs().filter_map(move |release| {
            let name = release.path().to_str()?.replace('\\', "/").parse().ok()?;
            Some((name, Folder::Embedded { release, dataset }))
        })
    })
}

/// The folder of a specification that comes with Fairway.
pub(crate) fn folder(name: &str) -> Option<Folder> {
    folders().find(|(known, _)| known.to_string() == name).map(|(_, folder)| folder)
}

/// Names of the specifications that come with Fairway; those of a dataset in the order of their releases, the newest last.
pub fn builtin() -> &'static [SpecName] {
    &NAMES
}

/// The newest release of a dataset that comes with Fairway, by the order of its releases.
pub fn newest(dataset: &str) -> Option<&'static SpecName> {
    builtin().iter().rfind(|name| name.dataset() == dataset)
}

/// The specification of a name, such as `asc-cld/r2`, or in a folder or file (see [`Spec::load`]).
///
/// # Errors
/// When there is neither a specification of that name nor a folder or file, or it does not load.
pub fn resolve(name_or_path: &str) -> Result<Arc<Spec>, SpecError> {
    let name: Option<SpecName> = name_or_path.parse().ok();
    if let Some(name) = name.filter(|name| PARSED.contains_key(name)) {
        return Spec::builtin(&name);
    }
    let path = Path::new(name_or_path);
    let of_package = || name_or_path.rsplit_once('#').is_some_and(|(file, _)| Path::new(file).is_file());
    if path.is_dir() || path.is_file() || of_package() {
        return Spec::load(path);
    }
    Err(unknown(name_or_path))
}

fn unknown(asked: &str) -> SpecError {
    let known: Vec<String> = builtin().iter().map(SpecName::to_string).collect();
    let text =
        format!("there is neither a specification nor a folder or file of this name; known are {}", known.join(", "));
    SpecProblem::new(asked, "", text).into()
}

impl Spec {
    /// The specification that comes with Fairway under this name.
    ///
    /// # Errors
    /// When there is none of that name, or it does not load.
    pub fn builtin(name: &SpecName) -> Result<Arc<Self>, SpecError> {
        match PARSED.get(name) {
            Some(loaded) => LazyLock::force(loaded).clone(),
            None => Err(unknown(&name.to_string())),
        }
    }
}
