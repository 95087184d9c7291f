//! The verbs that look at lists and single things, each no further than whoever asks may see.

use std::path::PathBuf;

use fairway_domain::{OrganisationCode, ReleaseId, SubmissionId};
use fairway_governance::{Object, Permissions, Reach, Role, Scope, Verb};
use fairway_store::{AuditEvent, OutboxItem, Release};
use serde_json::json;

use crate::status::{OutboxStatus, ReleaseStatus, SubmissionStatus, TraceRunStatus, outbox_status, release_status};
use crate::{AuditStatus, HistoryEntry, Service, VerbError, VerbResult, verify_audit};

/// A trace that waits for a person.
#[derive(Debug, Clone)]
pub struct TraceHeld {
    /// The submission.
    pub submission: SubmissionId,
    /// Its council.
    pub organisation: OrganisationCode,
    /// Where the trace stands.
    pub run: TraceRunStatus,
}

/// A file of the outbox that may be read by whoever asked.
#[derive(Debug, Clone)]
pub struct FetchedFile {
    /// Its number.
    pub id: i64,
    /// Where it lies.
    pub path: PathBuf,
    /// The last part of its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// One right of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixCell {
    /// What is asked.
    pub verb: Verb,
    /// By whom.
    pub role: Role,
    /// How far the right goes.
    pub scope: Scope,
    /// Why.
    pub why: String,
}

impl Service {
    /// The last `limit` submissions that may be seen, newest first.
    ///
    /// # Errors
    /// Refused to whoever may see none.
    pub async fn submissions(&self, limit: usize) -> VerbResult<Vec<SubmissionStatus>> {
        let reach = self.authorise(Verb::SubmissionList, Object::Several).await?;
        let names = self.council_names().await?;
        let all = self.store.submissions(u32::MAX).await?;
        let mut seen = Vec::new();
        for one in all.into_iter().filter(|one| reach.covers(&one.organisation)).take(limit) {
            seen.push(self.submission_line(one, &names).await?);
        }
        Ok(seen)
    }

    /// Traces that wait for a person.
    ///
    /// # Errors
    /// Refused to whoever may see none.
    pub async fn held_traces(&self) -> VerbResult<Vec<TraceHeld>> {
        let reach = self.authorise(Verb::TraceHeld, Object::Several).await?;
        let mut held = Vec::new();
        for run in self.store.trace_runs().await? {
            let submission = run.submission;
            let run = TraceRunStatus::from(run);
            if !run.waits_for_a_person {
                continue;
            }
            let organisation = self.submission(submission).await?.organisation;
            if reach.covers(&organisation) {
                held.push(TraceHeld { submission, organisation, run });
            }
        }
        Ok(held)
    }

    /// The last `limit` releases that may be seen, refused ones too, newest first.
    ///
    /// # Errors
    /// Refused to whoever may see none.
    pub async fn releases(&self, limit: usize) -> VerbResult<Vec<ReleaseStatus>> {
        let reach = self.authorise(Verb::ReleaseList, Object::Several).await?;
        let all = self.store.releases(u32::MAX).await?;
        Ok(all.into_iter().filter(|one| reach.covers(&one.recipient)).take(limit).map(release_status).collect())
    }

    /// One release with what was done to it.
    ///
    /// # Errors
    /// When there is none of that name, or none that may be told of.
    pub async fn release_shown(&self, id: ReleaseId) -> VerbResult<(ReleaseStatus, Vec<HistoryEntry>)> {
        let release = self.authorised_release(Verb::ReleaseShow, id).await?;
        Ok((release_status(release), self.history_of(&format!("release:{id}")).await?))
    }

    /// A release, for somebody who may do this to it.
    pub(crate) async fn authorised_release(&self, verb: Verb, id: ReleaseId) -> VerbResult<Release> {
        self.authorise(verb, Object::Several).await?;
        let missing = || {
            VerbError::not_found(
                "The release cannot be found",
                "There is none of that name",
                "List them with: fairway status",
            )
        };
        let release = self.store.release(id).await?.ok_or_else(missing)?;
        self.authorise_of(verb, &release.recipient, &format!("release:{id}"), missing()).await?;
        Ok(release)
    }

    /// The last `limit` files of the outbox that may be seen, newest first, with their numbers.
    ///
    /// # Errors
    /// Refused to whoever may see none.
    pub async fn outbox(&self, limit: usize) -> VerbResult<Vec<(i64, OutboxStatus)>> {
        let items = match self.authorise(Verb::OutboxList, Object::Several).await? {
            Reach::Own(organisation) => self.store.outbox(&organisation).await?,
            Reach::Any => self.store.outbox_items(u32::MAX).await?,
        };
        Ok(items.into_iter().take(limit).map(|item| (item.id, outbox_status(item))).collect())
    }

    /// A file of the outbox, to be read now: that it is about to be is in the log before its first byte.
    ///
    /// # Errors
    /// When there is none of that number, or none that may be told of; refused while the agreement of a release is not in force.
    pub async fn fetch(&self, actor: &str, id: i64) -> VerbResult<FetchedFile> {
        let item = self.authorised_item(Verb::OutboxFetch, id).await?;
        self.still_released(&item).await?;
        let mut tx = self.begin("outbox.fetch").await?;
        tx.audit(event(actor, "OutboxOpened", &item)).await?;
        tx.commit().await?;
        let name = item.file.path.rsplit('/').next().unwrap_or_default().to_owned();
        let path = self.dir.outbox().join(&item.file.path);
        Ok(FetchedFile { id, path, name, bytes: item.file.bytes, sha256: item.file.digest.to_string() })
    }

    /// Says that a file of the outbox was handed over to its last byte.
    ///
    /// # Errors
    /// As for [`Service::fetch`].
    pub async fn fetched(&self, actor: &str, id: i64) -> VerbResult<()> {
        let item = self.authorised_item(Verb::OutboxFetch, id).await?;
        let mut tx = self.begin("outbox.fetched").await?;
        tx.collect_outbox_item(id).await?;
        tx.audit(event(actor, "OutboxCollected", &item)).await?;
        Ok(tx.commit().await?)
    }

    /// Codes and names of the organisations, in the order of the codes.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn organisations(&self) -> VerbResult<Vec<(OrganisationCode, String)>> {
        self.authorise(Verb::OrganisationList, Object::Several).await?;
        Ok(self.store.organisations().await?.into_iter().map(|one| (one.code, one.name)).collect())
    }

    /// Verifies the whole log.
    ///
    /// # Errors
    /// When it cannot be read; what is wrong with it is in the answer.
    pub async fn audit_verified(&self) -> VerbResult<AuditStatus> {
        self.authorise(Verb::AuditVerify, Object::Centre).await?;
        Ok(AuditStatus::of(&verify_audit(&self.dir).await?, self.clock.now()))
    }

    /// The whole permission table, one cell for each verb and role.
    ///
    /// # Errors
    /// Refused to whoever has no role.
    pub async fn access_matrix(&self) -> VerbResult<Vec<MatrixCell>> {
        self.authorise(Verb::AccessMatrix, Object::Centre).await?;
        let table: &Permissions = &self.permissions;
        let each = Verb::ALL.iter().flat_map(|verb| Role::ALL.iter().map(move |role| (*verb, *role)));
        let cell = |(verb, role)| {
            let cell = table.cell(role, verb);
            MatrixCell { verb, role, scope: cell.scope, why: cell.why.to_owned() }
        };
        Ok(each.map(cell).collect())
    }

    async fn authorised_item(&self, verb: Verb, id: i64) -> VerbResult<OutboxItem> {
        self.authorise(verb, Object::Several).await?;
        let missing = || {
            VerbError::not_found(
                "The file cannot be found",
                "There is none of that number",
                "See what waits: the outbox",
            )
        };
        let item = self.store.outbox_item(id).await?.ok_or_else(missing)?;
        self.authorise_of(verb, &item.organisation, &format!("outbox:{id}"), missing()).await?;
        Ok(item)
    }
}

fn event(actor: &str, verb: &'static str, item: &OutboxItem) -> AuditEvent {
    AuditEvent {
        actor: actor.into(),
        verb,
        object: format!("outbox:{}", item.id),
        detail: json!({ "organisation": item.organisation.as_str(), "kind": item.kind.as_str() }),
    }
}
