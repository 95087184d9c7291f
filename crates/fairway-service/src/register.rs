//! The verb `register build`: a demographics extract becomes the register that people are traced against.

use std::fs;
use std::path::{Path, PathBuf};

use fairway_domain::FaultExt;
use fairway_store::AuditEvent;
use fairway_trace::Register;
use serde_json::json;

use crate::context::blocking;
use crate::{Service, VerbError, VerbResult};

/// The file with one row a person.
pub(crate) const PEOPLE: &str = "register.csv";
const FILES: [&str; 3] = [PEOPLE, "history.csv", "superseded.csv"];

/// What the register holds.
#[derive(Debug, Clone)]
pub struct RegisterReport {
    /// People.
    pub people: u64,
    /// Digest of the extract.
    pub version: String,
}

impl Service {
    /// Takes over an extract after reading it whole. The register of before stays until the new one is complete.
    ///
    /// # Errors
    /// Refused when the extract cannot be read as one, with file, record and column.
    pub async fn build_register(&self, actor: &str, from: PathBuf) -> VerbResult<RegisterReport> {
        let target = self.dir.register();
        let report = blocking("building the register", move || take_over(&from, &target)).await?;
        let mut tx = self.store.tx("register.build", self.clock.now()).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "RegisterBuilt",
            object: format!("register:{}", report.version),
            detail: json!({ "people": report.people }),
        })
        .await?;
        tx.commit().await?;
        Ok(report)
    }
}

fn take_over(from: &Path, target: &Path) -> VerbResult<RegisterReport> {
    const WHAT: &str = "register cannot be put in place";
    let register = Register::read(from).map_err(|error| {
        VerbError::refused(
            "The demographics extract cannot be used",
            error.to_string(),
            "Mend the extract and build the register again; the one in use has not changed",
        )
    })?;
    let part = target.with_extension("part");
    if part.exists() {
        fs::remove_dir_all(&part).fault(WHAT)?;
    }
    fs::create_dir_all(&part).fault(WHAT)?;
    for file in FILES.iter().filter(|file| from.join(file).is_file()) {
        fs::copy(from.join(file), part.join(file)).fault(WHAT)?;
        fs::File::open(part.join(file)).and_then(|file| file.sync_all()).fault(WHAT)?;
    }
    if target.exists() {
        fs::remove_dir_all(target).fault(WHAT)?;
    }
    fs::rename(&part, target).fault(WHAT)?;
    Ok(RegisterReport { people: register.len() as u64, version: register.version().to_string() })
}
