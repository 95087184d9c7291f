//! The verbs `register build` and `register update`: a demographics extract becomes the register that people are traced
//! against, and changes are added to it.

use fairway_governance::{Object, Verb};
use std::path::Path;
use std::sync::Arc;

use fairway_domain::FaultExt;
use fairway_store::AuditEvent;
use fairway_trace::{Extract, IndexError, Register};
use serde_json::json;

use crate::context::blocking;
use crate::{Service, VerbError, VerbResult};

/// The file with one row a person, where a register is kept as its extract: how data directories had it before there was
/// an index.
pub(crate) const PEOPLE: &str = "register.csv";
const EXTRACT: [&str; 3] = [PEOPLE, "history.csv", "superseded.csv"];

/// What the register holds.
#[derive(Debug, Clone)]
pub struct RegisterReport {
    /// People.
    pub people: u64,
    /// Digest of the extract, and of the changes since.
    pub version: String,
}

impl Service {
    /// Makes the register anew from an extract. That of before stays until the new one is whole, and a worker that has it
    /// open keeps it until it ends.
    ///
    /// # Errors
    /// Refused when the extract cannot be read as one, with file, record and column.
    pub async fn build_register(&self, actor: &str, from: Arc<dyn Extract>) -> VerbResult<RegisterReport> {
        self.authorise(Verb::RegisterBuild, Object::Centre).await?;
        let target = self.dir.register();
        let report = blocking("building the register", move || build(&*from, &target)).await?;
        self.record_register(actor, "RegisterBuilt", report).await
    }

    /// Adds changes to the register.
    ///
    /// # Errors
    /// Refused when there is no register, it is damaged, or the changes cannot be read or do not fit it.
    pub async fn update_register(&self, actor: &str, from: Arc<dyn Extract>) -> VerbResult<RegisterReport> {
        self.authorise(Verb::RegisterBuild, Object::Centre).await?;
        let target = self.dir.register();
        let report = blocking("updating the register", move || update(&*from, &target)).await?;
        self.record_register(actor, "RegisterUpdated", report).await
    }

    async fn record_register(
        &self,
        actor: &str,
        verb: &'static str,
        report: RegisterReport,
    ) -> VerbResult<RegisterReport> {
        let mut tx = self.store.tx("register", self.clock.now()).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb,
            object: format!("register:{}", report.version),
            detail: json!({ "people": report.people }),
        })
        .await?;
        tx.commit().await?;
        Ok(report)
    }
}

fn build(from: &dyn Extract, target: &Path) -> VerbResult<RegisterReport> {
    Register::build_from(from, target).map_err(|error| refused("The demographics extract cannot be used", error))?;
    for file in EXTRACT.map(|file| target.join(file)).iter().filter(|file| file.is_file()) {
        std::fs::remove_file(file).fault("extract of before cannot be taken away")?;
    }
    report(target)
}

fn update(from: &dyn Extract, target: &Path) -> VerbResult<RegisterReport> {
    if !Register::is_built(target) {
        return Err(VerbError::refused(
            "The register cannot be updated",
            "There is no index of a register yet",
            "Build one first: fairway register build",
        ));
    }
    Register::update_from(target, from).map_err(|error| refused("The changes cannot be used", error))?;
    report(target)
}

fn report(target: &Path) -> VerbResult<RegisterReport> {
    let register = Register::open(target).fault("register cannot be opened")?;
    Ok(RegisterReport { people: register.len() as u64, version: register.version().to_string() })
}

fn refused(what: &str, error: IndexError) -> VerbError {
    match error {
        IndexError::Disk(error) => {
            VerbError::Fault(fairway_domain::Fault::from_source("register cannot be written", error))
        }
        said => VerbError::refused(
            what,
            said.to_string(),
            "Mend the files and run the command again; the register in use has not changed",
        ),
    }
}
