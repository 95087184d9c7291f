//! The log as one file, for whoever verifies it elsewhere.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use fairway_domain::{Fault, FaultExt};
use fairway_governance::{Object, Verb};
use fairway_log::tiles_between;
use fairway_store::{AuditEvent, CHECKPOINT, Checkpoint};
use serde_json::json;

use crate::context::blocking;
use crate::{Service, VerbError, VerbResult};

const WHAT: &str = "bundle of the log cannot be written";

/// A bundle that was written.
#[derive(Debug, Clone)]
pub struct LogExport {
    /// The file.
    pub file: PathBuf,
    /// Entries in it; that it was exported is the last.
    pub entries: u64,
    /// The key to verify it with, which the verifier should have from somewhere else.
    pub key: String,
}

/// Files of a bundle by their paths in it.
type Files = Vec<(String, Vec<u8>)>;

impl Service {
    /// Writes the log with its checkpoint, what the witnesses have signed, and, where asked for, figures and reasons, as a
    /// tar file. That it was exported is recorded before.
    ///
    /// # Errors
    /// Refused when the file is there already.
    pub async fn export_log(&self, actor: &str, out: &Path, payloads: bool) -> VerbResult<LogExport> {
        self.authorise(Verb::AuditExport, Object::Centre).await?;
        if out.exists() {
            return Err(VerbError::refused(
                "The log cannot be exported",
                format!("{} is there already", out.display()),
                "Name a file that is not there",
            ));
        }
        let mut tx = self.store.tx("audit.export", self.clock.now()).await?;
        let (object, detail) = ("audit".to_owned(), json!({ "payloads": payloads }));
        tx.audit(AuditEvent { actor: actor.into(), verb: "LogExported", object, detail }).await?;
        tx.commit().await?;
        let checkpoint = self.store.checkpoint().await?;
        let key = checkpoint.key.to_text();
        let mut more = vec![
            (CHECKPOINT.to_owned(), checkpoint.note.clone()),
            ("log.vkey".to_owned(), format!("{key}\n").into_bytes()),
        ];
        more.extend(self.witness_files()?);
        if payloads {
            more.push(("payloads.jsonl".to_owned(), self.payload_lines().await?));
        }
        let (log, file) = (self.dir.store().log(), out.to_owned());
        let entries = checkpoint.head.size;
        blocking("exporting the log", move || Ok(write(&file, &log, &checkpoint, &more)?)).await?;
        Ok(LogExport { file: out.to_owned(), entries, key })
    }

    fn witness_files(&self) -> VerbResult<Files> {
        let mut files = Files::new();
        for (number, witness) in (1..).zip(self.store.witnesses()?.all) {
            files.push((format!("witness/{number}.vkey"), format!("{}\n", witness.key.to_text()).into_bytes()));
            if self.store.witnessed_by(&witness)?.is_some() {
                let note = fs::read(&witness.at).fault("what a witness has signed cannot be read")?;
                files.push((format!("witness/{number}.checkpoint"), note));
            }
        }
        Ok(files)
    }

    /// A JSON object a line: seq, salt in hexadecimal digits, payload as the text that was committed to.
    async fn payload_lines(&self) -> VerbResult<Vec<u8>> {
        let (mut lines, mut after) = (Vec::new(), 0);
        loop {
            let page = self.store.audit_payloads(after).await?;
            let Some((last, _, _)) = page.last() else { return Ok(lines) };
            after = *last;
            for (seq, salt, payload) in page {
                let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
                serde_json::to_writer(&mut lines, &json!({ "seq": seq, "salt": salt, "payload": payload }))
                    .fault(WHAT)?;
                lines.push(b'\n');
            }
        }
    }
}

/// Whole or not at all.
fn write(out: &Path, log: &Path, checkpoint: &Checkpoint, more: &Files) -> Result<(), Fault> {
    let part = PathBuf::from(format!("{}.part", out.display()));
    let written = fill(&part, log, checkpoint, more).and_then(|()| fs::rename(&part, out).fault(WHAT));
    if written.is_err() {
        // What is half there is of no use; that it may not go away changes nothing.
        drop(fs::remove_file(&part));
    }
    written
}

fn fill(part: &Path, log: &Path, checkpoint: &Checkpoint, more: &Files) -> Result<(), Fault> {
    let mut tar = tar::Builder::new(BufWriter::new(File::create(part).fault(WHAT)?));
    for (path, bytes) in more {
        append(&mut tar, path, bytes)?;
    }
    for tile in tiles_between(0, checkpoint.head.size) {
        for path in tile.bundle.iter().map(|bundle| &bundle.path).chain([&tile.path]) {
            append(&mut tar, path, &fs::read(log.join(path)).fault("tile of the log cannot be read")?)?;
        }
    }
    let file = tar.into_inner().fault(WHAT)?.into_inner().fault(WHAT)?;
    file.sync_all().fault(WHAT)
}

fn append(tar: &mut tar::Builder<impl Write>, path: &str, bytes: &[u8]) -> Result<(), Fault> {
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(0);
    tar.append_data(&mut header, path, bytes).fault(WHAT)
}
