//! The paper that goes with an extract.

use std::collections::{BTreeMap, BTreeSet};

use fairway_domain::{Column, ReleaseId};
use fairway_governance::{Agreement, GrantedExtract};
use fairway_store::CurrentImport;
use serde::{Deserialize, Serialize};

use crate::LogStanding;
use crate::opt_out::{self, LeftOut};

/// What was released, to whom, under what and from what. It holds nothing about a person.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// The release.
    pub release: String,
    /// When it was made, in universal time.
    pub created_at: String,
    /// The agreement's reference.
    pub agreement: String,
    /// The agreement's title.
    pub title: String,
    /// What the recipient may use it for.
    pub purpose: String,
    /// The recipient's code.
    pub recipient: String,
    /// The last day of the agreement.
    pub agreement_ends: String,
    /// The dataset.
    pub dataset: String,
    /// The specifications of the submissions in it.
    pub specifications: Vec<String>,
    /// First and last day of the agreement's reporting periods.
    pub period: [String; 2],
    /// Councils in it.
    pub areas: Vec<String>,
    /// Columns, in order.
    pub columns: Vec<ManifestColumn>,
    /// The key of its pseudonyms; none of a table of figures.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key_id: String,
    /// The key domain and its epoch.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key_domain: String,
    /// The table of figures that it is, where it has no rows about people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<ManifestTable>,
    /// Submissions in it.
    pub submissions: Vec<String>,
    /// Tables read, with their versions.
    pub tables: BTreeMap<String, u64>,
    /// The dataset whose records stand beside those of the first, person by person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_with: Option<ManifestLink>,
    /// Where the log stood when it was decided, and who else had seen it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogStanding>,
    /// What was done about people who opted out.
    pub opt_outs: ManifestOptOuts,
    /// Rows in each file.
    pub rows: u64,
    /// The files.
    pub files: Vec<ManifestFile>,
    /// Organisations whose keys the extract is encrypted to; where there are none it is NOT encrypted.
    pub encrypted_to: Vec<String>,
    /// Cells that were read for identifiers before the files were handed over.
    pub cells_scanned: u64,
    /// The program that made it.
    pub made_by: String,
}

/// The other side of a link.
#[derive(Debug, Clone, Serialize)]
pub struct ManifestLink {
    /// The dataset.
    pub dataset: String,
    /// The specifications of its submissions.
    pub specifications: Vec<String>,
    /// Senders in it.
    pub areas: Vec<String>,
    /// Its submissions.
    pub submissions: Vec<String>,
}

/// A table of figures, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestTable {
    /// Its dimensions.
    pub by: Vec<String>,
    /// Values that a record had to have to be counted, by dimension.
    pub only: BTreeMap<String, BTreeSet<String>>,
    /// What is said of each row: `count`, `mean COLUMN` and the like.
    pub measure: String,
    /// Dimensions and columns that it was made of, with their levels.
    pub columns: Vec<String>,
    /// The profile of disclosure control.
    pub profile: String,
    /// Senders asked for, if not all that the agreement names.
    pub senders: Option<Vec<String>>,
    /// Reporting periods asked for, if not all that the agreement names.
    pub period: Option<[String; 2]>,
    /// Who was to receive it, where that was said.
    pub recipient: Option<String>,
}

/// What was done about people who opted out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ManifestOptOuts {
    /// Whether they are left out.
    pub applied: bool,
    /// Rows that were left out; links are counted where two datasets are linked.
    pub rows_left_out: u64,
}

impl ManifestOptOuts {
    pub(crate) fn new(agreement: &Agreement, left_out: &LeftOut) -> Self {
        Self { applied: opt_out::applied(agreement), rows_left_out: left_out.rows() }
    }
}

/// A column of the extract.
#[derive(Debug, Clone, Serialize)]
pub struct ManifestColumn {
    /// Its name.
    pub name: String,
    /// Its privacy class.
    pub class: &'static str,
}

/// A file of the release.
#[derive(Debug, Clone, Serialize)]
pub struct ManifestFile {
    /// Its name.
    pub name: String,
    /// SHA-256.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
    /// Rows, without the header.
    pub rows: u64,
    /// SHA-256 of what is in it, where it is encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clear_sha256: Option<String>,
}

impl Manifest {
    pub(crate) fn new(
        id: ReleaseId,
        agreement: &Agreement,
        granted: &GrantedExtract,
        imports: &[CurrentImport],
        key_id: String,
    ) -> Self {
        let specifications = specifications(granted, imports);
        let domain = granted.key_domain();
        Self {
            release: id.to_string(),
            created_at: String::new(),
            agreement: granted.agreement().to_string(),
            title: agreement.title.clone(),
            purpose: agreement.purpose.trim().to_owned(),
            recipient: granted.recipient().to_string(),
            agreement_ends: granted.expires().to_string(),
            dataset: granted.dataset().to_owned(),
            specifications,
            period: [granted.period().from.to_string(), granted.period().to.to_string()],
            areas: granted.areas().iter().map(ToString::to_string).collect(),
            columns: granted.columns().iter().map(ManifestColumn::of).collect(),
            key_id,
            key_domain: format!("{} epoch {}", domain.name, domain.epoch),
            table: None,
            submissions: imports.iter().map(|import| import.submission.to_string()).collect(),
            tables: BTreeMap::new(),
            linked_with: None,
            log: None,
            opt_outs: ManifestOptOuts::default(),
            rows: 0,
            files: Vec::new(),
            encrypted_to: Vec::new(),
            cells_scanned: 0,
            made_by: format!("fairway {}", env!("CARGO_PKG_VERSION")),
        }
    }
}

impl ManifestColumn {
    pub(crate) fn of(column: &Column) -> Self {
        Self { name: column.name.clone(), class: column.class.as_str() }
    }
}

impl ManifestLink {
    pub(crate) fn new(granted: &GrantedExtract, imports: &[CurrentImport]) -> Self {
        Self {
            dataset: granted.dataset().to_owned(),
            specifications: specifications(granted, imports),
            areas: granted.areas().iter().map(ToString::to_string).collect(),
            submissions: imports.iter().map(|import| import.submission.to_string()).collect(),
        }
    }
}

fn specifications(granted: &GrantedExtract, imports: &[CurrentImport]) -> Vec<String> {
    let mut all: Vec<String> =
        imports.iter().map(|import| format!("{}/{}", granted.dataset(), import.release)).collect();
    all.sort_unstable();
    all.dedup();
    all
}
