//! The verb `init`: a folder becomes the data directory of a processing centre.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use fairway_deid::directory::PostcodeDirectory;
use fairway_domain::FaultExt;
use fairway_store::{AuditEvent, LedgerUrl, Store, keys};
use serde_json::json;

use crate::reference::councils;
use crate::{Clock, DataDir, VerbError, VerbResult};

/// What a new data directory holds.
#[derive(Debug, Clone)]
pub struct InitReport {
    /// Councils that may send.
    pub councils: usize,
    /// Postcodes that can be turned into areas.
    pub postcodes: u64,
    /// The release of the postcode directory.
    pub directory: String,
    /// Whether the folder was a data directory before; then keys and ledger are as they were.
    pub already_there: bool,
}

/// Permissions of a data directory: nobody but the operator looks into it, whatever lies in it.
const OWNER_ALONE: u32 = 0o700;

/// Parts of the reference folder that a data directory takes over.
const PARTS: [&str; 4] = ["postcodes", "organisations", "practices", "geo"];

/// Makes a data directory: ledger (in its own file, or in the PostgreSQL database `ledger`), the public key that files are sealed to, and reference data. What is there is kept,
/// so that a run cut short can be run again.
///
/// # Errors
/// Refused when the reference data is not there or cannot be read, or the directory has another keyholder's key.
pub async fn init(
    dir: &DataDir,
    landing_key: &str,
    reference: &Path,
    ledger: Option<&LedgerUrl>,
    clock: &dyn Clock,
) -> VerbResult<InitReport> {
    let councils = read_reference(reference, councils)?;
    let directory = read_reference(reference, |folder| {
        PostcodeDirectory::from_reference(folder).fault("postcode directory cannot be read")
    })?;
    let already_there = dir.is_initialised();
    let store = match ledger {
        Some(url) => Store::create_with(dir.root(), url).await?,
        None => Store::create(dir.root()).await?,
    };
    fs::set_permissions(dir.root(), fs::Permissions::from_mode(OWNER_ALONE))
        .fault("data directory cannot be closed off")?;
    if !keys::install(&dir.store().keys(), landing_key)? {
        return Err(VerbError::refused(
            "The data directory cannot be made",
            format!("{} is sealed to another processing centre's key", dir.root().display()),
            "Name the keyholder that it was made with, or another data directory",
        ));
    }
    copy_reference(reference, &dir.reference())?;
    let mut tx = store.tx("centre.init", clock.now()).await?;
    for council in &councils {
        tx.put_organisation(council).await?;
    }
    let report = InitReport {
        councils: councils.len(),
        postcodes: directory.counts().rows as u64,
        directory: directory.version().to_string(),
        already_there,
    };
    tx.audit(AuditEvent {
        actor: "cli".into(),
        verb: "CentreInitialised",
        object: "centre".into(),
        detail: json!({
            "councils": report.councils, "postcodes": report.postcodes, "directory": report.directory,
            "again": already_there,
        }),
    })
    .await?;
    tx.commit().await?;
    store.close().await;
    Ok(report)
}

fn read_reference<T>(folder: &Path, read: impl FnOnce(&Path) -> Result<T, fairway_domain::Fault>) -> VerbResult<T> {
    read(folder).map_err(|fault| {
        let cause = std::error::Error::source(&fault).map(|cause| format!(": {cause}")).unwrap_or_default();
        VerbError::refused(
            "The data directory cannot be made",
            format!("The reference data in {} cannot be used: {fault}{cause}", folder.display()),
            "Name the folder `reference` of Fairway's source, or one laid out like it, with --reference DIR",
        )
    })
}

fn copy_reference(from: &Path, to: &Path) -> VerbResult<()> {
    for part in PARTS.iter().filter(|part| from.join(part).is_dir()) {
        copy_folder(&from.join(part), &to.join(part))?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> VerbResult<()> {
    const WHAT: &str = "reference data cannot be copied";
    fs::create_dir_all(to).fault(WHAT)?;
    for entry in fs::read_dir(from).fault(WHAT)? {
        let entry = entry.fault(WHAT)?;
        if entry.file_type().fault(WHAT)?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).fault(WHAT)?;
        }
    }
    Ok(())
}
