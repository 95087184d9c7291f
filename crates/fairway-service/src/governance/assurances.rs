//! What organisations show of their framework contracts and their security.

use fairway_domain::OrganisationCode;
use fairway_domain::governance::{PaperKind, Particulars};
use fairway_governance::papers::{Asking, AssurancePaper, Folded};
use fairway_governance::{GovernanceTerms, Object, Verb};

use super::{Acted, Deed, WithHistory, fold, record, refusal};
use crate::{Service, VerbResult};

impl Service {
    /// Records what an organisation has shown: kind and status as `kind/status` in the subject, its first day and its last,
    /// its own reference as the note.
    ///
    /// # Errors
    /// Refused with every reason.
    pub async fn record_assurance(
        &self,
        actor: &str,
        organisation: &OrganisationCode,
        about: Particulars,
    ) -> VerbResult<Acted<AssurancePaper>> {
        self.authorise(Verb::OrganisationAssure, Object::Centre).await?;
        let about = self.in_person(about).await?;
        let deed = Deed {
            kind: PaperKind::Assurance,
            reference: organisation.as_str(),
            verb: "AssuranceRecorded",
            cannot: "The assurance cannot be recorded",
        };
        let terms = GovernanceTerms::published()?;
        let asking = Asking { today: self.clock.today(), terms: &terms };
        let mut tx = self.store.tx("organisation.assure", self.clock.now()).await?;
        let mut paper = match tx.paper(PaperKind::Assurance, organisation.as_str()).await? {
            Some(paper) => fold(&paper)?,
            None => AssurancePaper::new(organisation.clone()),
        };
        let Some(entry) = paper.decide(&about, asking).map_err(|reasons| refusal(deed, reasons))? else {
            tx.roll_back().await?;
            return Ok(Acted { paper, changed: false });
        };
        paper.take(&entry)?;
        tx.open_paper(PaperKind::Assurance, organisation.as_str(), "", paper.state()).await?;
        record(&mut tx, actor, deed, paper.state(), &entry).await?;
        tx.commit().await?;
        Ok(Acted { paper, changed: true })
    }

    /// What an organisation has shown, with the history; `None` where it has shown nothing.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn assurance(&self, organisation: &OrganisationCode) -> VerbResult<Option<WithHistory<AssurancePaper>>> {
        let missing = super::missing(PaperKind::Assurance, organisation.as_str());
        self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let object = format!("assurance:{organisation}");
        self.authorise_of(Verb::GovernanceRead, organisation, &object, missing).await?;
        self.paper_of(PaperKind::Assurance, organisation.as_str()).await
    }
}
