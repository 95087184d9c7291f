//! The verb `land`: a file becomes a sealed file and a receipt.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use fairway_check::sniff_among;
use fairway_domain::governance::PaperKind;
use fairway_domain::{FaultExt, OrganisationCode, Refusal, Route, SpecName, SubmissionId};
use fairway_governance::papers::NoticePaper;
use fairway_governance::{GovernanceTerms, LandingAsks, Object, Verb};
use fairway_store::keys::{LANDING_PUB, LandingKey};
use fairway_store::sealed::{self, Sealed};
use fairway_store::{AuditEvent, Job, JobKind, Landed, NewSubmission, Submission, Tx, Verdict};
use jiff::civil::Date;
use serde_json::json;
use uuid::Uuid;

use crate::context::blocking;
use crate::specs::no_such;
use crate::{Service, VerbError, VerbResult};

const WHAT: &str = "The file cannot be landed";

/// What is to be landed.
#[derive(Debug, Clone)]
pub struct LandRequest {
    /// The file.
    pub file: PathBuf,
    /// The sender.
    pub organisation: OrganisationCode,
    /// The dataset it counts as, such as `asc-cld`, where none is named and none is recognised.
    pub dataset: String,
    /// What was named: a dataset (`day-centre`), or one of its specifications (`day-centre/v1`).
    pub spec: Option<String>,
    /// The reporting period, for a dataset whose files do not say it.
    pub period: Option<(Date, Date)>,
    /// How it came.
    pub route: Route,
}

impl LandRequest {
    /// A file of which nothing is said but who sends it: its dataset is recognised, else it counts as `dataset`.
    pub fn new(file: PathBuf, organisation: OrganisationCode, dataset: impl Into<String>, route: Route) -> Self {
        Self { file, organisation, dataset: dataset.into(), spec: None, period: None, route }
    }
}

/// Where the bytes are.
enum Source {
    File(PathBuf),
    Stream(Box<dyn Read + Send>),
}

/// What the sender is given once the file is safe.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The submission, now or from the first time.
    pub submission: Submission,
    /// Whether the same organisation sent the same bytes before.
    pub again: bool,
}

impl Service {
    /// Seals a file to the processing centre and gives a receipt once file and ledger are on disk. The same bytes from
    /// the same organisation give the first receipt.
    ///
    /// # Errors
    /// Refused for an organisation that is not in the ledger, for one that has not acknowledged a notice in force about the
    /// dataset, and for what is not a file; a fault when the disk refuses.
    pub async fn land(&self, actor: &str, request: LandRequest) -> VerbResult<Receipt> {
        self.authorise(Verb::SubmissionLand, Object::Of(&request.organisation)).await?;
        let source = Source::File(request.file.clone());
        self.land_from(actor, request, source).await
    }

    /// The same for bytes that come one after another, such as the body of a request: nothing of them is on disk in clear.
    /// The request's `file` is not opened. Whatever breaks off before `input` ends lands nothing.
    ///
    /// # Errors
    /// As for [`Service::land`], and when `input` fails.
    pub async fn land_stream(
        &self,
        actor: &str,
        request: LandRequest,
        input: Box<dyn Read + Send>,
    ) -> VerbResult<Receipt> {
        self.authorise(Verb::SubmissionLand, Object::Of(&request.organisation)).await?;
        self.land_from(actor, request, Source::Stream(input)).await
    }

    async fn land_from(&self, actor: &str, request: LandRequest, source: Source) -> VerbResult<Receipt> {
        self.may_send(&request.organisation).await?;
        let (dataset, release) = self.meant(&request).await?;
        self.has_acknowledged(actor, &request.organisation, &dataset).await?;
        let id = SubmissionId::new(Uuid::now_v7());
        let sealed = self.seal(id, source).await?;
        let new = NewSubmission {
            id,
            organisation: request.organisation,
            dataset,
            route: request.route,
            digest: sealed.digest,
            bytes: sealed.bytes,
        };
        let (mut tx, sealed) = self.begin_landing(id, sealed).await?;
        if let Landed::Before(first) = tx.insert_submission(&new).await? {
            tx.roll_back().await?;
            blocking("landing", move || Ok(sealed.discard()?)).await?;
            if request.spec.is_some() && first.dataset != new.dataset {
                return Err(VerbError::refused(
                    WHAT,
                    format!("The same bytes were landed before as {}; the receipt is {}", first.dataset, first.id),
                    "Look at that submission with: fairway status ID --data DIR",
                ));
            }
            return Ok(Receipt { submission: *first, again: true });
        }
        if release.is_some() || request.period.is_some() {
            tx.record_verdict(id, &Verdict { release: release.clone(), period: request.period }).await?;
        }
        tx.enqueue(Job { kind: JobKind::Check, submission: id }).await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "SubmissionLanded",
            object: format!("submission:{id}"),
            detail: json!({
                "organisation": new.organisation.as_str(), "dataset": new.dataset, "route": new.route.as_str(),
                "sha256": new.digest.to_string(), "bytes": new.bytes, "named": release,
            }),
        })
        .await?;
        tx.commit().await?;
        drop(sealed);
        Ok(Receipt { submission: self.submission(id).await?, again: false })
    }

    /// What the ledger cannot take now is not kept; where it cannot be removed either, it is swept later.
    async fn begin_landing(&self, id: SubmissionId, sealed: Sealed) -> VerbResult<(Tx, Sealed)> {
        match self.begin_act("submission.land", Verb::SubmissionLand, &format!("submission:{id}")).await {
            Ok(tx) => Ok((tx, sealed)),
            Err(error) => {
                let _gone = blocking("landing", move || Ok(sealed.discard()?)).await;
                Err(error)
            }
        }
    }

    /// The dataset a file is of, and the release if one was named.
    async fn meant(&self, request: &LandRequest) -> VerbResult<(String, Option<String>)> {
        if let Some((start, end)) = request.period.filter(|(start, end)| start > end) {
            let reason = format!("The reporting period would begin on {start} and end on {end}");
            return Err(VerbError::refused(WHAT, reason, "Give its first day, then its last"));
        }
        let Some(named) = &request.spec else {
            let (service, file) = (self.clone(), request.file.clone());
            let recognised = blocking("recognising a file", move || service.recognise(&file)).await?;
            return Ok((recognised.unwrap_or_else(|| request.dataset.clone()), None));
        };
        match named.parse::<SpecName>() {
            Ok(name) => {
                let known = self.known_spec(&name)?;
                let known = known.ok_or_else(|| no_such(WHAT, format!("There is no specification {name}")))?;
                known.spec.map_err(|why| no_such(WHAT, format!("The specification {name} does not load: {why}")))?;
                Ok((name.dataset().to_owned(), Some(name.release().to_owned())))
            }
            Err(_) => Ok((self.newest_spec(named, WHAT)?.name.dataset().to_owned(), None)),
        }
    }

    /// The dataset whose specification the file was most likely made for. What can be read only once is not looked at.
    fn recognise(&self, file: &Path) -> VerbResult<Option<String>> {
        if !std::fs::metadata(file).is_ok_and(|about| about.is_file()) {
            return Ok(None);
        }
        let (input, _) = open(file)?;
        let sniffed = sniff_among(input, &self.specs_to_recognise()?)?;
        Ok(sniffed.likely().map(|name| name.dataset().to_owned()))
    }

    async fn may_send(&self, code: &OrganisationCode) -> VerbResult<()> {
        if self.store.organisation(code).await?.is_some() {
            return Ok(());
        }
        Err(VerbError::refused(
            WHAT,
            format!("{code} is not the code of a council that may send"),
            "Use the council's code (for example 313 for Wigan), or ask the processing centre to add the council",
        ))
    }

    /// Refuses, and records that, where a notice about the dataset is in force that the sender has not acknowledged.
    async fn has_acknowledged(&self, actor: &str, sender: &OrganisationCode, dataset: &str) -> VerbResult<()> {
        if self.landing_asks()? == LandingAsks::Nothing {
            return Ok(());
        }
        let notices = self.papers_of::<NoticePaper>(PaperKind::Notice).await?;
        let reasons = NoticePaper::against_sending(&notices, dataset, sender);
        if reasons.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin("submission.refuse").await?;
        tx.audit(AuditEvent {
            actor: actor.into(),
            verb: "SubmissionRefused",
            object: format!("organisation:{sender}"),
            detail: json!({ "dataset": dataset, "reasons": reasons }),
        })
        .await?;
        tx.commit().await?;
        let next = "The organisation acknowledges the notice: fairway notice acknowledge REFERENCE --org CODE; where it was \
                    not served, the processing centre serves it first";
        Err(VerbError::Refused(Refusal { what: WHAT.into(), reasons, next: next.into() }))
    }

    /// What senders need here: what the processing centre says for itself, else the published terms.
    fn landing_asks(&self) -> VerbResult<LandingAsks> {
        match std::fs::read_to_string(self.dir.landing_policy()) {
            Ok(own) => LandingAsks::read(&own).map_err(|why| {
                let next = "Write one line: asks: acknowledged-notice, or: asks: nothing";
                VerbError::refused(WHAT, format!("landing.yaml of the data directory cannot be used: {why}"), next)
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(GovernanceTerms::published()?.landing.asks),
            Err(error) => Err(fairway_domain::Fault::from_source("landing.yaml cannot be read", error).into()),
        }
    }

    async fn seal(&self, id: SubmissionId, source: Source) -> VerbResult<Sealed> {
        let store = self.dir.store().clone();
        let progress = self.progress.clone();
        blocking("landing", move || {
            let (mut input, total) = match source {
                Source::File(path) => {
                    let (input, total) = open(&path)?;
                    (Box::new(input) as Box<dyn Read + Send>, total)
                }
                Source::Stream(input) => (input, None),
            };
            let key = LandingKey::load(&store.keys().join(LANDING_PUB))?;
            let mut at = |bytes| progress.at("Sealing", bytes, total);
            let sealed = sealed::seal(&mut input, &key, &store.landing(), id, &mut at)?;
            progress.finished("Sealing");
            Ok(sealed)
        })
        .await
    }

    pub(crate) async fn submission(&self, id: SubmissionId) -> VerbResult<Submission> {
        self.store.submission(id).await?.ok_or_else(|| no_such_submission(id))
    }
}

/// That there is no such submission, or none that may be told of.
pub(crate) fn no_such_submission(id: SubmissionId) -> VerbError {
    VerbError::not_found(
        "The submission cannot be found",
        format!("No submission is named {id}"),
        "Use the identifier on the receipt, or list submissions with: fairway status --data DIR",
    )
}

/// Opens what was named, if it is something that can be read to an end.
fn open(path: &Path) -> VerbResult<(impl Read + Send + use<>, Option<u64>)> {
    let refused = |reason: &str, next: &str| VerbError::refused(WHAT, reason, next);
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) => {
            let reason = match error.kind() {
                io::ErrorKind::NotFound => "There is no file of that name",
                io::ErrorKind::PermissionDenied => "You may not read it",
                _ => "It cannot be read",
            };
            return Err(refused(reason, "Name a file that you can read"));
        }
    };
    if about.is_dir() {
        return Err(refused("It is a folder, not a file", "Name the file inside it"));
    }
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Err(refused("You may not read it", "Name a file that you can read"));
        }
        file => file.fault("file to be landed cannot be opened")?,
    };
    Ok((BufReader::with_capacity(256 * 1024, file), about.is_file().then_some(about.len())))
}
