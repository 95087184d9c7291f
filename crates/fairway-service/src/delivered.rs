//! The verbs of an extract that was delivered: receipt, recall, sent again, and what falls due: time to fetch that is over,
//! standing agreements.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use fairway_domain::governance::{Machine, ReleaseLife, ReleaseLifeEvent};
use fairway_domain::{AgreementRef, Digest, FaultExt, KeyState, OrganisationCode, Refusal, ReleaseId};
use fairway_governance::{Agreement, GovernanceTerms, Object, ReleaseTerms, Verb, Voice};
use fairway_store::{ReleaseDelivery, StandingAgreement, outbox};
use jiff::ToSpan;
use serde_json::json;

use crate::access::Speaker;
use crate::context::blocking;
use crate::held::{ReleaseWish, copy, event, object, take_away};
use crate::{Service, VerbError, VerbResult};

/// What fell due and was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DueReport {
    /// Releases that nobody fetched in time.
    pub expired: Vec<ReleaseId>,
    /// Releases whose receipt is overdue.
    pub overdue: Vec<ReleaseId>,
    /// Standing agreements whose extract was due, with what came of it.
    pub standing: Vec<(String, String)>,
    /// Agreements whose last day is over, and whose expiry was recorded.
    pub expired_agreements: Vec<AgreementRef>,
    /// Keys, by id, that verify only from now on, for their agreement has ended.
    pub retired_keys: Vec<String>,
    /// Keys, by id, that were destroyed, for their agreement ended and had them destroyed.
    pub destroyed_keys: Vec<String>,
}

impl Service {
    /// Every extract that was delivered and may be seen, and where it stands.
    ///
    /// # Errors
    /// Refused to whoever may see none.
    pub async fn release_deliveries(&self) -> VerbResult<Vec<ReleaseDelivery>> {
        let reach = self.authorise(Verb::ReleaseList, Object::Several).await?;
        let recipients = self.recipients().await?;
        let mut deliveries = self.store.release_deliveries().await?;
        deliveries.retain(|one| {
            reach.covers(&one.organisation) || recipients.get(&one.release).is_some_and(|code| reach.covers(code))
        });
        Ok(deliveries)
    }

    /// For whom each release is.
    pub(crate) async fn recipients(&self) -> VerbResult<BTreeMap<ReleaseId, OrganisationCode>> {
        let releases = self.store.releases(u32::MAX).await?;
        Ok(releases.into_iter().map(|release| (release.id, release.recipient)).collect())
    }

    /// Records that an extract arrived whole: the recipient tells the SHA-256 of the manifest that it has.
    ///
    /// # Errors
    /// Refused where another manifest arrived, and where nothing was delivered that waits for a receipt.
    pub async fn receive_release(
        &self,
        actor: &str,
        id: ReleaseId,
        manifest: Digest,
        who: Voice<'_>,
    ) -> VerbResult<ReleaseDelivery> {
        const WHAT: &str = "The receipt cannot be taken";
        let mut delivery = self.delivery(WHAT, Verb::ReleaseReceipt, id).await?;
        let who = self.speaker(Verb::ReleaseReceipt, who).await?;
        who.must_be_named(WHAT)?;
        let sent = self.store.release(id).await?.and_then(|release| release.files).map(|files| files.manifest_digest);
        if sent != Some(manifest) {
            let why = "What arrived is not what was sent: the SHA-256 of the manifest is another";
            return Err(VerbError::refused(WHAT, why, "Fetch it again, and tell the processing centre"));
        }
        if delivery.state == ReleaseLife::Granted {
            self.step(WHAT, &mut delivery, ReleaseLifeEvent::Fetched)?;
        }
        self.step(WHAT, &mut delivery, ReleaseLifeEvent::Received)?;
        let detail =
            json!({ "by": who.name, "organisation": who.organisation, "manifest_sha256": manifest.to_string() });
        self.record_delivery(actor, "ReleaseReceived", &delivery, detail).await?;
        Ok(delivery)
    }

    /// Takes an extract back: out of the outbox at once; whoever fetched it is told to destroy it.
    ///
    /// # Errors
    /// Refused where it was not delivered, or is over.
    pub async fn recall_release(&self, actor: &str, id: ReleaseId, reason: &str) -> VerbResult<ReleaseDelivery> {
        const WHAT: &str = "The release cannot be recalled";
        let _alone = self.release_alone().await?;
        let mut delivery = self.delivery(WHAT, Verb::ReleaseRecall, id).await?;
        self.step(WHAT, &mut delivery, ReleaseLifeEvent::Recalled)?;
        self.record_delivery(actor, "ReleaseRecalled", &delivery, json!({ "reason": reason })).await?;
        take_away(&self.delivered_folder(&delivery))?;
        Ok(delivery)
    }

    /// Puts an extract that was not fetched in time, or did not arrive, into the outbox again: the same bytes.
    ///
    /// # Errors
    /// Refused where it was received or recalled, and where its agreement has ended.
    pub async fn resend_release(&self, actor: &str, id: ReleaseId) -> VerbResult<ReleaseDelivery> {
        const WHAT: &str = "The release cannot be sent again";
        let _alone = self.release_alone().await?;
        let mut delivery = self.delivery(WHAT, Verb::ReleaseDeliver, id).await?;
        self.may_act(Verb::ReleaseDeliver, &object(id)).await?;
        self.step(WHAT, &mut delivery, ReleaseLifeEvent::SentAgain)?;
        let release = self.store.release(id).await?;
        let ended = self.store.pseudonym_keys().await?.into_iter().any(|key| {
            key.state != KeyState::Active
                && release.as_ref().is_some_and(|release| key.domain.name == release.agreement.as_str())
        });
        if ended {
            let why =
                "A key of its agreement makes no pseudonyms any more: the agreement has ended, or its key was rotated";
            return Err(VerbError::refused(WHAT, why, "Make a new extract"));
        }
        let (from, to) = (self.kept_folder(&delivery), self.delivered_folder(&delivery));
        if from.is_dir() {
            let (root, organisation) = (self.dir.outbox(), delivery.organisation.clone());
            let name = format!("release-{id}");
            blocking("sending again", {
                let from = from.clone();
                move || Ok(outbox::place(&root, &organisation, &name, |to| copy(&from, to))?)
            })
            .await?;
        }
        if !to.is_dir() {
            return Err(VerbError::refused(WHAT, "Its files are gone", "Make a new extract"));
        }
        self.record_delivery(actor, "ReleaseSentAgain", &delivery, json!({})).await?;
        take_away(&from)?;
        Ok(delivery)
    }

    /// Has an agreement release by itself, every so many months as its document says, from its first day on.
    ///
    /// # Errors
    /// Refused where the document does not say how often.
    pub async fn stand_by(&self, actor: &str, document: &str, who: Voice<'_>) -> VerbResult<StandingAgreement> {
        const WHAT: &str = "The agreement cannot release by itself";
        self.authorise(Verb::ReleaseRequest, Object::Centre).await?;
        let who = self.speaker(Verb::ReleaseRequest, who).await?;
        who.must_be_named(WHAT)?;
        let agreement = Agreement::parse(document).map_err(Refusal::from)?;
        if agreement.particulars.delivery.every_months.is_none() {
            let why = "Its document does not say how often";
            return Err(VerbError::refused(WHAT, why, "State delivery.every_months, and have it signed again"));
        }
        let standing = StandingAgreement {
            agreement: agreement.reference.to_string(),
            document: document.to_owned(),
            requester: who.name,
            organisation: who.organisation,
            next_on: agreement.start.max(self.clock.today()),
            ends_on: agreement.end,
            last_outcome: String::new(),
        };
        self.record_standing(actor, "ReleaseScheduled", &standing).await?;
        Ok(standing)
    }

    /// Does what has fallen due: records which agreements are over and ends their keys, takes extracts out of the outbox that
    /// nobody fetched in time, and makes those of standing agreements.
    ///
    /// # Errors
    /// When the ledger cannot be read or written. What came of each extract is in the report.
    pub async fn release_due(&self, actor: &str) -> VerbResult<DueReport> {
        self.authorise(Verb::ReleaseDue, Object::Centre).await?;
        let mut report = DueReport::default();
        self.end_agreements(actor, &mut report).await?;
        self.expire_deliveries(actor, &mut report).await?;
        for standing in self.store.standing_agreements().await? {
            let today = self.clock.today();
            if standing.next_on <= today && today <= standing.ends_on && self.keys_away().is_none() {
                let outcome = self.release_standing(actor, standing.clone()).await?;
                report.standing.push((standing.agreement, outcome));
            }
        }
        Ok(report)
    }

    async fn expire_deliveries(&self, actor: &str, report: &mut DueReport) -> VerbResult<()> {
        let today = self.clock.today();
        for mut delivery in self.store.release_deliveries().await? {
            if delivery.state == ReleaseLife::ReceiptDue && delivery.receipt_due.is_some_and(|due| due < today) {
                report.overdue.push(delivery.release);
            }
            if delivery.state != ReleaseLife::Granted || delivery.expires_on >= today {
                continue;
            }
            self.step("The release cannot expire", &mut delivery, ReleaseLifeEvent::Expired)?;
            let (from, to) = (self.delivered_folder(&delivery), self.kept_folder(&delivery));
            if from.is_dir() && !to.exists() {
                const WHAT: &str = "files of a release cannot be put aside";
                fs::create_dir_all(to.parent().unwrap_or(&to)).fault(WHAT)?;
                fs::rename(&from, &to).fault(WHAT)?;
            }
            self.record_delivery(actor, "ReleaseExpired", &delivery, json!({})).await?;
            report.expired.push(delivery.release);
        }
        Ok(())
    }

    async fn release_standing(&self, actor: &str, mut standing: StandingAgreement) -> VerbResult<String> {
        let agreement = Agreement::parse(&standing.document).map_err(Refusal::from)?;
        let months = agreement.particulars.delivery.every_months.unwrap_or(1);
        let needed = fairway_governance::gate::approvals_needed(&agreement, &ReleaseTerms::published()?);
        let document = standing.document.clone();
        let made = if needed == 0 {
            self.release(actor, &document).await.map(|report| format!("released {}", report.manifest.release))
        } else {
            let wish = ReleaseWish { agreement: &document, dataset: None, with: None };
            // Whoever had it stand by asked for it, and not whoever looks after what is due.
            let who = Speaker { name: standing.requester.clone(), organisation: standing.organisation.clone() };
            self.authorise(Verb::ReleaseRequest, Object::Centre).await?;
            self.hold_extract(actor, wish, (&who, None))
                .await
                .map(|held| format!("holds {} for approval", held.asked.id))
        };
        let outcome = match made {
            Ok(outcome) => outcome,
            Err(VerbError::Refused(refusal)) => format!("refused: {}", refusal.reasons.join(" ")),
            Err(error) => return Err(error),
        };
        let today = self.clock.today();
        while standing.next_on <= today {
            standing.next_on =
                standing.next_on.checked_add(i64::from(months).months()).fault("next day cannot be told")?;
        }
        standing.last_outcome.clone_from(&outcome);
        self.record_standing(actor, "StandingReleaseMade", &standing).await?;
        Ok(outcome)
    }

    async fn delivery(&self, what: &str, verb: Verb, id: ReleaseId) -> VerbResult<ReleaseDelivery> {
        self.authorise(verb, Object::Several).await?;
        let missing =
            || VerbError::not_found(what, "No release of that name was delivered", "See: fairway release list");
        let found = self.store.release_deliveries().await?.into_iter().find(|one| one.release == id);
        let delivery = found.ok_or_else(missing)?;
        self.authorise_of(verb, &delivery.organisation, &format!("release:{id}"), missing()).await?;
        Ok(delivery)
    }

    fn step(&self, what: &str, delivery: &mut ReleaseDelivery, event: ReleaseLifeEvent) -> VerbResult<()> {
        let state = delivery.state;
        let refused =
            || VerbError::refused(what, format!("It is {state}"), "See where it stands: fairway release list");
        delivery.state = state.on(event).ok_or_else(refused)?;
        let terms = GovernanceTerms::published()?;
        let today = self.clock.today();
        delivery.receipt_due = (delivery.state == ReleaseLife::ReceiptDue).then(|| terms.receipt.after(today));
        if event == ReleaseLifeEvent::SentAgain {
            delivery.expires_on = terms.release_expiry.after(today);
        }
        Ok(())
    }

    async fn record_delivery(
        &self,
        actor: &str,
        verb: &'static str,
        delivery: &ReleaseDelivery,
        mut detail: serde_json::Value,
    ) -> VerbResult<()> {
        detail["state"] = delivery.state.as_str().into();
        detail["delivered_to"] = delivery.organisation.as_str().into();
        let mut tx = self.begin("release.delivery").await?;
        tx.put_release_delivery(delivery).await?;
        tx.audit(event(actor, verb, delivery.release, detail)).await?;
        Ok(tx.commit().await?)
    }

    async fn record_standing(&self, actor: &str, verb: &'static str, standing: &StandingAgreement) -> VerbResult<()> {
        let mut tx = self.store.tx("release.standing", self.clock.now()).await?;
        tx.put_standing_agreement(standing).await?;
        let detail = json!({ "next_on": standing.next_on.to_string(), "outcome": standing.last_outcome });
        let object = format!("agreement:{}", standing.agreement);
        tx.audit(fairway_store::AuditEvent { actor: actor.into(), verb, object, detail }).await?;
        Ok(tx.commit().await?)
    }

    /// Where its files lie for its receiver.
    fn delivered_folder(&self, delivery: &ReleaseDelivery) -> PathBuf {
        self.dir.outbox().join(delivery.organisation.as_str()).join(format!("release-{}", delivery.release))
    }

    /// Where they are put aside when nobody fetched them in time.
    fn kept_folder(&self, delivery: &ReleaseDelivery) -> PathBuf {
        self.dir.held().join(delivery.organisation.as_str()).join(format!("release-{}", delivery.release))
    }
}
