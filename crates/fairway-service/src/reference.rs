//! Reference data of a data directory: read when it is first needed, kept as long as the program runs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use fairway_domain::{Fault, FaultExt, OrganisationCode};
use fairway_governance::{Object, Verb};
use fairway_store::Organisation;
use fairway_trace::{IndexError, Register};
use tokio::sync::{Mutex, OnceCell};

use crate::context::blocking;
use crate::derive::References;
use crate::lookup::Wanted;
use crate::specs::Parsed;
use crate::{Service, VerbError, VerbResult};

/// The list of councils with social services responsibility, below the reference folder.
pub(crate) const COUNCILS: &str = "organisations/cassr_2021_22.csv";
/// Councils that came after that list.
pub(crate) const COUNCIL_CHANGES: &str = "organisations/cassr_changes.csv";

/// What has been read so far.
#[derive(Default)]
pub(crate) struct Shelf {
    /// What the last derivation looked things up in.
    pub(crate) lookups: Mutex<Option<(Wanted, References)>>,
    register: OnceCell<Option<Arc<Register>>>,
    pub(crate) specs: std::sync::Mutex<Parsed>,
}

impl Service {
    /// The demographics register, or `None` where there is none to ask.
    ///
    /// # Errors
    /// Refused where its index is damaged or of another build.
    pub(crate) async fn register(&self) -> VerbResult<Option<Arc<Register>>> {
        let folder = self.dir.register();
        let read = || async {
            const WHAT: &str = "demographics register cannot be read";
            let is_built = Register::is_built(&folder);
            if !is_built && !folder.join(crate::register::PEOPLE).is_file() {
                return Ok(None);
            }
            blocking("reading the register", move || {
                let register = if is_built {
                    Register::open(&folder).map_err(unusable)?
                } else {
                    Register::read(&folder).fault(WHAT)?
                };
                Ok(Some(Arc::new(register)))
            })
            .await
        };
        Ok(self.shelf.register.get_or_try_init(read).await?.clone())
    }

    /// Councils' names by code.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn names(&self) -> VerbResult<HashMap<String, String>> {
        self.authorise(Verb::OrganisationList, Object::Several).await?;
        self.council_names().await
    }

    pub(crate) async fn council_names(&self) -> VerbResult<HashMap<String, String>> {
        let all = self.store.organisations().await?;
        Ok(all.into_iter().map(|one| (one.code.as_str().to_owned(), one.name)).collect())
    }
}

/// That nobody can be traced against the register, and why.
pub(crate) fn unusable(error: IndexError) -> VerbError {
    match error {
        IndexError::Disk(error) => Fault::from_source("demographics register cannot be read", error).into(),
        said => VerbError::refused(
            "Nobody can be traced",
            format!("the register cannot be used: {said}"),
            "Restore its index from a backup, or build it again (fairway register build), and start the worker again",
        ),
    }
}

/// Councils that may send: those of the list, and those of the changes that have a code.
pub(crate) fn councils(reference: &Path) -> Result<Vec<Organisation>, Fault> {
    let mut all = Vec::new();
    read_councils(&reference.join(COUNCILS), "la_code_ods", "name", &mut all)?;
    read_councils(&reference.join(COUNCIL_CHANGES), "new_la_code_ods", "new_name", &mut all)?;
    all.sort_by(|a: &Organisation, b| a.code.cmp(&b.code));
    all.dedup_by(|a, b| a.code == b.code);
    Ok(all)
}

fn read_councils(path: &Path, code: &str, name: &str, all: &mut Vec<Organisation>) -> Result<(), Fault> {
    const WHAT: &str = "list of councils cannot be read";
    let mut rows = csv::Reader::from_path(path).fault(WHAT)?;
    let headers = rows.headers().fault(WHAT)?.clone();
    let column = |header: &str| {
        let found = headers.iter().position(|known| known == header);
        found.ok_or_else(|| Fault::new(format!("list of councils has no column {header}")))
    };
    let (code, name) = (column(code)?, column(name)?);
    for row in rows.records() {
        let row = row.fault(WHAT)?;
        if let (Some(code), Some(name)) = (row.get(code), row.get(name))
            && let Ok(code) = code.parse::<OrganisationCode>()
        {
            all.push(Organisation { code, name: name.to_owned() });
        }
    }
    Ok(())
}
