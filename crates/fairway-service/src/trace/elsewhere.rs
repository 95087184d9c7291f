//! Asking a service elsewhere: the request is written and sent, its run stays in the ledger, and the worker asks after the
//! response from time to time. Each step is taken again after a kill, and comes to the same.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairway_deid::cipher::CellCipher;
use fairway_domain::port::{TraceHandover, TraceNews, TraceRefusal};
use fairway_domain::{Fault, FaultExt, PersonUid, TraceRunEvent, TraceRunState};
use fairway_spec::Spec;
use fairway_store::{LeasedJob, Submission, TraceRun, TraceRunChange, Tx};
use fairway_trace::format::{Envelope, Layout, ReadError, RequestWriter, ResponseReader, TraceReply};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;

use super::answers::Answers;
use super::people::Asked;
use super::tracing_plan::Elsewhere;
use super::{KnownBy, private, verdict};
use crate::context::blocking;
use crate::identity::event;
use crate::reference::unusable;
use crate::work::JobFigures;
use crate::{Service, VerbError, VerbResult};

/// The request, in the folder of its run.
const REQUEST: &str = "request.csv";
/// How a reference begins where the layout has no place for one.
const REFERENCE: &str = "TRACE_";

/// A reference of the moment that no run has.
pub(super) async fn free_reference(tx: &mut Tx, elsewhere: &Elsewhere) -> Result<String, Fault> {
    let start = Some(elsewhere.layout.reference_start()).filter(|start| !start.is_empty()).unwrap_or(REFERENCE);
    let mut at: Timestamp = tx.at();
    loop {
        let reference = format!("{start}{}", at.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S"));
        if !tx.is_trace_reference(&reference).await? {
            return Ok(reference);
        }
        at = at.checked_add(SignedDuration::from_secs(1)).fault("time of a trace is out of range")?;
    }
}

impl Service {
    fn elsewhere(&self) -> VerbResult<&Elsewhere> {
        self.tracing.elsewhere.as_ref().ok_or_else(|| {
            VerbError::refused(
                "The trace cannot go on",
                "It was begun with a tracing service elsewhere, and tracing.yaml names none now",
                "Name it again, or begin the trace anew: fairway trace reject",
            )
        })
    }

    /// Hands the request over; the job is put off until there may be an answer.
    pub(super) async fn send_request(
        &self,
        leased: &LeasedJob,
        submission: &Submission,
        run: &TraceRun,
    ) -> VerbResult<JobFigures> {
        let elsewhere = self.elsewhere()?;
        let request = self.dir.trace_run(&run.reference).join(REQUEST);
        let people = self.write_request(submission, run, elsewhere.layout.clone(), request.clone()).await?;
        let handover = elsewhere.service.send(&run.reference, &request).await?;
        let ticket = match handover {
            TraceHandover::Sent { ticket } => ticket,
            TraceHandover::Refused(refusal) => return self.refuse_run(run, refusal).await,
        };
        let about = json!({ "reference": run.reference, "ticket": ticket, "people": people });
        let change = TraceRunChange { ticket: Some(ticket), ..TraceRunChange::default() };
        let run = self.advance(run, TraceRunEvent::WasSent, change, "TraceRequestSent", about).await?;
        fs::remove_file(&request).fault("request of a trace cannot be taken away")?;
        self.wait(leased, &run).await
    }

    /// Looks for the response. `None` once it is here, else what the job waits for.
    pub(super) async fn collect_response(&self, leased: &LeasedJob, run: &TraceRun) -> VerbResult<Option<JobFigures>> {
        let elsewhere = self.elsewhere()?;
        let folder = self.dir.trace_run(&run.reference);
        let ticket = run.ticket.as_deref().unwrap_or_default();
        let about = json!({ "reference": run.reference });
        match elsewhere.service.collect(&run.reference, ticket, &folder).await? {
            TraceNews::Fetched if run.state == TraceRunState::Sent => {
                let change = TraceRunChange::default();
                let run = self.advance(run, TraceRunEvent::Fetched, change, "TraceRequestFetched", about).await?;
                self.wait(leased, &run).await.map(Some)
            }
            TraceNews::Nothing | TraceNews::Fetched => self.wait(leased, run).await.map(Some),
            TraceNews::Response(path) => {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                let change = TraceRunChange { response: name, ..TraceRunChange::default() };
                self.advance(run, TraceRunEvent::ResponseCame, change, "TraceResponseCame", about).await?;
                Ok(None)
            }
            TraceNews::NotFetched => {
                let reason = "the tracing service did not fetch the request in time";
                let change = TraceRunChange { reason: Some(reason.into()), ..TraceRunChange::default() };
                let run = self.advance(run, TraceRunEvent::NotFetched, change, "TraceRequestNotFetched", about).await?;
                Err(verdict::not_answered(&run))
            }
            TraceNews::Refused(refusal) => self.refuse_run(run, refusal).await,
        }
    }

    /// What the response says about each person; the run is refused where it cannot be believed.
    pub(super) async fn read_response(
        &self,
        spec: &Spec,
        run: &TraceRun,
        people: Vec<(PersonUid, Asked)>,
    ) -> VerbResult<Answers> {
        let layout = self.elsewhere()?.layout.clone();
        let response = run.response.as_deref().ok_or_else(|| Fault::new("response of a trace has no name"))?;
        let path = self.dir.trace_run(&run.reference).join(response);
        let known_by = KnownBy::of(spec);
        let read = blocking("reading the response", move || {
            let replies = match replies(&path, &layout) {
                Ok(replies) => replies,
                Err(ReadError::Refused(defect)) => {
                    return Ok(Err(TraceRefusal { code: defect.code.clone(), reason: defect.to_string() }));
                }
                Err(ReadError::Fault(fault)) => return Err(fault.into()),
                Err(ReadError::Register(error)) => return Err(unusable(error)),
            };
            let unbelievable = || TraceRefusal {
                code: String::new(),
                reason: "the response does not answer each request once".into(),
            };
            let Some(replies) = replies else { return Ok(Err(unbelievable())) };
            Ok(Answers::of_replies(&people, &known_by, &replies)?.ok_or_else(unbelievable))
        })
        .await?;
        match read {
            Ok(answers) => Ok(answers),
            Err(refusal) => self.refuse_run(run, refusal).await,
        }
    }

    async fn write_request(
        &self,
        submission: &Submission,
        run: &TraceRun,
        layout: Arc<Layout>,
        path: PathBuf,
    ) -> VerbResult<u64> {
        let spec = self.spec_of(submission)?;
        let key = self.kept_load_key(&self.vault_key()?, submission.id).await?;
        let people = self.people(&spec, submission, CellCipher::new(&key)).await?;
        let start = layout.reference_start().len();
        let timestamp = run.reference.get(if start == 0 { REFERENCE.len() } else { start }..).unwrap_or_default();
        let envelope =
            Envelope { reference: run.reference.clone(), timestamp: timestamp.into(), records: people.len() as u64 };
        let count = envelope.records;
        blocking("writing the request", move || Ok(write(&people, &layout, envelope, &path)?)).await?;
        Ok(count)
    }

    async fn advance(
        &self,
        run: &TraceRun,
        happened: TraceRunEvent,
        change: TraceRunChange,
        verb: &'static str,
        about: serde_json::Value,
    ) -> VerbResult<TraceRun> {
        let mut tx = self.store.tx("submission.trace.run", self.clock.now()).await?;
        let run = tx.advance_trace_run(run.submission, happened, change).await?;
        tx.audit(event("worker", verb, run.submission, about)).await?;
        tx.commit().await?;
        Ok(run)
    }

    pub(super) async fn refuse_run<T>(&self, run: &TraceRun, refusal: TraceRefusal) -> VerbResult<T> {
        let about = json!({ "reference": run.reference, "code": refusal.code, "why": refusal.reason });
        let change = TraceRunChange { reason: Some(refusal.reason), ..TraceRunChange::default() };
        let run = self.advance(run, TraceRunEvent::WasRefused, change, "TraceRequestRefused", about).await?;
        Err(verdict::not_answered(&run))
    }

    async fn wait(&self, leased: &LeasedJob, run: &TraceRun) -> VerbResult<JobFigures> {
        let seconds = self.elsewhere()?.ask_again_seconds;
        self.store.postpone(leased, self.clock.now(), seconds).await?;
        let stands = if run.state == TraceRunState::Delivered { "has fetched" } else { "has not fetched" };
        let note = format!("the tracing service {stands} the request; its response is asked after in {seconds} s");
        Ok(JobFigures { records: 0, note })
    }

    /// Takes away what a run that is over left on disk; there is nothing of a run with the register here.
    pub(super) fn forget_run(&self, run: &TraceRun) -> Result<(), Fault> {
        match fs::remove_dir_all(self.dir.trace_run(&run.reference)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Fault::from_source("files of a trace that is over cannot be taken away", error))
            }
            _ => Ok(()),
        }
    }

    /// The same for every run that is over: a killed worker may have left some.
    pub(crate) async fn forget_runs(&self) -> Result<(), Fault> {
        let over = self.store.trace_runs().await?.into_iter().filter(|run| run.state.is_over());
        over.into_iter().try_for_each(|run| self.forget_run(&run))
    }
}

/// Writes the request, whole or not at all, readable by its owner alone. Written again, it has the same bytes.
fn write(people: &[(PersonUid, Asked)], layout: &Arc<Layout>, envelope: Envelope, path: &Path) -> Result<(), Fault> {
    const WHAT: &str = "request of a trace cannot be written";
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).fault(WHAT)?;
    let part = path.with_extension("part");
    if part.exists() {
        fs::remove_file(&part).fault(WHAT)?;
    }
    let mut writer = RequestWriter::begin(private(&part)?, layout, envelope)?;
    for (_, asked) in people {
        writer.write(&asked.request())?;
    }
    let (mut file, _) = writer.finish()?;
    file.flush().fault(WHAT)?;
    file.get_ref().sync_all().fault(WHAT)?;
    fs::rename(&part, path).fault(WHAT)?;
    File::open(folder).and_then(|folder| folder.sync_all()).fault(WHAT)
}

/// Replies by the reference of the request; `None` where one is answered twice.
fn replies(path: &Path, layout: &Arc<Layout>) -> Result<Option<HashMap<String, TraceReply>>, ReadError> {
    let file = File::open(path).fault("response of a trace cannot be read")?;
    let mut all = HashMap::new();
    for reply in ResponseReader::open(BufReader::new(file), layout)? {
        let reply = reply?;
        if all.insert(reply.id.clone(), reply).is_some() {
            return Ok(None);
        }
    }
    Ok(Some(all))
}
