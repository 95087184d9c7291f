//! The verb `release`: an agreement is held against what is there; what it grants is written to the recipient's outbox,
//! and read again for identifiers before anybody else can see it.

use fairway_governance::{Object, Verb};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use fairway_deid::scan::Scanner;
use fairway_domain::port::{ExtractCommit, ExtractFile, ScanOrder};
use fairway_domain::{Fault, FaultExt, OrganisationCode, Refusal, ReleaseId};
use fairway_governance::{
    Agreement, BirthClue, Decision, GrantedExtract, OfferedColumn, ReleaseRequest, ReleaseTerms, decide,
};
use fairway_spec::{Ages, DatePart, Derivation, Fact, Input, Role, Spec};
use fairway_store::{AuditEvent, CurrentImport, NewRelease, OutboxKind, ReleaseState, ReleasedFiles, Scope, outbox};
use serde_json::json;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::context::blocking;
use crate::manifest::{Manifest, ManifestFile};
use crate::plan;
use crate::release_map::ReleaseMap;
use crate::{Service, VerbError, VerbResult};

/// The extract as comma-separated values.
pub const EXTRACT_CSV: &str = "extract.csv";
/// The extract as Parquet.
pub const EXTRACT_PARQUET: &str = "extract.parquet";
/// What was released, to whom, under what, from what.
pub const MANIFEST: &str = "manifest.json";

/// A release that lies in the recipient's outbox.
#[derive(Debug, Clone)]
pub struct ReleaseReport {
    /// The folder with the extract and its manifest.
    pub folder: std::path::PathBuf,
    /// The manifest.
    pub manifest: Manifest,
}

impl Service {
    /// Releases what `agreement` (a YAML document) names, or refuses with every reason. Both are recorded.
    ///
    /// # Errors
    /// Refused by the agreement, by the day, by what is there, or by what was found in the extract's bytes.
    pub async fn release(&self, actor: &str, agreement: &str) -> VerbResult<ReleaseReport> {
        self.authorise(Verb::ReleaseRun, Object::Centre).await?;
        let agreement = Agreement::parse(agreement).map_err(Refusal::from)?;
        let _alone = self.release_alone().await?;
        self.clear_unfinished().await?;
        let spec = self.newest_spec(&agreement.dataset, "Nothing can be released")?;
        let current = self.current_imports(&agreement).await?;
        let request = self.request(&agreement, &spec, &current).await?;
        let id = ReleaseId::new(Uuid::now_v7());
        let granted = match decide(&agreement, &request, self.clock.today()) {
            Decision::Granted(granted) => granted,
            Decision::Refused(refusal) => return self.refuse(actor, id, &agreement, refusal).await,
        };
        let key_id = match self.active_key(actor, granted.key_domain()).await {
            Ok(key) => key.key_id,
            Err(VerbError::Refused(refusal)) => return self.refuse(actor, id, &agreement, refusal).await,
            Err(fault) => return Err(fault),
        };
        self.intend(actor, id, &agreement, &granted).await?;
        let imports: Vec<CurrentImport> =
            current.into_iter().filter(|import| granted.areas().contains(&import.organisation)).collect();
        match self.write_extract(id, &agreement, granted, (spec, key_id), imports).await? {
            Ok((placed, manifest)) => self.hand_over(actor, id, &agreement, placed, manifest).await,
            Err(found) => self.refuse(actor, id, &agreement, found).await,
        }
    }

    /// One release at a time in a data directory; the lock goes with the process.
    pub(crate) async fn release_alone(&self) -> VerbResult<File> {
        const WHAT: &str = "release lock cannot be taken";
        let path = self.dir.root().join("release.lock");
        blocking("waiting for another release", move || {
            let file = File::options().create(true).truncate(false).write(true).open(path).fault(WHAT)?;
            file.lock().fault(WHAT)?;
            Ok(file)
        })
        .await
    }

    /// Takes away what a killed release had put into an outbox without anybody being told. Under the lock no release
    /// is under way, so whatever is still intended is dead.
    pub(crate) async fn clear_unfinished(&self) -> VerbResult<()> {
        let releases = self.store.releases(u32::MAX).await?;
        for dead in releases.into_iter().filter(|release| release.state == ReleaseState::Intended) {
            let folder = self.dir.outbox().join(dead.recipient.as_str()).join(format!("release-{}", dead.id));
            if !folder.is_dir() {
                continue;
            }
            let mut tx = self.store.tx("release.clear", self.clock.now()).await?;
            tx.audit(AuditEvent {
                actor: "worker".into(),
                verb: "ReleaseAbandoned",
                object: format!("release:{}", dead.id),
                detail: json!({ "why": "it was cut off before it was granted" }),
            })
            .await?;
            tx.commit().await?;
            std::fs::remove_dir_all(&folder).fault("unfinished release cannot be taken away")?;
        }
        Ok(())
    }

    /// Submissions whose whole reporting period the agreement covers, and which no later one replaces.
    pub(crate) async fn current_imports(&self, agreement: &Agreement) -> VerbResult<Vec<CurrentImport>> {
        let period = agreement.period;
        let scope = Scope { dataset: agreement.dataset.clone(), organisations: None, period: (period.from, period.to) };
        let mut current = self.store.current_imports(&scope).await?;
        current.retain(|import| period.from <= import.period.0 && import.period.1 <= period.to);
        Ok(current)
    }

    pub(crate) async fn request(
        &self,
        agreement: &Agreement,
        spec: &Spec,
        current: &[CurrentImport],
    ) -> VerbResult<ReleaseRequest> {
        let available = plan::deidentified(spec).columns.into_iter().map(|column| {
            let birth_clue = birth_clue(spec, &column.name);
            OfferedColumn { column, birth_clue }
        });
        let mut areas_with_data: Vec<OrganisationCode> = current.iter().map(|one| one.organisation.clone()).collect();
        areas_with_data.dedup();
        Ok(ReleaseRequest {
            available: available.collect(),
            registered: self.registered(agreement).await?,
            safe_haven: plan::direct_fields(spec).map(|(_, field)| field.column.clone()).collect(),
            known_areas: self.store.organisations().await?.into_iter().map(|one| one.code).collect(),
            areas_with_data,
            at_once: true,
            ..ReleaseRequest::new(&agreement.dataset, ReleaseTerms::published()?)
        })
    }

    pub(crate) async fn refuse<T>(
        &self,
        actor: &str,
        id: ReleaseId,
        agreement: &Agreement,
        refusal: Refusal,
    ) -> VerbResult<T> {
        let mut tx = self.store.tx("release.refuse", self.clock.now()).await?;
        if let Ok(recipient) = agreement.recipient.organisation.parse() {
            let new = NewRelease { id, agreement: agreement.reference.clone(), recipient, allowed: false };
            if self.store.release(id).await?.is_none() {
                tx.insert_release(&new).await?;
            }
        }
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "ReleaseRefused",
            object: format!("release:{id}"),
            detail: json!({ "agreement": agreement.reference.as_str(), "reasons": refusal.reasons }),
        })
        .await?;
        tx.commit().await?;
        Err(refusal.into())
    }

    /// Tells the log what is about to leave, and waits for its witnesses to have seen it.
    pub(crate) async fn intend(
        &self,
        actor: &str,
        id: ReleaseId,
        agreement: &Agreement,
        granted: &GrantedExtract,
    ) -> VerbResult<()> {
        let mut tx = self.store.tx("release.intend", self.clock.now()).await?;
        tx.insert_release(&NewRelease {
            id,
            agreement: granted.agreement().clone(),
            recipient: granted.recipient().clone(),
            allowed: true,
        })
        .await?;
        let columns: Vec<&str> = granted.columns().iter().map(|column| column.name.as_str()).collect();
        let areas: Vec<&str> = granted.areas().iter().map(OrganisationCode::as_str).collect();
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "ReleaseIntended",
            object: format!("release:{id}"),
            detail: json!({ "agreement": granted.agreement().as_str(), "columns": columns, "areas": areas }),
        })
        .await?;
        tx.commit().await?;
        match self.checkpoint_for_delivery().await {
            Ok(_) => Ok(()),
            Err(VerbError::Refused(refusal)) => self.refuse(actor, id, agreement, refusal).await,
            Err(error) => Err(error),
        }
    }

    /// Writes the extract into a folder nobody is told of, reads it, and gives it its name if nothing was found.
    async fn write_extract(
        &self,
        id: ReleaseId,
        agreement: &Agreement,
        granted: GrantedExtract,
        (spec, key_id): (Arc<Spec>, String),
        imports: Vec<CurrentImport>,
    ) -> VerbResult<Result<(outbox::Placed, Manifest), Refusal>> {
        let keyholder = self.keyholder.clone();
        let mut manifest = Manifest::new(id, agreement, &granted, &imports, key_id);
        manifest.created_at = self.clock.now().to_string();
        manifest.log = Some(self.log_standing()?);
        let map = Box::new(ReleaseMap::new(&spec, &granted, keyholder, self.progress.clone()));
        let order = scan_order(&spec, &granted, &imports);
        let (service, runtime) = (self.clone(), Handle::current());
        blocking("releasing", move || {
            let mut found = None;
            let name = format!("release-{id}");
            let placed = outbox::place(&service.dir.outbox(), granted.recipient(), &name, |folder| {
                let files = vec![
                    ExtractFile::Csv(folder.join(EXTRACT_CSV)),
                    ExtractFile::Parquet(folder.join(EXTRACT_PARQUET)),
                ];
                let columns = granted.columns().to_vec();
                let commit = runtime.block_on(service.warehouse.extract(order, columns, map, files))?;
                service.progress.finished("Releasing");
                found = look_through(folder, &mut manifest)?;
                if found.is_some() {
                    return Err(Fault::new("extract holds what looks like an identifier"));
                }
                complete(folder, &commit, &[], &mut manifest)
            });
            match (placed, found) {
                (_, Some(refusal)) => Ok(Err(refusal)),
                (placed, None) => Ok(Ok((placed?, manifest))),
            }
        })
        .await
    }

    pub(crate) async fn hand_over(
        &self,
        actor: &str,
        id: ReleaseId,
        agreement: &Agreement,
        placed: outbox::Placed,
        manifest: Manifest,
    ) -> VerbResult<ReleaseReport> {
        let file = placed.files.iter().find(|file| file.path.ends_with(MANIFEST));
        let manifest_digest = file.ok_or_else(|| Fault::new("release has no manifest"))?.digest;
        let folder = placed.folder.strip_prefix(self.dir.root()).unwrap_or(&placed.folder);
        let files =
            ReleasedFiles { rows: manifest.rows, manifest_digest, folder: folder.to_string_lossy().into_owned() };
        let recipient: OrganisationCode =
            agreement.recipient.organisation.parse().map_err(|_| Fault::new("recipient's code changed"))?;
        let mut tx = self.store.tx("release.grant", self.clock.now()).await?;
        tx.grant_release(id, &files).await?;
        let linked = manifest.linked_with.iter().flat_map(|linked| &linked.submissions);
        for submission in manifest.submissions.iter().chain(linked) {
            tx.insert_release_import(id, submission).await?;
        }
        tx.insert_outbox_items(&recipient, OutboxKind::Release, &placed.files).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "ReleaseGranted",
            object: format!("release:{id}"),
            detail: json!({
                "agreement": agreement.reference.as_str(), "recipient": recipient.as_str(), "rows": files.rows,
                "manifest_sha256": manifest_digest.to_string(),
            }),
        })
        .await?;
        if let Some(linked) = &manifest.linked_with {
            tx.audit(AuditEvent {
                actor: actor.into(),
                verb: "LinkCompleted",
                object: format!("release:{id}"),
                detail: json!({ "datasets": [manifest.dataset, linked.dataset], "rows": files.rows }),
            })
            .await?;
        }
        tx.commit().await?;
        Ok(ReleaseReport { folder: placed.folder, manifest })
    }
}

/// What a column tells about the day of birth: the month itself, an exact age, or the days on which such ages are. An
/// age at the end of a reporting period tells nothing of the day, for that day is the same for everybody.
fn birth_clue(spec: &Spec, column: &str) -> Option<BirthClue> {
    let is_birth = |input: Input| is_of_role(spec, input, Role::BirthDate);
    let is_telling = |ages: &Ages| ages.at.iter().any(|at| !is_of_role(spec, *at, Role::PeriodEnd));
    let derived = spec.derived.iter().find(|derived| derived.column == column).map(|derived| &derived.derivation);
    match derived {
        Some(Derivation::DatePart(DatePart::Month | DatePart::YearMonth, input)) if is_birth(*input) => {
            Some(BirthClue::BirthMonth)
        }
        Some(Derivation::FullYears(ages)) if is_birth(ages.from) && is_telling(ages) => Some(BirthClue::AgeOnDay),
        _ => {
            let ages = spec.derived.iter().filter_map(|derived| match &derived.derivation {
                Derivation::FullYears(ages) if is_birth(ages.from) => Some(&ages.at),
                _ => None,
            });
            let mut days = ages.flatten().filter(|at| !is_of_role(spec, **at, Role::PeriodEnd));
            days.any(|at| column_name(spec, *at) == Some(column)).then_some(BirthClue::DayOfAge)
        }
    }
}

fn is_of_role(spec: &Spec, input: Input, role: Role) -> bool {
    matches!(input, Input::Field(at) if spec.field(at).is_some_and(|field| field.role == Some(role)))
}

fn column_name(spec: &Spec, input: Input) -> Option<&str> {
    match input {
        Input::Field(at) => spec.field(at).map(|field| field.column.as_str()),
        Input::Derived(at) => spec.derived.get(at).map(|derived| derived.column.as_str()),
    }
}

pub(crate) fn scan_order(spec: &Spec, granted: &GrantedExtract, imports: &[CurrentImport]) -> ScanOrder {
    let is_number = |derivation: &Derivation| matches!(derivation, Derivation::Fact(Fact::RecordNumber));
    let number = spec.derived.iter().find(|derived| is_number(&derived.derivation));
    ScanOrder {
        table: plan::deidentified(spec).table,
        columns: granted.columns().iter().map(|column| column.name.clone()).collect(),
        imports: imports.iter().map(|import| import.import).collect(),
        joins: Vec::new(),
        order_by: number.map(|derived| derived.column.clone()).into_iter().collect(),
        shuffle: true,
    }
}

/// Reads the extract's bytes for identifiers. What is found is a refusal that names columns and counts, never values.
pub(crate) fn look_through(folder: &Path, manifest: &mut Manifest) -> Result<Option<Refusal>, Fault> {
    const WHAT: &str = "extract cannot be read back";
    let file = File::open(folder.join(EXTRACT_CSV)).fault(WHAT)?;
    let report = Scanner::new().csv(BufReader::with_capacity(256 * 1024, file))?;
    manifest.cells_scanned = report.cells;
    if report.is_clean() {
        return Ok(None);
    }
    let reasons = report.tallies.iter().map(|tally| {
        let column = tally.column.as_deref().unwrap_or("the file");
        format!("{} of {column} look like {}", tally.count, tally.kind)
    });
    Ok(Some(Refusal {
        what: "Nothing was released: the extract holds what looks like identifiers".into(),
        reasons: reasons.collect(),
        next: "Ask the processing centre's data manager to look into these columns".into(),
    }))
}

/// Measures the files of an extract, with those that stand beside it, and writes the manifest.
pub(crate) fn complete(
    folder: &Path,
    commit: &ExtractCommit,
    beside: &[(&str, u64)],
    manifest: &mut Manifest,
) -> Result<(), Fault> {
    const WHAT: &str = "manifest cannot be written";
    manifest.rows = commit.rows;
    manifest.tables = commit.versions.iter().map(|(table, version)| (table.to_string(), *version)).collect();
    let extract = [(EXTRACT_CSV, commit.rows), (EXTRACT_PARQUET, commit.rows)];
    for (name, rows) in extract.iter().chain(beside) {
        let (digest, bytes) = outbox::measure(&folder.join(name))?;
        manifest.files.push(ManifestFile { name: (*name).into(), sha256: digest.to_string(), bytes, rows: *rows });
    }
    let mut file = BufWriter::new(File::create(folder.join(MANIFEST)).fault(WHAT)?);
    serde_json::to_writer_pretty(&mut file, manifest).fault(WHAT)?;
    writeln!(file).and_then(|()| file.flush()).fault(WHAT)
}
