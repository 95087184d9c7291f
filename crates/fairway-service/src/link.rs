//! The verb `link`: the records of two datasets about the same persons, put beside each other under an agreement that names
//! the pair. It is a release: held against the same rules on both sides, read for identifiers, written to the recipient's
//! outbox. Persons are the same where the number that was traced, else given, is; no identifier nor uid is read for it.

use fairway_governance::{Object, Verb};
use std::collections::HashSet;
use std::sync::Arc;

use fairway_deid::measure::MeasurePlan;
use fairway_domain::port::LinkOrder;
use fairway_domain::{Column, Fault, OrganisationCode, Refusal, ReleaseId};
use fairway_governance::{Agreement, GrantedExtract, GrantedLink, LinkDecision, ReleaseRequest, decide_link};
use fairway_spec::Spec;
use fairway_store::{CurrentImport, outbox};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::context::blocking;
use crate::dictionary::{self, DICTIONARY};
use crate::gate::{self, Part, Passage};
use crate::link_map::{LinkColumns, LinkMap, OWN_COLUMNS, Side, columns, prefix};
use crate::link_quality::{self, QualityLine};
use crate::manifest::{Manifest, ManifestColumn, ManifestLink, ManifestOptOuts};
use crate::opt_out::LeftOut;
use crate::packing::complete;
use crate::release::{EXTRACT_FILES, Leaving, Made, Under, deliver_to, extract_files};
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

/// What a linked extract is made from.
struct Both {
    left: Half,
    right: Half,
    key_id: String,
    left_out: LeftOut,
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
        let under = Under::parse(agreement, Leaving::AtOnce)?;
        let _alone = self.release_alone().await?;
        self.clear_unfinished().await?;
        let (made, quality) = self.make_link(actor, &under, with).await?;
        let release = self.hand_over(actor, &under.agreement, made).await?;
        Ok(LinkReport { release, quality })
    }

    /// Makes a linked extract and holds it against the gate, or refuses with every reason. The caller has the lock.
    pub(crate) async fn make_link(
        &self,
        actor: &str,
        under: &Under,
        with: &str,
    ) -> VerbResult<(Made, Vec<QualityLine>)> {
        let agreement = &under.agreement;
        let left = self.half(under).await?;
        let other = Agreement { dataset: with.to_owned(), ..agreement.clone() };
        let right = self.half(&under.about(other)).await?;
        let id = ReleaseId::new(Uuid::now_v7());
        let granted = match decide_link(agreement, &left.request, &right.request, self.clock.today()) {
            LinkDecision::Granted(granted) => granted,
            LinkDecision::Refused(refusal) => return self.refuse(actor, id, agreement, refusal).await,
        };
        if let Some(refusal) = unlinkable(&left, &right, &granted) {
            return self.refuse(actor, id, agreement, refusal).await;
        }
        let ready = async {
            Ok::<_, VerbError>((
                self.active_key(actor, granted.left().key_domain()).await?.key_id,
                self.left_out(agreement, &left.spec).await?,
            ))
        };
        let (key_id, left_out) = match ready.await {
            Ok(ready) => ready,
            Err(VerbError::Refused(refusal)) => return self.refuse(actor, id, agreement, refusal).await,
            Err(fault) => return Err(fault),
        };
        self.intend(actor, id, agreement, granted.left()).await?;
        let asked = left.request.clone();
        let from = Both { left, right, key_id, left_out };
        match self.write_link((id, under.leaving), (agreement, &asked), &granted, from).await? {
            Ok((placed, manifest, quality)) => Ok((Made { id, placed, manifest }, quality)),
            Err(found) => self.refuse(actor, id, agreement, found).await,
        }
    }

    async fn half(&self, under: &Under) -> VerbResult<Half> {
        let spec = self.newest_spec(&under.agreement.dataset, WHAT)?;
        let current = self.current_imports(&under.agreement).await?;
        let request = self.request(under, &spec, &current).await?;
        Ok(Half { spec, current, request })
    }

    async fn write_link(
        &self,
        (id, leaving): (ReleaseId, Leaving),
        (agreement, request): (&Agreement, &ReleaseRequest),
        granted: &GrantedLink,
        Both { left, right, key_id, left_out }: Both,
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
        let map = Box::new(LinkMap::new(&left, &right, (rekey, left_out.clone()), self.progress.clone()));
        let order = LinkOrder { left: left.order(), right: right.order() };
        let told = told(&columns, &left, &right);
        let plan = self.link_plan((&left, &right), &columns, (agreement, request, &manifest.key_id))?;
        let mut submissions = gate::submissions(&ours);
        submissions.extend(gate::submissions(&theirs));
        let mut areas = granted.left().areas().to_vec();
        areas.extend_from_slice(granted.right().areas());
        let key_domain = granted.left().key_domain().clone();
        let (service, runtime) = (self.clone(), Handle::current());
        let (agreement, request) = (agreement.clone(), request.clone());
        blocking("linking", move || {
            let mut found = None;
            let passage = Passage { agreement: &agreement, request: &request, plan, areas, submissions, key_domain };
            let name = format!("release-{id}");
            let placed = outbox::place(&leaving.root(&service.dir), &deliver_to(&agreement)?, &name, |folder| {
                let commit = runtime.block_on(service.warehouse.link(order, columns, map, extract_files(folder)))?;
                service.progress.finished("Linking");
                manifest.opt_outs = ManifestOptOuts::new(&agreement, &left_out);
                found = service.gate(&runtime, folder, &passage, &mut manifest)?;
                if found.is_some() {
                    return Err(Fault::new("extract did not pass the gate"));
                }
                link_quality::write(&folder.join(LINK_QUALITY), &quality)?;
                let told: Vec<_> =
                    told.iter().map(|(column, spec, own)| (column.clone(), spec.as_deref(), own.clone())).collect();
                let lines = dictionary::write(&folder.join(DICTIONARY), &told)?;
                let beside = [(LINK_QUALITY, quality.len() as u64), (DICTIONARY, lines)];
                complete(folder, (&commit, &agreement), (&EXTRACT_FILES, &beside), &mut manifest)
            });
            match (placed, found) {
                (_, Some(refusal)) => Ok(Err(refusal)),
                (placed, None) => Ok(Ok((placed?, manifest, quality))),
            }
        })
        .await
    }

    /// What tells what in a linked extract.
    fn link_plan(
        &self,
        (left, right): (&Side<'_>, &Side<'_>),
        columns: &[Column],
        (agreement, request, key_id): (&Agreement, &ReleaseRequest, &str),
    ) -> VerbResult<MeasurePlan> {
        let all = [left, right].map(|side| self.specs_of(side.spec.name.dataset()));
        let [ours, theirs] = all;
        let (ours, theirs) = (ours?, theirs?);
        let parts = [
            Part { spec: left.spec, all: &ours, granted: left.granted, prefix: String::new() },
            Part { spec: right.spec, all: &theirs, granted: right.granted, prefix: prefix(right) },
        ];
        let own = columns.get(..OWN_COLUMNS).unwrap_or_default();
        let recipient = left.granted.recipient().as_str();
        let mut plan = gate::linked(own, [&parts[0], &parts[1]], recipient, (key_id, &request.terms));
        plan.limits = gate::limits_of(agreement, &request.terms);
        Ok(plan)
    }
}

type Told = Vec<(Column, Option<Arc<Spec>>, String)>;

/// Each column with the specification that tells of it, and its name there.
fn told(columns: &[Column], left: &Side<'_>, right: &Side<'_>) -> Told {
    let theirs = [left, right].into_iter().flat_map(|side| {
        let spec = Arc::new(side.spec.clone());
        side.granted.columns().iter().map(move |column| (Some(spec.clone()), column.name.clone()))
    });
    let none = (0..OWN_COLUMNS).map(|_| (None, String::new()));
    columns.iter().cloned().zip(none.chain(theirs)).map(|(column, (spec, own))| (column, spec, own)).collect()
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
