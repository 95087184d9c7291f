//! The register as files.

use std::fs;
use std::path::Path;

use fairway_domain::{Fault, FaultExt};

use super::{PARTICIPANTS_CSV, PublicRegister, REGISTER_JSON, REGISTER_PAGE, RELEASES_CSV, ReleasedFile};

const WHAT: &str = "register cannot be written";

/// Writes every file; each takes the place of the one before it at once.
pub(super) fn write(register: &PublicRegister, folder: &Path) -> Result<(), Fault> {
    fs::create_dir_all(folder).fault(WHAT)?;
    let json = serde_json::to_vec_pretty(register).fault(WHAT)?;
    put(folder, REGISTER_PAGE, register.page().as_bytes())?;
    put(folder, REGISTER_JSON, &json)?;
    put(folder, RELEASES_CSV, &releases(register)?)?;
    put(folder, PARTICIPANTS_CSV, &participants(register)?)
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let part = folder.join(format!(".{name}.part"));
    fs::write(&part, bytes).fault(WHAT)?;
    fs::rename(&part, folder.join(name)).fault(WHAT)
}

const RELEASE_COLUMNS: [&str; 22] = [
    "released_on",
    "release",
    "state",
    "agreement",
    "title",
    "controllers",
    "controllership",
    "recipient",
    "datasets",
    "data",
    "purpose",
    "legal_basis",
    "opt_outs",
    "onward_sharing",
    "commercial",
    "agreement_start",
    "agreement_end",
    "file",
    "bytes",
    "sha256",
    "rows",
    "fetched_on",
];

fn releases(register: &PublicRegister) -> Result<Vec<u8>, Fault> {
    let mut rows = csv::Writer::from_writer(Vec::new());
    rows.write_record(RELEASE_COLUMNS).fault(WHAT)?;
    for file in &register.releases {
        rows.write_record(cells(file).map(safe)).fault(WHAT)?;
    }
    rows.into_inner().map_err(|_| Fault::new(WHAT))
}

fn cells(file: &ReleasedFile) -> [String; 22] {
    [
        file.released_on.clone(),
        file.release.clone(),
        file.state.clone(),
        file.agreement.clone(),
        file.title.clone(),
        file.controllers.join("; "),
        file.controllership.clone(),
        file.recipient.clone(),
        file.datasets.join("; "),
        file.data.clone(),
        file.purpose.clone(),
        file.legal_basis.clone(),
        file.opt_outs.clone(),
        file.onward_sharing.clone(),
        file.commercial.to_string(),
        file.agreement_start.clone(),
        file.agreement_end.clone(),
        file.file.clone(),
        file.bytes.to_string(),
        file.sha256.clone(),
        file.rows.to_string(),
        file.fetched_on.clone(),
    ]
}

fn participants(register: &PublicRegister) -> Result<Vec<u8>, Fault> {
    let mut rows = csv::Writer::from_writer(Vec::new());
    rows.write_record(["code", "name", "dataset", "notice", "since"]).fault(WHAT)?;
    for one in &register.participants {
        let cells = [&one.code, &one.name, &one.dataset, &one.notice, &one.since];
        rows.write_record(cells.map(|cell| safe(cell.clone()))).fault(WHAT)?;
    }
    rows.into_inner().map_err(|_| Fault::new(WHAT))
}

/// A cell that no spreadsheet takes for a formula.
fn safe(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}
