//! Re-identification under control: asked with a reason, approved by two people of two organisations, answered to a
//! registered recipient alone, and in the log before a single pseudonym is opened.

use fairway_governance::{Object, Verb};
use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use fairway_deid::cipher::CellCipher;
use fairway_domain::port::{Join, RowSink, ScanOrder};
use fairway_domain::{
    Fault, FaultExt, KeyDomain, KeyState, OrganisationCode, PersonUid, Row, Subject, SubmissionState,
};
use fairway_governance::{Asked, ReidentificationTerms, Voice, against_approval};
use fairway_spec::{Role, Spec};
use fairway_store::keys::LandingKey;
use fairway_store::{
    AuditEvent, NewReidentification, Persons, Reidentification, ReidentificationRecipient, ReidentificationState,
    Submission, Tx, sealed,
};
use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use crate::{Service, VerbError, VerbResult, plan};

/// A result that lies ready.
#[derive(Debug, Clone)]
pub struct ReidentificationReport {
    /// The file, encrypted to the recipient.
    pub file: PathBuf,
    /// How many were asked about.
    pub asked: u64,
    /// For how many an identifier is known here.
    pub found: u64,
    /// When the file is destroyed.
    pub expires: jiff::Timestamp,
}

const CANNOT_ASK: &str = "Nothing can be asked";
const CANNOT_APPROVE: &str = "The request cannot be approved";
const CANNOT_COLLECT: &str = "Nothing can be collected";

impl Service {
    /// Registers who may receive results, with the public key to which they are encrypted.
    ///
    /// # Errors
    /// Refused when the key is none, the code is none, or the name is taken.
    pub async fn register_recipient(&self, actor: &str, new: ReidentificationRecipient) -> VerbResult<()> {
        self.authorise(Verb::ReidentificationRecipient, Object::Centre).await?;
        let mut reasons = Vec::new();
        if LandingKey::parse(&new.key).is_none() {
            reasons.push("The key is not a public key of the age format (age1…)".to_owned());
        }
        if new.organisation.parse::<OrganisationCode>().is_err() {
            reasons.push("The organisation is not an ODS code".to_owned());
        }
        if new.name.trim().is_empty() || self.recipient(&new.name).await?.is_some() {
            reasons.push("The name is blank, or another recipient has it".to_owned());
        }
        terms()?.unless_refused("The recipient cannot be registered", reasons)?;
        let mut tx = self.store.tx("reidentify.register", self.clock.now()).await?;
        tx.insert_reidentification_recipient(&new).await?;
        let detail = json!({ "organisation": new.organisation, "key": new.key });
        record(&mut tx, actor, "ReidentificationRecipientRegistered", &format!("recipient:{}", new.name), detail)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Asks. Nothing is opened.
    ///
    /// # Errors
    /// Refused with every reason.
    pub async fn request_reidentification(&self, actor: &str, mut new: NewReidentification) -> VerbResult<Uuid> {
        self.authorise(Verb::ReidentificationRequest, Object::Centre).await?;
        self.expire_results().await?;
        let terms = terms()?;
        new.id = Uuid::now_v7();
        let named = Voice { name: &new.requester, organisation: &new.organisation };
        let who = self.speaker(Verb::ReidentificationRequest, named).await?;
        (new.requester, new.organisation) = (who.name, who.organisation);
        new.pseudonyms.sort_unstable();
        new.pseudonyms.dedup();
        let first =
            self.clock.today().first_of_month().to_zoned(jiff::tz::TimeZone::UTC).fault("month has no first day")?;
        let mut tx = self.begin_act("reidentify.request", Verb::ReidentificationRequest, &object(new.id)).await?;
        let before = tx.reidentifications_asked(&new.domain.name, first.timestamp()).await?;
        let mut reasons = terms.against(Asked { count: new.pseudonyms.len(), before, reason: &new.reason });
        if !["person", "la_person"].contains(&new.subject.as_str()) {
            reasons.push("Only persons can be asked about: person or la_person".into());
        }
        if new.pseudonyms.iter().any(|one| one.contains(char::is_whitespace)) {
            reasons.push("A pseudonym has no blanks in it".into());
        }
        if self.recipient(&new.recipient).await?.is_none() {
            reasons.push("The recipient is not registered".into());
        }
        if !self.opens(&new.domain).await? {
            reasons.push(format!("No key of {} opens pseudonyms here", new.domain));
        }
        if new.requester.trim().is_empty() || new.organisation.parse::<OrganisationCode>().is_err() {
            reasons.push("Whoever asks gives their name and the code of their organisation".into());
        }
        if let Err(refusal) = terms.unless_refused(CANNOT_ASK, reasons) {
            let object = format!("agreement:{}", new.domain.name);
            let detail = json!({ "by": new.requester, "count": new.pseudonyms.len(), "reasons": refusal.reasons });
            record(&mut tx, actor, "ReidentificationRefused", &object, detail).await?;
            tx.commit().await?;
            return Err(refusal.into());
        }
        tx.insert_reidentification(&new).await?;
        let detail = json!({
            "agreement": new.domain.name, "epoch": new.domain.epoch, "subject": new.subject,
            "count": new.pseudonyms.len(), "reason": new.reason, "evidence": new.evidence.to_string(),
            "recipient": new.recipient, "by": new.requester, "organisation": new.organisation,
        });
        record(&mut tx, actor, "ReidentificationRequested", &object(new.id), detail).await?;
        tx.commit().await?;
        Ok(new.id)
    }

    /// Approves. Says whether enough people have.
    ///
    /// # Errors
    /// Refused to the requester, to a person or an organisation that has approved, and where nothing waits for it.
    pub async fn approve_reidentification(&self, actor: &str, id: Uuid, who: Voice<'_>) -> VerbResult<bool> {
        self.authorise(Verb::ReidentificationApprove, Object::Centre).await?;
        let terms = terms()?;
        let who = self.speaker(Verb::ReidentificationApprove, who).await?;
        let request = self.reidentification(CANNOT_APPROVE, id).await?;
        let asked = &request.asked;
        let mut reasons = Vec::new();
        if request.state != ReidentificationState::Requested {
            reasons.push(format!("It is {}", request.state));
        }
        let requester = Voice { name: &asked.requester, organisation: &asked.organisation };
        let before: Vec<Voice<'_>> =
            request.approvals.iter().map(|(name, organisation)| Voice { name, organisation }).collect();
        reasons.extend(against_approval(requester, &before, who.voice()));
        terms.unless_refused(CANNOT_APPROVE, reasons)?;
        let enough = before.len() + 1 >= terms.approvers;
        let mut tx = self.begin_act("reidentify.approve", Verb::ReidentificationApprove, &object(id)).await?;
        tx.approve_reidentification(id, (&who.name, &who.organisation), enough).await?;
        let detail = json!({ "by": who.name, "organisation": who.organisation, "enough": enough });
        record(&mut tx, actor, "ReidentificationApproved", &object(id), detail).await?;
        tx.commit().await?;
        Ok(enough)
    }

    /// Opens the pseudonyms of an approved request and leaves the result for its recipient; the intent is in the log before.
    /// Asked again before it expires, the same result is named.
    ///
    /// # Errors
    /// Refused where it is not approved, where it has expired, and as a whole where one of the pseudonyms is forged.
    pub async fn collect_reidentification(&self, actor: &str, id: Uuid) -> VerbResult<ReidentificationReport> {
        self.authorise(Verb::ReidentificationCollect, Object::Centre).await?;
        self.expire_results().await?;
        let request = self.reidentification(CANNOT_COLLECT, id).await?;
        match request.state {
            ReidentificationState::Approved => {}
            state => {
                let next = "Two people of two organisations approve a request; an answer lasts three days";
                return Err(VerbError::refused(CANNOT_COLLECT, format!("The request is {state}"), next));
            }
        }
        if let Some(refusal) = self.keys_away() {
            return Err(refusal.into());
        }
        let asked = &request.asked;
        let mut tx = self.begin_act("reidentify.intend", Verb::ReidentificationCollect, &object(id)).await?;
        let detail = json!({ "count": request.count, "recipient": asked.recipient });
        record(&mut tx, actor, "ReidentificationIntended", &object(id), detail).await?;
        tx.commit().await?;
        let subject = if asked.subject == Subject::Person.as_str() { Subject::Person } else { Subject::LaPerson };
        let texts: Vec<&str> = asked.pseudonyms.iter().map(String::as_str).collect();
        let Some(uids) = self.keyholder.open(&asked.domain, subject, &texts)? else {
            return self.reject(actor, &request).await;
        };
        let sought: HashMap<PersonUid, String> = uids.into_iter().zip(asked.pseudonyms.iter().cloned()).collect();
        let found = self.resolve(subject, &sought).await?;
        // For the person who asks who has seen their data. It goes when the entry's figures are forgotten.
        let persons = sought.keys().map(|person| person.to_hex()).collect();
        self.answer(actor, &request, persons, found).await
    }

    /// Every request, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn reidentifications(&self) -> VerbResult<Vec<Reidentification>> {
        self.authorise(Verb::ReidentificationList, Object::Centre).await?;
        Ok(self.store.reidentifications().await?)
    }

    async fn reject(&self, actor: &str, request: &Reidentification) -> VerbResult<ReidentificationReport> {
        let id = request.asked.id;
        let mut tx = self.store.tx("reidentify.reject", self.clock.now()).await?;
        tx.move_reidentification(id, ReidentificationState::Approved, ReidentificationState::Rejected).await?;
        record(&mut tx, actor, "ReidentificationRejected", &object(id), json!({ "why": "forged" })).await?;
        tx.commit().await?;
        Err(VerbError::refused(
            "The whole request is rejected",
            format!("Not all of its pseudonyms were made under {} for that subject", request.asked.domain),
            "Ask again with pseudonyms as they were released",
        ))
    }

    async fn answer(
        &self,
        actor: &str,
        request: &Reidentification,
        persons: Vec<String>,
        found: BTreeMap<String, (String, String)>,
    ) -> VerbResult<ReidentificationReport> {
        const WHAT: &str = "result cannot be written";
        let (id, terms) = (request.asked.id, terms()?);
        let recipient =
            self.recipient(&request.asked.recipient).await?.ok_or_else(|| Fault::new("recipient is gone"))?;
        let key = LandingKey::parse(&recipient.key).ok_or_else(|| Fault::new("recipient's key cannot be read"))?;
        let mut rows = csv::Writer::from_writer(Vec::new());
        rows.write_record(["pseudonym", "kind", "identifier"]).fault(WHAT)?;
        for pseudonym in &request.asked.pseudonyms {
            let (kind, identifier) = found.get(pseudonym).cloned().unwrap_or_default();
            rows.write_record([pseudonym, &kind, &identifier]).fault(WHAT)?;
        }
        let clear = zeroize::Zeroizing::new(rows.into_inner().map_err(|_| Fault::new(WHAT))?);
        let file = self.dir.reidentified(id);
        sealed::seal_bytes(&clear, &key, &file)?;
        let expires = self.clock.now() + SignedDuration::from_hours(terms.hours_until_expiry);
        let mut tx = self.store.tx("reidentify.answer", self.clock.now()).await?;
        tx.move_reidentification(id, ReidentificationState::Approved, ReidentificationState::Answered).await?;
        tx.expire_reidentification(id, expires).await?;
        let detail = json!({
            "asked": request.count, "found": found.len(), "recipient": recipient.name,
            "agreement": request.asked.domain.name, "persons": persons,
        });
        record(&mut tx, actor, "ReidentificationAnswered", &object(id), detail).await?;
        tx.commit().await?;
        Ok(ReidentificationReport { file, asked: request.count, found: found.len() as u64, expires })
    }

    /// Destroys results whose time is over.
    pub(crate) async fn expire_results(&self) -> VerbResult<()> {
        let now = self.clock.now();
        for request in self.store.reidentifications().await? {
            let over =
                request.state == ReidentificationState::Answered && request.expires_at.is_some_and(|at| at <= now);
            if !over {
                continue;
            }
            let id = request.asked.id;
            let file = self.dir.reidentified(id);
            if file.exists() {
                sealed::destroy(&file)?;
            }
            let mut tx = self.store.tx("reidentify.expire", now).await?;
            tx.move_reidentification(id, ReidentificationState::Answered, ReidentificationState::Expired).await?;
            record(&mut tx, "worker", "ReidentificationExpired", &object(id), json!({})).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn recipient(&self, name: &str) -> VerbResult<Option<ReidentificationRecipient>> {
        Ok(self.store.reidentification_recipients().await?.into_iter().find(|one| one.name == name))
    }

    async fn reidentification(&self, what: &str, id: Uuid) -> VerbResult<Reidentification> {
        let found = self.store.reidentifications().await?.into_iter().find(|request| request.asked.id == id);
        let next = "See them with: fairway reidentify list";
        found.ok_or_else(|| VerbError::refused(what, format!("No request is named {id}"), next))
    }

    /// Whether pseudonyms of a domain can be opened; those of the national repository are nobody's to ask about.
    async fn opens(&self, domain: &KeyDomain) -> VerbResult<bool> {
        let keys = self.store.pseudonym_keys().await?;
        let opens = |state| matches!(state, KeyState::Active | KeyState::VerifyOnly);
        let national = domain.name == KeyDomain::NATIONAL_REPOSITORY;
        Ok(!national && keys.iter().any(|key| key.domain == *domain && opens(key.state)))
    }
}

impl Service {
    /// Identifiers of the persons sought, by pseudonym: the NHS number, or the council's code and its own identifier.
    async fn resolve(
        &self,
        subject: Subject,
        sought: &HashMap<PersonUid, String>,
    ) -> VerbResult<BTreeMap<String, (String, String)>> {
        let vault = self.vault_key()?;
        let persons = self.store.persons(self.clock.now()).await?;
        let mut found = BTreeMap::new();
        for submission in self.store.submissions(u32::MAX).await? {
            if submission.state < SubmissionState::Loaded || found.len() == sought.len() {
                continue;
            }
            let Some(wrapped) = self.store.load_key(submission.id).await?.and_then(|key| key.wrapped) else { continue };
            let key = vault.unwrap_key(submission.id.into(), &wrapped)?;
            let spec = self.spec_of(&submission)?;
            for place in places(&spec, subject, submission.state) {
                let seek = Seek {
                    cipher: CellCipher::new(&key),
                    sought: sought.clone(),
                    persons: persons.clone(),
                    column: place.column.clone(),
                    found: HashMap::new(),
                };
                let order = place.order(&submission);
                let (_, sink) = self.warehouse.scan(order, Box::new(seek)).await?;
                let seek = (sink as Box<dyn Any>).downcast::<Seek>();
                let seek = seek.map_err(|_| Fault::new("scan gave back another sink"))?;
                let kind = |identifier: String| match subject {
                    Subject::Person => ("NHS number".to_owned(), identifier),
                    _ => (format!("identifier of {}", submission.organisation), identifier),
                };
                found.extend(seek.found.into_iter().map(|(pseudonym, identifier)| (pseudonym, kind(identifier))));
            }
        }
        Ok(found)
    }
}

/// Where an identifier may lie beside a uid: one table alone, or events beside their vault.
struct PlaceSought {
    table: fairway_domain::TableName,
    uid: &'static str,
    column: String,
    vault: Option<fairway_domain::TableName>,
}

fn places(spec: &Spec, subject: Subject, state: SubmissionState) -> Vec<PlaceSought> {
    let Some(vault) = plan::vault(spec) else { return Vec::new() };
    let (events, vault) = (plan::events(spec).table, vault.table);
    let sealed_in_vault = |role, uid| {
        let field = spec.field_of_role(role);
        field.map(|field| PlaceSought {
            table: events.clone(),
            uid,
            column: field.column.clone(),
            vault: Some(vault.clone()),
        })
    };
    match subject {
        Subject::Person => {
            let given = sealed_in_vault(Role::NhsNumber, plan::NHS_UID);
            let traced = (state >= SubmissionState::Traced && given.is_some()).then(|| PlaceSought {
                table: plan::traces(spec).table,
                uid: plan::TRACED_UID,
                column: plan::TRACED_NHS_NUMBER.into(),
                vault: None,
            });
            given.into_iter().chain(traced).collect()
        }
        _ => sealed_in_vault(Role::LocalPerson, plan::PERSON_UID).into_iter().collect(),
    }
}

impl PlaceSought {
    /// Cells in order: uid, record, sealed identifier.
    fn order(&self, submission: &Submission) -> ScanOrder {
        let mut columns = vec![self.uid.to_owned(), plan::RECORD.to_owned()];
        let joins = match &self.vault {
            None => {
                columns.push(self.column.clone());
                Vec::new()
            }
            Some(vault) => {
                let (on, columns) = (vec![plan::RECORD.to_owned()], vec![self.column.clone()]);
                vec![Join { table: vault.clone(), on, columns, in_step: false }]
            }
        };
        ScanOrder {
            table: self.table.clone(),
            columns,
            imports: vec![submission.id.into()],
            joins,
            order_by: Vec::new(),
            shuffle: false,
        }
    }
}

/// Opens the sealed cells of those sought and of nobody else.
struct Seek {
    cipher: CellCipher,
    sought: HashMap<PersonUid, String>,
    persons: Persons,
    column: String,
    found: HashMap<String, String>,
}

impl RowSink for Seek {
    fn take(&mut self, row: &Row) -> Result<(), Fault> {
        let uid = row.get(0).bytes().and_then(|uid| uid.try_into().ok()).map(PersonUid);
        // A pseudonym of before two persons were merged stands for one of them, one of after for both.
        let sought = |uid: PersonUid| self.sought.get(&uid).or_else(|| self.sought.get(&self.persons.now(uid)));
        let Some(pseudonym) = uid.and_then(sought) else { return Ok(()) };
        let (Some(record), Some(sealed)) = (row.get(1).integer(), row.get(2).bytes()) else { return Ok(()) };
        if !self.found.contains_key(pseudonym) {
            let clear = self.cipher.open(&self.column, record.cast_unsigned(), sealed)?;
            let text = String::from_utf8(clear).fault("a cell of the vault is not text")?;
            self.found.insert(pseudonym.clone(), text);
        }
        Ok(())
    }
}

fn terms() -> Result<ReidentificationTerms, Fault> {
    ReidentificationTerms::published()
}

fn object(id: Uuid) -> String {
    format!("reidentification:{id}")
}

async fn record(
    tx: &mut Tx,
    actor: &str,
    verb: &'static str,
    object: &str,
    detail: serde_json::Value,
) -> Result<(), Fault> {
    tx.audit(AuditEvent { actor: actor.into(), verb, object: object.into(), detail }).await
}
