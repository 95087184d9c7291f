//! The last steps of an extract: encrypted to the keys that the agreement names, measured, and listed in its manifest.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use fairway_domain::port::ExtractCommit;
use fairway_domain::{Fault, FaultExt};
use fairway_governance::Agreement;
use fairway_store::keys::LandingKey;
use fairway_store::{outbox, sealed};

use crate::gate::{GATE_REPORT, GATE_SIGNATURE};
use crate::manifest::{Manifest, ManifestFile};
use crate::release::MANIFEST;

/// Encrypts the files of an extract where the agreement names keys, measures them with what stands beside them, and writes
/// the manifest.
pub(crate) fn complete(
    folder: &Path,
    (commit, agreement): (&ExtractCommit, &Agreement),
    (files, beside): (&[&str], &[(&str, u64)]),
    manifest: &mut Manifest,
) -> Result<(), Fault> {
    const WHAT: &str = "manifest cannot be written";
    manifest.rows = commit.rows;
    manifest.tables = commit.versions.iter().map(|(table, version)| (table.to_string(), *version)).collect();
    let keys = recipients(agreement)?;
    manifest.encrypted_to = agreement.particulars.delivery.keys.iter().map(|key| key.organisation.clone()).collect();
    for name in files {
        manifest.files.push(extract_file(folder, name, commit.rows, &keys)?);
    }
    for (name, rows) in beside.iter().chain(&[(GATE_REPORT, 0), (GATE_SIGNATURE, 0)]) {
        let (digest, bytes) = outbox::measure(&folder.join(name))?;
        let (name, sha256) = ((*name).to_owned(), digest.to_string());
        manifest.files.push(ManifestFile { name, sha256, bytes, rows: *rows, clear_sha256: None });
    }
    let mut file = BufWriter::new(File::create(folder.join(MANIFEST)).fault(WHAT)?);
    serde_json::to_writer_pretty(&mut file, manifest).fault(WHAT)?;
    writeln!(file).and_then(|()| file.flush()).fault(WHAT)
}

fn extract_file(folder: &Path, name: &str, rows: u64, keys: &[LandingKey]) -> Result<ManifestFile, Fault> {
    let path = folder.join(name);
    let (digest, bytes) = outbox::measure(&path)?;
    if keys.is_empty() {
        return Ok(ManifestFile { name: name.into(), sha256: digest.to_string(), bytes, rows, clear_sha256: None });
    }
    let clear_sha256 = Some(digest.to_string());
    let (digest, bytes) = outbox::measure(&sealed::encrypt_in_place(&path, keys)?)?;
    Ok(ManifestFile { name: format!("{name}.age"), sha256: digest.to_string(), bytes, rows, clear_sha256 })
}

/// The keys that an agreement has extracts encrypted to. The gate has looked at their form.
fn recipients(agreement: &Agreement) -> Result<Vec<LandingKey>, Fault> {
    let keys = agreement.particulars.delivery.keys.iter();
    let parsed = keys.map(|key| LandingKey::parse(&key.key).ok_or_else(|| Fault::new("delivery key cannot be used")));
    parsed.collect()
}
