//! The verb `bridge`: after an agreement's key was rotated, its recipient learns which new pseudonym stands for which old
//! one. The file passes the gate of every release: same agreement, same rules, same outbox.

use fairway_governance::{Object, Verb};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fairway_domain::port::{RowSink, ScanOrder};
use fairway_domain::{
    Fault, FaultExt, KeyDomain, KeyState, OrganisationCode, PrivacyClass, Pseudonym, Refusal, ReleaseId, Row, Subject,
    Value,
};
use fairway_governance::{Decision, GrantedExtract, decide};
use fairway_spec::Spec;
use fairway_store::{CurrentImport, outbox};
use uuid::Uuid;

use crate::context::blocking;
use crate::manifest::{Manifest, ManifestColumn, ManifestFile};
use crate::release::{self, Leaving, MANIFEST, Made, Under};
use crate::release_map::{Passing, combined, passing_of};
use crate::{Service, VerbResult};

/// The bridging file.
pub const BRIDGE_CSV: &str = "bridge.csv";
const COLUMNS: [&str; 3] = ["subject", "old_pseudonym", "new_pseudonym"];

/// A bridging file that lies in the recipient's outbox.
#[derive(Debug, Clone)]
pub struct BridgeReport {
    /// The folder with the file and its manifest.
    pub folder: PathBuf,
    /// Pairs of pseudonyms in it.
    pub pairs: u64,
}

type Pairs = Vec<(Subject, Pseudonym, Pseudonym)>;

impl Service {
    /// Releases the pairs of old and new pseudonyms of everybody in the agreement's scope, or refuses with every reason.
    ///
    /// # Errors
    /// As for a release; and when the agreement's key was not rotated.
    pub async fn bridge(&self, actor: &str, agreement: &str) -> VerbResult<BridgeReport> {
        self.authorise(Verb::ReleaseBridge, Object::Centre).await?;
        let under = Under::parse(agreement, Leaving::AtOnce)?;
        let agreement = under.agreement.clone();
        let _alone = self.release_alone().await?;
        self.clear_unfinished().await?;
        let spec = self.newest_spec(&agreement.dataset, "There is nothing to bridge")?;
        let current = self.current_imports(&agreement).await?;
        let request = self.request(&under, &spec, &current).await?;
        let id = ReleaseId::new(Uuid::now_v7());
        let granted = match decide(&agreement, &request, self.clock.today()) {
            Decision::Granted(granted) => granted,
            Decision::Refused(refusal) => return self.refuse(actor, id, &agreement, refusal).await,
        };
        let Some(old) = self.rotated_from(granted.key_domain()).await? else {
            return self.refuse(actor, id, &agreement, nothing_to_bridge(granted.key_domain())).await;
        };
        let key_id = self.active_key(actor, granted.key_domain()).await?.key_id;
        self.intend(actor, id, &agreement, &granted).await?;
        let imports: Vec<CurrentImport> =
            current.into_iter().filter(|import| granted.areas().contains(&import.organisation)).collect();
        let mut manifest = Manifest::new(id, &agreement, &granted, &imports, key_id);
        manifest.created_at = self.clock.now().to_string();
        manifest.log = Some(self.log_standing()?);
        let pairs = self.pairs(&spec, &granted, &old, &imports).await?;
        let placed = self.place_bridge(id, release::deliver_to(&agreement)?, pairs, manifest.clone()).await?;
        manifest.rows = placed.1;
        let report = self.hand_over(actor, &agreement, Made { id, placed: placed.0, manifest }).await?;
        Ok(BridgeReport { folder: report.folder, pairs: report.manifest.rows })
    }

    /// The key before `domain`'s, if it only verifies.
    async fn rotated_from(&self, domain: &KeyDomain) -> VerbResult<Option<KeyDomain>> {
        let Some(before) = domain.epoch.checked_sub(1) else { return Ok(None) };
        let old = KeyDomain { name: domain.name.clone(), epoch: before };
        let keys = self.store.pseudonym_keys().await?;
        Ok(keys.iter().any(|key| key.domain == old && key.state == KeyState::VerifyOnly).then_some(old))
    }

    async fn pairs(
        &self,
        spec: &Spec,
        granted: &GrantedExtract,
        old: &KeyDomain,
        imports: &[CurrentImport],
    ) -> VerbResult<Pairs> {
        let order = ScanOrder { shuffle: false, order_by: Vec::new(), ..release::scan_order(spec, granted, imports) };
        let sink = Box::new(Seen { passing: passing_of(spec, granted), seen: BTreeMap::new() });
        let (_, sink) = self.warehouse.scan(order, sink).await?;
        let seen = (sink as Box<dyn Any>).downcast::<Seen>().map_err(|_| Fault::new("scan gave back another sink"))?;
        let (keyholder, old) = (self.keyholder.clone(), old.clone());
        blocking("bridging", move || {
            let from = KeyDomain::national_repository();
            let mut pairs = Pairs::new();
            for (word, texts) in &seen.seen {
                let Some(subject) = Subject::ALL.into_iter().find(|one| one.as_str() == *word) else { continue };
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                let made = keyholder.bridge(&from, &old, subject, &texts)?;
                pairs.extend(made.into_iter().map(|(old, new)| (subject, old, new)));
            }
            // In the order of what the recipient holds, which tells nothing about the order of ours.
            pairs.sort_by(|a, b| a.1.cmp(&b.1));
            Ok(pairs)
        })
        .await
    }

    async fn place_bridge(
        &self,
        id: ReleaseId,
        receiver: OrganisationCode,
        pairs: Pairs,
        mut manifest: Manifest,
    ) -> VerbResult<(outbox::Placed, u64)> {
        let (outbox_folder, recipient) = (self.dir.outbox(), receiver);
        blocking("bridging", move || {
            let rows = pairs.len() as u64;
            let placed = outbox::place(&outbox_folder, &recipient, &format!("release-{id}"), |folder| {
                write_pairs(&folder.join(BRIDGE_CSV), &pairs)?;
                let (digest, bytes) = outbox::measure(&folder.join(BRIDGE_CSV))?;
                manifest.rows = rows;
                let column = |name: &&str| ManifestColumn { name: (*name).into(), class: PrivacyClass::Quasi.as_str() };
                manifest.columns = COLUMNS.iter().map(column).collect();
                manifest.files = vec![ManifestFile {
                    name: BRIDGE_CSV.into(),
                    sha256: digest.to_string(),
                    bytes,
                    rows,
                    clear_sha256: None,
                }];
                let text = serde_json::to_vec_pretty(&manifest).fault("manifest cannot be written")?;
                std::fs::write(folder.join(MANIFEST), text).fault("manifest cannot be written")
            })?;
            Ok((placed, rows))
        })
        .await
    }
}

fn nothing_to_bridge(domain: &KeyDomain) -> Refusal {
    Refusal::new(
        "There is nothing to bridge",
        format!("No key before that of {domain} is verify-only"),
        "Rotate the agreement's key first, with: fairway keyholder rotate",
    )
}

fn write_pairs(path: &Path, pairs: &Pairs) -> Result<(), Fault> {
    const WHAT: &str = "bridging file cannot be written";
    let mut file = csv::Writer::from_path(path).fault(WHAT)?;
    file.write_record(COLUMNS).fault(WHAT)?;
    for (subject, old, new) in pairs {
        file.write_record([subject.as_str(), &old.0, &new.0]).fault(WHAT)?;
    }
    file.flush().fault(WHAT)
}

/// Pseudonyms of the zone that a release of these columns would show, each once.
struct Seen {
    passing: Vec<Passing>,
    seen: BTreeMap<&'static str, BTreeSet<String>>,
}

impl RowSink for Seen {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        for at in 0..self.passing.len() {
            let (subject, text) = match (self.passing[at], row.get(at)) {
                (Passing::Rekeyed(subject), Value::Text(text)) => (subject, text),
                (Passing::Combined, Value::Text(text)) => {
                    let (_, subject, text) = combined(text);
                    (subject, text)
                }
                _ => continue,
            };
            let seen = self.seen.entry(subject.as_str()).or_default();
            if !seen.contains(text) {
                seen.insert(text.to_owned());
            }
        }
        Ok(())
    }
}
