//! Commands that change something in a data directory.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fairway_domain::{Fault, FaultExt, Refusal};
use fairway_keyholder::KeyholderClient;
use fairway_service::{DataDir, JobReport, LandRequest, LedgerUrl, SystemClock, Worker};
use serde_json::json;

use crate::cli::{Accept, Init, Land, Work};
use crate::exit::{CommandResult, Exit, Stop};
use crate::output::{self, Bars, grouped};
use crate::wiring;

/// What a landed file counts as that fits no specification at all: its check says what is wrong.
pub const DATASET: &str = "asc-cld";

pub async fn init(args: Init, quiet: bool) -> CommandResult {
    let dir = DataDir::new(&args.data.dir);
    let reference = wiring::reference(args.reference)?;
    let landing_key = landing_key(&args.data.dir, args.keyholder.as_deref())?;
    let ledger = args.ledger.as_deref().map(LedgerUrl::parse).transpose()?;
    let report = fairway_service::init(&dir, &landing_key, &reference, ledger.as_ref(), &SystemClock).await?;
    if let Some(socket) = args.keyholder {
        let socket = std::path::absolute(&socket).unwrap_or(socket);
        let named = fs::write(dir.keyholder(), socket.as_os_str().as_encoded_bytes());
        named.fault("name of the keyholder's socket cannot be written")?;
    }
    if report.already_there {
        output::line(format!(
            "{} was a data directory already; its keys and ledger are as they were.",
            show(&args.data.dir)
        ))?;
    } else {
        output::line(format!("{} is a data directory now.", show(&args.data.dir)))?;
    }
    output::line(format!(
        "  {} councils may send; {} postcodes can be turned into areas ({}).",
        report.councils,
        grouped(report.postcodes),
        report.directory
    ))?;
    if let Some(register) = args.register {
        super::register::build_at(&register, &args.data.dir, false, quiet).await?;
    }
    output::line(format!("Next: fairway land FILE --org CODE --data {}", show(&args.data.dir)))?;
    Ok(Exit::Clean)
}

/// The public key that files are sealed to, from the keyholder, which may be sealed.
pub fn landing_key(data: &Path, keyholder: Option<&Path>) -> Result<String, Stop> {
    let client = match keyholder {
        Some(socket) => KeyholderClient::at(socket),
        None => wiring::keyholder(data)?,
    };
    client.landing_key().map_err(|fault| {
        Stop::Refused(Refusal::new(
            "The data directory cannot be made",
            format!("Its keyholder does not answer: {fault}"),
            format!(
                "Make keys with: fairway keyholder init --data {0}, then: fairway keyholder serve --data {0}",
                show(data)
            ),
        ))
    })
}

pub async fn land(args: Land, quiet: bool) -> CommandResult {
    let service = wiring::service(&args.data.dir, quiet).await?;
    let request = LandRequest {
        spec: args.spec,
        period: args.period,
        ..LandRequest::new(args.file, args.org, DATASET, args.route)
    };
    let receipt = service.land(&wiring::actor(), request).await?;
    let submission = &receipt.submission;
    if args.json {
        output::json(&json!({
            "submission": submission.id.to_string(),
            "organisation": submission.organisation.to_string(),
            "dataset": submission.dataset,
            "route": submission.route.as_str(),
            "sha256": submission.digest.to_string(),
            "bytes": submission.bytes,
            "landed_at": submission.landed_at.to_string(),
            "state": submission.state.as_str(),
            "again": receipt.again,
        }))?;
        return Ok(Exit::Clean);
    }
    if receipt.again {
        output::line("These bytes were sent before; this is the first receipt.")?;
    }
    output::line(format!("Receipt {}", submission.id))?;
    output::line(format!("  from      {}", submission.organisation))?;
    output::line(format!("  dataset   {}", submission.dataset))?;
    output::line(format!("  landed    {}", submission.landed_at))?;
    output::line(format!("  bytes     {}", grouped(submission.bytes)))?;
    output::line(format!("  SHA-256   {}", submission.digest))?;
    output::line(format!("  state     {}", submission.state))?;
    output::line(format!("Next: fairway work --data {} --until-idle", show(&args.data.dir)))?;
    Ok(Exit::Clean)
}

pub async fn accept(args: Accept) -> CommandResult {
    let service = wiring::service(&args.data.dir, true).await?;
    let submission = service.accept(&wiring::actor(), args.submission).await?;
    if args.json {
        output::json(&json!({
            "submission": submission.id.to_string(), "state": submission.state.as_str(),
            "supersedes": submission.supersedes.map(|id| id.to_string()),
        }))?;
    } else {
        output::line(format!("Submission {} is {}.", submission.id, submission.state))?;
        output::line(format!("Next: fairway work --data {} --until-idle", show(&args.data.dir)))?;
    }
    Ok(Exit::Clean)
}

/// How often a worker looks for what has fallen due about releases.
const HOUR: Duration = Duration::from_secs(60 * 60);
/// How long a waiting worker sleeps before it looks again.
const NAP: Duration = Duration::from_secs(2);

pub async fn work(args: Work, quiet: bool) -> CommandResult {
    let bars = Arc::new(Bars::new(quiet));
    let service = wiring::service_with(&args.data.dir, bars, args.memory).await?;
    let worker = service.worker().await?;
    let mut failed = 0;
    let mut done = 0;
    let mut looked: Option<Instant> = None;
    loop {
        if looked.is_none_or(|at| at.elapsed() >= HOUR) {
            worker.service().release_due("worker").await?;
            looked = Some(Instant::now());
        }
        if args.jobs.is_some_and(|most| done >= most) {
            break;
        }
        match worker.next().await? {
            Some(report) => {
                done += 1;
                failed += u64::from(report.fault.is_some());
                say_job(&report, args.json)?;
            }
            None if args.until_idle || args.jobs.is_some() => break,
            None => {
                tokio::select! {
                    () = tokio::time::sleep(NAP) => {}
                    _ = tokio::signal::ctrl_c() => break,
                }
            }
        }
    }
    summary(&worker, done, args.json).await?;
    Ok(if failed > 0 { Exit::Fault } else { Exit::Clean })
}

async fn summary(worker: &Worker, done: u64, json: bool) -> Result<(), Stop> {
    if json {
        return Ok(());
    }
    let overview = worker.service().overview().await?;
    let waiting: Vec<_> =
        overview.submissions.iter().filter(|submission| submission.state == "needs_confirmation").collect();
    if done == 0 {
        output::line("Nothing was waiting.")?;
    }
    for submission in waiting {
        output::line(format!(
            "Submission {} of {} waits for its sender: fairway accept {} --data {}",
            submission.submission,
            submission.organisation_name,
            submission.submission,
            show(worker.service().dir().root())
        ))?;
    }
    Ok(())
}

/// Tells of one job, as a line or as JSON.
pub fn say_job(report: &JobReport, json: bool) -> Result<(), Stop> {
    if json {
        output::json_line(&json!({
            "step": report.step, "submission": report.submission.to_string(), "seconds": report.took.as_secs_f64(),
            "records": report.records, "note": report.note, "fault": report.fault, "retry": report.retry,
        }))?;
        return Ok(());
    }
    let took = report.took.as_secs_f64();
    match &report.fault {
        None => output::line(format!("  {:<11} {:>7.2} s  {}", report.step, took, report.note))?,
        Some(fault) => {
            let then = if report.retry { "it will be tried again" } else { "it is given up; see fairway status" };
            output::line(format!("  {:<11} {:>7.2} s  failed: {fault}; {then}", report.step, took))?;
        }
    }
    Ok(())
}

/// The text of an agreement.
pub fn agreement(path: &Path) -> Result<String, Stop> {
    fs::read_to_string(path).map_err(|error| {
        Stop::Refused(Refusal::new(
            "The agreement cannot be read",
            format!("{}: {error}", path.display()),
            "Name a YAML document like agreements/sample.yaml",
        ))
    })
}

/// Prints a refusal as JSON.
pub fn refused(refusal: &Refusal) -> CommandResult {
    output::json(&json!({
        "released": false, "what": refusal.what, "reasons": refusal.reasons, "next": refusal.next,
    }))?;
    Ok(Exit::Refused)
}

/// A folder as it was named.
fn show(dir: &Path) -> std::path::Display<'_> {
    dir.display()
}

/// A fault with its own words, for commands that wrap others.
pub fn fault(what: &str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Stop {
    Stop::Fault(Fault::from_source(what, error))
}
