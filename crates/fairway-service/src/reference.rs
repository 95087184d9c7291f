//! Reference data of a data directory: read when it is first needed, kept as long as the program runs.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use fairway_deid::directory::{AreaKey, PostcodeDirectory};
use fairway_deid::practice::Practices;
use fairway_domain::{Fault, FaultExt, OrganisationCode};
use fairway_spec::{Derivation, Spec};
use fairway_store::Organisation;
use fairway_trace::Register;
use tokio::sync::{Mutex, OnceCell};

use crate::context::blocking;
use crate::derive::References;
use crate::specs::Parsed;
use crate::{Service, VerbResult};

/// The list of councils with social services responsibility, below the reference folder.
pub(crate) const COUNCILS: &str = "organisations/cassr_2021_22.csv";
/// Councils that came after that list.
pub(crate) const COUNCIL_CHANGES: &str = "organisations/cassr_changes.csv";

/// What has been read so far.
#[derive(Default)]
pub(crate) struct Shelf {
    /// Reference data, and the headings of the postcode directory that were read beyond those known by name.
    references: Mutex<Option<(Vec<String>, References)>>,
    register: OnceCell<Option<Arc<Register>>>,
    pub(crate) specs: std::sync::Mutex<Parsed>,
}

impl Service {
    /// What derivations of a specification look things up in.
    pub(crate) async fn references(&self, spec: &Spec) -> VerbResult<References> {
        let headings = headings(spec);
        let mut shelf = self.shelf.references.lock().await;
        if let Some((known, references)) = &*shelf
            && *known == headings
        {
            return Ok(references.clone());
        }
        let (folder, wanted) = (self.dir.reference(), headings.clone());
        let references = blocking("reading reference data", move || Ok(read_references(&folder, &wanted)?)).await?;
        *shelf = Some((headings, references.clone()));
        Ok(references)
    }

    /// The demographics register, or `None` where there is none to ask.
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
                    Register::open(&folder).fault(WHAT)?
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
        let all = self.store.organisations().await?;
        Ok(all.into_iter().map(|one| (one.code.as_str().to_owned(), one.name)).collect())
    }
}

/// Columns of the postcode directory that derivations name by their headings.
fn headings(spec: &Spec) -> Vec<String> {
    let mut headings: Vec<String> = spec
        .derived
        .iter()
        .filter_map(|column| match &column.derivation {
            Derivation::Area(_, area) if !AreaKey::is_known(area) => Some(area.clone()),
            _ => None,
        })
        .collect();
    headings.sort();
    headings.dedup();
    headings
}

fn read_references(folder: &Path, headings: &[String]) -> Result<References, Fault> {
    const POSTCODES: &str = "postcode directory cannot be read";
    let tables = PostcodeDirectory::tables(folder).fault(POSTCODES)?;
    let postcodes = PostcodeDirectory::read_with(&tables, headings).fault(POSTCODES)?;
    let postcodes = postcodes.with_reference(folder).fault(POSTCODES)?;
    let boards = folder.join("organisations/ccg21_to_icb22.csv");
    let list = folder.join("practices/epraccur_2019-10.csv.gz");
    let practices = Practices::read(&list, &boards, &postcodes).fault("list of practices cannot be read")?;
    Ok(References {
        postcodes_version: postcodes.version().to_string(),
        postcodes: Arc::new(postcodes),
        practices: Arc::new(practices),
    })
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
