//! The verbs of applications to the data access request service.

use fairway_domain::OrganisationCode;
use fairway_domain::governance::{ApplicationEvent, ApplicationEvent as E, PaperKind, Particulars};
use fairway_governance::papers::{ApplicationPaper, Asking, Folded};
use fairway_governance::{GovernanceTerms, Object, Reach, Verb};

use super::{Acted, Deed, WithHistory, against_reference, fold, record, refusal, titled};
use crate::{Service, VerbResult};

impl Service {
    /// Starts an application in the name of the organisation in `about`, alone or with joint controllers. Started again by the
    /// same reference, the one there is stays.
    ///
    /// # Errors
    /// Refused with every reason.
    pub async fn start_application(
        &self,
        actor: &str,
        (reference, title): (&str, &str),
        about: Particulars,
        joint: &[OrganisationCode],
    ) -> VerbResult<Acted<ApplicationPaper>> {
        let reach = self.authorise_named(Verb::ApplicationWrite, about.organisation.as_ref()).await?;
        let about = self.in_person(about).await?;
        let deed = deed(reference, "ApplicationStarted", "The application cannot be started");
        let terms = GovernanceTerms::published()?;
        let asking = Asking { today: self.clock.today(), terms: &terms };
        let mut tx = self.store.tx("application.start", self.clock.now()).await?;
        let mut reasons: Vec<String> = against_reference(reference).into_iter().chain(titled(title)).collect();
        if let Some(paper) = tx.paper(PaperKind::Application, reference).await? {
            let paper: ApplicationPaper = fold(&paper)?;
            if names(&paper, &reach) {
                return Ok(Acted { paper, changed: false });
            }
            reasons.push("That reference is taken".into());
        }
        let entries = ApplicationPaper::started(&about, joint, asking).unwrap_or_else(|more| {
            reasons.extend(more);
            Vec::new()
        });
        if !reasons.is_empty() {
            return Err(refusal(deed, reasons));
        }
        let paper = ApplicationPaper::read(reference, title, &entries)?;
        tx.open_paper(PaperKind::Application, reference, title, paper.state()).await?;
        for entry in &entries {
            record(&mut tx, actor, deed, paper.state(), entry).await?;
        }
        tx.commit().await?;
        Ok(Acted { paper, changed: true })
    }

    /// Has something happen to an application: a section written, handed on, returned, advised on, decided.
    ///
    /// # Errors
    /// Refused with every reason; to whoever applies where it is the service's to decide.
    pub async fn move_application(
        &self,
        actor: &str,
        reference: &str,
        (event, about): (ApplicationEvent, Particulars),
    ) -> VerbResult<Acted<ApplicationPaper>> {
        let deed = deed(reference, verb(event), cannot(event));
        let about = match event {
            E::SectionWritten | E::ControllerConfirmed | E::Submitted | E::Withdrawn => {
                self.authorise_paper(Verb::ApplicationWrite, (deed, &about), names).await?;
                self.in_person(about).await?
            }
            E::Assessed | E::Returned | E::SentForAdvice | E::Approved | E::Declined => {
                self.authorise(Verb::ApplicationDecide, Object::Centre).await?;
                self.in_own_name(Verb::ApplicationDecide, about).await?
            }
        };
        self.act(actor, deed, |paper: &ApplicationPaper, asking| paper.decide(event, &about, asking)).await
    }

    /// One application with its history; `None` where there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn application(&self, reference: &str) -> VerbResult<Option<WithHistory<ApplicationPaper>>> {
        self.told(Verb::GovernanceRead, (PaperKind::Application, reference), names).await
    }

    /// Every application, in the order of their references.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn applications(&self) -> VerbResult<Vec<ApplicationPaper>> {
        let reach = self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let mut papers: Vec<ApplicationPaper> = self.papers_of(PaperKind::Application).await?;
        papers.retain(|paper| names(paper, &reach));
        Ok(papers)
    }
}

fn names(paper: &ApplicationPaper, reach: &Reach) -> bool {
    paper.controllers.iter().any(|controller| reach.covers(&controller.organisation))
}

fn deed<'a>(reference: &'a str, verb: &'static str, cannot: &'static str) -> Deed<'a> {
    Deed { kind: PaperKind::Application, reference, verb, cannot }
}

fn verb(event: ApplicationEvent) -> &'static str {
    match event {
        ApplicationEvent::SectionWritten => "ApplicationSectionWritten",
        ApplicationEvent::ControllerConfirmed => "ApplicationControllerConfirmed",
        ApplicationEvent::Submitted => "ApplicationSubmitted",
        ApplicationEvent::Assessed => "ApplicationAssessed",
        ApplicationEvent::Returned => "ApplicationReturned",
        ApplicationEvent::SentForAdvice => "ApplicationSentForAdvice",
        ApplicationEvent::Approved => "ApplicationApproved",
        ApplicationEvent::Declined => "ApplicationDeclined",
        ApplicationEvent::Withdrawn => "ApplicationWithdrawn",
    }
}

fn cannot(event: ApplicationEvent) -> &'static str {
    match event {
        ApplicationEvent::SectionWritten => "The section cannot be written",
        ApplicationEvent::ControllerConfirmed => "The controller cannot confirm",
        ApplicationEvent::Submitted => "The application cannot be handed on",
        ApplicationEvent::Assessed => "The enquiry cannot be taken on",
        ApplicationEvent::Returned => "The application cannot be returned",
        ApplicationEvent::SentForAdvice => "The application cannot be put before the advisers",
        ApplicationEvent::Approved => "The application cannot be approved",
        ApplicationEvent::Declined => "The application cannot be declined",
        ApplicationEvent::Withdrawn => "The application cannot be withdrawn",
    }
}
