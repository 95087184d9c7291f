//! The verbs of an extract that waits for approval: asked for, approved or rejected by others, delivered. What is approved is
//! the SHA-256 of its manifest, which names every file by its own.

use std::fs;
use std::path::{Path, PathBuf};

use fairway_domain::{Digest, Fault, FaultExt, Refusal, ReleaseId};
use fairway_governance::gate::approvals_needed;
use fairway_governance::{
    Agreement, Decision, Object, ReleaseTerms, Verb, Voice, against_approval, decide, same_person,
};
use fairway_store::{AuditEvent, HeldRelease, HeldState, NewHeldRelease, ReleaseVoice, outbox};
use serde_json::{Value, json};

use crate::access::Speaker;
use crate::context::blocking;
use crate::manifest::ManifestTable;
use crate::release::{Leaving, MANIFEST, Made, Under, deliver_to};
use crate::{Service, VerbError, VerbResult};

const CANNOT_ASK: &str = "The extract cannot be asked for";
const CANNOT_DECIDE: &str = "Nothing can be said about this release";
const CANNOT_DELIVER: &str = "The release cannot be delivered";

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseWish<'a> {
    /// The agreement's document.
    pub agreement: &'a str,
    /// Which of its datasets; the first where nothing is said.
    pub dataset: Option<&'a str>,
    /// The dataset to link it with, if any.
    pub with: Option<&'a str>,
}

/// What somebody says about an extract.
#[derive(Debug, Clone, Copy)]
pub struct ReleaseWord<'a> {
    /// Who.
    pub who: Voice<'a>,
    /// Whether they approve it.
    pub approved: bool,
    /// SHA-256 of the manifest that they looked at; that of the held one where nothing is said.
    pub content: Option<Digest>,
    /// Why.
    pub reason: &'a str,
}

impl Service {
    /// Makes an extract and holds it until it is approved. Nothing leaves. Whoever asks with an account asks for themselves.
    ///
    /// # Errors
    /// Refused by the gate, with every reason, to whoever gives no name, and to whoever names somebody else.
    pub async fn request_release(&self, actor: &str, wish: ReleaseWish<'_>, who: Voice<'_>) -> VerbResult<HeldRelease> {
        self.authorise(Verb::ReleaseRequest, Object::Centre).await?;
        let who = self.speaker(Verb::ReleaseRequest, who).await?;
        self.hold_extract(actor, wish, (&who, Some(Verb::ReleaseRequest))).await
    }

    /// Makes an extract that somebody wishes and holds it; `act` is what whoever runs this does by it, if anything.
    pub(crate) async fn hold_extract(
        &self,
        actor: &str,
        wish: ReleaseWish<'_>,
        (who, act): (&Speaker, Option<Verb>),
    ) -> VerbResult<HeldRelease> {
        who.must_be_named(CANNOT_ASK)?;
        let under = under(wish)?;
        let _alone = self.release_alone().await?;
        self.clear_unfinished().await?;
        let made = match wish.with {
            None => self.make(actor, &under).await?,
            Some(with) => self.make_link(actor, &under, with).await?.0,
        };
        self.keep_held(actor, wish.agreement, (&under.agreement, &made), (who, act)).await
    }

    /// Records that an extract or a table is held; `act` is what whoever runs this does by it, if anything.
    pub(crate) async fn keep_held(
        &self,
        actor: &str,
        document: &str,
        (agreement, made): (&Agreement, &Made),
        (who, act): (&Speaker, Option<Verb>),
    ) -> VerbResult<HeldRelease> {
        let held = to_hold(document, agreement, made, who)?;
        let detail = json!({
            "agreement": held.agreement, "by": held.requester, "organisation": held.organisation, "rows": held.rows,
            "manifest_sha256": held.content.to_string(), "approvals_needed": held.needed,
        });
        let mut tx = match act {
            Some(act) => self.begin_act("release.hold", act, &object(held.id)).await?,
            None => self.begin("release.hold").await?,
        };
        tx.insert_held_release(&held).await?;
        tx.audit(event(actor, "ReleaseHeld", held.id, detail)).await?;
        tx.commit().await?;
        self.held_release(held.id).await
    }

    /// Every extract that waited or waits for approval, and may be seen, oldest first: those for the own organisation, and
    /// those that somebody of it asked for.
    ///
    /// # Errors
    /// Refused to whoever may see none.
    pub async fn held_releases(&self) -> VerbResult<Vec<HeldRelease>> {
        let reach = self.authorise(Verb::ReleaseList, Object::Several).await?;
        let recipients = self.recipients().await?;
        let mut held = self.store.held_releases().await?;
        held.retain(|one| {
            let recipient = recipients.get(&one.asked.id);
            recipient.is_some_and(|code| reach.covers(code))
                || one.asked.organisation.parse().is_ok_and(|code| reach.covers(&code))
        });
        Ok(held)
    }

    async fn held_release(&self, id: ReleaseId) -> VerbResult<HeldRelease> {
        let found = self.store.held_releases().await?.into_iter().find(|held| held.asked.id == id);
        found.ok_or_else(|| {
            VerbError::not_found(CANNOT_DECIDE, "No release of that name waits or waited", "See: fairway release list")
        })
    }

    /// Approves or rejects an extract; rejecting takes its files away. Gives where it stands then.
    ///
    /// # Errors
    /// Refused to the requester, to a person or an organisation that has spoken, for other bytes than those held, and where
    /// nothing waits.
    pub async fn decide_release(&self, actor: &str, id: ReleaseId, word: ReleaseWord<'_>) -> VerbResult<HeldRelease> {
        self.authorise(Verb::ReleaseApprove, Object::Centre).await?;
        let _alone = self.release_alone().await?;
        let held = self.held_release(id).await?;
        self.may_act(Verb::ReleaseApprove, &object(id)).await?;
        let who = self.speaker(Verb::ReleaseApprove, word.who).await?;
        let asked = &held.asked;
        let mut reasons = against_approval(requester(&held), &voices(&held), who.voice());
        if held.state != HeldState::Held {
            reasons.push(format!("It is {}", held.state));
        }
        if word.content.is_some_and(|content| content != asked.content) {
            reasons.push("The manifest that was looked at is not the one that is held".into());
        }
        unless_refused(CANNOT_DECIDE, reasons)?;
        let voice = ReleaseVoice {
            name: who.name,
            organisation: who.organisation,
            approved: word.approved,
            content: asked.content,
            reason: word.reason.trim().to_owned(),
        };
        let verb = if word.approved { "ReleaseApproved" } else { "ReleaseRejected" };
        let detail = json!({
            "agreement": asked.agreement, "by": voice.name, "organisation": voice.organisation,
            "manifest_sha256": asked.content.to_string(), "reason": voice.reason,
        });
        let mut tx = self.begin_act("release.decide", Verb::ReleaseApprove, &object(id)).await?;
        tx.insert_release_voice(id, &voice).await?;
        if !word.approved {
            tx.decide_held_release(id, HeldState::Rejected).await?;
        }
        tx.audit(event(actor, verb, id, detail)).await?;
        tx.commit().await?;
        if !word.approved {
            take_away(&self.dir.held_folder(&held))?;
        }
        self.held_release(id).await
    }

    /// Delivers an extract that enough people have approved: held against the agreement once more, today, and compared with
    /// what was approved, byte by byte. Gives the folder.
    ///
    /// # Errors
    /// Refused without enough approvals, to the requester and to those who approved, when the agreement would refuse it
    /// today, and when a file is not the one that was approved.
    pub async fn deliver_release(&self, actor: &str, id: ReleaseId, who: Voice<'_>) -> VerbResult<PathBuf> {
        self.authorise(Verb::ReleaseDeliver, Object::Centre).await?;
        let _alone = self.release_alone().await?;
        self.clear_unfinished().await?;
        let held = self.held_release(id).await?;
        self.may_act(Verb::ReleaseDeliver, &object(id)).await?;
        let who = self.speaker(Verb::ReleaseDeliver, who).await?;
        let whole = Under::parse(&held.asked.document, Leaving::Held)?;
        let dataset = self.held_dataset(&held)?;
        let agreement = whole.agreement.about(&dataset).ok_or_else(|| Fault::new("agreement lost a dataset"))?;
        let under = whole.about(agreement);
        let agreement = &under.agreement;
        let folder = self.dir.held_folder(&held);
        let mut reasons = against_delivery(&held, &who);
        if held.state == HeldState::Held {
            reasons.extend(self.against_today(&under, &folder).await?);
            reasons.extend(differing(&folder, held.asked.content)?);
        }
        unless_refused(CANNOT_DELIVER, reasons)?;
        let (outbox_folder, receiver, name) =
            (self.dir.outbox(), held.asked.deliver_to.clone(), held.asked.folder.clone());
        self.intend_again(actor, id, agreement, &who).await?;
        let from = folder.clone();
        let placed =
            blocking("delivering", move || Ok(outbox::place(&outbox_folder, &receiver, &name, |to| copy(&from, to))?))
                .await?;
        self.record_delivered(actor, &held, (agreement, &placed), &who).await?;
        take_away(&folder)?;
        Ok(placed.folder)
    }

    async fn record_delivered(
        &self,
        actor: &str,
        held: &HeldRelease,
        (agreement, placed): (&Agreement, &outbox::Placed),
        who: &Speaker,
    ) -> VerbResult<()> {
        let asked = &held.asked;
        let approved: Vec<&str> = held.voices.iter().map(|voice| voice.name.as_str()).collect();
        let detail = json!({
            "agreement": asked.agreement, "rows": asked.rows, "delivered_to": asked.deliver_to.as_str(),
            "manifest_sha256": asked.content.to_string(), "requested_by": asked.requester, "approved_by": approved,
            "delivered_by": who.name,
        });
        let mut tx = self.store.tx("release.grant", self.clock.now()).await?;
        for submission in submissions(&placed.folder)? {
            tx.insert_release_import(asked.id, &submission).await?;
        }
        self.grant(&mut tx, agreement, (asked.id, placed), (asked.rows, asked.content)).await?;
        tx.decide_held_release(asked.id, HeldState::Delivered).await?;
        tx.audit(event(actor, "ReleaseGranted", asked.id, detail)).await?;
        Ok(tx.commit().await?)
    }

    /// The dataset that a held extract is made from, as its manifest says; the agreement's first where that is gone.
    fn held_dataset(&self, held: &HeldRelease) -> VerbResult<String> {
        let first = || Ok(Under::parse(&held.asked.document, Leaving::Held)?.agreement.dataset);
        let Ok(text) = fs::read(self.dir.held_folder(held).join(MANIFEST)) else { return first() };
        let manifest: Value = serde_json::from_slice(&text).unwrap_or_default();
        manifest["dataset"].as_str().map_or_else(first, |dataset| Ok(dataset.to_owned()))
    }

    /// What stands against an agreement today, though nothing did when the extract was made.
    async fn against_today(&self, under: &Under, folder: &Path) -> VerbResult<Vec<String>> {
        let agreement = &under.agreement;
        let spec = self.newest_spec(&agreement.dataset, CANNOT_DELIVER)?;
        let current = self.current_imports(agreement).await?;
        let mut request = self.request(under, &spec, &current).await?;
        let manifest: Value = fs::read(folder.join(MANIFEST))
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        if let Some(table) = ManifestTable::in_manifest(&manifest) {
            request = table.ask(agreement, request)?;
        }
        Ok(match decide(agreement, &request, self.clock.today()) {
            Decision::Granted(_) => Vec::new(),
            Decision::Refused(refusal) => refusal.reasons,
        })
    }

    async fn intend_again(&self, actor: &str, id: ReleaseId, agreement: &Agreement, who: &Speaker) -> VerbResult<()> {
        let detail = json!({ "agreement": agreement.reference.as_str(), "delivered_by": who.name });
        let mut tx = self.begin_act("release.intend", Verb::ReleaseDeliver, &object(id)).await?;
        tx.audit(event(actor, "ReleaseIntended", id, detail)).await?;
        tx.commit().await?;
        // Nothing is delivered of which the log's witnesses have not seen the intent.
        self.checkpoint_for_delivery().await.map(|_| ())
    }
}

/// The agreement of a wish, as it reads for the dataset asked for.
fn under(wish: ReleaseWish<'_>) -> VerbResult<Under> {
    let whole = Under::parse(wish.agreement, Leaving::Held)?;
    let Some(dataset) = wish.dataset else { return Ok(whole) };
    let agreement = whole.agreement.about(dataset).ok_or_else(|| {
        let why = format!("{} is not about the dataset {dataset}", whole.agreement.reference);
        VerbError::refused(CANNOT_ASK, why, "Name a dataset of the agreement")
    })?;
    Ok(whole.about(agreement))
}

fn to_hold(document: &str, agreement: &Agreement, made: &Made, who: &Speaker) -> VerbResult<NewHeldRelease> {
    Ok(NewHeldRelease {
        id: made.id,
        agreement: agreement.reference.to_string(),
        requester: who.name.clone(),
        organisation: who.organisation.clone(),
        content: made.content()?,
        folder: format!("release-{}", made.id),
        deliver_to: deliver_to(agreement)?,
        needed: u64::from(approvals_needed(agreement, &ReleaseTerms::published()?)),
        rows: made.manifest.rows,
        document: document.to_owned(),
    })
}

fn requester(held: &HeldRelease) -> Voice<'_> {
    Voice { name: &held.asked.requester, organisation: &held.asked.organisation }
}

fn voices(held: &HeldRelease) -> Vec<Voice<'_>> {
    held.voices.iter().map(|voice| Voice { name: &voice.name, organisation: &voice.organisation }).collect()
}

fn against_delivery(held: &HeldRelease, who: &Speaker) -> Vec<String> {
    let mut reasons = Vec::new();
    if held.state != HeldState::Held {
        reasons.push(format!("It is {}", held.state));
    }
    let approvals = held.voices.iter().filter(|voice| voice.approved && voice.content == held.asked.content).count();
    if (approvals as u64) < held.asked.needed {
        reasons.push(format!("{approvals} of the {} people it takes have approved it", held.asked.needed));
    }
    let is_deliverer = |name: &str| same_person(name, &who.name);
    if who.name.is_empty() {
        reasons.push("Whoever delivers gives their name".into());
    } else if is_deliverer(&held.asked.requester) || held.voices.iter().any(|voice| is_deliverer(&voice.name)) {
        reasons.push("Whoever delivers has neither asked for it nor decided about it".into());
    }
    reasons
}

/// What of a held folder is not as its approved manifest says.
fn differing(folder: &Path, content: Digest) -> Result<Vec<String>, Fault> {
    const CHANGED: &str = "The files that are held are not those that were approved";
    let manifest = folder.join(MANIFEST);
    if !manifest.is_file() || outbox::measure(&manifest)?.0 != content {
        return Ok(vec![CHANGED.into()]);
    }
    let text = fs::read(&manifest).fault("manifest cannot be read")?;
    let manifest: Value = serde_json::from_slice(&text).fault("manifest cannot be read")?;
    for file in manifest["files"].as_array().into_iter().flatten() {
        let path = folder.join(file["name"].as_str().unwrap_or_default());
        if !path.is_file() || Some(outbox::measure(&path)?.0.to_string().as_str()) != file["sha256"].as_str() {
            return Ok(vec![CHANGED.into()]);
        }
    }
    Ok(Vec::new())
}

/// The submissions in an extract, as its manifest says.
fn submissions(folder: &Path) -> Result<Vec<String>, Fault> {
    let text = fs::read(folder.join(MANIFEST)).fault("manifest cannot be read")?;
    let manifest: Value = serde_json::from_slice(&text).fault("manifest cannot be read")?;
    let of = |value: &Value| value["submissions"].as_array().cloned().unwrap_or_default();
    let all = of(&manifest).into_iter().chain(of(&manifest["linked_with"]));
    Ok(all.filter_map(|one| one.as_str().map(str::to_owned)).collect())
}

/// Copies the files of a folder into another.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Fault> {
    const WHAT: &str = "held files cannot be copied";
    for entry in fs::read_dir(from).fault(WHAT)? {
        let path = entry.fault(WHAT)?.path();
        fs::copy(&path, to.join(path.file_name().unwrap_or_default())).fault(WHAT)?;
    }
    Ok(())
}

/// Takes a folder away; one that is gone already is no error.
pub(crate) fn take_away(folder: &Path) -> Result<(), Fault> {
    if folder.is_dir() {
        fs::remove_dir_all(folder).fault("files of a release cannot be taken away")?;
    }
    Ok(())
}

pub(crate) fn event(actor: &str, verb: &'static str, id: ReleaseId, detail: Value) -> AuditEvent {
    AuditEvent { actor: actor.into(), verb, object: object(id), detail }
}

/// How the log names a release.
pub(crate) fn object(id: ReleaseId) -> String {
    format!("release:{id}")
}

fn unless_refused(what: &str, reasons: Vec<String>) -> VerbResult<()> {
    if reasons.is_empty() {
        return Ok(());
    }
    let next = "See where it stands with: fairway release list".into();
    Err(Refusal { what: what.into(), reasons, next }.into())
}
