//! Doing what is queued, one job after another. Stopping at any moment loses nothing.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use fairway_domain::{Fault, SubmissionId};
use fairway_governance::{Object, Verb};
use fairway_store::{JobKind, JobState, LeasedJob, WorkerLock};

use crate::log::CHECKPOINT_EVERY;
use crate::{Service, VerbError, VerbResult};

/// A job that runs longer than this is taken to be dead.
const LEASE_SECONDS: u32 = 6 * 60 * 60;
/// How long a job that failed waits.
const RETRY_SECONDS: u32 = 30;

/// What a job came to, for its report.
#[derive(Debug, Clone)]
pub(crate) struct JobFigures {
    pub records: u64,
    pub note: String,
}

/// A job that was done, or failed.
#[derive(Debug, Clone)]
pub struct JobReport {
    /// What was done: check, load, trace, deidentify.
    pub step: &'static str,
    /// The submission.
    pub submission: SubmissionId,
    /// How long it took.
    pub took: Duration,
    /// Records, people or rows it went through.
    pub records: u64,
    /// What came of it, in a sentence without a full stop.
    pub note: String,
    /// The fault, where it failed.
    pub fault: Option<String>,
    /// Whether it will be tried again.
    pub retry: bool,
}

/// The one worker of a data directory.
pub struct Worker {
    service: Service,
    lock: WorkerLock,
    /// A job has waited for the keyholder, and it has not come back since.
    without_keys: AtomicBool,
    /// When the log was signed last by this worker, in seconds since 1970.
    signed_at: AtomicI64,
}

impl Service {
    /// Becomes the worker of the data directory: jobs that a killed worker left are queued again, those
    /// that wait after a failure are due at once, and files left half done are taken away.
    ///
    /// # Errors
    /// Refused while another worker is there.
    pub async fn worker(self) -> VerbResult<Worker> {
        self.authorise(Verb::WorkRun, Object::Centre).await?;
        let Some(lock) = WorkerLock::take(self.dir.store())? else {
            return Err(VerbError::refused(
                "Work cannot begin",
                "Another worker is at work in this data directory",
                "Wait for it to end, or stop it",
            ));
        };
        self.store.release_leases(&lock).await?;
        self.store.hasten(&lock).await?;
        self.store.sweep(self.clock.now()).await?;
        self.forget_runs().await?;
        self.expire_results().await?;
        Ok(Worker { service: self, lock, without_keys: AtomicBool::new(false), signed_at: AtomicI64::new(0) })
    }
}

impl Worker {
    /// Does the next job that is due; `None` when nothing is. While the keyholder is sealed or away one job is tried and
    /// put back, and then nothing is due until it answers again.
    ///
    /// # Errors
    /// When the ledger cannot be read or written. A job's own fault is in its report.
    pub async fn next(&self) -> VerbResult<Option<JobReport>> {
        let service = &self.service;
        self.sign_log().await?;
        // Whether or not there is work: the hours of a result do not wait for any.
        service.expire_results().await?;
        if self.without_keys.load(Ordering::Relaxed) {
            if service.keys_away().is_some() {
                return Ok(None);
            }
            self.without_keys.store(false, Ordering::Relaxed);
        }
        let Some(leased) = service.store.lease(&self.lock, service.clock.now(), LEASE_SECONDS).await? else {
            return Ok(None);
        };
        let (kind, id) = (leased.job.kind, leased.job.submission);
        let begun = Instant::now();
        let done = service.run(&leased).await;
        let took = begun.elapsed();
        let mut report = JobReport {
            step: kind.as_str(),
            submission: id,
            took,
            records: 0,
            note: String::new(),
            fault: None,
            retry: false,
        };
        match done {
            Ok(figures) => {
                report.records = figures.records;
                report.note = figures.note;
            }
            Err(error) => match service.keys_away() {
                Some(refusal) => {
                    self.without_keys.store(true, Ordering::Relaxed);
                    // It is due again at once, and not its fault.
                    service.store.postpone(&leased, service.clock.now(), 0).await?;
                    report.retry = true;
                    report.fault = Some(format!("{}; {}", refusal.reasons.join("; "), refusal.next));
                }
                None => {
                    let text = in_words(&error);
                    let now = service.clock.now();
                    let state = service.store.fail(leased, &text, now, RETRY_SECONDS).await?;
                    report.retry = state == JobState::Queued;
                    report.fault = Some(text);
                }
            },
        }
        Ok(Some(report))
    }

    /// Signs the log where that is a quarter of an hour ago.
    async fn sign_log(&self) -> VerbResult<()> {
        let now = self.service.clock.now().as_second();
        if now - self.signed_at.load(Ordering::Relaxed) >= CHECKPOINT_EVERY.as_secs() {
            self.service.store.checkpoint().await?;
            self.signed_at.store(now, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The service it works for.
    pub fn service(&self) -> &Service {
        &self.service
    }
}

impl Service {
    async fn run(&self, leased: &LeasedJob) -> VerbResult<JobFigures> {
        let submission = self.submission(leased.job.submission).await?;
        match leased.job.kind {
            JobKind::Check => self.check(leased, submission).await,
            JobKind::Load => self.load(leased, submission).await,
            JobKind::Trace => self.trace(leased, submission).await,
            JobKind::Deidentify => self.deidentify(leased, submission).await,
        }
    }
}

fn in_words(error: &VerbError) -> String {
    match error {
        VerbError::Refused(refusal) | VerbError::Denied(refusal) | VerbError::NotFound(refusal) => {
            refusal.reasons.join("; ")
        }
        VerbError::Fault(fault) => chain(fault),
    }
}

/// A fault with its causes, each once.
fn chain(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
