//! What becomes of an agreement that is over: its expiry is recorded, what lies in the outbox under it is handed over no
//! more, and its keys go to their end as its document says.

use fairway_domain::governance::{AgreementState, PaperKind};
use fairway_domain::{FaultExt, KeyRecord, KeyState, Refusal};
use fairway_governance::papers::AgreementPaper;
use fairway_governance::{Agreement, KeyPolicy, ReleaseTerms};
use fairway_store::{OutboxItem, OutboxKind, StandingAgreement};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::publish::release_of;
use crate::{DueReport, Service, VerbError, VerbResult};

/// An agreement that is over, as far as its keys go by it.
struct Ended {
    reference: String,
    /// The day after which nothing is released under it.
    on: Date,
    /// Who signed its document, where that is recorded here: those who asked for the keys' destruction.
    signed_by: Vec<String>,
}

impl Service {
    /// Records which agreements are over, and moves their keys towards their end. While the keyholder is away, keys wait.
    pub(crate) async fn end_agreements(&self, actor: &str, report: &mut DueReport) -> VerbResult<()> {
        report.expired_agreements = self.record_expiries(actor).await?;
        let ended = self.ended_agreements().await?;
        if ended.is_empty() || self.keys_away().is_some() {
            return Ok(());
        }
        let (keys, held) = (self.store.pseudonym_keys().await?, self.keyholder.keys()?);
        for agreement in &ended {
            for key in keys.iter().filter(|key| key.domain.name == agreement.reference) {
                self.end_key(actor, agreement, key, report).await?;
            }
        }
        // What was cut off between the log and the keyholder.
        for key in keys.iter().filter(|key| key.state == KeyState::Destroyed) {
            if held.iter().any(|one| one.key_id == key.key_id && one.state != KeyState::Destroyed) {
                self.keyholder.set_state(&key.key_id, KeyState::Destroyed)?;
            }
        }
        Ok(())
    }

    /// Agreements that are over and whose documents have their keys destroyed.
    async fn ended_agreements(&self) -> VerbResult<Vec<Ended>> {
        let today = self.clock.today();
        let mut ended = Vec::new();
        let mut registered = Vec::new();
        for paper in self.papers_of::<AgreementPaper>(PaperKind::Agreement).await? {
            registered.push(paper.reference.to_string());
            let Some(on) = paper.over_on(today) else { continue };
            let text = self.store.document(&paper.document).await?.unwrap_or_default();
            if destroys(&Agreement::parse(&text).map_err(Refusal::from)?) {
                let signed_by =
                    paper.parties.iter().filter_map(|party| party.signed.as_ref().map(|(by, _)| by.clone()));
                ended.push(Ended { reference: paper.reference.to_string(), on, signed_by: signed_by.collect() });
            }
        }
        let unknown = |one: &StandingAgreement| one.ends_on < today && !registered.contains(&one.agreement);
        for standing in self.store.standing_agreements().await?.into_iter().filter(unknown) {
            let agreement = Agreement::parse(&standing.document).map_err(Refusal::from)?;
            if destroys(&agreement) {
                ended.push(Ended { reference: standing.agreement, on: standing.ends_on, signed_by: Vec::new() });
            }
        }
        Ok(ended)
    }

    /// One step of a key whose agreement is over: it verifies for the days of the terms, counted from the end and from the
    /// day it was retired, so that a clock that jumps destroys nothing. Then it is destroyed, where two people or more signed
    /// that it should be; else two people ask for that.
    async fn end_key(&self, actor: &str, ended: &Ended, key: &KeyRecord, report: &mut DueReport) -> VerbResult<()> {
        let days = i64::from(ReleaseTerms::published()?.numbers.key_verify_only_days.value);
        let after = |day: Date| day.checked_add(days.days()).fault("day cannot be told");
        match key.state {
            KeyState::Active => {
                let destroyed_on = after(ended.on)?.max(after(self.clock.today())?);
                let detail =
                    json!({ "why": "its agreement has ended", "to_be_destroyed_on": destroyed_on.to_string() });
                self.move_key(actor, key, KeyState::VerifyOnly, detail).await?;
                report.retired_keys.push(key.key_id.clone());
            }
            KeyState::VerifyOnly if ended.signed_by.len() >= 2 => {
                let moved = self.store.pseudonym_key_moved_at(&key.key_id).await?;
                let retired_on = moved.map_or(Date::MAX, |at| at.to_zoned(TimeZone::UTC).date());
                let due = retired_on.checked_add(days.days()).unwrap_or(Date::MAX).max(after(ended.on)?);
                if due <= self.clock.today() {
                    let detail = json!({ "why": "its agreement has ended, and says so", "signed_by": ended.signed_by });
                    self.move_key(actor, key, KeyState::Destroyed, detail).await?;
                    report.destroyed_keys.push(key.key_id.clone());
                }
            }
            KeyState::PreActive | KeyState::VerifyOnly | KeyState::Destroyed => {}
        }
        Ok(())
    }

    /// Refuses to hand over a file of a release whose agreement is not in force today, as far as it was registered here.
    pub(crate) async fn still_released(&self, item: &OutboxItem) -> VerbResult<()> {
        let Some(id) = release_of(&item.file.path).filter(|_| item.kind == OutboxKind::Release) else { return Ok(()) };
        let Some(release) = self.store.release(id).await? else { return Ok(()) };
        let Some(standing) = self.standing_of(&release.agreement).await? else { return Ok(()) };
        let state = standing.state_on(self.clock.today());
        if matches!(state, AgreementState::Expired | AgreementState::Revoked | AgreementState::Suspended) {
            return Err(VerbError::refused(
                "The file cannot be fetched",
                format!("Its agreement {} is {state}, and nothing is handed over under it", release.agreement),
                "Ask the controllers of the data to renew or resume the agreement",
            ));
        }
        Ok(())
    }
}

fn destroys(agreement: &Agreement) -> bool {
    agreement.particulars.key_policy == Some(KeyPolicy::Destroy)
}
