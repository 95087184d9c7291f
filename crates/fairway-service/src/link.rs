//! The verb `link`: the records of two datasets about the same persons, put beside each other under an agreement that names
//! the pair. It is a release: held against the same rules on both sides, read for identifiers, written to the recipient's
//! outbox. Persons are the same where the number that was traced, else given, is; no identifier nor uid is read for it.

use fairway_governance::{Object, Verb};
use std::collections::HashSet;
use std::sync::Arc;

use fairway_domain::port::{ExtractFile, LinkOrder};
use fairway_domain::{Fault, OrganisationCode, Refusal, ReleaseId};
use fairway_governance::{Agreement, GrantedExtract, GrantedLink, LinkDecision, ReleaseRequest, decide_link};
use fairway_spec::Spec;
use fairway_store::{CurrentImport, outbox};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::context::blocking;
use crate::link_map::{LinkColumns, LinkMap, Side, columns};
use crate::link_quality::{self, QualityLine};
use crate::manifest::{Manifest, ManifestColumn, ManifestLink};
use crate::release::{EXTRACT_CSV, EXTRACT_PARQUET, complete, look_through};
use crate::release_map::Rekey;
use crate::{ReleaseReport, Service, VerbError, VerbResult};

/// How well the datasets link, as comma-separated values, beside the extract.
pub const LINK_QUALITY: &str = "link-quality.csv";

const WHAT: &str = "Nothing can be linked";

/// A linked extract that lies in the recipient's outbox.
#[derive(Debug, Clone)]
pub struct LinkReport {
    /// The release.
    pub release: ReleaseReport,
    /// How well the datasets link.
    pub quality: Vec<QualityLine>,
}

/// One dataset of a pair, as it is here.
struct Half {
    spec: Arc<Spec>,
    current: Vec<CurrentImport>,
    request: ReleaseRequest,
}

impl Service {
    /// Links the dataset of `agreement` (a YAML document) with the dataset `with`, or refuses with every reason. Both are
    /// recorded.
    ///
    /// # Errors
    /// Refused where the agreement does not name the pair, by any rule of a release on either side, by a specification that
    /// makes no pseudonym of the NHS number, or by what was found in the extract's bytes.
    pub async fn link(&self, actor: &str, agreement: &str, with: &str) -> VerbResult<LinkReport> {
        self.authorise(Verb::ReleaseLink, Object::Centre).await?;
        let agreement = Agreement::parse(agreement).map_err(Refusal::from)?;
        let _alone = self.release_alone().await?;
        self.clear_unfinished().await?;
        let left = self.half(&agreement).await?;
        let right = self.half(&Agreement { dataset: with.to_owned(), ..agreement.clone() }).await?;
        let id = ReleaseId::new(Uuid::now_v7());
        let granted = match decide_link(&agreement, &left.request, &right.request, self.clock.today()) {
            LinkDecision::Granted(granted) => granted,
            LinkDecision::Refused(refusal) => return self.refuse(actor, id, &agreement, refusal).await,
        };
        if let Some(refusal) = unlinkable(&left, &right, &granted) {
            return self.refuse(actor, id, &agreement, refusal).await;
        }
        let key_id = match self.active_key(actor, granted.left().key_domain()).await {
            Ok(key) => key.key_id,
            Err(VerbError::Refused(refusal)) => return self.refuse(actor, id, &agreement, refusal).await,
            Err(fault) => return Err(fault),
        };
        self.intend(actor, id, &agreement, granted.left()).await?;
        match self.write_link(id, &agreement, &granted, (left, right, key_id)).await? {
            Ok((placed, manifest, quality)) => {
                let release = self.hand_over(actor, id, &agreement, placed, manifest).await?;
                Ok(LinkReport { release, quality })
            }
            Err(found) => self.refuse(actor, id, &agreement, found).await,
        }
    }

    async fn half(&self, agreement: &Agreement) -> VerbResult<Half> {
        let spec = self.newest_spec(&agreement.dataset, WHAT)?;
        let current = self.current_imports(agreement).await?;
        let request = self.request(agreement, &spec, &current).await?;
        Ok(Half { spec, current, request })
    }

    async fn write_link(
        &self,
        id: ReleaseId,
        agreement: &Agreement,
        granted: &GrantedLink,
        (left, right, key_id): (Half, Half, String),
    ) -> VerbResult<Result<(outbox::Placed, Manifest, Vec<QualityLine>), Refusal>> {
        let (ours, theirs) = (covered(left.current, granted.left()), covered(right.current, granted.right()));
        let left = side(&left.spec, granted.left(), &ours)?;
        let right = side(&right.spec, granted.right(), &theirs)?;
        let quality = self.link_quality(&left, &right).await?;
        let columns = columns(&left, &right);
        let mut manifest = Manifest::new(id, agreement, granted.left(), &ours, key_id);
        manifest.created_at = self.clock.now().to_string();
        manifest.log = Some(self.log_standing()?);
        manifest.columns = columns.iter().map(ManifestColumn::of).collect();
        manifest.linked_with = Some(ManifestLink::new(granted.right(), &theirs));
        let rekey = Rekey::into(granted.left().key_domain(), self.keyholder.clone());
        let map = Box::new(LinkMap::new(&left, &right, rekey, self.progress.clone()));
        let order = LinkOrder { left: left.order(), right: right.order() };
        let (service, runtime, recipient) = (self.clone(), Handle::current(), granted.left().recipient().clone());
        blocking("linking", move || {
            let mut found = None;
            let name = format!("release-{id}");
            let placed = outbox::place(&service.dir.outbox(), &recipient, &name, |folder| {
                let files = vec![
                    ExtractFile::Csv(folder.join(EXTRACT_CSV)),
                    ExtractFile::Parquet(folder.join(EXTRACT_PARQUET)),
                ];
                let commit = runtime.block_on(service.warehouse.link(order, columns, map, files))?;
                service.progress.finished("Linking");
                found = look_through(folder, &mut manifest)?;
                if found.is_some() {
                    return Err(Fault::new("extract holds what looks like an identifier"));
                }
                link_quality::write(&folder.join(LINK_QUALITY), &quality)?;
                complete(folder, &commit, &[(LINK_QUALITY, quality.len() as u64)], &mut manifest)
            });
            match (placed, found) {
                (_, Some(refusal)) => Ok(Err(refusal)),
                (placed, None) => Ok(Ok((placed?, manifest, quality))),
            }
        })
        .await
    }
}

fn side<'a>(spec: &'a Spec, granted: &'a GrantedExtract, imports: &'a [CurrentImport]) -> VerbResult<Side<'a>> {
    let columns = LinkColumns::of(spec).map_err(|why| VerbError::refused(WHAT, why, "Add them to its derived.yaml"))?;
    Ok(Side { spec, granted, imports, columns })
}

/// Submissions of the senders that an agreement covers.
fn covered(imports: Vec<CurrentImport>, granted: &GrantedExtract) -> Vec<CurrentImport> {
    let areas: HashSet<&OrganisationCode> = granted.areas().iter().collect();
    imports.into_iter().filter(|import| areas.contains(&import.organisation)).collect()
}

/// Why a pair that the agreement grants cannot be linked all the same.
fn unlinkable(left: &Half, right: &Half, granted: &GrantedLink) -> Option<Refusal> {
    let mut reasons: Vec<String> =
        [left, right].into_iter().filter_map(|half| LinkColumns::of(&half.spec).err()).collect();
    if let (Ok(left), Ok(right)) = (side(&left.spec, granted.left(), &[]), side(&right.spec, granted.right(), &[])) {
        let mut seen = HashSet::new();
        let columns = columns(&left, &right);
        let twice = columns.iter().filter(|column| !seen.insert(column.name.to_ascii_lowercase()));
        reasons.extend(twice.map(|column| format!("Two columns of the extract would be called {}", column.name)));
    }
    (!reasons.is_empty()).then(|| Refusal {
        what: WHAT.into(),
        reasons,
        next: "Ask the processing centre to add the derived columns, or the parties to name other ones".into(),
    })
}
