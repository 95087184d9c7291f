//! The verbs of governance: organisations, Directions and notices, applications, agreements. Each reads a paper, has an engine
//! decide, and writes the entry with its audit event, in one transaction.

mod agreements;
mod applications;
mod assurances;
mod notices;
mod organisations;

use fairway_domain::governance::{Entry, PaperKind, Particulars};
use fairway_domain::{Fault, OrganisationCode, Refusal};
use fairway_governance::papers::{Asking, Decided, Folded};
use fairway_governance::{GovernanceTerms, Object, Reach, Verb, Voice};
use fairway_store::{AuditEvent, Paper, PaperStep, Tx};
use serde_json::json;

use crate::{Service, VerbError, VerbResult};

pub use agreements::AgreementRegistered;
pub use notices::NewNotice;
pub use organisations::{OrganisationRecord, OrganisationsImported};

/// What a verb does to one paper, for the log and for whoever is refused.
#[derive(Clone, Copy)]
struct Deed<'a> {
    kind: PaperKind,
    reference: &'a str,
    /// The audit event.
    verb: &'static str,
    /// What cannot be done, where it is refused.
    cannot: &'static str,
}

/// A paper after a verb, and whether the verb changed anything.
#[derive(Debug, Clone)]
pub struct Acted<P> {
    /// The paper as it is now.
    pub paper: P,
    /// Whether it was otherwise before.
    pub changed: bool,
}

/// A paper with the history that made it.
#[derive(Debug, Clone)]
pub struct WithHistory<P> {
    /// The paper as it is now.
    pub paper: P,
    /// Everything that happened to it, oldest first.
    pub history: Vec<fairway_domain::governance::Recorded>,
}

impl Service {
    /// Has `decide` look at a paper, and records what it answers, in a transaction of its own.
    async fn act<P: Folded>(
        &self,
        actor: &str,
        deed: Deed<'_>,
        decide: impl FnOnce(&P, Asking<'_>) -> Decided,
    ) -> VerbResult<Acted<P>> {
        let mut tx = self.store.tx("governance.act", self.clock.now()).await?;
        let acted = self.act_in(&mut tx, (actor, deed), decide).await?;
        finish(tx, acted).await
    }

    /// The same in a transaction with more in it.
    async fn act_in<P: Folded>(
        &self,
        tx: &mut Tx,
        (actor, deed): (&str, Deed<'_>),
        decide: impl FnOnce(&P, Asking<'_>) -> Decided,
    ) -> VerbResult<Acted<P>> {
        let terms = GovernanceTerms::published()?;
        let asking = Asking { today: self.clock.today(), terms: &terms };
        let paper = tx.paper(deed.kind, deed.reference).await?.ok_or_else(|| unknown(deed))?;
        let mut paper: P = fold(&paper)?;
        let decided = decide(&paper, asking).map_err(|reasons| refusal(deed, reasons))?;
        if let Some(entry) = &decided {
            paper.take(entry)?;
            record(tx, actor, deed, paper.state(), entry).await?;
        }
        Ok(Acted { paper, changed: decided.is_some() })
    }

    async fn paper_of<P: Folded>(&self, kind: PaperKind, reference: &str) -> VerbResult<Option<WithHistory<P>>> {
        let paper = self.store.paper(kind, reference).await?;
        paper.map(with_history).transpose()
    }

    /// One paper with its history, as far as it may be told of: to those of an organisation that it names.
    async fn told<P: Folded>(
        &self,
        verb: Verb,
        (kind, reference): (PaperKind, &str),
        names: impl Fn(&P, &Reach) -> bool,
    ) -> VerbResult<Option<WithHistory<P>>> {
        let reach = self.authorise(verb, Object::Several).await?;
        let found = self.paper_of(kind, reference).await?;
        if found.as_ref().is_some_and(|found: &WithHistory<P>| !names(&found.paper, &reach)) {
            self.log_refusal(verb, &format!("{kind}:{reference}")).await?;
            return Ok(None);
        }
        Ok(found)
    }

    /// Asks for a permission about a paper in the name of the organisation in `about`. Whoever has it for their own
    /// organisation alone is told of no paper that does not name it.
    async fn authorise_paper<P: Folded>(
        &self,
        verb: Verb,
        (deed, about): (Deed<'_>, &Particulars),
        names: impl Fn(&P, &Reach) -> bool,
    ) -> VerbResult<()> {
        let reach = self.authorise_named(verb, about.organisation.as_ref()).await?;
        let Some(found) = self.paper_of::<P>(deed.kind, deed.reference).await? else { return Err(unknown(deed)) };
        if reach != Reach::Any && !names(&found.paper, &reach) {
            self.log_refusal(verb, &format!("{}:{}", deed.kind, deed.reference)).await?;
            return Err(unknown(deed));
        }
        Ok(())
    }

    /// The particulars with the account of whoever asks beside the name they give, so that a name alone deceives nobody; with
    /// the account’s own name where they give none.
    async fn in_person(&self, about: Particulars) -> VerbResult<Particulars> {
        let Some(speaker) = self.account_speaking().await? else { return Ok(about) };
        let by = match about.by.trim() {
            "" => speaker.name,
            name => format!("{name} [{}]", self.actor()),
        };
        Ok(Particulars { by, ..about })
    }

    /// The particulars in the name of the organisation that whoever asks is of, where they have an account.
    async fn in_own_name(&self, verb: Verb, about: Particulars) -> VerbResult<Particulars> {
        let named = about.organisation.as_ref().map(ToString::to_string).unwrap_or_default();
        let speaker = self.speaker(verb, Voice { name: "", organisation: &named }).await?;
        let organisation = speaker.organisation.parse().ok();
        self.in_person(Particulars { organisation, ..about }).await
    }

    /// Asks for a permission about what is the organisation's that is named, or about the whole where none is.
    async fn authorise_named(&self, verb: Verb, organisation: Option<&OrganisationCode>) -> VerbResult<Reach> {
        self.authorise(verb, organisation.map_or(Object::Centre, Object::Of)).await
    }

    pub(crate) async fn papers_of<P: Folded>(&self, kind: PaperKind) -> VerbResult<Vec<P>> {
        self.store.papers(kind).await?.iter().map(|paper| Ok(fold(paper)?)).collect()
    }
}

/// Commits what was changed.
async fn finish<P>(tx: Tx, acted: Acted<P>) -> VerbResult<Acted<P>> {
    if acted.changed {
        tx.commit().await?
    } else {
        tx.roll_back().await?
    }
    Ok(acted)
}

fn with_history<P: Folded>(paper: Paper) -> VerbResult<WithHistory<P>> {
    Ok(WithHistory { paper: fold(&paper)?, history: paper.history })
}

fn fold<P: Folded>(paper: &Paper) -> Result<P, Fault> {
    let entries: Vec<Entry> = paper.history.iter().map(|recorded| recorded.entry.clone()).collect();
    P::read(&paper.reference, &paper.title, &entries)
}

/// Writes an entry, where the paper stands after it, and the audit event.
async fn record(tx: &mut Tx, actor: &str, deed: Deed<'_>, state: &str, entry: &Entry) -> VerbResult<()> {
    tx.record_step(&PaperStep { kind: deed.kind, reference: deed.reference, entry, actor, state }).await?;
    let about = &entry.about;
    tx.audit(AuditEvent {
        actor: actor.into(),
        verb: deed.verb,
        object: format!("{}:{}", deed.kind, deed.reference),
        detail: json!({
            "event": entry.what, "on": about.on.to_string(), "until": about.until.map(|day| day.to_string()),
            "organisation": about.organisation.as_ref().map(|code| code.as_str()), "by": about.by,
            "subject": about.subject, "sha256": about.digest.map(|digest| digest.to_string()), "state": state,
        }),
    })
    .await?;
    Ok(())
}

fn refusal(deed: Deed<'_>, reasons: Vec<String>) -> VerbError {
    let next = format!("Look at it with: fairway {} show {}", command(deed.kind), deed.reference);
    VerbError::Refused(Refusal { what: format!("{}: {}", deed.cannot, deed.reference), reasons, next })
}

fn unknown(deed: Deed<'_>) -> VerbError {
    VerbError::not_found(
        format!("{}: {}", deed.cannot, deed.reference),
        "There is none of that reference",
        format!("See what there is: fairway {} list", command(deed.kind)),
    )
}

/// The answer about what is not there, or must not be told to be there.
fn missing(kind: PaperKind, reference: &str) -> VerbError {
    VerbError::not_found(
        format!("{reference} cannot be shown"),
        "There is none of that reference",
        format!("See what there is: fairway {} list", command(kind)),
    )
}

/// The words of the command line about a kind of paper.
fn command(kind: PaperKind) -> &'static str {
    match kind {
        PaperKind::Direction | PaperKind::Notice => "notice",
        PaperKind::Application => "application",
        PaperKind::Agreement => "agreement",
        PaperKind::Assurance => "org",
    }
}

/// Why a reference cannot be a paper's, if it cannot.
fn against_reference(reference: &str) -> Option<String> {
    let fits = (3..=64).contains(&reference.len())
        && reference.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        && reference.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
    (!fits).then(|| "A reference has 3 to 64 letters, digits, hyphens and dots, and may end in -v and a version".into())
}

fn titled(title: &str) -> Option<String> {
    title.trim().is_empty().then(|| "It has no title".to_owned())
}

/// Particulars of something the service itself does: a consequence of another entry.
fn consequence(of: &Particulars, note: String) -> Particulars {
    Particulars { note, by: of.by.clone(), ..Particulars::on(of.on) }
}
