//! The verbs of agreements: registered from their document, signed by every party, in force, ended, destroyed.

use fairway_domain::governance::{AgreementEvent, AgreementEvent as E, AgreementState, PaperKind, Particulars, family};
use fairway_domain::{AgreementRef, Digest, OrganisationCode, Refusal};
use fairway_governance::papers::{AgreementPaper, Asking, AssurancePaper, Folded};
use fairway_governance::{Agreement, AgreementStanding, GovernanceTerms, Object, Period, Reach, Registered, Verb};
use fairway_store::Tx;

use super::{Acted, Deed, WithHistory, consequence, finish, fold, record};
use crate::{Service, VerbError, VerbResult};

/// An agreement whose document was registered.
#[derive(Debug, Clone)]
pub struct AgreementRegistered {
    /// The agreement.
    pub paper: AgreementPaper,
    /// Whether this very document was registered before.
    pub already: bool,
}

const CANNOT_REGISTER: &str = "The agreement cannot be registered";

impl Service {
    /// Registers the document of an agreement (YAML). Signatures are given to these very bytes; a document that changed is
    /// registered again while nobody has been asked to sign it, and as the next version afterwards.
    ///
    /// # Errors
    /// Refused when it cannot be read, a party's code is none, or another document was issued under its reference.
    pub async fn register_agreement(&self, actor: &str, document: &str, by: &str) -> VerbResult<AgreementRegistered> {
        self.authorise(Verb::AgreementKeep, Object::Centre).await?;
        let agreement = Agreement::parse(document).map_err(Refusal::from)?;
        let (reference, digest) = (agreement.reference.clone(), agreement.document);
        let deed = deed(reference.as_str(), "AgreementRegistered", CANNOT_REGISTER);
        let by = self.in_person(Particulars { by: by.into(), ..Particulars::on(agreement.start) }).await?.by;
        let (controllers, recipient) = parties(deed, &agreement, &by)?;
        let mut tx = self.store.tx("agreement.register", self.clock.now()).await?;
        if let Some(paper) = tx.paper(PaperKind::Agreement, reference.as_str()).await? {
            let paper: AgreementPaper = fold(&paper)?;
            if paper.document == digest {
                return Ok(AgreementRegistered { paper, already: true });
            }
            if paper.state != AgreementState::Draft {
                return Err(VerbError::refused(
                    CANNOT_REGISTER,
                    format!("Another document of that reference is {}; what was issued is not changed", paper.state),
                    "Give the changed document the next version in its reference, and have it signed",
                ));
            }
        }
        let term = Period { from: agreement.start, to: agreement.end };
        let entries = AgreementPaper::registered(digest, term, (&controllers, &recipient), &by);
        let paper = AgreementPaper::read(reference.as_str(), &agreement.title, &entries)?;
        tx.open_paper(PaperKind::Agreement, reference.as_str(), &agreement.title, paper.state()).await?;
        tx.keep_document(&digest, document).await?;
        for entry in &entries {
            record(&mut tx, actor, deed, paper.state(), entry).await?;
        }
        tx.commit().await?;
        Ok(AgreementRegistered { paper, already: false })
    }

    /// Has something happen to an agreement: issue, signature, activation, confirmation, suspension, resumption, expiry,
    /// revocation, destruction, certificate, end. A version that comes into force takes the place of those before it.
    ///
    /// # Errors
    /// Refused with every reason.
    pub async fn move_agreement(
        &self,
        actor: &str,
        reference: &AgreementRef,
        (event, about): (AgreementEvent, Particulars),
    ) -> VerbResult<Acted<AgreementPaper>> {
        let deed = deed(reference.as_str(), verb(event), cannot(event));
        match event {
            E::Signed | E::SignedByAll | E::Confirmed | E::Certified => {
                self.authorise_paper(Verb::AgreementSign, (deed, &about), names).await?;
            }
            E::Suspended | E::Revoked => {
                self.authorise(Verb::AgreementStop, Object::Centre).await?;
            }
            _ => {
                self.authorise(Verb::AgreementKeep, Object::Centre).await?;
            }
        }
        let about = self.in_person(about).await?;
        let mut tx = self.store.tx("agreement.move", self.clock.now()).await?;
        let decide = |paper: &AgreementPaper, asking: Asking<'_>| paper.decide(event, &about, asking);
        let acted = self.act_in(&mut tx, (actor, deed), decide).await?;
        if acted.changed && event == AgreementEvent::Activated {
            self.replace_others(&mut tx, (actor, reference), &about).await?;
        }
        finish(tx, acted).await
    }

    /// Records the expiry of every agreement whose last day is over; whether it was recorded or not, nothing is released
    /// under it. Says which.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn expire_agreements(&self, actor: &str) -> VerbResult<Vec<AgreementRef>> {
        self.authorise(Verb::AgreementKeep, Object::Centre).await?;
        self.record_expiries(actor).await
    }

    /// The same for verbs that have asked for their own permission.
    pub(crate) async fn record_expiries(&self, actor: &str) -> VerbResult<Vec<AgreementRef>> {
        let today = self.clock.today();
        let over = |paper: &AgreementPaper| {
            matches!(paper.state, AgreementState::Active | AgreementState::Suspended) && paper.term.to < today
        };
        let papers = self.papers_of::<AgreementPaper>(PaperKind::Agreement).await?;
        let mut expired = Vec::new();
        for paper in papers.into_iter().filter(over) {
            let about = Particulars { by: "the calendar".into(), ..Particulars::on(today) };
            let deed = deed(paper.reference.as_str(), verb(E::Expired), cannot(E::Expired));
            self.act(actor, deed, |paper: &AgreementPaper, asking| paper.decide(E::Expired, &about, asking)).await?;
            expired.push(paper.reference);
        }
        Ok(expired)
    }

    /// One agreement with its history; `None` where none was registered.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn agreement(&self, reference: &AgreementRef) -> VerbResult<Option<WithHistory<AgreementPaper>>> {
        self.told(Verb::GovernanceRead, (PaperKind::Agreement, reference.as_str()), names).await
    }

    /// Every agreement that was registered, in the order of their references.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn agreements(&self) -> VerbResult<Vec<AgreementPaper>> {
        let reach = self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let mut papers: Vec<AgreementPaper> = self.papers_of(PaperKind::Agreement).await?;
        papers.retain(|paper| names(paper, &reach));
        Ok(papers)
    }

    /// How an agreement stands, with what its parties have shown; `None` where none was registered. Whether anything may be
    /// released today, [`AgreementStanding::reasons`] says.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn standing(&self, reference: &AgreementRef) -> VerbResult<Option<AgreementStanding>> {
        let reach = self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let standing = self.standing_of(reference).await?;
        let named = |one: &AgreementStanding| one.parties.iter().any(|party| reach.covers(&party.organisation));
        Ok(standing.filter(named))
    }

    /// What stands against a release under an agreement today, as far as the agreement itself goes; `None` where none was
    /// registered.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn against_release(&self, reference: &AgreementRef) -> VerbResult<Option<Vec<String>>> {
        self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let (today, terms) = (self.clock.today(), GovernanceTerms::published()?);
        let reasons = |one: AgreementStanding| one.reasons(&one.document, today, &terms);
        let told = |one| reasons(one).iter().map(ToString::to_string).collect();
        Ok(self.standing(reference).await?.map(told))
    }

    /// How an agreement stands, for verbs that have asked for their own permission.
    pub(crate) async fn standing_of(&self, reference: &AgreementRef) -> VerbResult<Option<AgreementStanding>> {
        let found: Option<WithHistory<AgreementPaper>> =
            self.paper_of(PaperKind::Agreement, reference.as_str()).await?;
        let Some(found) = found else { return Ok(None) };
        let assurances = self.papers_of::<AssurancePaper>(PaperKind::Assurance).await?;
        Ok(Some(found.paper.standing(&assurances, &GovernanceTerms::published()?)))
    }

    /// What the gate has to know of an agreement that was registered; `None` where it was not, and its document's own
    /// signatures count.
    pub(crate) async fn registered(&self, agreement: &Agreement) -> VerbResult<Option<Registered>> {
        let standing = self.standing_of(&agreement.reference).await?;
        let terms = GovernanceTerms::published()?;
        Ok(standing.map(|standing| Registered { standing, document: agreement.document, terms }))
    }

    /// The text of an agreement's document as it was registered.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn agreement_document(&self, digest: &Digest) -> VerbResult<Option<String>> {
        let reach = self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let papers: Vec<AgreementPaper> = self.papers_of(PaperKind::Agreement).await?;
        if !papers.iter().any(|paper| paper.document == *digest && names(paper, &reach)) {
            return Ok(None);
        }
        Ok(self.store.document(digest).await?)
    }

    /// Closes the other versions of an agreement that comes into force; what they released goes on under this one.
    async fn replace_others(
        &self,
        tx: &mut Tx,
        (actor, reference): (&str, &AgreementRef),
        about: &Particulars,
    ) -> VerbResult<()> {
        let terms = GovernanceTerms::published()?;
        let asking = Asking { today: self.clock.today(), terms: &terms };
        let event = AgreementEvent::Superseded;
        let about = consequence(about, format!("{reference} came into force"));
        for mut paper in others_of_family(tx, reference).await? {
            let Ok(Some(entry)) = paper.decide(event, &about, asking) else { continue };
            paper.take(&entry)?;
            let other = paper.reference.clone();
            record(tx, actor, deed(other.as_str(), verb(event), cannot(event)), paper.state(), &entry).await?;
        }
        Ok(())
    }
}

fn names(paper: &AgreementPaper, reach: &Reach) -> bool {
    paper.parties.iter().any(|party| reach.covers(&party.organisation))
}

async fn others_of_family(tx: &mut Tx, reference: &AgreementRef) -> VerbResult<Vec<AgreementPaper>> {
    let papers = tx.papers(PaperKind::Agreement).await?;
    let others = papers.iter().filter(|paper| {
        paper.reference != reference.as_str() && family(&paper.reference) == family(reference.as_str())
    });
    others.map(|paper| Ok(fold(paper)?)).collect()
}

fn deed<'a>(reference: &'a str, verb: &'static str, cannot: &'static str) -> Deed<'a> {
    Deed { kind: PaperKind::Agreement, reference, verb, cannot }
}

/// The codes of those who sign; a refusal where one is none, or nobody answers for the registration.
fn parties(deed: Deed<'_>, agreement: &Agreement, by: &str) -> VerbResult<(Vec<OrganisationCode>, OrganisationCode)> {
    let mut reasons = Vec::new();
    let mut code = |party: &fairway_governance::Party| {
        let read = party.organisation.parse::<OrganisationCode>();
        read.map_err(|error| reasons.push(format!("{}: {error}", party.name))).ok()
    };
    let controllers: Vec<OrganisationCode> = agreement.controllers.iter().filter_map(&mut code).collect();
    let recipient = code(&agreement.recipient);
    if controllers.is_empty() {
        reasons.push("It names nobody who answers for the data".into());
    }
    if by.trim().is_empty() {
        reasons.push("Nobody is named who answers for it".into());
    }
    match recipient {
        Some(recipient) if reasons.is_empty() => Ok((controllers, recipient)),
        _ => Err(super::refusal(deed, reasons)),
    }
}

fn verb(event: AgreementEvent) -> &'static str {
    match event {
        AgreementEvent::Issued => "AgreementIssued",
        AgreementEvent::Signed | AgreementEvent::SignedByAll => "AgreementSigned",
        AgreementEvent::Activated => "AgreementActivated",
        AgreementEvent::Confirmed => "AgreementConfirmed",
        AgreementEvent::Suspended => "AgreementSuspended",
        AgreementEvent::Resumed => "AgreementResumed",
        AgreementEvent::Expired => "AgreementExpired",
        AgreementEvent::Revoked => "AgreementRevoked",
        AgreementEvent::DestructionOrdered => "DestructionOrdered",
        AgreementEvent::Certified => "DestructionCertified",
        AgreementEvent::Closed => "AgreementClosed",
        AgreementEvent::Superseded => "AgreementSuperseded",
        AgreementEvent::Withdrawn => "AgreementWithdrawn",
    }
}

fn cannot(event: AgreementEvent) -> &'static str {
    match event {
        AgreementEvent::Issued => "The agreement cannot be issued",
        AgreementEvent::Signed | AgreementEvent::SignedByAll => "The agreement cannot be signed",
        AgreementEvent::Activated => "The agreement cannot come into force",
        AgreementEvent::Confirmed => "The agreement cannot be confirmed",
        AgreementEvent::Suspended => "The agreement cannot be suspended",
        AgreementEvent::Resumed => "The agreement cannot be resumed",
        AgreementEvent::Expired => "The agreement has not expired",
        AgreementEvent::Revoked => "The agreement cannot be revoked",
        AgreementEvent::DestructionOrdered => "Destruction cannot be ordered",
        AgreementEvent::Certified => "Destruction cannot be certified",
        AgreementEvent::Closed => "The agreement cannot be closed",
        AgreementEvent::Superseded => "The agreement cannot be superseded",
        AgreementEvent::Withdrawn => "The agreement cannot be withdrawn",
    }
}
