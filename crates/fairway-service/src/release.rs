//! The verb `release`: an agreement is held against what is there; what it grants is written to the recipient's outbox,
//! and read again for identifiers before anybody else can see it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_domain::governance::ReleaseLife;
use fairway_domain::port::{ExtractFile, ScanOrder};
use fairway_domain::{Digest, Fault, FaultExt, KeyDomain, OrganisationCode, Refusal, ReleaseId};
use fairway_governance::{
    Agreement, Decision, GovernanceTerms, GrantedExtract, Object, OfferedColumn, ReleaseRequest, ReleaseTerms, Verb,
    decide,
};
use fairway_spec::{Derivation, Fact, Spec};
use fairway_store::{
    AuditEvent, CurrentImport, HeldState, NewRelease, OptOutPolicy, OutboxKind, ReleaseDelivery, ReleaseState,
    ReleasedFiles, Scope, Tx, outbox,
};
use serde_json::json;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::birth_clue::birth_clue;
use crate::context::blocking;
use crate::dictionary::{self, DICTIONARY};
use crate::gate::{self, Part, Passage};
use crate::held::event;
use crate::manifest::{Manifest, ManifestOptOuts};
use crate::opt_out::{self, LeftOut};
use crate::packing::complete;
use crate::plan;
use crate::release_map::{Rekey, ReleaseMap};
use crate::{DataDir, Service, VerbError, VerbResult};

/// The extract as comma-separated values.
pub const EXTRACT_CSV: &str = "extract.csv";
/// The extract as Parquet.
pub const EXTRACT_PARQUET: &str = "extract.parquet";
/// The files of an extract that are encrypted.
pub(crate) const EXTRACT_FILES: [&str; 2] = [EXTRACT_CSV, EXTRACT_PARQUET];
/// What was released, to whom, under what, from what.
pub const MANIFEST: &str = "manifest.json";

/// A release that lies in the recipient's outbox.
#[derive(Debug, Clone)]
pub struct ReleaseReport {
    /// The folder with the extract and its manifest.
    pub folder: PathBuf,
    /// The manifest.
    pub manifest: Manifest,
}

/// When an extract leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// At once, into the outbox.
    AtOnce,
    /// When it is approved; until then it is held.
    Held,
}

impl Leaving {
    /// Where its folder is put.
    pub(crate) fn root(self, dir: &DataDir) -> PathBuf {
        match self {
            Self::AtOnce => dir.outbox(),
            Self::Held => dir.held(),
        }
    }
}

/// What an extract is made under.
pub(crate) struct Under {
    pub agreement: Agreement,
    pub leaving: Leaving,
}

impl Under {
    pub(crate) fn parse(text: &str, leaving: Leaving) -> VerbResult<Self> {
        let agreement = Agreement::parse(text).map_err(Refusal::from)?;
        Ok(Self { agreement, leaving })
    }

    /// The same about another of the agreement's datasets.
    pub(crate) fn about(&self, agreement: Agreement) -> Self {
        Self { agreement, leaving: self.leaving }
    }
}

/// An extract that was made and has passed the gate.
pub(crate) struct Made {
    pub id: ReleaseId,
    pub placed: outbox::Placed,
    pub manifest: Manifest,
}

impl Made {
    /// SHA-256 of its manifest.
    pub(crate) fn content(&self) -> Result<Digest, Fault> {
        let file = self.placed.files.iter().find(|file| file.path.ends_with(MANIFEST));
        Ok(file.ok_or_else(|| Fault::new("release has no manifest"))?.digest)
    }
}

/// What an extract is made from.
struct From {
    spec: Arc<Spec>,
    imports: Vec<CurrentImport>,
    key_id: String,
    left_out: LeftOut,
}

impl Service {
    /// Releases what `agreement` (a YAML document) names, or refuses with every reason. Both are recorded.
    ///
    /// # Errors
    /// Refused by the agreement, by the day, by what is there, or by what was found in the extract's bytes.
    pub async fn release(&self, actor: &str, agreement: &str) -> VerbResult<ReleaseReport> {
        self.authorise(Verb::ReleaseRun, Object::Centre).await?;
        let under = Under::parse(agreement, Leaving::AtOnce)?;
        let _alone = self.release_alone().await?;
        self.clear_unfinished().await?;
        let made = self.make(actor, &under).await?;
        self.hand_over(actor, &under.agreement, made).await
    }

    /// Makes an extract and holds it against the gate, or refuses with every reason. The caller has the lock.
    pub(crate) async fn make(&self, actor: &str, under: &Under) -> VerbResult<Made> {
        let agreement = &under.agreement;
        let spec = self.newest_spec(&agreement.dataset, "Nothing can be released")?;
        let current = self.current_imports(agreement).await?;
        let request = self.request(under, &spec, &current).await?;
        let id = ReleaseId::new(Uuid::now_v7());
        let granted = match decide(agreement, &request, self.clock.today()) {
            Decision::Granted(granted) => granted,
            Decision::Refused(refusal) => return self.refuse(actor, id, agreement, refusal).await,
        };
        let ready = async {
            Ok::<_, VerbError>((
                self.active_key(actor, granted.key_domain()).await?.key_id,
                self.left_out(agreement, &spec).await?,
            ))
        };
        let (key_id, left_out) = match ready.await {
            Ok(ready) => ready,
            Err(VerbError::Refused(refusal)) => return self.refuse(actor, id, agreement, refusal).await,
            Err(fault) => return Err(fault),
        };
        self.intend(actor, id, agreement, &granted).await?;
        let imports: Vec<CurrentImport> =
            current.into_iter().filter(|import| granted.areas().contains(&import.organisation)).collect();
        let from = From { spec, imports, key_id, left_out };
        match self.write_extract((id, under.leaving), (agreement, &request), granted, from).await? {
            Ok((placed, manifest)) => Ok(Made { id, placed, manifest }),
            Err(found) => self.refuse(actor, id, agreement, found).await,
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

    /// Takes away what a killed release had put into an outbox, or among what is held, without anybody being told. Under
    /// the lock no release is under way, so whatever is still intended is dead, unless it waits for approval.
    pub(crate) async fn clear_unfinished(&self) -> VerbResult<()> {
        let waiting = self.store.held_releases().await?;
        let waits = |id| waiting.iter().any(|held| held.asked.id == id && held.state == HeldState::Held);
        let releases = self.store.releases(u32::MAX).await?;
        for dead in releases.into_iter().filter(|release| release.state == ReleaseState::Intended) {
            let name = format!("release-{}", dead.id);
            let held = if waits(dead.id) { None } else { below(&self.dir.held(), &name)? };
            let Some(folder) = below(&self.dir.outbox(), &name)?.or(held) else { continue };
            let mut tx = self.store.tx("release.clear", self.clock.now()).await?;
            let why = json!({ "why": "it was cut off before it was granted" });
            tx.audit(event("worker", "ReleaseAbandoned", dead.id, why)).await?;
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
        under: &Under,
        spec: &Spec,
        current: &[CurrentImport],
    ) -> VerbResult<ReleaseRequest> {
        let agreement = &under.agreement;
        let available = plan::deidentified(spec).columns.into_iter().map(|column| {
            let birth_clue = birth_clue(spec, &column.name);
            OfferedColumn { column, birth_clue }
        });
        let mut areas_with_data: Vec<OrganisationCode> = current.iter().map(|one| one.organisation.clone()).collect();
        areas_with_data.dedup();
        let mut request = ReleaseRequest {
            available: available.collect(),
            safe_haven: plan::direct_fields(spec).map(|(_, field)| field.column.clone()).collect(),
            known_areas: self.store.organisations().await?.into_iter().map(|one| one.code).collect(),
            areas_with_data,
            registered: self.registered(agreement).await?,
            at_once: under.leaving == Leaving::AtOnce,
            ..ReleaseRequest::new(&agreement.dataset, ReleaseTerms::published()?)
        };
        self.remember_policy(agreement, &mut request).await?;
        Ok(request)
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

    /// Writes the extract into a folder nobody is told of, holds it against the gate, and gives it its name if it passes.
    async fn write_extract(
        &self,
        (id, leaving): (ReleaseId, Leaving),
        (agreement, request): (&Agreement, &ReleaseRequest),
        granted: GrantedExtract,
        From { spec, imports, key_id, left_out }: From,
    ) -> VerbResult<Result<(outbox::Placed, Manifest), Refusal>> {
        let mut manifest = Manifest::new(id, agreement, &granted, &imports, key_id.clone());
        manifest.created_at = self.clock.now().to_string();
        manifest.log = Some(self.log_standing()?);
        let all = self.specs_of(&agreement.dataset)?;
        let rekey = Rekey::into(granted.key_domain(), self.keyholder.clone());
        let map = Box::new(ReleaseMap::new(&spec, &granted, (rekey, left_out.clone()), self.progress.clone()));
        let mut order = scan_order(&spec, &granted, &imports);
        order.columns.extend(left_out.columns.iter().cloned());
        let (service, runtime) = (self.clone(), Handle::current());
        let (agreement, request) = (agreement.clone(), request.clone());
        blocking("releasing", move || {
            let mut found = None;
            let part = Part { spec: &spec, all: &all, granted: &granted, prefix: String::new() };
            let mut plan = gate::single(&part, &key_id, &request.terms);
            plan.limits = gate::limits_of(&agreement, &request.terms);
            let passage = Passage {
                agreement: &agreement,
                request: &request,
                plan,
                areas: granted.areas().to_vec(),
                submissions: gate::submissions(&imports),
                key_domain: granted.key_domain().clone(),
            };
            let receiver = deliver_to(&agreement)?;
            let placed = outbox::place(&leaving.root(&service.dir), &receiver, &format!("release-{id}"), |folder| {
                let columns = granted.columns().to_vec();
                let commit =
                    runtime.block_on(service.warehouse.extract(order, columns.clone(), map, extract_files(folder)))?;
                service.progress.finished("Releasing");
                manifest.opt_outs = ManifestOptOuts::new(&agreement, &left_out);
                found = service.gate(&runtime, folder, &passage, &mut manifest)?;
                if found.is_some() {
                    return Err(Fault::new("extract did not pass the gate"));
                }
                let told = columns.into_iter().map(|column| (column.clone(), Some(&*spec), column.name));
                let lines = dictionary::write(&folder.join(DICTIONARY), &told.collect::<Vec<_>>())?;
                complete(folder, (&commit, &agreement), (&EXTRACT_FILES, &[(DICTIONARY, lines)]), &mut manifest)
            });
            match (placed, found) {
                (_, Some(refusal)) => Ok(Err(refusal)),
                (placed, None) => Ok(Ok((placed?, manifest))),
            }
        })
        .await
    }

    pub(crate) async fn hand_over(&self, actor: &str, agreement: &Agreement, made: Made) -> VerbResult<ReleaseReport> {
        let Made { id, placed, manifest } = &made;
        let mut tx = self.store.tx("release.grant", self.clock.now()).await?;
        let detail = json!({
            "agreement": agreement.reference.as_str(), "recipient": manifest.recipient, "rows": manifest.rows,
            "delivered_to": deliver_to(agreement)?.as_str(), "encrypted_to": manifest.encrypted_to,
            "opt_outs": manifest.opt_outs, "manifest_sha256": made.content()?.to_string(),
        });
        let linked = manifest.linked_with.iter().flat_map(|linked| &linked.submissions);
        for submission in manifest.submissions.iter().chain(linked) {
            tx.insert_release_import(*id, submission).await?;
        }
        self.grant(&mut tx, agreement, (*id, placed), (manifest.rows, made.content()?)).await?;
        tx.audit(event(actor, "ReleaseGranted", *id, detail)).await?;
        if let Some(linked) = &manifest.linked_with {
            let detail = json!({ "datasets": [manifest.dataset, linked.dataset], "rows": manifest.rows });
            tx.audit(event(actor, "LinkCompleted", *id, detail)).await?;
        }
        tx.commit().await?;
        Ok(ReleaseReport { folder: made.placed.folder, manifest: made.manifest })
    }

    /// Records that an extract lies in an outbox: its files, until when it can be fetched, and its policy on opt-outs.
    pub(crate) async fn grant(
        &self,
        tx: &mut Tx,
        agreement: &Agreement,
        (id, placed): (ReleaseId, &outbox::Placed),
        (rows, manifest_digest): (u64, Digest),
    ) -> VerbResult<()> {
        let folder = placed.folder.strip_prefix(self.dir.root()).unwrap_or(&placed.folder);
        let files = ReleasedFiles { rows, manifest_digest, folder: folder.to_string_lossy().into_owned() };
        let organisation = deliver_to(agreement)?;
        tx.grant_release(id, &files).await?;
        tx.insert_outbox_items(&organisation, OutboxKind::Release, &placed.files).await?;
        let expires_on = GovernanceTerms::published()?.release_expiry.after(self.clock.today());
        let delivery =
            ReleaseDelivery { release: id, organisation, state: ReleaseLife::Granted, expires_on, receipt_due: None };
        tx.put_release_delivery(&delivery).await?;
        let policy = OptOutPolicy {
            release: id,
            domain: KeyDomain { name: agreement.reference.to_string(), epoch: agreement.key_epoch },
            dataset: agreement.dataset.clone(),
            period: (agreement.period.from, agreement.period.to),
            applied: opt_out::applied(agreement),
        };
        Ok(tx.insert_opt_out_policy(&policy).await?)
    }
}

/// Into whose outbox an agreement's extracts go: that of whoever they travel through, else the recipient's.
pub(crate) fn deliver_to(agreement: &Agreement) -> Result<OrganisationCode, Fault> {
    let through = agreement.particulars.delivery.through.as_ref();
    let code = through.unwrap_or(&agreement.recipient.organisation);
    code.parse().map_err(|_| Fault::new("receiver's code changed"))
}

/// The files of an extract.
pub(crate) fn extract_files(folder: &Path) -> Vec<ExtractFile> {
    vec![ExtractFile::Csv(folder.join(EXTRACT_CSV)), ExtractFile::Parquet(folder.join(EXTRACT_PARQUET))]
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

/// The folder of a name in one of the folders of `root`.
pub(crate) fn below(root: &Path, name: &str) -> Result<Option<PathBuf>, Fault> {
    const WHAT: &str = "folder of releases cannot be read";
    if !root.is_dir() {
        return Ok(None);
    }
    for entry in std::fs::read_dir(root).fault(WHAT)? {
        let folder = entry.fault(WHAT)?.path().join(name);
        if folder.is_dir() {
            return Ok(Some(folder));
        }
    }
    Ok(None)
}
