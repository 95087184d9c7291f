//! Files that nothing refers to: what processes left that were killed before their import was noted.
//!
//! Tables are only ever added to and their logs are never cut, so a file that any version refers to stays, and with it
//! every version that a release names in its manifest.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use fairway_domain::port::Unreferenced;
use fairway_domain::{Fault, FaultExt, Zone};
use jiff::Timestamp;
use object_store::path::Path as StorePath;

use crate::journal;
use crate::tables::{OpenTable, Tables};

const LOG: &str = "_delta_log";

pub(crate) async fn vacuum(tables: &Tables, before: Timestamp, take_away: bool) -> Result<Unreferenced, Fault> {
    let mut found = Unreferenced::default();
    for zone in [Zone::Identifiable, Zone::Deidentified] {
        for name in tables.names(zone).await? {
            let table = tables.existing(&name).await?;
            let mut known = referenced(&table).await?;
            known.extend(
                journal::noted(tables).fault("notes of imports cannot be read")?.iter().filter_map(|p| plain(p)),
            );
            let folder = tables.folder(&name);
            let what = format!("files of {name} cannot be looked through");
            let swept = tokio::task::spawn_blocking(move || sweep(&folder, &known, before, take_away)).await;
            let swept = swept.fault("task was stopped")?.fault(what)?;
            found.files += swept.files;
            found.bytes += swept.bytes;
        }
    }
    Ok(found)
}

/// Every file that any version of the table refers to.
async fn referenced(table: &OpenTable) -> Result<HashSet<String>, Fault> {
    let mut known = HashSet::new();
    for version in 0..=table.version() {
        let actions = table.commit(version).await?;
        known.extend(actions.iter().filter_map(|action| action["add"]["path"].as_str()).filter_map(plain));
    }
    Ok(known)
}

/// A path of the log, which is written as in a URL, as the folder has it.
fn plain(path: &str) -> Option<String> {
    StorePath::from_url_path(path).ok().map(String::from)
}

fn sweep(folder: &Path, known: &HashSet<String>, before: Timestamp, take_away: bool) -> io::Result<Unreferenced> {
    let mut found = Unreferenced::default();
    for path in files(folder)? {
        let below = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy();
        let about = fs::metadata(&path)?;
        let written = Timestamp::try_from(about.modified()?).map_err(io::Error::other)?;
        if known.contains(below.as_ref()) || written >= before {
            continue;
        }
        found.files += 1;
        found.bytes += about.len();
        if take_away {
            fs::remove_file(&path)?;
            fs::File::open(path.parent().unwrap_or(folder))?.sync_all()?;
        }
    }
    Ok(found)
}

/// Every file below a folder but the log.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() == LOG {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => all.extend(files(&entry.path())?),
            false => all.push(entry.path()),
        }
    }
    Ok(all)
}
