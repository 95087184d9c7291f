//! The job `trace`: the people of a submission are asked of the demographics register here, or of a service elsewhere, once
//! each; the answers go beside the vault, and back to the council as a file in its outbox. A trace that found unusually few
//! is held: nothing of it is kept or returned until a person has looked at it.

mod answers;
mod elsewhere;
mod people;
mod tracing_plan;
mod verdict;

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use fairway_deid::cipher::CellCipher;
use fairway_domain::port::{AppendOrder, TraceRefusal};
use fairway_domain::{Fault, FaultExt, PersonUid, SubmissionEvent, TraceRunEvent, TraceRunState};
use fairway_spec::{Role, Spec};
use fairway_store::{
    Job, JobKind, LeasedJob, OutboxKind, Submission, TraceFigures, TraceRun, TraceRunChange, TracedBy, Tx, outbox,
};
use fairway_trace::{MatchRate, Mode, Parameters, Tracer};
use serde_json::json;

pub use tracing_plan::{Elsewhere, TracingPlan};

use self::answers::Answers;
use self::people::Asked;
use crate::context::blocking;
use crate::identity::{Asker, NHS_NUMBER, Questions, event};
use crate::plan;
use crate::stream::rows_from;
use crate::work::JobFigures;
use crate::{Service, VerbError, VerbResult};

/// The council's return file, in its folder of the outbox.
const RETURN_FILE: &str = "trace-return.csv";

impl Service {
    pub(crate) async fn trace(&self, leased: &LeasedJob, submission: Submission) -> VerbResult<JobFigures> {
        use TraceRunState as S;
        let run = self.trace_run_of(&submission).await?;
        match (run.state, run.traced_by) {
            (S::Asked, TracedBy::Elsewhere) => self.send_request(leased, &submission, &run).await,
            (S::Sent | S::Delivered, _) => match self.collect_response(leased, &run).await? {
                Some(waiting) => Ok(waiting),
                None => self.conclude(leased, submission).await,
            },
            (S::Asked | S::Answered | S::Approved, _) => self.conclude(leased, submission).await,
            (S::Expired | S::Refused, _) => Err(verdict::not_answered(&run)),
            (S::Held | S::Completed | S::Rejected, _) => {
                Err(Fault::new(format!("trace of submission {} is {} and was begun again", run.submission, run.state))
                    .into())
            }
        }
    }

    /// The run that goes on: the last one, or a new one where there is none or a person put it aside.
    async fn trace_run_of(&self, submission: &Submission) -> VerbResult<TraceRun> {
        let id = submission.id;
        let last = self.store.trace_run(id).await?;
        let next = match last {
            Some(run) if run.state != TraceRunState::Rejected => return Ok(run),
            last => last.map_or(1, |run| run.number + 1),
        };
        let mut tx = self.store.tx("submission.trace.run", self.clock.now()).await?;
        let (traced_by, reference) = match &self.tracing.elsewhere {
            Some(elsewhere) => (TracedBy::Elsewhere, elsewhere::free_reference(&mut tx, elsewhere).await?),
            None => (TracedBy::Register, format!("{id}-{next}")),
        };
        let run = tx.begin_trace_run(id, traced_by, &reference).await?;
        let about = json!({ "run": run.number, "traced_by": traced_by.as_str(), "reference": reference });
        tx.audit(event("worker", "TraceRunBegun", id, about)).await?;
        tx.commit().await?;
        Ok(run)
    }

    /// From answers that can be had here to answers that are kept and returned, or held.
    async fn conclude(&self, leased: &LeasedJob, submission: Submission) -> VerbResult<JobFigures> {
        let id = submission.id;
        let run = self.trace_run_of(&submission).await?;
        let spec = self.spec_of(&submission)?;
        let vault = self.vault_key()?;
        let key = self.kept_load_key(&vault, id).await?;
        let people = self.people(&spec, &submission, CellCipher::new(&key)).await?;
        let answers = match run.traced_by {
            TracedBy::Register => self.ask_register(&spec, &run, people).await?,
            TracedBy::Elsewhere => self.read_response(&spec, &run, people).await?,
        };
        if let Some(reason) = self.why_held(&submission, &run, answers.figures()).await? {
            return self.hold(leased, &run, &answers, reason).await;
        }
        let figures = answers.figures();
        let mut numbers = Questions::default();
        let asker = Asker::new(&vault, submission.organisation.clone())?;
        answers.traced.iter().filter_map(|one| one.number).for_each(|number| numbers.ask(asker.number(number)));
        let mut tx = self.store.tx("submission.trace.begin", self.clock.now()).await?;
        numbers.resolve(&mut tx, id.into()).await?;
        tx.keep_classes(NHS_NUMBER, &answers.classes(&asker), id).await?;
        answered(&mut tx, &run, figures).await?;
        tx.audit(event("worker", "TraceBegun", id, json!({ "people": figures.people }))).await?;
        tx.commit().await?;

        let tallies = answers.tallies();
        let placed = self.place_return(&submission, answers.file).await?;
        let traced = answers.traced;
        let order = AppendOrder { import: id.into(), tables: vec![plan::traces(&spec)] };
        let mut cipher = CellCipher::new(&key);
        let source = rows_from(move |to| {
            for one in &traced {
                if !to.send(vec![one.row(&numbers, &asker, &mut cipher)?]) {
                    break;
                }
            }
            Ok(())
        });
        self.warehouse.append(order, source).await?;

        let TraceFigures { people, found } = figures;
        let mut tx = self.store.tx("submission.trace", self.clock.now()).await?;
        tx.advance_trace_run(id, TraceRunEvent::Kept, TraceRunChange::default()).await?;
        tx.record_trace_tallies(id, &tallies).await?;
        tx.insert_outbox_items(&submission.organisation, OutboxKind::TraceReturn, &placed.files).await?;
        tx.advance(id, SubmissionEvent::TraceCompleted).await?;
        tx.enqueue(Job { kind: JobKind::Deidentify, submission: id }).await?;
        tx.audit(event("worker", "TraceCompleted", id, json!({ "people": people, "found": found }))).await?;
        tx.complete(leased).await?;
        tx.commit().await?;
        self.forget_run(&run)?;
        let note = format!("{found} of {people} people found; the answers are in the council's outbox");
        Ok(JobFigures { records: people, note })
    }

    /// What the register here says about each person; the run is refused where the register cannot be used.
    async fn ask_register(&self, spec: &Spec, run: &TraceRun, people: Vec<(PersonUid, Asked)>) -> VerbResult<Answers> {
        let (known_by, progress) = (KnownBy::of(spec), self.progress.clone());
        let asked = async {
            let register = self.register().await?;
            blocking("tracing", move || {
                let tracer = register.as_deref().map(|all| Tracer::new(all, Mode::Fairway, Parameters::default()));
                Answers::of_register(&people, &known_by, tracer.as_ref(), &*progress)
            })
            .await
        };
        match asked.await {
            Err(VerbError::Refused(refusal)) => {
                let reason = refusal.reasons.join("; ");
                self.refuse_run(run, TraceRefusal { code: String::new(), reason }).await
            }
            answers => answers,
        }
    }

    /// Why a person has to look at these answers before anything of them is kept; `None` where nobody has to. What a person
    /// approved is not held again, unless it has changed since; nor is what is being kept already, after a kill.
    async fn why_held(&self, submission: &Submission, run: &TraceRun, now: TraceFigures) -> VerbResult<Option<String>> {
        let decided = match run.state {
            TraceRunState::Approved => run.figures == Some(now),
            TraceRunState::Answered => run.figures.is_some(),
            _ => false,
        };
        if decided {
            return Ok(None);
        }
        let last = self.store.last_trace_figures(&submission.organisation, &submission.dataset, submission.id).await?;
        let rate = |figures: TraceFigures| MatchRate { people: figures.people, found: figures.found };
        Ok(last.and_then(|last| self.tracing.hold.why_held(rate(last), rate(now))))
    }

    async fn hold(
        &self,
        leased: &LeasedJob,
        run: &TraceRun,
        answers: &Answers,
        reason: String,
    ) -> VerbResult<JobFigures> {
        let (id, figures) = (run.submission, answers.figures());
        let mut tx = self.store.tx("submission.trace.hold", self.clock.now()).await?;
        if run.state == TraceRunState::Asked {
            tx.advance_trace_run(id, TraceRunEvent::ResponseCame, TraceRunChange::default()).await?;
        }
        let change =
            TraceRunChange { figures: Some(figures), reason: Some(reason.clone()), ..TraceRunChange::default() };
        tx.advance_trace_run(id, TraceRunEvent::LooksUnusual, change).await?;
        tx.record_trace_tallies(id, &answers.tallies()).await?;
        let about = json!({ "people": figures.people, "found": figures.found, "why": reason });
        tx.audit(event("worker", "TraceHeld", id, about)).await?;
        tx.complete(leased).await?;
        tx.commit().await?;
        let note = format!("held for a person to look at: {reason}; see fairway trace approve --help");
        Ok(JobFigures { records: figures.people, note })
    }

    /// Puts the return file into the council's outbox; one that is there, of a run that was cut off, stays.
    async fn place_return(&self, submission: &Submission, file: Vec<u8>) -> VerbResult<outbox::Placed> {
        let (place, organisation) = (self.dir.outbox(), submission.organisation.clone());
        let name = format!("trace-{}", submission.id);
        blocking("writing the return file", move || {
            Ok(outbox::place(&place, &organisation, &name, |folder| {
                let mut to = private(&folder.join(RETURN_FILE))?;
                to.write_all(&file).and_then(|()| to.flush()).fault("return file cannot be written")
            })?)
        })
        .await
    }
}

/// Notes that the answers are here and are to be kept.
async fn answered(tx: &mut Tx, run: &TraceRun, figures: TraceFigures) -> Result<(), Fault> {
    if run.state == TraceRunState::Asked {
        tx.advance_trace_run(run.submission, TraceRunEvent::ResponseCame, TraceRunChange::default()).await?;
    }
    tx.record_trace_figures(run.submission, figures).await
}

/// How a return file names people: by the field of this header, which has this role.
#[derive(Clone)]
struct KnownBy {
    role: Role,
    header: String,
}

impl KnownBy {
    fn of(spec: &Spec) -> Self {
        // The sender's own identifier, else the NHS number that it gave.
        let has_own = spec.index_of_role(Role::LocalPerson).is_some();
        let role = if has_own { Role::LocalPerson } else { Role::NhsNumber };
        Self { role, header: spec.field_of_role(role).map_or_else(String::new, |field| field.header.clone()) }
    }
}

/// A new file that its owner alone can read.
fn private(path: &Path) -> Result<BufWriter<File>, Fault> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    Ok(BufWriter::new(file.fault("file of a trace cannot be made")?))
}
