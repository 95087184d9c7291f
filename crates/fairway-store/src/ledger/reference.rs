//! Which reference data there is, since when it counts, and what each import was derived with.

use fairway_domain::words;
use fairway_domain::{Digest, Fault, SubmissionId};
use jiff::civil::Date;

use crate::error::SqlExt;
use crate::store::Store;
use crate::text;
use crate::tx::Tx;

words!(
    /// What a file of reference data is for.
    ReferenceKind, "kind of reference data", {
        /// A postcode directory.
        Postcodes = "postcodes",
        /// A list of general practices.
        Practices = "practices",
    }
);

/// A file of reference data that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceFile {
    /// What it is for.
    pub kind: ReferenceKind,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Name of its release.
    pub label: String,
    /// The file, below the folder of reference data.
    pub path: String,
    /// First day it is used.
    pub effective_from: Date,
}

/// What an import was derived with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReference {
    /// What it is for.
    pub kind: ReferenceKind,
    /// The file, below the folder of reference data; empty for what came with the data directory.
    pub path: String,
    /// Its release and digest, once read.
    pub version: String,
}

type FileRow = (String, Vec<u8>, String, String, String);

fn file(row: FileRow) -> Result<ReferenceFile, Fault> {
    Ok(ReferenceFile {
        kind: text::read_word(&row.0, "kind of reference data")?,
        digest: Digest(text::read_bytes(&row.1)?),
        label: row.2,
        path: row.3,
        effective_from: text::read_day(Some(&row.4))?.ok_or_else(|| Fault::new("reference data has no day"))?,
    })
}

impl Store {
    /// Every file that was added, in the order in which they count.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reference_files(&self) -> Result<Vec<ReferenceFile>, Fault> {
        let rows: Vec<FileRow> = sqlx::query_as(
            "SELECT kind, digest, label, path, effective_from FROM reference_file
             ORDER BY kind, effective_from, added_at, path",
        )
        .fetch_all(&mut *self.reader().await?)
        .await
        .sql("reference data cannot be read")?;
        rows.into_iter().map(file).collect()
    }

    /// What a submission was derived with.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn import_references(&self, id: SubmissionId) -> Result<Vec<ImportReference>, Fault> {
        let rows: Vec<(String, String, String)> =
            sqlx::query_as("SELECT kind, path, version FROM import_reference WHERE submission = $1 ORDER BY kind")
                .bind(id.to_string())
                .fetch_all(&mut *self.reader().await?)
                .await
                .sql("reference data of an import cannot be read")?;
        let read = |(kind, path, version): (String, String, String)| {
            Ok(ImportReference { kind: text::read_word(&kind, "kind of reference data")?, path, version })
        };
        rows.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Adds a file of reference data. The same bytes again change the day from which they count, and nothing else.
    ///
    /// # Errors
    /// When the ledger refuses.
    pub async fn add_reference(&mut self, new: &ReferenceFile) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO reference_file (kind, digest, label, path, effective_from, added_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (kind, digest) DO UPDATE SET effective_from = excluded.effective_from",
        )
        .bind(new.kind.as_str())
        .bind(&new.digest.0[..])
        .bind(&new.label)
        .bind(&new.path)
        .bind(new.effective_from.to_string())
        .bind(now)
        .execute(self.writing())
        .await
        .sql("reference data cannot be added")
        .map(|_done| ())
    }

    /// Keeps what an import is derived with; a choice made before stays, so that a run cut short goes on with the same.
    /// The version is filled in once it is known.
    ///
    /// # Errors
    /// When the ledger refuses.
    pub async fn keep_import_reference(&mut self, id: SubmissionId, used: &ImportReference) -> Result<(), Fault> {
        let now = self.now();
        sqlx::query(
            "INSERT INTO import_reference (submission, kind, path, version, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (submission, kind) DO UPDATE SET version = excluded.version WHERE import_reference.version = ''",
        )
        .bind(id.to_string())
        .bind(used.kind.as_str())
        .bind(&used.path)
        .bind(&used.version)
        .bind(now)
        .execute(self.writing())
        .await
        .sql("reference data of an import cannot be written")
        .map(|_done| ())
    }
}
