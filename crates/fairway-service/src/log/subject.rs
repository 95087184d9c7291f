//! Who saw this person's data, when, under what: for a subject-access request. The person is found in the vault; what the
//! person is known by is nowhere in the answer's trail.

use std::any::Any;
use std::collections::BTreeSet;
use std::fs;

use fairway_domain::port::{RowSink, ScanOrder};
use fairway_domain::{Fault, OrganisationCode, PersonUid, Row, SubmissionId, SubmissionState, TableName};
use fairway_governance::{Object, Verb};
use fairway_spec::Spec;
use fairway_store::{AuditEvent, OutboxKind, Persons, Release, ReleaseState, Submission};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::{IdentifierKind, MANIFEST, Service, VerbResult, plan};

/// The answer. Where it names what covers the person's records, it cannot be told whether the person's own rows were
/// among those that the recipient looked at.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SubjectReport {
    /// Submissions with records of the person, or that name the person in another's.
    pub submissions: Vec<SubjectSubmission>,
    /// Releases whose extract covers such a submission.
    pub releases: Vec<SubjectRelease>,
    /// Releases of which it is not known any more which submissions they covered.
    pub releases_unknown: Vec<SubjectRelease>,
    /// Re-identifications that turned a pseudonym of the person back.
    pub reidentifications: Vec<SubjectAct>,
    /// Re-identifications whose particulars were forgotten: they may have been about anybody.
    pub reidentifications_forgotten: u64,
    /// What was sent back to councils about the person's records.
    pub returns: Vec<SubjectAct>,
    /// Questions asked of the de-identified tables since the first such submission was there; answers may have counted the
    /// person.
    pub queries: Vec<SubjectAct>,
    /// What was done about the person in the vault.
    pub vault: Vec<SubjectAct>,
}

/// A submission with the person in it.
#[derive(Debug, Clone, Serialize)]
pub struct SubjectSubmission {
    /// The submission.
    pub submission: String,
    /// Who sent it.
    pub organisation: String,
    /// The dataset.
    pub dataset: String,
    /// First and last day of its reporting period.
    pub period: Option<[String; 2]>,
    /// When it came.
    pub landed_at: String,
}

/// A release.
#[derive(Debug, Clone, Serialize)]
pub struct SubjectRelease {
    /// The release.
    pub release: String,
    /// Under which agreement.
    pub agreement: String,
    /// To whom.
    pub recipient: String,
    /// When it was decided.
    pub at: String,
    /// Where it stands.
    pub state: String,
}

/// One entry of the log.
#[derive(Debug, Clone, Serialize)]
pub struct SubjectAct {
    /// The entry's number; 0 for what is in the outbox.
    pub entry: u64,
    /// When.
    pub at: String,
    /// Who did it, or to whom it went.
    pub who: String,
    /// What.
    pub what: String,
    /// Under which agreement; empty for none.
    pub agreement: String,
}

impl Service {
    /// Who saw the data of the person known by an identifier. That somebody asked is recorded, the identifier is not.
    ///
    /// # Errors
    /// Refused when nobody is known by the identifier.
    pub async fn subject_access(
        &self,
        actor: &str,
        organisation: &OrganisationCode,
        kind: IdentifierKind,
        text: &str,
    ) -> VerbResult<SubjectReport> {
        self.authorise(Verb::AuditSubject, Object::Centre).await?;
        let person = self.find_person(actor, organisation, kind, text).await?.uid;
        let persons = self.store.persons(self.clock.now()).await?;
        let mut report = SubjectReport::default();
        let mut held = Vec::new();
        for submission in self.store.submissions(u32::MAX).await? {
            if submission.state >= SubmissionState::Loaded && self.holds_person(&submission, &persons, person).await? {
                held.push(submission);
            }
        }
        let ids: BTreeSet<SubmissionId> = held.iter().map(|one| one.id).collect();
        self.add_releases(&ids, &mut report).await?;
        self.add_reidentifications(&persons, person, &mut report).await?;
        if let Some(first) = held.iter().map(|one| one.landed_at).min() {
            report.queries = self.acts("TablesQueried", first).await?;
        }
        report.returns = self.returns(&held).await?;
        report.vault = self.store.audit_of(&object(person)).await?.into_iter().map(act).collect();
        report.submissions = held.into_iter().map(line).collect();
        let mut tx = self.store.tx("audit.subject", self.clock.now()).await?;
        let detail = json!({ "submissions": report.submissions.len(), "releases": report.releases.len() });
        tx.audit(AuditEvent { actor: actor.into(), verb: "SubjectAccessAnswered", object: object(person), detail })
            .await?;
        tx.commit().await?;
        Ok(report)
    }

    /// Whether a record of the submission is about the person, or names the person.
    async fn holds_person(&self, submission: &Submission, persons: &Persons, person: PersonUid) -> VerbResult<bool> {
        let spec = self.spec_of(submission)?;
        if !plan::has_persons(&spec) {
            return Ok(false);
        }
        let traced = submission.state >= SubmissionState::Traced;
        for (table, columns) in uid_columns(&spec, traced) {
            let order = ScanOrder {
                table,
                columns,
                imports: vec![submission.id.into()],
                joins: Vec::new(),
                order_by: Vec::new(),
                shuffle: false,
            };
            let whose = Whose { persons: persons.clone(), person, found: false };
            let (_, sink) = self.warehouse.scan(order, Box::new(whose)).await?;
            let whose = (sink as Box<dyn Any>).downcast::<Whose>();
            if whose.map_err(|_| Fault::new("scan gave back another sink"))?.found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn add_releases(&self, ids: &BTreeSet<SubmissionId>, report: &mut SubjectReport) -> VerbResult<()> {
        for release in self.store.releases(u32::MAX).await? {
            if !matches!(release.state, ReleaseState::Granted | ReleaseState::Collected) {
                continue;
            }
            let mut covered = self.store.release_imports(release.id).await?;
            if covered.is_empty() {
                covered = self.of_manifest(&release);
            }
            if covered.is_empty() {
                report.releases_unknown.push(released(release));
            } else if covered.iter().any(|id| ids.contains(id)) {
                report.releases.push(released(release));
            }
        }
        Ok(())
    }

    /// What an older release covered, as long as its manifest lies in the outbox.
    fn of_manifest(&self, release: &Release) -> Vec<SubmissionId> {
        let Some(files) = &release.files else { return Vec::new() };
        let text = fs::read(self.dir.root().join(&files.folder).join(MANIFEST)).unwrap_or_default();
        let manifest: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
        let of = |value: &serde_json::Value| {
            let ids = value["submissions"].as_array().cloned().unwrap_or_default();
            ids.iter().filter_map(|id| id.as_str()?.parse().ok()).collect::<Vec<SubmissionId>>()
        };
        [of(&manifest), of(&manifest["linked_with"])].concat()
    }

    async fn add_reidentifications(
        &self,
        persons: &Persons,
        person: PersonUid,
        report: &mut SubjectReport,
    ) -> VerbResult<()> {
        for entry in self.store.audit_verbs("ReidentificationAnswered", Timestamp::UNIX_EPOCH).await? {
            let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap_or_default();
            let Some(about) = detail["persons"].as_array() else {
                report.reidentifications_forgotten += 1;
                continue;
            };
            let same = |uid: PersonUid| persons.now(uid) == person || uid == person;
            if about.iter().filter_map(|uid| uid.as_str()?.parse().ok()).any(same) {
                let recipient = detail["recipient"].as_str().unwrap_or_default().to_owned();
                report.reidentifications.push(SubjectAct { who: recipient, ..act(entry) });
            }
        }
        Ok(())
    }

    async fn acts(&self, verb: &str, since: Timestamp) -> VerbResult<Vec<SubjectAct>> {
        Ok(self.store.audit_verbs(verb, since).await?.into_iter().map(act).collect())
    }

    async fn returns(&self, held: &[Submission]) -> VerbResult<Vec<SubjectAct>> {
        let items = self.store.outbox_items(u32::MAX).await?.into_iter();
        let about = |path: &str| held.iter().any(|one| path.contains(&one.id.to_string()));
        let returns = items.filter(|item| item.kind == OutboxKind::TraceReturn && about(&item.file.path));
        Ok(returns
            .map(|item| SubjectAct {
                entry: 0,
                at: item.created_at.to_string(),
                who: item.organisation.to_string(),
                what: item.kind.as_str().into(),
                agreement: String::new(),
            })
            .collect())
    }
}

/// Tables and their columns that say whom a record is about or names.
fn uid_columns(spec: &Spec, traced: bool) -> Vec<(TableName, Vec<String>)> {
    let mut events = vec![plan::PERSON_UID.to_owned(), plan::NHS_UID.to_owned()];
    events.extend(plan::linked_uids(spec));
    let traces = vec![plan::PERSON_UID.to_owned(), plan::TRACED_UID.to_owned()];
    let traces = traced.then(|| (plan::traces(spec).table, traces));
    [(plan::events(spec).table, events)].into_iter().chain(traces).collect()
}

struct Whose {
    persons: Persons,
    person: PersonUid,
    found: bool,
}

impl RowSink for Whose {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        if self.found {
            return Ok(());
        }
        for cell in 0..row.len() {
            let uid = row.get(cell).bytes().and_then(|uid| uid.try_into().ok()).map(PersonUid);
            self.found |= uid.is_some_and(|uid| self.persons.now(uid) == self.person);
        }
        Ok(())
    }
}

fn object(person: PersonUid) -> String {
    format!("person:{}", person.to_hex())
}

fn line(submission: Submission) -> SubjectSubmission {
    SubjectSubmission {
        submission: submission.id.to_string(),
        organisation: submission.organisation.to_string(),
        dataset: submission.dataset,
        period: submission.period.map(|(first, last)| [first.to_string(), last.to_string()]),
        landed_at: submission.landed_at.to_string(),
    }
}

fn released(release: Release) -> SubjectRelease {
    SubjectRelease {
        release: release.id.to_string(),
        agreement: release.agreement.to_string(),
        recipient: release.recipient.to_string(),
        at: release.created_at.to_string(),
        state: release.state.as_str().into(),
    }
}

fn act(entry: fairway_store::AuditEntry) -> SubjectAct {
    SubjectAct {
        entry: entry.seq,
        at: entry.at.to_string(),
        who: entry.actor,
        what: entry.verb,
        agreement: entry.agreement,
    }
}
