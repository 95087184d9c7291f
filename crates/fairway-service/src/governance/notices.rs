//! The verbs of Directions and data provision notices.

use fairway_domain::governance::{
    DirectionEvent, DirectionState, NoticeEvent, NoticeState, PaperKind, Particulars, Recorded, ServedEvent, family,
};
use fairway_domain::{Digest, OrganisationCode};
use fairway_governance::papers::{Asking, DirectionPaper, Folded, NoticePaper};
use fairway_governance::{GovernanceTerms, Object, Reach, Verb};
use fairway_store::Tx;

use super::{Acted, Deed, WithHistory, against_reference, consequence, finish, fold, record, refusal, titled};
use crate::{Service, VerbResult};

/// A notice to be issued.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Its reference with its version.
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// The Direction it rests on.
    pub direction: String,
    /// The dataset to provide.
    pub dataset: String,
    /// SHA-256 of its document.
    pub document: Digest,
}

impl Service {
    /// Records a Direction. The same again changes nothing.
    ///
    /// # Errors
    /// Refused with every reason.
    pub async fn make_direction(
        &self,
        actor: &str,
        (reference, title): (&str, &str),
        about: Particulars,
    ) -> VerbResult<Acted<DirectionPaper>> {
        self.authorise(Verb::NoticeIssue, Object::Centre).await?;
        let about = self.in_person(about).await?;
        let deed = direction(reference, "DirectionMade", "The Direction cannot be recorded");
        let terms = GovernanceTerms::published()?;
        let asking = Asking { today: self.clock.today(), terms: &terms };
        let mut tx = self.store.tx("direction.make", self.clock.now()).await?;
        if let Some(paper) = tx.paper(PaperKind::Direction, reference).await? {
            return Ok(Acted { paper: fold(&paper)?, changed: false });
        }
        let reasons = against_reference(reference).into_iter().chain(titled(title));
        let entry = decided(reasons.collect(), DirectionPaper::made(&about, asking));
        let entry = entry.map_err(|reasons| refusal(deed, reasons))?;
        let paper = DirectionPaper::read(reference, title, std::slice::from_ref(&entry))?;
        tx.open_paper(PaperKind::Direction, reference, title, paper.state()).await?;
        record(&mut tx, actor, deed, paper.state(), &entry).await?;
        tx.commit().await?;
        Ok(Acted { paper, changed: true })
    }

    /// Revokes a Direction, and with it takes back every notice that rests on it.
    ///
    /// # Errors
    /// Refused with every reason.
    pub async fn revoke_direction(
        &self,
        actor: &str,
        reference: &str,
        about: Particulars,
    ) -> VerbResult<Acted<DirectionPaper>> {
        self.authorise(Verb::NoticeIssue, Object::Centre).await?;
        let about = self.in_person(about).await?;
        let deed = direction(reference, "DirectionRevoked", "The Direction cannot be revoked");
        let revoke = |paper: &DirectionPaper, asking: Asking<'_>| paper.decide(DirectionEvent::Revoked, &about, asking);
        let mut tx = self.store.tx("direction.revoke", self.clock.now()).await?;
        let acted = self.act_in(&mut tx, (actor, deed), revoke).await?;
        let why = consequence(&about, format!("{reference} was revoked"));
        let resting = |notice: &NoticePaper| notice.direction == reference;
        self.end_notices(&mut tx, actor, (NoticeEvent::Withdrawn, &why), resting).await?;
        finish(tx, acted).await
    }

    /// Issues a notice under a Direction in force. It takes the place of the versions before it.
    ///
    /// # Errors
    /// Refused with every reason, as when another document was issued under that reference.
    pub async fn issue_notice(
        &self,
        actor: &str,
        new: &NewNotice,
        about: Particulars,
    ) -> VerbResult<Acted<NoticePaper>> {
        self.authorise(Verb::NoticeIssue, Object::Centre).await?;
        let about = self.in_person(about).await?;
        let deed = notice(&new.reference, "NoticeIssued", "The notice cannot be issued");
        let terms = GovernanceTerms::published()?;
        let asking = Asking { today: self.clock.today(), terms: &terms };
        let mut tx = self.store.tx("notice.issue", self.clock.now()).await?;
        let mut reasons: Vec<String> =
            against_reference(&new.reference).into_iter().chain(titled(&new.title)).collect();
        if let Some(paper) = tx.paper(PaperKind::Notice, &new.reference).await? {
            let paper: NoticePaper = fold(&paper)?;
            if paper.document == new.document {
                return Ok(Acted { paper, changed: false });
            }
            reasons
                .push("Another document was issued under that reference: a changed notice is another version".into());
        }
        reasons.extend(against_direction(&mut tx, &new.direction).await?);
        if new.dataset.trim().is_empty() {
            reasons.push("It names no dataset".into());
        }
        let about = Particulars {
            subject: new.dataset.clone(),
            digest: Some(new.document),
            note: new.direction.clone(),
            ..about
        };
        let entry = decided(reasons, NoticePaper::issued(&about, asking));
        let entry = entry.map_err(|reasons| refusal(deed, reasons))?;
        let paper = NoticePaper::read(&new.reference, &new.title, std::slice::from_ref(&entry))?;
        tx.open_paper(PaperKind::Notice, &new.reference, &new.title, paper.state()).await?;
        record(&mut tx, actor, deed, paper.state(), &entry).await?;
        let why = consequence(&about, format!("{} took its place", new.reference));
        let earlier = |other: &NoticePaper| {
            other.reference != new.reference && family(&other.reference) == family(&new.reference)
        };
        self.end_notices(&mut tx, actor, (NoticeEvent::Superseded, &why), earlier).await?;
        tx.commit().await?;
        Ok(Acted { paper, changed: true })
    }

    /// Serves a notice on organisations. Says how many it was not served on before.
    ///
    /// # Errors
    /// Refused with every reason; then it is served on none of them.
    pub async fn serve_notice(
        &self,
        actor: &str,
        reference: &str,
        (organisations, about): (&[OrganisationCode], Particulars),
    ) -> VerbResult<Acted<NoticePaper>> {
        self.authorise(Verb::NoticeIssue, Object::Centre).await?;
        let about = self.in_person(about).await?;
        let deed = notice(reference, "NoticeServed", "The notice cannot be served");
        let terms = GovernanceTerms::published()?;
        let asking = Asking { today: self.clock.today(), terms: &terms };
        let mut tx = self.store.tx("notice.serve", self.clock.now()).await?;
        let paper = tx.paper(PaperKind::Notice, reference).await?.ok_or_else(|| super::unknown(deed))?;
        let mut paper: NoticePaper = fold(&paper)?;
        let before = paper.served.len();
        for code in organisations {
            let about = Particulars { organisation: Some(code.clone()), ..about.clone() };
            if let Some(entry) = paper.serve(&about, asking).map_err(|reasons| refusal(deed, reasons))? {
                paper.take(&entry)?;
                record(&mut tx, actor, deed, paper.state(), &entry).await?;
            }
        }
        let changed = paper.served.len() > before;
        finish(tx, Acted { paper, changed }).await
    }

    /// Has an organisation query or acknowledge a notice that is served on it, or answers its query.
    ///
    /// # Errors
    /// Refused with every reason.
    pub async fn answer_notice(
        &self,
        actor: &str,
        reference: &str,
        (event, about): (ServedEvent, Particulars),
    ) -> VerbResult<Acted<NoticePaper>> {
        let (verb, cannot) = match event {
            ServedEvent::Queried => ("NoticeQueried", "The notice cannot be queried"),
            ServedEvent::Answered => ("NoticeAnswered", "The query cannot be answered"),
            ServedEvent::Acknowledged => ("NoticeAcknowledged", "The notice cannot be acknowledged"),
        };
        let deed = notice(reference, verb, cannot);
        match event {
            ServedEvent::Answered => {
                self.authorise(Verb::NoticeIssue, Object::Centre).await?;
            }
            ServedEvent::Queried | ServedEvent::Acknowledged => {
                self.authorise_paper(Verb::NoticeAnswer, (deed, &about), names).await?;
            }
        }
        let about = self.in_person(about).await?;
        self.act(actor, deed, |paper: &NoticePaper, asking| paper.answer(event, &about, asking)).await
    }

    /// One notice with its history, of which an organisation is told what concerns it; `None` where there is none that may be
    /// told of.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn notice(&self, reference: &str) -> VerbResult<Option<WithHistory<NoticePaper>>> {
        let reach = self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let mut found = self.told(Verb::GovernanceRead, (PaperKind::Notice, reference), names).await?;
        if let Some(found) = &mut found {
            found.paper.served.retain(|code, _| reach.covers(code));
            let about = |one: &Recorded| one.entry.about.organisation.as_ref().is_none_or(|code| reach.covers(code));
            found.history.retain(about);
        }
        Ok(found)
    }

    /// Every notice that may be told of, in the order of their references.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn notices(&self) -> VerbResult<Vec<NoticePaper>> {
        let reach = self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let mut papers: Vec<NoticePaper> = self.papers_of(PaperKind::Notice).await?;
        papers.retain(|paper| names(paper, &reach));
        papers.iter_mut().for_each(|paper| paper.served.retain(|code, _| reach.covers(code)));
        Ok(papers)
    }

    /// Those that a notice is served on and that should have acknowledged it by today, and have not.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn overdue(&self, reference: &str) -> VerbResult<Vec<OrganisationCode>> {
        self.authorise(Verb::GovernanceRead, Object::Several).await?;
        let Some(found) = self.notice(reference).await? else { return Ok(Vec::new()) };
        let terms = GovernanceTerms::published()?;
        let asking = Asking { today: self.clock.today(), terms: &terms };
        let served = found.paper.served.iter().filter(|(_, served)| found.paper.is_overdue(served, asking));
        Ok(served.map(|(code, _)| code.clone()).collect())
    }

    /// Every Direction, in the order of their references.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn directions(&self) -> VerbResult<Vec<DirectionPaper>> {
        self.authorise(Verb::GovernanceRead, Object::Several).await?;
        self.papers_of(PaperKind::Direction).await
    }

    /// Ends the notices in force that `which` picks.
    async fn end_notices(
        &self,
        tx: &mut Tx,
        actor: &str,
        (event, about): (NoticeEvent, &Particulars),
        which: impl Fn(&NoticePaper) -> bool,
    ) -> VerbResult<()> {
        let verb = match event {
            NoticeEvent::Superseded => "NoticeSuperseded",
            NoticeEvent::Withdrawn => "NoticeWithdrawn",
        };
        for paper in tx.papers(PaperKind::Notice).await? {
            let folded: NoticePaper = fold(&paper)?;
            if folded.state == NoticeState::InForce && which(&folded) {
                let deed = notice(&paper.reference, verb, "The notice cannot be ended");
                let end = |paper: &NoticePaper, asking: Asking<'_>| paper.end(event, about, asking);
                self.act_in(tx, (actor, deed), end).await?;
            }
        }
        Ok(())
    }
}

/// Whether a notice is for those that a right reaches.
fn names(paper: &NoticePaper, reach: &Reach) -> bool {
    *reach == Reach::Any || paper.served.keys().any(|code| reach.covers(code))
}

async fn against_direction(tx: &mut Tx, reference: &str) -> VerbResult<Option<String>> {
    let Some(paper) = tx.paper(PaperKind::Direction, reference).await? else {
        return Ok(Some(format!("There is no Direction {reference}; record it with: fairway notice direction")));
    };
    let paper: DirectionPaper = fold(&paper)?;
    Ok((paper.state == DirectionState::Revoked).then(|| format!("The Direction {reference} was revoked")))
}

/// The entry, or the reasons found before together with those of the paper.
fn decided(
    mut before: Vec<String>,
    decided: fairway_governance::papers::Decided,
) -> Result<fairway_domain::governance::Entry, Vec<String>> {
    match decided {
        Ok(Some(entry)) if before.is_empty() => Ok(entry),
        Ok(_) => Err(before),
        Err(reasons) => {
            before.extend(reasons);
            Err(before)
        }
    }
}

fn direction<'a>(reference: &'a str, verb: &'static str, cannot: &'static str) -> Deed<'a> {
    Deed { kind: PaperKind::Direction, reference, verb, cannot }
}

fn notice<'a>(reference: &'a str, verb: &'static str, cannot: &'static str) -> Deed<'a> {
    Deed { kind: PaperKind::Notice, reference, verb, cannot }
}
