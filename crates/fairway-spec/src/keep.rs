//! The files of a specification, to be kept somewhere else.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::SpecError;
use crate::folder::Folder;
use crate::{Spec, table_schema};

/// Files of a folder that say what a specification is, besides its lists and maps.
const FILES: [&str; 5] = ["spec.yaml", "overlay.yaml", "rules.yaml", "rules-across.yaml", "derived.yaml"];
/// Folders of lists and maps.
const FOLDERS: [&str; 2] = ["codelists", "maps"];

/// The texts that the specification at `path` is made of, by path within a folder of its own: `spec.yaml`,
/// `codelists/kind.csv`. Of a Table Schema, resource or package (see [`Spec::load`] for what `path` may be) it is the one
/// resource, with schema and dialect written into it, as `resource.json` or `schema.json`. Loading that folder gives the
/// same specification, but for its name.
///
/// # Errors
/// When a file cannot be read, or what is there is no specification.
pub fn source_files(path: &Path) -> Result<BTreeMap<String, String>, SpecError> {
    let ours = ["spec.yaml", "overlay.yaml"];
    let holds = |folder: &Path| ours.iter().any(|name| folder.join(name).is_file());
    let named = path.file_name().is_some_and(|name| ours.iter().any(|ours| name == *ours));
    match path {
        folder if folder.is_dir() && holds(folder) => files(&Folder::Disk(folder.to_path_buf())),
        file if file.is_file() && named => files(&Folder::Disk(file.parent().unwrap_or(Path::new("")).to_path_buf())),
        other => {
            // What does not load is not kept, and says why.
            Spec::load(other)?;
            let (name, text) = table_schema::one_file(other)?;
            Ok(BTreeMap::from([(name.to_owned(), text)]))
        }
    }
}

fn files(folder: &Folder) -> Result<BTreeMap<String, String>, SpecError> {
    let mut paths: Vec<String> = FILES.iter().map(|name| (*name).to_owned()).collect();
    for inside in FOLDERS {
        paths.extend(folder.csv_names(inside)?.into_iter().map(|name| format!("{inside}/{name}.csv")));
    }
    let mut files = BTreeMap::new();
    for path in paths {
        if let Some(text) = folder.read(&path)? {
            files.insert(path, text);
        }
    }
    Ok(files)
}
